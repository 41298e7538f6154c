package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A JVM that believes its processor has shorter vectors. */
public final class ShorterVectorsJvm {
    private ShorterVectorsJvm() {}

    /** What the main method of a test class prints in a JVM with vectors of so many bytes. */
    public static String printed(Class<?> test, int bytes) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:MaxVectorSize=" + bytes, "--add-modules", "jdk.incubator.vector", "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        test.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).isZero();
        return printed;
    }
}
