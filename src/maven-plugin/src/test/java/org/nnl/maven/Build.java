package org.nnl.maven;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A copy of a project, built by Maven from a repository that holds nothing but what this build made: other artifacts
 * come from the builder's own repository or from Maven Central.
 */
final class Build {
    private static final Path FOLDER = Path.of(System.getProperty("it.folder"));

    final Path project;
    private final Path settings;
    private final List<String> log = new ArrayList<>();

    Build(Path original) throws IOException {
        project = FOLDER.resolve(original.getFileName());
        settings = FOLDER.resolve("settings.xml");
        if (Files.exists(project)) delete(project);
        try (Stream<Path> files = Files.walk(original)) {
            for (Path f : files.toList()) {
                Path relative = original.relativize(f);
                if (relative.startsWith("target")) continue;
                Path to = project.resolve(relative.toString());
                if (Files.isDirectory(f)) Files.createDirectories(to);
                else Files.copy(f, to);
            }
        }
        String repository = Path.of(System.getProperty("it.cache")).toUri().toString();
        Files.writeString(
                settings,
                """
                <settings>
                  <profiles><profile>
                    <id>cache</id>
                    <repositories><repository><id>cache</id><url>%1$s</url></repository></repositories>
                    <pluginRepositories><pluginRepository><id>cache</id><url>%1$s</url></pluginRepository></pluginRepositories>
                  </profile></profiles>
                  <activeProfiles><activeProfile>cache</activeProfile></activeProfiles>
                </settings>
                """
                        .formatted(repository));
    }

    /** Runs Maven and returns its exit code; what it printed is {@link #text()}. */
    int run(String... arguments) throws IOException, InterruptedException {
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        Path program = Path.of(System.getProperty("it.maven"), "bin", windows ? "mvn.cmd" : "mvn");
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "-B",
                "-Dstyle.color=never",
                "-Dmaven.repo.local=" + System.getProperty("it.repository"),
                "-s",
                settings.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder build = new ProcessBuilder(command);
        build.directory(project.toFile()).redirectErrorStream(true);
        build.environment().put("JAVA_HOME", System.getProperty("java.home"));
        build.environment().remove("MAVEN_OPTS");
        build.environment().remove("JAVA_TOOL_OPTIONS");
        log.clear();
        Process process = build.start();
        try (BufferedReader out = process.inputReader()) {
            for (String line; (line = out.readLine()) != null; ) log.add(line);
        }
        return process.waitFor();
    }

    String text() {
        return String.join("\n", log);
    }

    Path path(String relative) {
        return project.resolve(relative);
    }

    void write(String relative, String text) throws IOException {
        Files.createDirectories(path(relative).getParent());
        Files.writeString(path(relative), text);
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(f -> {
                try {
                    Files.delete(f);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
