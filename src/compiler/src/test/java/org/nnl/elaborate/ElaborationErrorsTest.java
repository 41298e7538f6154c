package org.nnl.elaborate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnl.ErrorGoldens;
import org.nnl.Options;
import org.nnl.syntax.SourceException;

/** What people read about models that parse and make no sense: {@code errors/model-NAME.nnl}. */
class ElaborationErrorsTest {
    static List<String> broken() throws IOException {
        return ErrorGoldens.names("model-");
    }

    @ParameterizedTest
    @MethodSource("broken")
    void aBrokenModelIsExplained(String name) throws IOException {
        Sources sources = file -> Files.readString(ErrorGoldens.FOLDER.resolve(file));
        SourceException e = catchThrowableOfType(
                SourceException.class, () -> Elaborator.elaborate(sources, name + ".nnl", Options.DEFAULT));
        assertThat(e).as("an error in %s", name).isNotNull();
        ErrorGoldens.check(name, e.getMessage());
    }

    @Test
    void filesMayImportEachOther() {
        Sources files = Sources.of(Map.of(
                "m.nnl", "import \"parts/a.nnl\"\nmodel M { input x; loss first(x) }",
                "parts/a.nnl", "import \"b.nnl\"\nfunction first(x) = second(x) + third(x)",
                "parts/b.nnl", "import \"a.nnl\"\nimport \"../m.nnl\"\nfunction second(x) = 2 * x\nfunction third(x) = x"));
        assertThat(Elaborator.elaborate(files, "m.nnl", Options.DEFAULT).name()).isEqualTo("M");
    }

    @Test
    void allErrorsAreReportedAtOnceAndEachHasAPlace() throws IOException {
        String name = "model-values.nnl";
        SourceException e = catchThrowableOfType(
                SourceException.class, () -> Elaborator.elaborate(file -> Files.readString(ErrorGoldens.FOLDER.resolve(file)), name, Options.DEFAULT));
        assertThat(e.diagnostics()).hasSizeGreaterThan(6).allSatisfy(d -> {
            assertThat(d.span().file()).isEqualTo(name);
            assertThat(d.span().line()).isPositive();
        });
    }
}
