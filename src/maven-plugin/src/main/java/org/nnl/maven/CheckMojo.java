package org.nnl.maven;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.nnl.Compilation;
import org.nnl.check.GradientCheck;
import org.nnl.syntax.SourceException;

/** Checks the gradient of every model against central differences of its loss, in double precision. */
@Mojo(name = "check", threadSafe = true)
public final class CheckMojo extends AbstractModelMojo {

    /** Examples of random data. */
    @Parameter(property = "nnl.examples", defaultValue = "3")
    private int examples;

    /** At most so many elements of each parameter are tried. */
    @Parameter(property = "nnl.elements", defaultValue = "20")
    private int elements;

    /** Made by Maven, which sets the fields. */
    public CheckMojo() {}

    @Override
    ModelFolder folder() {
        return new ModelFolder(sourceDirectory.toPath());
    }

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        if (skip) {
            getLog().info("skipped");
            return;
        }
        checkConfiguration();
        List<String> errors = new ArrayList<>();
        int checked = 0;
        int wrong = 0;
        try {
            for (Path file : folder().files()) {
                try {
                    for (Compilation c : folder().compilations(file, options(file), derivatives())) {
                        wrong += check(c);
                        checked++;
                    }
                } catch (SourceException e) {
                    errors.addAll(ModelFolder.errors(e));
                }
            }
        } catch (IOException e) {
            throw new MojoExecutionException("cannot read models: " + e, e);
        }
        fail(errors.stream().distinct().toList());
        if (wrong > 0) throw new MojoFailureException(wrong + " gradients disagree with differences of the loss");
        getLog().info(
                checked == 0
                        ? "no models in " + folder().path()
                        : "the gradients of " + checked + (checked == 1 ? " model" : " models") + " agree with differences");
    }

    private int check(Compilation c) {
        getLog().info(c.className() + " (" + c.name() + ")");
        int wrong = 0;
        for (GradientCheck.Row r : GradientCheck.check(c.simplified(), c.lossWithStops(), examples, 1, elements)) {
            String line = String.format(
                    Locale.ROOT, "  %-24s %-14s worst relative error %.1e", r.parameter(), r.shape(), r.worst());
            if (r.passed()) {
                getLog().info(line);
            } else {
                getLog().error(line);
                wrong++;
            }
        }
        return wrong;
    }
}
