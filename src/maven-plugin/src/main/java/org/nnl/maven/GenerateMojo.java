package org.nnl.maven;

import java.io.File;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** Generates a class from every model in {@code src/main/nnl}; its folder is its package. */
@Mojo(name = "generate", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
public final class GenerateMojo extends AbstractGenerateMojo {

    /** Where classes go. */
    @Parameter(defaultValue = "${project.build.directory}/generated-sources/nnl")
    private File outputDirectory;

    /** Made by Maven, which sets the fields. */
    public GenerateMojo() {}

    @Override
    File output() {
        return outputDirectory;
    }

    @Override
    void addSourceRoot(String path) {
        project.addCompileSourceRoot(path);
    }
}
