package org.nnl.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Builds a copy of {@code samples/maven-project} with Maven, from a repository that holds nothing but what this build
 * made (other artifacts come from the builder's own repository or from Maven Central).
 */
class MavenProjectIT {
    private static final Path FOLDER = Path.of(System.getProperty("it.folder"));

    private Path project;
    private final List<String> log = new ArrayList<>();

    @BeforeEach
    void copyOfTheSample() throws IOException {
        project = FOLDER.resolve("maven-project");
        if (Files.exists(project)) delete(project);
        Path sample = Path.of(System.getProperty("it.sample"));
        try (Stream<Path> files = Files.walk(sample)) {
            for (Path f : files.toList()) {
                Path relative = sample.relativize(f);
                if (relative.startsWith("target")) continue;
                Path to = project.resolve(relative.toString());
                if (Files.isDirectory(f)) Files.createDirectories(to);
                else Files.copy(f, to);
            }
        }
        String repository = Path.of(System.getProperty("it.cache")).toUri().toString();
        Files.writeString(
                FOLDER.resolve("settings.xml"),
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

    @Test
    void theSampleBuildsTestsAndStaysUpToDate() throws Exception {
        assertThat(maven("verify")).as(text()).isZero();
        assertThat(text()).contains("generated 1 of 1 models").contains("Tests run: 3, Failures: 0, Errors: 0");
        assertThat(project.resolve("target/classes/com/acme/IrisModel.class")).exists();

        assertThat(maven("compile")).as(text()).isZero();
        assertThat(text()).contains("nothing to generate, all models are up to date");

        Path model = project.resolve("src/main/nnl/com/acme/IrisModel.nnl");
        Path cells = project.resolve("src/main/nnl-shared/cells.nnl");
        Files.createDirectories(cells.getParent());
        Files.writeString(cells, "function squash(x) = tanh(x)\n");
        Files.writeString(
                model,
                "import \"../../../nnl-shared/cells.nnl\"\n" + Files.readString(model).replace("tanh)", "squash)"));
        assertThat(maven("compile")).as(text()).isZero();
        assertThat(text()).contains("generated 1 of 1 models");
        Files.writeString(cells, "function squash(x) = sigmoid(x)\n");
        assertThat(maven("compile")).as(text()).isZero();
        assertThat(text()).as("a changed import").contains("generated 1 of 1 models");

        Files.writeString(project.resolve("src/main/nnl/com/acme/Second.nnl"), "model Second { input x; loss q*x }\n");
        assertThat(maven("compile")).isNotZero();
        assertThat(text()).contains("Second.nnl:[1,30]").contains("'q'");
        Files.writeString(
                project.resolve("src/main/nnl/com/acme/Second.nnl"),
                "model Second { input x; param q = 1; p = q*x; loss p^2; train { optimizer sgd } }\n");
        assertThat(maven("compile")).as(text()).isZero();
        Path java = project.resolve("target/generated-sources/nnl/com/acme/Second.java");
        assertThat(java).exists();
        Files.delete(project.resolve("src/main/nnl/com/acme/Second.nnl"));
        assertThat(maven("compile")).as(text()).isZero();
        assertThat(java).doesNotExist();
    }

    private int maven(String goal) throws IOException, InterruptedException {
        log.clear();
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        Path program = Path.of(System.getProperty("it.maven"), "bin", windows ? "mvn.cmd" : "mvn");
        ProcessBuilder build = new ProcessBuilder(
                program.toString(),
                "-B",
                "-Dstyle.color=never",
                "-Dmaven.repo.local=" + System.getProperty("it.repository"),
                "-s",
                FOLDER.resolve("settings.xml").toString(),
                goal);
        build.directory(project.toFile()).redirectErrorStream(true);
        build.environment().put("JAVA_HOME", System.getProperty("java.home"));
        build.environment().remove("MAVEN_OPTS");
        Process process = build.start();
        try (BufferedReader out = process.inputReader()) {
            for (String line; (line = out.readLine()) != null; ) log.add(line);
        }
        return process.waitFor();
    }

    private String text() {
        return String.join("\n", log);
    }

    private static void delete(Path folder) throws IOException {
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
