package org.nnl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnl.data.NdArray;
import org.nnl.data.Safetensors;

/** {@code nnl check}. */
class CheckCommandTest extends CommandTest {
    @Test
    void gradientCheck() {
        assertThat(run("check", model, "--examples", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(run("check", model, "--elements", "-1")).isEqualTo(ExitCode.USAGE);
        assertThat(run("check", model)).isZero();
        assertThat(out).contains("h.W").contains("z.b").contains("passed");
    }

    @Test
    void checkAgainstReference() throws IOException {
        Path line = Files.writeString(folder.resolve("line.nnl"), """
                model Line {
                    input  x
                    target y
                    param  m = 0
                    output p = m * x
                    loss   (p - y)^2
                    train  { optimizer sgd(rate = 0.1) }
                }
                """);
        Map<String, NdArray> t = new LinkedHashMap<>();
        t.put("data/x", NdArray.of(new double[] {1, 2}, 2));
        t.put("data/y", NdArray.of(new double[] {3, 4}, 2));
        t.put("param/m", NdArray.of(new double[] {1}, 1));
        t.put("loss", NdArray.of(new double[] {4}));
        t.put("output/p", NdArray.of(new double[] {1, 2}, 2));
        t.put("grad/m", NdArray.of(new double[] {-6}, 1));
        // m' = m - 0.1 (5 m - 11): the fixed point 2.2 is approached by half of the distance a step
        t.put("after3/m", NdArray.of(new double[] {2.2 - 1.2 / 8}, 1));
        Path reference = folder.resolve("line.safetensors");
        new Safetensors(Map.of(), t).write(reference);
        assertThat(run("check", line, "--against", reference)).as(out + err).isZero();
        assertThat(out).contains("after3/m").contains("passed");
        t.put("grad/m", NdArray.of(new double[] {-6.001}, 1));
        new Safetensors(Map.of(), t).write(reference);
        assertThat(run("check", line, "--against", reference)).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(run("check", line, "--against", reference, "--tolerance", "1e-2")).isZero();
        t.put("grad/n", NdArray.of(new double[] {1}, 1));
        new Safetensors(Map.of(), t).write(reference);
        assertThat(run("check", line, "--against", reference)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("grad/n has no counterpart in the model");
    }
}
