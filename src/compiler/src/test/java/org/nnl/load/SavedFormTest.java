package org.nnl.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nnl.load.SavedModels.MODELS;
import static org.nnl.load.SavedModels.SMALL;
import static org.nnl.load.SavedModels.data;
import static org.nnl.load.SavedModels.everything;
import static org.nnl.load.SavedModels.numbers;
import static org.nnl.load.SavedModels.saved;
import static org.nnl.load.SavedModels.type;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.library.Compiled;
import org.nnl.program.Program;
import org.nnl.simplify.Simplify;

/** Saving and loading by the same model or another version of it: exact resume, all that differs, files replaced as a whole. */
class SavedFormTest {
    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> resumedTrainingEqualsUninterruptedTraining() {
        List<DynamicTest> tests = new ArrayList<>();
        MODELS.forEach((name, body) -> {
            for (Backend backend : Backend.values())
                for (Precision precision : Precision.values())
                    tests.add(DynamicTest.dynamicTest(name + " " + backend + " " + precision, () -> {
                        Program p = Simplify.simplify(Compiled.model(body));
                        Class<?> type = type(p, Options.DEFAULT.with(backend, precision));
                        Instance through = new Instance(type, 5);
                        for (int step = 0; step < 4; step++) through.trainStep(data(p, step, precision), 4);
                        Path file = folder.resolve(name + backend + precision);
                        through.save(file);
                        Instance resumed = new Instance(type, 77);
                        resumed.trainStep(data(p, 9, precision), 4);
                        resumed.load(file);
                        for (int step = 4; step < 8; step++)
                            assertThat(resumed.trainStep(data(p, step, precision), 4))
                                    .isEqualTo(through.trainStep(data(p, step, precision), 4));
                        assertThat(everything(resumed)).isEqualTo(everything(through));
                        through.save(file);
                        byte[] bytes = Files.readAllBytes(file);
                        resumed.save(file);
                        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
                    }));
        });
        return tests.stream();
    }

    @Test
    void allThatDiffersIsSaid() throws IOException {
        Path file = saved(folder);
        Instance other = new Instance(type("""
                input x[2]
                target y
                h = dense(x, 4, tanh)
                k = dense(h, 3)
                output z = sum[i] k[i]
                loss (z - y)^2
                train { optimizer momentum(rate = 0.1), batch 2 }
                """), 1);
        assertThatThrownBy(() -> other.load(file)).isInstanceOf(IOException.class).hasMessage(file + """
                : is not for Tiny; parameters alone are read by loadParameters
                  the equations of predict are others
                  the equations of training are others
                  the equations of update are others
                  'h.W' is [3,2], here it is [4,2]
                  'h.b' is [3], here it is [4]
                  'k.W' is missing
                  'k.b' is missing
                  'h.W.v' is [3,2], here it is [4,2]
                  'h.b.v' is [3], here it is [4]
                  'k.W.v' is missing
                  'k.b.v' is missing""");
        assertThatThrownBy(() -> other.loadParameters(file, Map.of())).isInstanceOf(IOException.class).hasMessage(file + """
                : is not for Tiny
                  'h.W' is [3,2], which does not fit h.W[4,2]
                  'h.b' is [3], which does not fit h.b[4]
                  'k.W' is missing
                  'k.b' is missing""");
        Path large = folder.resolve("large");
        other.save(large);
        Instance small = new Instance(type(SMALL), 4);
        assertThatThrownBy(() -> small.load(large)).isInstanceOf(IOException.class)
                .hasMessageContaining("there is no tensor 'k.b.v' here");
    }

    @Test
    void layoutAndSettingsAreNoOtherVersion() throws IOException {
        Path file = saved(folder);
        Instance same = new Instance(type("""
                // a comment

                input x[2] // two numbers
                target y
                h = dense(x, 3)
                output z = (sum[k] h[k])
                loss (z - y)^2
                train { optimizer momentum(rate = 0.7), batch 2, epochs 3 }
                """.replace("sum[k] h[k]", "sum[i] h[i]")), 1);
        same.load(file);
        assertThat(same.setting("rate")).isEqualTo(0.1);
    }

    @Test
    void aFileIsReplacedAsAWhole() throws IOException {
        Path file = saved(folder);
        Files.writeString(folder.resolve("small.safetensors.tmp"), "left by a process that was killed");
        Instance m = new Instance(type(SMALL), 8);
        m.save(file);
        Instance again = new Instance(type(SMALL), 9);
        again.load(file);
        assertThat(everything(again)).isEqualTo(everything(m));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactly("small.safetensors");
        }
        Path occupied = Files.createDirectories(folder.resolve("occupied/below")).getParent();
        assertThatThrownBy(() -> m.save(occupied)).isInstanceOf(IOException.class);
        assertThat(folder.resolve("occupied.tmp")).doesNotExist();
    }
}
