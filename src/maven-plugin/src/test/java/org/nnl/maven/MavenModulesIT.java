package org.nnl.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Two modules built by two threads at once, both with formulas whose derivatives have to be found. One does without
 * incubator modules, the other has several models in a file, a library, models for tests and configuration of its own.
 */
class MavenModulesIT {

    @Test
    void modulesAreBuiltInParallelEachInItsWay() throws Exception {
        Build build = new Build(Path.of(System.getProperty("it.modules")));
        assertThat(build.run("-T2", "verify")).as(build.text()).isZero();
        assertThat(build.text()).doesNotContain("not marked as thread-safe").doesNotContain("not marked @threadSafe");
        assertThat(build.path("plain/target/nnl/derivatives.txt")).exists();
        assertThat(build.path("mixed/target/nnl/derivatives.txt")).exists();
        assertThat(build.path("plain/target/generated-sources/nnl/com/acme/plain/Wave.java"))
                .content()
                .doesNotContain("jdk.incubator");
        assertThat(build.path("mixed/target/generated-sources/nnl/com/acme/mixed/Wide.java"))
                .content()
                .contains("jdk.incubator");
        assertThat(build.path("mixed/target/generated-test-sources/nnl/com/acme/mixed/Probe.java")).exists();
        try (var records = Files.list(build.path("mixed/target/nnl"))) {
            assertThat(records.map(f -> f.getFileName().toString()))
                    .contains("generate-default.tsv", "test-generate-default.tsv");
        }

        assertThat(build.run("-T2", "test-compile")).as(build.text()).isZero();
        assertThat(build.text()).doesNotContain("generated ");

        Path pom = build.path("mixed/pom.xml");
        Files.writeString(pom, Files.readString(pom).replace("probe/Probe.nnl", "probe/Porbe.nnl"));
        assertThat(build.run("generate-sources")).isNotZero();
        assertThat(build.text())
                .contains("<models> configures 'com/acme/probe/Porbe.nnl'")
                .contains("did you mean 'com/acme/probe/Probe.nnl'?");
    }
}
