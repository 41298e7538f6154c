package org.nnl.maven;

import java.io.File;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** Generates a test class from every model in {@code src/test/nnl}; its folder is its package. */
@Mojo(name = "test-generate", defaultPhase = LifecyclePhase.GENERATE_TEST_SOURCES, threadSafe = true)
public final class TestGenerateMojo extends AbstractGenerateMojo {

    /** Where models for tests are. */
    @Parameter(defaultValue = "${project.basedir}/src/test/nnl")
    private File testSourceDirectory;

    /** Where test classes go. */
    @Parameter(defaultValue = "${project.build.directory}/generated-test-sources/nnl")
    private File testOutputDirectory;

    @Override
    File sources() {
        return testSourceDirectory;
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
