package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnl.check.GradientCheck;
import org.nnl.check.RandomData;
import org.nnl.elaborate.Sources;
import org.nnl.equations.Tensor;
import org.nnl.evaluate.EvaluatedModel;
import org.nnl.load.Instance;
import org.nnl.program.Program;

/**
 * Random models: the derived gradient agrees with differences before and after simplification, and generated classes of
 * both back ends and precisions agree with the evaluator. Longer runs:
 * {@code mvn test -pl src/compiler -Dtest=RandomModelsTest -Dnnl.random=5000 -Dnnl.random.from=1000}.
 */
class RandomModelsTest {
    private static final long FROM = Long.getLong("nnl.random.from", 0);
    private static final long COUNT = Long.getLong("nnl.random", 200);

    static LongStream seeds() {
        return LongStream.range(FROM, FROM + COUNT);
    }

    /** A class takes longer to make than a gradient to check. */
    static LongStream fewerSeeds() {
        return LongStream.range(FROM, FROM + Math.max(1, COUNT / 8));
    }

    private static Compilation compile(String text, Options options) {
        return Compiler.compile(Sources.of(Map.of("random.nnl", text)), "random.nnl", options);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void gradientsAgreeWithDifferences(long seed) {
        String text = RandomModel.text(seed, false);
        Compilation c = compile(text, Options.DEFAULT);
        for (Program p : List.of(c.derived(), c.simplified()))
            assertThat(GradientCheck.check(p, 2, seed, 3)).as(text).allMatch(GradientCheck.Row::passed);
    }

    @ParameterizedTest
    @MethodSource("fewerSeeds")
    void generatedClassesAgreeWithTheEvaluator(long seed) {
        String text = RandomModel.text(seed, seed % 2 == 0);
        for (Options.Backend backend : Options.Backend.values())
            for (Options.Precision precision : Options.Precision.values())
                agrees(text, Options.DEFAULT.with(backend, precision), seed);
    }

    /** Whether a class gives what the evaluator gives. */
    /** Sums over examples in two halves, of which one is empty where examples are few: it must not be the half of another minibatch. */
    @Test
    void fewExamplesWhereSumsAreHalves() {
        String text = """
                model Halves {
                    axis t = 32
                    input  x[t, 8]
                    target y
                    h = gruSequence(x, 48)
                    output p = dense(h[31], 1)[0]
                    loss   (p - y)^2
                    train  { optimizer sgd, batch 64 }
                }
                """;
        assertThat(compile(text, Options.DEFAULT).print(Stage.SCHEDULE, null)).contains("inner 32 [", "B of examples begin <= b < end");
        agrees(text, Options.DEFAULT, 5);
        agrees(text, Options.DEFAULT.with(Options.Backend.VECTOR, Options.Precision.DOUBLE), 5);
    }

    static void agrees(String text, Options options, long seed) {
        boolean isDouble = options.precision() == Options.Precision.DOUBLE;
        double tolerance = isDouble ? 1e-9 : 1e-3;
        Compilation c = compile(text, options);
        Program p = c.simplified();
        Instance generated = new Instance(c.load(), seed);
        EvaluatedModel evaluated = new EvaluatedModel(p, seed);
        List<String> trained = p.losses().get(0).parameters();
        for (Tensor t : p.parameters()) {
            String what = options.backend() + " " + options.precision() + " start of " + t.name() + "\n" + text;
            assertThat(distance(generated.parameter(t.name()), evaluated.value(t.name()))).as(what).isLessThan(tolerance);
            copy(generated.parameter(t.name()), evaluated.value(t.name()));
        }
        for (int examples : new int[] {1, 5, 9, 1}) { // below, at and above the batch of some train blocks, and few after many
            String what = options.backend() + " " + options.precision() + " with " + examples + " examples\n" + text;
            Map<String, double[]> data = RandomData.of(p, examples, seed + examples);
            List<Object> arrays = new ArrayList<>();
            List<Tensor> tensors = new ArrayList<>(p.inputs());
            tensors.addAll(p.targets());
            for (Tensor t : tensors) arrays.add(array(data.get(t.name()), t, isDouble));
            Map<String, double[]> values = evaluated.run("gradient", data, examples);
            double loss = generated.gradient(arrays.toArray(), examples);
            assertThat(Math.abs(loss - values.get("loss")[0]) / Math.max(0.1, Math.abs(loss))).as(what).isLessThan(tolerance);
            for (String w : trained)
                assertThat(distance(generated.gradient(w), values.get(Program.ADJOINT + w))).as("∂" + w + " " + what)
                        .isLessThan(tolerance);

            Map<String, double[]> predicted = evaluated.run("predict", data, examples);
            List<Object> outputs = new ArrayList<>();
            for (String o : p.outputs()) {
                Tensor t = p.graph("predict").tensor(o);
                outputs.add(array(new double[Math.toIntExact(t.elements(examples))], t, isDouble));
            }
            generated.predict(arrays.subList(0, p.inputs().size()).toArray(), examples, outputs.toArray());
            for (int k = 0; k < outputs.size(); k++)
                assertThat(distance(outputs.get(k), predicted.get(p.outputs().get(k)))).as(what).isLessThan(tolerance);

            generated.trainStep(arrays.toArray(), examples);
            evaluated.trainStep(data, examples);
            if (isDouble)
                for (String w : trained)
                    assertThat(distance(generated.parameter(w), evaluated.value(w))).as("step of " + w + " " + what)
                            .isLessThan(1e-7);
            for (Tensor t : p.parameters()) copy(generated.parameter(t.name()), evaluated.value(t.name()));
        }
    }

    private static Object array(double[] values, Tensor t, boolean isDouble) {
        if (t.isInteger()) {
            int[] v = new int[values.length];
            for (int i = 0; i < v.length; i++) v[i] = (int) values[i];
            return v;
        }
        if (isDouble) return values.clone();
        float[] v = new float[values.length];
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) values[i];
            values[i] = v[i]; // the evaluator gets what the class gets
        }
        return v;
    }

    /** The largest difference, relative to the largest element (at least 0.01). */
    private static double distance(Object array, double[] expected) {
        double worst = 0;
        double largest = 0.01;
        for (int i = 0; i < expected.length; i++) {
            double v = ((Number) java.lang.reflect.Array.get(array, i)).doubleValue();
            if (Double.isNaN(v) != Double.isNaN(expected[i])) return Double.POSITIVE_INFINITY;
            worst = Math.max(worst, Math.abs(v - expected[i]));
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        return worst / largest;
    }

    private static void copy(Object array, double[] to) {
        for (int i = 0; i < to.length; i++) to[i] = ((Number) java.lang.reflect.Array.get(array, i)).doubleValue();
    }
}
