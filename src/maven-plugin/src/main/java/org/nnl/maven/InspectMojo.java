package org.nnl.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.nnl.report.Report;

/** Writes a page about every model, and one that lists them: formulas, picture, schedule, memory and class. */
@Mojo(name = "inspect", threadSafe = true)
public final class InspectMojo extends AbstractModelMojo {

    /** Where pages go. */
    @Parameter(defaultValue = "${project.reporting.outputDirectory}/nnl")
    private File siteDirectory;

    /** Made by Maven, which sets the fields. */
    public InspectMojo() {}

    @Override
    void work() throws MojoExecutionException, MojoFailureException {
        Path site = siteDirectory.toPath();
        Map<String, String> pages = new TreeMap<>();
        List<String> errors;
        try {
            errors = each(c -> {
                String page = c.className().replace('.', '/') + ".html";
                WholeFile.write(site.resolve(page), c.report());
                pages.put(c.className(), page);
                getLog().info("wrote " + site.resolve(page));
            });
            if (!pages.isEmpty())
                WholeFile.write(site.resolve("index.html"), Report.index(project.getName(), pages));
        } catch (IOException e) {
            throw new MojoExecutionException("cannot read models or write pages: " + e, e);
        }
        fail(errors);
        if (pages.isEmpty()) getLog().info("no models in " + folder().path());
    }
}
