package org.nnl.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What people read about broken files: {@code errors/NAME.nnl} and, beside it, {@code NAME.expected}. With the
 * environment variable {@code UPDATE_EXPECTED=1} the expected files are rewritten.
 */
class ErrorMessagesTest {
    static final Path FOLDER = Path.of("src/test/resources/errors");

    static List<String> broken() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(".nnl") && f.startsWith("syntax-"))
                    .map(f -> f.substring(0, f.length() - 4))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("broken")
    void aBrokenFileIsExplained(String name) throws IOException {
        String text = Files.readString(FOLDER.resolve(name + ".nnl"));
        SourceException e =
                catchThrowableOfType(SourceException.class, () -> Parser.parse(name + ".nnl", text));
        assertThat(e).as("an error in %s", name).isNotNull();
        check(name, e.getMessage());
    }

    static void check(String name, String report) throws IOException {
        Path expected = FOLDER.resolve(name + ".expected");
        if ("1".equals(System.getenv("UPDATE_EXPECTED"))) Files.writeString(expected, report);
        assertThat(expected).as("rerun with UPDATE_EXPECTED=1 to write it").exists();
        assertThat(report).isEqualTo(Files.readString(expected));
    }
}
