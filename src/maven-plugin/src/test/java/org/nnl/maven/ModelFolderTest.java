package org.nnl.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnl.Options;
import org.nnl.syntax.SourceException;

class ModelFolderTest {
    /** The model is as it should be, and its place would show another value. */
    @Test
    void anErrorOfTheConfigurationNamesTheSetting(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("line.nnl"), """
                model Line(width = 2) {
                    input x[width]
                    param m[width] = 0
                    output p = sum[i] m[i] * x[i]
                    loss p^2
                    train { optimizer sgd(rate = 0.1) }
                }
                """);
        Options options = new Options(
                "", "", Options.DEFAULT.backend(), Options.DEFAULT.precision(), Map.of("rate", -1.0, "width", 4.0));
        assertThat(errors(folder, options)).isEqualTo(folder.resolve("line.nnl")
                + ":[1,1] configured with rate = -1: 'sgd' requires rate >= 0, and rate is -1 (at " + folder.resolve("line.nnl") + ":6:27)");
        Options unknown = new Options("", "", options.backend(), options.precision(), Map.of("widht", 3.0, "width", 4.0));
        assertThat(errors(folder, unknown)).startsWith(folder.resolve("line.nnl")
                + ":[1,1] configured with widht = 3: 'Line' has no parameter or setting 'widht'; did you mean 'width'? (it has width, ");
    }

    private static String errors(Path folder, Options options) {
        ModelFolder models = new ModelFolder(folder);
        SourceException e = catchThrowableOfType(
                SourceException.class,
                () -> models.compilations(Path.of("line.nnl"), options, folder.resolve("derivatives")).get(0).model());
        return String.join("\n", ModelFolder.errors(e));
    }
}
