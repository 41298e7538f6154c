package org.nnl.maven;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.nnl.Compilation;
import org.nnl.check.GradientCheck;

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
    void work() throws MojoExecutionException, MojoFailureException {
        List<Integer> wrong = new ArrayList<>(); // by model
        try {
            fail(each(c -> wrong.add(check(c))));
        } catch (IOException e) {
            throw new MojoExecutionException("cannot read models: " + e, e);
        }
        int disagree = wrong.stream().mapToInt(n -> n).sum(), checked = wrong.size();
        if (disagree > 0) throw new MojoFailureException(disagree + " gradients disagree with differences of the loss");
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
