package org.nnl.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.check.GradientCheck;
import org.nnl.syntax.SourceException;

/** Checks the gradient of every model against central differences of its loss, in double precision. */
@Mojo(name = "check", threadSafe = true)
public final class CheckMojo extends AbstractMojo {

    /** Where models are. */
    @Parameter(defaultValue = "${project.basedir}/src/main/nnl")
    private File sourceDirectory;

    /** Examples of random data. */
    @Parameter(property = "nnl.examples", defaultValue = "3")
    private int examples;

    /** At most so many elements of each parameter are tried. */
    @Parameter(property = "nnl.elements", defaultValue = "20")
    private int elements;

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        int failures = 0;
        try {
            for (Path model : models(sourceDirectory.toPath())) {
                getLog().info(model.toString());
                List<GradientCheck.Row> rows =
                        GradientCheck.check(Compiler.compile(model, Options.DEFAULT).simplified(), examples, 1, elements);
                for (GradientCheck.Row r : rows) {
                    String line = String.format(
                            Locale.ROOT, "  %-24s %-14s worst relative error %.1e", r.parameter(), r.shape(), r.worst());
                    if (r.passed()) getLog().info(line);
                    else getLog().error(line);
                    if (!r.passed()) failures++;
                }
            }
        } catch (IOException e) {
            throw new MojoExecutionException("cannot read models: " + e, e);
        } catch (SourceException e) {
            throw new MojoFailureException(e.getMessage());
        }
        if (failures > 0) throw new MojoFailureException(failures + " gradients disagree with their differences");
    }

    static List<Path> models(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".nnl")).sorted().toList();
        }
    }
}
