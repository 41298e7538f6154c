package org.nnl.maven;

import java.io.File;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** Generates a test class from every model in {@code src/test/nnl}; its folder is its package. */
@Mojo(name = "test-generate", defaultPhase = LifecyclePhase.GENERATE_TEST_SOURCES, threadSafe = true)
public final class TestGenerateMojo extends AbstractGenerateMojo {

    /** Where test classes go. */
    @Parameter(defaultValue = "${project.build.directory}/generated-test-sources/nnl")
    private File testOutputDirectory;

    /** Made by Maven, which sets the fields. */
    public TestGenerateMojo() {}

    @Override
    ModelFolder folder() {
        return new ModelFolder(testSourceDirectory.toPath());
    }

    @Override
    File output() {
        return testOutputDirectory;
    }

    @Override
    void addSourceRoot(String path) {
        project.addTestCompileSourceRoot(path);
    }
}
