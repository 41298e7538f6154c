package org.nnl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The task for Gradle in {@code src/docs/build.md}: its command does what it says, and what it gives can be compiled as it says. */
class BuildDocumentationTest {
    @TempDir
    Path project;

    @Test
    void theDocumentedCommandGeneratesWhatTheDocumentedArgumentsCompile() throws Exception {
        String page = Files.readString(Path.of(System.getProperty("basedir", "."), "../docs/build.md"));
        int start = page.indexOf("```kotlin");
        String task = page.substring(start, page.indexOf("```", start + 3));
        List<String> command = strings(task, "commandLine\\(([^)]*)\\)");
        assertThat(command).startsWith("nnl", "compile");
        String models = strings(task, "projectDirectory\\.dir\\(([^)]*)\\)").get(0);
        String classes = "build/" + strings(task, "buildDirectory\\.dir\\(([^)]*)\\)").get(0);
        assertThat(command).contains(models, classes);

        Path file = project.resolve(models).resolve("com/acme/Line.nnl");
        Files.createDirectories(file.getParent());
        Files.writeString(file, """
                model Line { input x; target y; param m = 0; output p = m * x; loss (p - y)^2; train { optimizer sgd } }
                """);
        Files.writeString(project.resolve(models).resolve("cells.nnl"), "function twice(x) = 2 * x\n");
        assertThat(run(command)).isZero();
        Path java = project.resolve(classes).resolve("com/acme/Line.java");
        assertThat(java).exists();

        List<String> arguments = new ArrayList<>(strings(task, "compilerArgs\\.addAll\\(listOf\\(([^)]*)\\)"));
        arguments.addAll(List.of("--release", "17", "-d", project.resolve("out").toString(), java.toString()));
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new))).isZero();
        assertThat(strings(task, "jvmArgs\\(([^)]*)\\)")).isEqualTo(arguments.subList(0, 2));

        Files.writeString(file, "model Line { input x; loss q }\n");
        Files.writeString(file.resolveSibling("Other.nnl"), "model Other { input x; loss r }\n");
        assertThat(run(command)).isEqualTo(ExitCode.ERRORS);
        assertThat(Files.readString(project.resolve("log.txt")))
                .contains(models + "/com/acme/Line.nnl:1:28: error:")
                .contains(models + "/com/acme/Other.nnl:1:29: error:");
    }

    /** The string literals in what a pattern finds. */
    private static List<String> strings(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        assertThat(found.find()).as(pattern).isTrue();
        return Stream.of(found.group(1).split(","))
                .map(s -> s.strip().replaceAll("^\"|\"$", ""))
                .toList();
    }

    private int run(List<String> command) throws IOException, InterruptedException {
        List<String> java = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xss16m", "-cp",
                System.getProperty("java.class.path"), Main.class.getName()));
        java.addAll(command.subList(1, command.size()));
        return new ProcessBuilder(java)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(project.resolve("log.txt").toFile())
                .start()
                .waitFor();
    }
}
