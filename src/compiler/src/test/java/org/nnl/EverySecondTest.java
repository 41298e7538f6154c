package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.check.RandomData;
import org.nnl.elaborate.Sources;
import org.nnl.emit.WriteClass;
import org.nnl.equations.Tensor;
import org.nnl.evaluate.EvaluatedModel;
import org.nnl.load.InMemoryCompiler;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import org.nnl.reference.ReferenceCase;
import org.nnl.schedule.MakeSchedule;

/** Maxima of windows two apart, and where they are, in lanes: of what is computed, and of an input, which ends with its last element. */
class EverySecondTest {
    private static final int[] EXAMPLES = {1, 2, 3, 7, 16};

    private static Compilation compile(int height, int width) {
        return Compiler.compile(Sources.of(Map.of("m.nnl", """
                model Windows {
                    input  x[2, %1$d, %2$d]
                    target y : class(3)
                    param  w[2, %1$d, %2$d] = 1
                    a = x * w
                    p = maxPool2d(a, 2)
                    q = maxPool2d(x, 2)
                    output largest = q
                    loss   crossEntropy(softmax(dense(flatten(p), 3)), y)
                    train  { optimizer adam, batch 16 }
                }
                """.formatted(height, width))), "m.nnl", Options.DEFAULT);
    }

    /** Everything that can be divided is, however small. */
    private static Class<?> type(Program p, Options options) {
        return InMemoryCompiler.load(Map.of("Windows", WriteClass.of(p, MakeSchedule.of(p, options, 0), options)));
    }

    @ParameterizedTest
    @CsvSource({"8, 8", "6, 10", "5, 24", "4, 35", "2, 66", "4, 140"})
    void valuesAreThoseOfTheDefinition(int height, int width) {
        Compilation c = compile(height, width);
        Program p = c.simplified();
        for (Backend backend : Backend.values()) {
            Options options = Options.DEFAULT.with(backend, Precision.FLOAT);
            String java = WriteClass.of(p, MakeSchedule.of(p, options, 0), options);
            if (backend == Backend.VECTOR) assertThat(java).contains(".rearrange(EVEN)", "Float.intBitsToFloat(v)");
            Class<?> type = InMemoryCompiler.load(Map.of("Windows", java));
            for (int examples : EXAMPLES) check(p, type, examples, backend + ", " + examples + " examples");
        }
    }

    private static void check(Program p, Class<?> type, int examples, String as) {
        Map<String, double[]> data = RandomData.of(p, examples, 9);
        data.put("x", Arrays.stream(data.get("x")).map(Math::rint).toArray()); // so that there are equal ones
        EvaluatedModel definition = new EvaluatedModel(p, 2);
        Map<String, double[]> expected = definition.run("gradient", data, examples);
        Instance model = new Instance(type, 2);
        float[] x = floats(data.get("x"));
        int[] y = new int[examples];
        for (int b = 0; b < examples; b++) y[b] = (int) data.get("y")[b];
        model.gradient(new Object[] {x, y}, examples);
        for (Tensor w : p.parameters())
            assertThat(ReferenceCase.error(doubles((float[]) model.gradient(w.name())), expected.get(Program.ADJOINT + w.name())))
                    .as("%s, %s", w.name(), as).isLessThan(2e-4);
        float[] largest = new float[Math.toIntExact(p.graph("predict").tensor("largest").elements(examples))];
        model.predict(new Object[] {x}, examples, new Object[] {largest});
        assertThat(largest).as(as).isEqualTo(floats(definition.run("predict", data, examples).get("largest")));
    }

    private static float[] floats(double[] values) {
        float[] f = new float[values.length];
        for (int k = 0; k < f.length; k++) f[k] = (float) values[k];
        return f;
    }

    private static double[] doubles(float[] values) {
        double[] d = new double[values.length];
        for (int k = 0; k < d.length; k++) d[k] = values[k];
        return d;
    }

    @ParameterizedTest
    @CsvSource({"8, 8", "4, 35"})
    void whatIsNoNumberIsTheLargestAndZeroIsLargerThanItsNegative(int height, int width) {
        Program p = compile(height, width).simplified();
        int examples = 5;
        float[] x = floats(RandomData.of(p, examples, 4).get("x"));
        for (int k = 0; k < x.length; k++) x[k] = k % 37 == 5 ? Float.NaN : k % 3 == 0 ? -0f : k % 3 == 1 ? 0 : -Math.abs(x[k]);
        List<float[]> found = new ArrayList<>();
        for (Backend backend : Backend.values()) {
            Instance model = new Instance(type(p, Options.DEFAULT.with(backend, Precision.FLOAT)), 2);
            float[] largest = new float[Math.toIntExact(p.graph("predict").tensor("largest").elements(examples))];
            model.predict(new Object[] {x}, examples, new Object[] {largest});
            found.add(largest);
        }
        assertThat(found.get(1)).isEqualTo(found.get(0)).contains(Float.NaN, 0f);
    }

    /** The first row reads the one before it, the last the one behind, which are none and count as 0. */
    @ParameterizedTest
    @CsvSource({"12", "35"})
    void rowsThatAreOutsideAreNotRead(int columns) {
        Program p = Compiler.compile(Sources.of(Map.of("m.nnl", """
                model Windows {
                    input  x[6, %1$d]
                    target y
                    param  w = 1
                    s[i < 6, j < %2$d] = tanh(w * x[i - 1, 2 * j]) + x[i + 1, 2 * j + 1]
                    output largest = s
                    loss   (sum[i, j] s[i, j] - y)^2
                }
                """.formatted(2 * columns, columns))), "m.nnl", Options.DEFAULT).simplified();
        double[] x = RandomData.of(p, 3, 4).get("x");
        double[] expected = new EvaluatedModel(p, 2).run("predict", Map.of("x", x), 3).get("largest");
        for (Precision precision : Precision.values()) {
            Options options = Options.DEFAULT.with(Backend.VECTOR, precision);
            String java = WriteClass.of(p, MakeSchedule.of(p, options, 0), options);
            assertThat(java).contains(".rearrange(EVEN)");
            Instance model = new Instance(InMemoryCompiler.load(Map.of("Windows", java)), 2);
            boolean isFloat = precision == Precision.FLOAT;
            Object out = isFloat ? new float[expected.length] : new double[expected.length];
            model.predict(new Object[] {isFloat ? floats(x) : x}, 3, new Object[] {out});
            assertThat(ReferenceCase.error(isFloat ? doubles((float[]) out) : (double[]) out, expected)).isLessThan(1e-6);
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 8", "6, 24", "4, 35"})
    void threadsDoNotChangeAWindow(int height, int width) {
        Program p = compile(height, width).simplified();
        Class<?> type = type(p, Options.DEFAULT.with(Backend.VECTOR, Precision.FLOAT));
        Map<String, Object> one = Outcome.of(p, new Instance(type, 2), Precision.FLOAT, EXAMPLES);
        for (int threads : new int[] {2, 3, 5}) {
            Instance model = new Instance(type, 2);
            model.threads(threads);
            Outcome.same(one, Outcome.of(p, model, Precision.FLOAT, EXAMPLES), threads + " threads");
            model.threads(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"32", "16"})
    void processorsWithShorterVectors(int bytes) throws IOException, InterruptedException {
        assertThat(ShorterVectorsJvm.printed(EverySecondTest.class, bytes)).isEqualTo("right");
    }

    public static void main(String[] args) {
        EverySecondTest t = new EverySecondTest();
        t.valuesAreThoseOfTheDefinition(6, 10);
        t.valuesAreThoseOfTheDefinition(4, 35);
        t.threadsDoNotChangeAWindow(6, 24);
        System.out.println("right");
    }
}
