package org.nnl.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnl.ErrorGoldens;

/** What people read about files that do not parse: {@code errors/syntax-NAME.nnl}. */
class ErrorMessagesTest {
    static List<String> broken() throws IOException {
        return ErrorGoldens.names("syntax-");
    }

    @ParameterizedTest
    @MethodSource("broken")
    void aBrokenFileIsExplained(String name) throws IOException {
        String text = Files.readString(ErrorGoldens.FOLDER.resolve(name + ".nnl"));
        SourceException e =
                catchThrowableOfType(SourceException.class, () -> Parser.parse(name + ".nnl", text));
        assertThat(e).as("an error in %s", name).isNotNull();
        ErrorGoldens.check(name, e.getMessage());
    }
}
