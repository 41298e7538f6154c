package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

/** Rows that fill no whole vectors: sums, maxima and element-wise work whose last vector runs over the end of its row. */
class ShortRowsTest {
    private static final int[] EXAMPLES = {1, 2, 3, 7, 16, 37};

    private static Compilation compile(int classes) {
        return Compiler.compile(Sources.of(Map.of("m.nnl", """
                model Rows {
                    axis t = 3
                    input  x[6]
                    target y : class(%1$d)
                    h = dense(x, %1$d)
                    v[t, i < %1$d] = exp(0.1 * (t + 1) * h[i]) - 1
                    u = dense(sum[t] v[t], %1$d, tanh)
                    output p = softmax(u * h)
                    loss   crossEntropy(p, y)
                    train  { optimizer adam, batch 16 }
                }
                """.formatted(classes))), "m.nnl", Options.DEFAULT);
    }

    /** Everything that can be divided is, however small. */
    private static Class<?> type(Program p, Options options) {
        return InMemoryCompiler.load(Map.of("Rows", WriteClass.of(p, MakeSchedule.of(p, options, 0), options)));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 7, 10, 17, 33, 63})
    void valuesAreThoseOfTheDefinition(int classes) {
        Compilation c = compile(classes);
        assertThat(c.java()).contains("REST_" + classes);
        for (Backend backend : Backend.values()) {
            Class<?> type = type(c.simplified(), Options.DEFAULT.with(backend, Precision.DOUBLE));
            for (int examples : EXAMPLES) check(c, type, classes, examples);
        }
    }

    private static void check(Compilation c, Class<?> type, int classes, int examples) {
        Program p = c.simplified();
        Instance model = new Instance(type, 2);
        Map<String, double[]> data = RandomData.of(p, examples, 9);
        EvaluatedModel definition = new EvaluatedModel(p, 2);
        Map<String, double[]> expected = definition.run("gradient", data, examples);
        int[] y = new int[examples];
        for (int b = 0; b < examples; b++) y[b] = (int) data.get("y")[b];
        model.gradient(new Object[] {data.get("x"), y}, examples);
        for (Tensor w : p.parameters())
            assertThat(ReferenceCase.error((double[]) model.gradient(w.name()), expected.get(Program.ADJOINT + w.name())))
                    .as("%s, %d examples", w.name(), examples).isLessThan(1e-11);
        double[] out = new double[classes * examples];
        model.predict(new Object[] {data.get("x")}, examples, new Object[] {out});
        assertThat(ReferenceCase.error(out, definition.run("predict", data, examples).get("p"))).isLessThan(1e-11);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 10, 33})
    void threadsDoNotChangeARow(int classes) {
        Program p = compile(classes).simplified();
        for (Precision precision : Precision.values()) {
            Options options = Options.DEFAULT.with(Backend.VECTOR, precision);
            Class<?> type = type(p, options);
            Map<String, Object> one = Outcome.of(p, new Instance(type, 2), precision, EXAMPLES);
            for (int threads : new int[] {2, 3, 5}) {
                Instance model = new Instance(type, 2);
                model.threads(threads);
                Outcome.same(one, Outcome.of(p, model, precision, EXAMPLES), threads + " threads");
                model.threads(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 16})
    void processorsWithShorterVectors(int bytes) throws IOException, InterruptedException {
        assertThat(ShorterVectorsJvm.printed(ShortRowsTest.class, bytes)).isEqualTo("right");
    }

    public static void main(String[] args) {
        ShortRowsTest t = new ShortRowsTest();
        for (int classes : new int[] {5, 10, 33}) t.valuesAreThoseOfTheDefinition(classes);
        t.threadsDoNotChangeARow(10);
        System.out.println("right");
    }
}
