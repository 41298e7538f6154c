package org.nnl.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.nnl.load.SavedModels.MODELS;
import static org.nnl.load.SavedModels.SCALAR;
import static org.nnl.load.SavedModels.SMALL;
import static org.nnl.load.SavedModels.data;
import static org.nnl.load.SavedModels.everything;
import static org.nnl.load.SavedModels.numbers;
import static org.nnl.load.SavedModels.saved;
import static org.nnl.load.SavedModels.type;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.library.Compiled;
import org.nnl.program.Program;
import org.nnl.reference.ReferenceCase;
import org.nnl.simplify.Simplify;

/** Parameters from files with other names, forms, types of numbers, optimisers. */
class ForeignWeightsTest {
    @TempDir
    Path folder;

    @Test
    void parametersAloneAreReadWhateverElseTheFileHolds() throws IOException {
        Path file = saved(folder);
        Instance saved = new Instance(type(SMALL), 3);
        saved.load(file);
        // another optimiser, another precision, an output more
        Program p = Simplify.simplify(Compiled.model(SMALL.replace("momentum(rate = 0.1)", "adam(rate = 0.3)")));
        Instance other = new Instance(type(p, Options.DEFAULT.with(Backend.SCALAR, Precision.DOUBLE)), 3);
        other.loadParameters(file, Map.of());
        assertThat(numbers(other.parameter("h.W"))).isEqualTo(numbers(saved.parameter("h.W")));
        assertThat(other.setting("step")).isEqualTo(1);
        Path doubles = folder.resolve("doubles");
        other.save(doubles);
        Instance back = new Instance(type(SMALL), 9);
        back.loadParameters(doubles, Map.of());
        assertThat(numbers(back.parameter("h.W"))).isEqualTo(numbers(saved.parameter("h.W")));
    }

    /** Running averages belong to what is predicted, the optimiser's states do not. */
    @Test
    void runningAveragesComeWithTheParameters() throws IOException {
        Program p = Simplify.simplify(Compiled.model(MODELS.get("batch normalisation")));
        Class<?> type = type(p, SCALAR);
        Instance trained = new Instance(type, 5);
        for (int step = 0; step < 4; step++) trained.trainStep(data(p, step, Precision.FLOAT), 4);
        Path file = folder.resolve("averages");
        trained.save(file);
        Instance other = new Instance(type, 6);
        List<Double> untouched = numbers(other.state("h.dense.W.v"));
        other.loadParameters(file, Map.of());
        assertThat(other.loss(data(p, 7, Precision.FLOAT), 4)).isEqualTo(trained.loss(data(p, 7, Precision.FLOAT), 4));
        assertThat(numbers(other.state("h.dense.W.v"))).isEqualTo(untouched);
        Instance mapped = new Instance(type, 6);
        Path without = folder.resolve("without");
        SafetensorsFile renamed = new SafetensorsFile();
        Map<String, String> map = new LinkedHashMap<>();
        for (String name : trained.names("parameter")) {
            map.put(name, "net." + name);
            renamed.add("net." + name, "F64", sizes(trained.shape(name)), doubles(trained.parameter(name)));
        }
        for (String name : trained.names("state").stream().filter(n -> !n.endsWith(".v")).toList()) {
            map.put(name, "net." + name);
            renamed.add("net." + name, "F64", sizes(trained.shape(name)), doubles(trained.state(name)));
        }
        assertThat(map).hasSizeGreaterThan(trained.names("parameter").size());
        mapped.loadParameters(renamed.write(without), map);
        assertThat(mapped.loss(data(p, 7, Precision.FLOAT), 4)).isEqualTo(trained.loss(data(p, 7, Precision.FLOAT), 4));
    }

    private static List<Integer> sizes(int[] shape) {
        return Arrays.stream(shape).boxed().toList();
    }

    private static double[] doubles(Object array) {
        return numbers(array).stream().mapToDouble(Double::doubleValue).toArray();
    }

    @Test
    void parametersAreMadeOfWhatTheMapSays() throws IOException {
        Path file = new SafetensorsFile()
                .add("counter", "I64", List.of(), 7)
                .add("dense/kernel", "F64", List.of(2, 3), 1, 2, 3, 4, 5, 6)
                .add("left", "F32", List.of(3, 1), 1, 2, 3)
                .add("right", "F64", List.of(1, 3), 10, 20, 30)
                .write(folder.resolve("keras"));
        Instance m = new Instance(type(SMALL), 1);
        m.loadParameters(file, Map.of("h.W", "dense/kernel^T", "h.b", "left + right"));
        assertThat((float[]) m.parameter("h.W")).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat((float[]) m.parameter("h.b")).containsExactly(11, 22, 33);
        List<Object> before = everything(m);
        assertThatThrownBy(() -> m.loadParameters(file, Map.of("h.W", "dense/kernel", "h.b", "left + up + counter")))
                .isInstanceOf(IOException.class)
                .hasMessage(file + """
                        : is not for Tiny
                          'dense/kernel' is [2,3], which does not fit h.W[3,2]
                          'up' is missing
                          'counter' holds I64, which is not read here""");
        assertThatThrownBy(() -> m.loadParameters(file, Map.of("W", "left")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no parameter 'W', there are h.W, h.b");
        assertThat(everything(m)).isEqualTo(before);
    }

    /** Every number that 16 bits can hold, against the definition of the two formats; parameters are sums, so -0 becomes 0. */
    @Test
    void numbersOfSixteenBitsAreExact() throws IOException {
        byte[] all = new byte[2 << 16];
        ByteBuffer patterns = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits = 0; bits < 1 << 16; bits++) patterns.putShort((short) bits);
        String place = "\"shape\":[65536],\"data_offsets\":[0,131072]}}";
        Path half = SafetensorsFile.write(folder.resolve("half"), "{\"w\":{\"dtype\":\"F16\"," + place, all);
        Path brain = SafetensorsFile.write(folder.resolve("brain"), "{\"w\":{\"dtype\":\"BF16\"," + place, all);
        Instance m = new Instance(type("""
                param w[65536] = 0
                input x
                target y
                output z = x * sum[i] w[i]
                loss (z - y)^2
                train { optimizer sgd(rate = 0.1), batch 1 }
                """), 1);
        m.loadParameters(half, Map.of());
        for (int bits = 0; bits < 1 << 16; bits++)
            assertThat(((float[]) m.parameter("w"))[bits]).isEqualTo(Float.valueOf(0f + (float) binary(bits, 5, 10)));
        m.loadParameters(brain, Map.of());
        for (int bits = 0; bits < 1 << 16; bits++)
            assertThat(((float[]) m.parameter("w"))[bits]).isEqualTo(Float.valueOf(0f + (float) binary(bits, 8, 7)));
    }

    /** The value of sign, exponent and mantissa: IEEE 754-2019, section 3.4. */
    private static double binary(int bits, int exponents, int mantissas) {
        int exponent = bits >> mantissas & (1 << exponents) - 1, mantissa = bits & (1 << mantissas) - 1;
        int least = 2 - (1 << exponents - 1) - mantissas;
        double magnitude = exponent == (1 << exponents) - 1
                ? mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                : exponent == 0 ? mantissa * Math.pow(2, least) : (mantissa + (1 << mantissas)) * Math.pow(2, least + exponent - 1);
        return bits >> 15 == 0 ? magnitude : -magnitude;
    }

    /** The documentation's model, and the names that PyTorch gives to the weights of LSTM and Linear. */
    private static final Map<String, String> FROM_PYTORCH = Map.of(
            "h.W", "lstm.weight_ih_l0",
            "h.U", "lstm.weight_hh_l0",
            "h.b", "lstm.bias_ih_l0 + lstm.bias_hh_l0",
            "z.W", "out.weight",
            "z.b", "out.bias");

    private static final String TAGGER = """
            axis   t = 10
            input  x[t, 8]
            target y[t] : class(6)
            h[t], c[t] = lstm(x[t], h[t-1], c[t-1], m = 16)
            z[t] = dense(h[t], 6)
            output p[t, k < 6] = softmax(z[t])[k]
            loss   mean[t] crossEntropy(p[t], y[t])
            train  { optimizer adam(rate = 0.01), batch 3 }
            """;

    private static double[] random(Random random, int n) {
        return random.doubles(n, -0.5, 0.5).map(v -> (float) v).toArray();
    }

    /** Against PyTorch's equations of torch.nn.LSTM, written out. */
    @Test
    void theWeightsOfAnLstmOfPytorchGiveItsOutputs() throws IOException {
        Random random = new Random(2);
        double[] wih = random(random, 64 * 8), whh = random(random, 64 * 16), bih = random(random, 64),
                bhh = random(random, 64), v = random(random, 6 * 16), c = random(random, 6), x = random(random, 80);
        Path file = new SafetensorsFile()
                .add("lstm.weight_ih_l0", "F32", List.of(64, 8), wih)
                .add("lstm.weight_hh_l0", "F32", List.of(64, 16), whh)
                .add("lstm.bias_ih_l0", "F32", List.of(64), bih)
                .add("lstm.bias_hh_l0", "F32", List.of(64), bhh)
                .add("out.weight", "F32", List.of(6, 16), v)
                .add("out.bias", "F32", List.of(6), c)
                .write(folder.resolve("tagger.safetensors"));
        Program p = Simplify.simplify(Compiled.model(TAGGER));
        Instance m = new Instance(type(p, Options.DEFAULT.with(Backend.SCALAR, Precision.DOUBLE)), 1);
        m.loadParameters(file, FROM_PYTORCH);
        double[] actual = new double[60];
        m.predict(new Object[] {x}, 1, new Object[] {actual});

        double[] h = new double[16], cell = new double[16];
        for (int t = 0; t < 10; t++) {
            double[] a = new double[64];
            for (int r = 0; r < 64; r++) {
                a[r] = bih[r] + bhh[r];
                for (int j = 0; j < 8; j++) a[r] += wih[8 * r + j] * x[8 * t + j];
                for (int j = 0; j < 16; j++) a[r] += whh[16 * r + j] * h[j];
            }
            for (int k = 0; k < 16; k++) {
                double i = sigmoid(a[k]), f = sigmoid(a[16 + k]), g = Math.tanh(a[32 + k]), o = sigmoid(a[48 + k]);
                cell[k] = f * cell[k] + i * g;
                h[k] = o * Math.tanh(cell[k]);
            }
            double[] z = new double[6];
            double sum = 0;
            for (int r = 0; r < 6; r++) {
                z[r] = c[r];
                for (int k = 0; k < 16; k++) z[r] += v[16 * r + k] * h[k];
                sum += Math.exp(z[r]);
            }
            for (int r = 0; r < 6; r++) assertThat(actual[6 * t + r]).isCloseTo(Math.exp(z[r]) / sum, within(1e-12));
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** The file that PyTorch wrote: its loss. */
    @Test
    void theReferenceLstmIsReadFromItsFile() throws IOException {
        assumeTrue(ReferenceCase.folder() != null, "shared/reference is not beside this repository");
        Map<String, double[]> numbers = ReferenceCase.read("lstm").numbers();
        Program p = Simplify.simplify(Compiled.model(TAGGER));
        Instance m = new Instance(type(p, Options.DEFAULT.with(Backend.VECTOR, Precision.DOUBLE)), 1);
        m.loadParameters(ReferenceCase.folder().resolve("lstm.safetensors"), Map.of(
                "h.W", "param/W", "h.U", "param/U", "h.b", "param/b", "z.W", "param/V", "z.b", "param/c"));
        int[] y = Arrays.stream(numbers.get("data/y")).mapToInt(d -> (int) d).toArray();
        assertThat(m.loss(new Object[] {numbers.get("data/x"), y}, 3)).isCloseTo(numbers.get("loss")[0], within(1e-9));
    }
}
