package org.nnl.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.emit.WriteClass;
import org.nnl.equations.Tensor;
import org.nnl.library.Compiled;
import org.nnl.program.Program;
import org.nnl.reference.ReferenceCase;
import org.nnl.simplify.Simplify;

/** Saving and loading: exact resume, damaged files, files of other models, weights made elsewhere. */
class SavedFormTest {
    private static final Options SCALAR = Options.DEFAULT.with(Backend.SCALAR, Precision.FLOAT);

    @TempDir
    Path folder;

    /** What a step depends on besides weights: randomness, running averages, carried states, schedules. */
    private static final Map<String, String> MODELS = new LinkedHashMap<>();

    static {
        MODELS.put("dropout and noise", """
                input x[6]
                target y[2]
                h = dropout(dense(noise(x, 0.2), 9, tanh), 0.3)
                output z = dense(h, 2)
                loss mean[i] (z[i] - y[i])^2
                train { optimizer adamw(rate = cosine(step, 0.1, 20)), batch 4, clip 1 }
                """);
        MODELS.put("batch normalisation", """
                input x[6]
                target y[2]
                h = relu(batchNorm(dense(x, 9)))
                output z = dense(h, 2)
                loss mean[i] (z[i] - y[i])^2
                train { optimizer rmsprop(rate = 0.01), batch 4 }
                """);
        MODELS.put("carried state", """
                axis t = 3
                input x[t, 2]
                target y[t, 4]
                h[t], c[t] = lstm(x[t], h[t-1], c[t-1], m = 4)
                output z[t] = dense(h[t], 4)
                loss mean[t] mean[i] (z[t, i] - y[t, i])^2
                train { optimizer momentum(rate = 0.1), batch 4, stateful }
                """);
    }

    private static Class<?> type(Program p, Options o) {
        return InMemoryCompiler.load(Map.of(WriteClass.className(p, o), WriteClass.of(p, o)));
    }

    private static Class<?> type(String body) {
        return type(Simplify.simplify(Compiled.model(body)), SCALAR);
    }

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

    /** Four examples that depend on the step. */
    private static Object[] data(Program p, int step, Precision precision) {
        Random random = new Random(step);
        List<Object> all = new ArrayList<>();
        for (List<Tensor> some : List.of(p.inputs(), p.targets()))
            for (Tensor t : some) all.add(GeneratedClassTest.array(t, GeneratedClassTest.random(t, 4, random), precision));
        return all.toArray();
    }

    /** All that a model holds. */
    private static List<Object> everything(Instance m) {
        List<Object> all = new ArrayList<>();
        for (String name : m.names("parameter")) all.add(numbers(m.parameter(name)));
        for (String name : m.names("state")) all.add(numbers(m.state(name)));
        for (String name : m.names("setting")) all.add(m.setting(name));
        return all;
    }

    private static List<Double> numbers(Object array) {
        List<Double> all = new ArrayList<>();
        for (int k = 0; k < Array.getLength(array); k++) all.add(Array.getDouble(array, k));
        return all;
    }

    private static final String SMALL = """
            input x[2]
            target y
            h = dense(x, 3)
            output z = sum[i] h[i]
            loss (z - y)^2
            train { optimizer momentum(rate = 0.1), batch 2 }
            """;

    private Path saved() throws IOException {
        Instance m = new Instance(type(SMALL), 1);
        m.trainStep(new Object[] {new float[] {1, 2}, new float[] {3}}, 1);
        Path file = folder.resolve("small.safetensors");
        m.save(file);
        return file;
    }

    private static String header(byte[] bytes) {
        return new String(bytes, 8, (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0), StandardCharsets.UTF_8);
    }

    /** The header that {@link #saved} has, with one thing changed, in front of the same numbers; and what is said of it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "^\\{ | [ | malformed header",
        "\\}$ | | malformed header",
        "\\}$ | }} | malformed header",
        "\\}$ | ,} | malformed header",
        "^\\{ | {\"deep\":{\"a\":{\"b\":{}}}, | malformed header",
        "\"shape\":\\[3\\] | \"shape\":[[3]] | malformed header",
        "\"shape\":\\[3\\] | \"shape\":[-3] | malformed header",
        "\"shape\":\\[3\\] | \"shape\":[3.0] | malformed header",
        "\"shape\":\\[3\\] | \"shape\":[3000000000000000000] | malformed header",
        "\"shape\":\\[3\\] | \"shape\":[300000000000000000,300000000000000000] | its shape needs others",
        "\"shape\":\\[3\\] | \"shape\":[4] | its shape needs others",
        "\"shape\":\\[3\\], | | needs a dtype",
        "\\[0,24\\] | [24,0] | needs a dtype",
        "\\[0,24\\] | [0] | needs a dtype",
        "\\[0,24\\] | [0,24,48] | needs a dtype",
        "\\[0,24\\] | \"0,24\" | needs a dtype",
        "\\[0,24\\] | [0,-24] | malformed header",
        "\\[0,24\\] | [0,99999999999999999999] | malformed header",
        "\\[0,24\\] | [8,32] | begins after a gap",
        "\\[24,36\\] | [0,12] | overlaps another tensor",
        "\\[60,72\\] | [64,76] | begins after a gap",
        "\"h.W\":.*?\\}, | | begins after a gap",
        "\"h.b\" | \"h.W\" | 'h.W' occurs twice",
        "\"h.b\" | \"h.q\" | 'h.b' is missing",
        "\"dtype\":\"F32\", | \"dtype\":\"F32\",\"dtype\":\"F32\", | 'dtype' of 'h.W' occurs twice",
        "F32 | F64 | its shape needs others",
        "F32 | I32 | 'h.W' holds I32",
        "\"setting.rate\":\"0.1\" | \"setting.rate\":\"fast\" | setting rate is 'fast'",
        "\"setting.rate\":\"0.1\" | \"setting.rate\":\"NaN\" | setting rate is 'NaN'",
        "(equations.update\":\")\\w+ | $1anything | the equations of update are others",
    })
    void damageIsFoundAndDoesNothing(String part, String replacement, String message) throws IOException {
        byte[] bytes = Files.readAllBytes(saved());
        String header = header(bytes).strip();
        String changed = header.replaceFirst(part, replacement == null ? "" : replacement);
        assertThat(changed).isNotEqualTo(header);
        Path file = SafetensorsFile.write(
                folder.resolve("damaged"), changed, Arrays.copyOfRange(bytes, 8 + header(bytes).length(), bytes.length));
        refused(file, message);
    }

    private void refused(Path file, String message) {
        Instance m = new Instance(type(SMALL), 4);
        List<Object> before = everything(m);
        assertThatThrownBy(() -> m.load(file)).isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString()).hasMessageContaining(message);
        assertThat(everything(m)).isEqualTo(before);
    }

    @Test
    void whatIsNoSafetensorsFileIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(saved());
        Path file = folder.resolve("bad");
        refused(Files.write(file, new byte[0]), "0 bytes are no safetensors file");
        refused(Files.write(file, Arrays.copyOf(bytes, 7)), "7 bytes");
        refused(Files.write(file, Arrays.copyOf(bytes, 8)), "in a file of 8");
        for (int n : new int[] {9, 100, bytes.length - 73}) refused(Files.write(file, Arrays.copyOf(bytes, n)), "a header of");
        refused(Files.write(file, Arrays.copyOf(bytes, bytes.length - 1)), "bytes of numbers, the header says");
        refused(Files.write(file, Arrays.copyOf(bytes, bytes.length + 1)), "bytes of numbers, the header says");
        for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 0, 1}) {
            byte[] other = bytes.clone();
            ByteBuffer.wrap(other).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
            refused(Files.write(file, other), "a header of " + length);
        }
        byte[] huge = new byte[(1 << 24) + 2];
        Arrays.fill(huge, (byte) ' ');
        refused(SafetensorsFile.write(file, huge, new byte[0]), "a header of");
        refused(SafetensorsFile.write(file, new byte[] {'{', '"', (byte) 0xff, '"', '}'}, new byte[0]), "not UTF-8");
        refused(SafetensorsFile.write(file, "{\"a\":" + "{".repeat(1 << 20), new byte[0]), "malformed header");
        refused(SafetensorsFile.write(file, "{\"" + "\\\\".repeat(1 << 20) + "\"}", new byte[0]), "malformed header");
        refused(folder.resolve("nowhere"), "nowhere");
        refused(folder, folder.toString());
    }

    /** Bytes changed at random: an IOException and no change, or a file that is as good. */
    @Test
    void noFileDoesDamage() throws IOException {
        byte[] bytes = Files.readAllBytes(saved());
        int header = 8 + header(bytes).length();
        Class<?> type = type(SMALL);
        Instance m = new Instance(type, 4);
        List<Object> start = everything(m);
        Path good = folder.resolve("good");
        m.save(good);
        Random random = new Random(1);
        Path file = folder.resolve("random");
        int refused = 0;
        for (int k = 0; k < 3000; k++) {
            byte[] other = bytes.clone();
            if (k % 10 == 0) {
                other = new byte[random.nextInt(300)];
                random.nextBytes(other);
                if (k % 20 == 0 && other.length > 8)
                    ByteBuffer.wrap(other).order(ByteOrder.LITTLE_ENDIAN).putLong(0, random.nextInt(other.length));
            } else {
                for (int n = 1 + random.nextInt(4); n > 0; n--) {
                    int at = random.nextInt(random.nextInt(4) == 0 ? 8 : header);
                    other[at] = (byte) (k % 2 == 0 ? random.nextInt(256) : "{}[]\",:0987654321\\uF ".charAt(random.nextInt(20)));
                }
            }
            Files.write(file, other);
            try {
                m.load(file);
                m.load(good);
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith(file.toString());
                refused++;
            }
            assertThat(everything(m)).isEqualTo(start);
        }
        assertThat(refused).isGreaterThan(2000);
    }

    @Test
    void allThatDiffersIsSaid() throws IOException {
        Path file = saved();
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
        refused(large, "there is no tensor 'k.b.v' here");
    }

    @Test
    void layoutAndSettingsAreNoOtherVersion() throws IOException {
        Path file = saved();
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
    void parametersAloneAreReadWhateverElseTheFileHolds() throws IOException {
        Path file = saved();
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

    @Test
    void aFileIsReplacedAsAWhole() throws IOException {
        Path file = saved();
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
