package org.nnl.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.syntax.SourceException;

/** Writes a page about every model: formulas, picture, schedule and class. */
@Mojo(name = "inspect", threadSafe = true)
public final class InspectMojo extends AbstractMojo {

    /** Where models are. */
    @Parameter(defaultValue = "${project.basedir}/src/main/nnl")
    private File sourceDirectory;

    /** Where pages go. */
    @Parameter(defaultValue = "${project.build.directory}/site/nnl")
    private File siteDirectory;

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        try {
            for (Path model : CheckMojo.models(sourceDirectory.toPath())) {
                Compilation c = Compiler.compile(model, Options.DEFAULT);
                String relative = sourceDirectory.toPath().relativize(model).toString();
                Path page = siteDirectory.toPath().resolve(relative.replaceFirst("nnl$", "html"));
                Files.createDirectories(page.getParent());
                Files.writeString(page, c.report());
                getLog().info("wrote " + page);
            }
        } catch (IOException e) {
            throw new MojoExecutionException("cannot read models or write pages: " + e, e);
        } catch (SourceException e) {
            throw new MojoFailureException(e.getMessage());
        }
    }
}
