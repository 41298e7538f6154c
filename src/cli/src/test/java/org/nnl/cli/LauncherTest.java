package org.nnl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code nnl}, in a folder of its own where it finds itself built: from the classes under test. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    @TempDir
    Path folder;

    @BeforeEach
    void home() throws IOException {
        Files.copy(Path.of("../../nnl"), folder.resolve("nnl"));
        Path build = Files.createDirectories(folder.resolve("target/nnl"));
        Files.writeString(build.resolve("classpath"), System.getProperty("java.class.path"));
        Files.writeString(build.resolve("java"), System.getProperty("java.home") + "/bin/java\n");
        Files.createFile(build.resolve("done"));
    }

    /** Carries out shell commands in the folder, and gives what they leave in the file that is their standard error. */
    private String errors(String commands, Map<String, String> environment) throws Exception {
        Path file = folder.resolve("errors.txt");
        ProcessBuilder b = new ProcessBuilder(List.of("sh", "-c", commands))
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("output.txt").toFile())
                .redirectError(file.toFile());
        b.environment().put("JAVA_HOME", System.getProperty("java.home"));
        b.environment().remove("NNL_JAVA_OPTS");
        b.environment().putAll(environment);
        b.start().waitFor();
        return Files.readString(file);
    }

    @Test
    void whatIsSaidStandsBetweenWhatOthersSayInTheSameFile() throws Exception {
        assertThat(errors("echo before >&2; sh ./nnl train none.nnl; echo after $? >&2", Map.of()))
                .isEqualTo("before\nnone.nnl: error: no such file\nafter 1\n");
        assertThat(errors("sh ./nnl train none.nnl >>errors.txt 2>&1; sh ./nnl --version >>errors.txt", Map.of()))
                .isEqualTo("none.nnl: error: no such file\nnnl 0.1.0\n");
    }

    @Test
    void theJvmIsSilentButForWhatKeepsItFromStarting() throws Exception {
        assertThat(errors("sh ./nnl --version", Map.of())).isEmpty();
        assertThat(Files.readString(folder.resolve("output.txt"))).isEqualTo("nnl 0.1.0\n");
        // the pipe passes these on by itself, perhaps later than the command ends: cat waits for it
        assertThat(errors("sh ./nnl --version 2>&1 | cat >&2", Map.of("NNL_JAVA_OPTS", "-Xnone")))
                .contains("Unrecognized option: -Xnone");
    }

    /** What the JVM is told of compiling is said to whoever starts one, and is what is measured. */
    @Test
    void theJvmIsToldWhatTheDocumentationSays() throws IOException {
        List<String> told = compiling("../../nnl");
        assertThat(told).hasSize(4);
        assertThat(compiling("../docs/build.md")).isEqualTo(told);
        assertThat(compiling("../benchmarks/src/main/java/org/nnl/benchmarks/WarmUp.java")).isEqualTo(told);
    }

    private static List<String> compiling(String file) throws IOException {
        return Pattern.compile("-XX:Tier\\w+=\\d+").matcher(Files.readString(Path.of(file))).results().map(MatchResult::group).toList();
    }
}
