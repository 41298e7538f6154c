package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Broken files and what people read about them: {@code errors/NAME.nnl} and, beside it, {@code NAME.expected}. With the
 * environment variable {@code UPDATE_EXPECTED=1} the expected files are rewritten.
 */
public final class ErrorGoldens {
    public static final Path FOLDER = Path.of("src/test/resources/errors");

    private ErrorGoldens() {}

    /** Names of the broken files that begin with some words, without their ending. */
    public static List<String> names(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(".nnl") && f.startsWith(prefix))
                    .map(f -> f.substring(0, f.length() - 4))
                    .sorted()
                    .toList();
        }
    }

    /** Compares, or rewrites, what is said about a broken file. */
    public static void check(String name, String report) throws IOException {
        Path expected = FOLDER.resolve(name + ".expected");
        if ("1".equals(System.getenv("UPDATE_EXPECTED"))) Files.writeString(expected, report);
        assertThat(expected).as("rerun with UPDATE_EXPECTED=1 to write it").exists();
        assertThat(report).isEqualTo(Files.readString(expected));
    }
}
