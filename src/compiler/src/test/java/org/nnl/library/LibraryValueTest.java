package org.nnl.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nnl.evaluate.EvaluatedModel;

/** Values of the library's definitions against formulas and numbers written down here. */
class LibraryValueTest {

    private static Map<String, DoubleUnaryOperator> functions() {
        Map<String, DoubleUnaryOperator> f = new LinkedHashMap<>();
        f.put("relu(x)", x -> Math.max(x, 0));
        f.put("leakyRelu(x)", x -> x > 0 ? x : 0.01 * x);
        f.put("elu(x)", x -> x > 0 ? x : Math.exp(x) - 1);
        f.put("selu(x)", x -> 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.exp(x) - 1)));
        f.put("swish(x)", x -> x / (1 + Math.exp(-x)));
        f.put("mish(x)", x -> x * Math.tanh(Math.log(1 + Math.exp(x))));
        f.put("softsign(x)", x -> x / (1 + Math.abs(x)));
        f.put("hardSigmoid(x)", x -> Math.min(1, Math.max(0, x / 6 + 0.5)));
        f.put("huber(x, 0.5)", x -> {
            double d = Math.abs(x - 0.5);
            return d <= 1 ? d * d / 2 : d - 0.5;
        });
        f.put("logCosh(x, 0.5)", x -> Math.log(Math.cosh(x - 0.5)));
        f.put("quantile(x, 0.5, 0.9)", x -> x < 0.5 ? 0.9 * (0.5 - x) : 0.1 * (x - 0.5));
        f.put("hinge(x, -1)", x -> Math.max(0, 1 + x));
        f.put("binaryCrossEntropy(sigmoid(x), 0.25)", x -> Math.log(1 + Math.exp(x)) - 0.25 * x);
        f.put("poisson(x, 2)", x -> Math.exp(x) - 2 * x);
        f.put("squaredError(x, 3)", x -> (x - 3) * (x - 3));
        return f;
    }

    @TestFactory
    Stream<DynamicTest> functionsOfANumber() {
        double[] points = {-5, -3, -1.3, -0.2, 0, 0.4, 0.5, 1, 2.9, 6};
        return functions().entrySet().stream().map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
            double[] y = predict("input x\noutput y = " + e.getKey() + "\n", Map.of("x", points), points.length);
            for (int i = 0; i < points.length; i++)
                assertThat(y[i]).isCloseTo(e.getValue().applyAsDouble(points[i]), within(1e-12));
        }));
    }

    /** x Phi(x) at 1: the normal distribution function there is 0.8413447460685429. */
    @Test
    void gelu() {
        assertThat(predict("input x\noutput y = gelu(x)\n", Map.of("x", new double[] {1}), 1)[0])
                .isCloseTo(0.8413447460685429, within(1e-14));
    }

    @Test
    void softmaxAtLargeScores() {
        double[] p = predict("input x[3]\noutput y = softmax(x)\n", Map.of("x", new double[] {900, 901, -900}), 1);
        assertThat(p[1]).isCloseTo(1 / (1 + Math.exp(-1)), within(1e-15));
        assertThat(p[0] + p[1] + p[2]).isCloseTo(1, within(1e-15));
    }

    @Test
    void layerNormHasMeanZeroAndVarianceOne() {
        double[] y = predict("input x[4]\noutput y = layerNorm(x)\n", Map.of("x", new double[] {1, 2, 5, 8}), 1);
        double mean = 0;
        double square = 0;
        for (double v : y) {
            mean += v / 4;
            square += v * v / 4;
        }
        assertThat(mean).isCloseTo(0, within(1e-14));
        assertThat(square).isCloseTo(1, within(1e-5));
    }

    /** One channel, kernel 2 by 2 of ones at stride 1: sums of squares of four; transposed: spread over four. */
    @Test
    void convolutionByHand() {
        Map<String, double[]> x = Map.of("x", new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
        assertThat(predict("input x[1, 3, 3]\noutput y = averagePool2d(x, 2, stride = 1)\n", x, 1))
                .containsExactly(3, 4, 6, 7);
        assertThat(predict("input x[1, 3, 3]\noutput y = maxPool2d(x, 2, stride = 1)\n", x, 1))
                .containsExactly(5, 6, 8, 9);
        assertThat(predict("input x[4]\noutput y = upsample2d(image(x, 1, 2, 2))\n",
                        Map.of("x", new double[] {1, 2, 3, 4}), 1))
                .containsExactly(1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4);
    }

    /** A layer run through transposedConv2d is the adjoint of the same through conv2d: (A x) · y = x · (Aᵀ y). */
    @Test
    void transposedConvolutionIsTheAdjoint() {
        EvaluatedModel forward = new EvaluatedModel(
                Compiled.model("input x[2, 7, 7]\noutput y = conv2d(x, 3, 3, stride = 2, pad = 1)\n"), 1);
        EvaluatedModel back = new EvaluatedModel(
                Compiled.model("input x[3, 4, 4]\noutput y = transposedConv2d(x, 2, 3, stride = 2, pad = 1)\n"), 1);
        double[] kernel = forward.value("y.K");
        System.arraycopy(kernel, 0, back.value("y.K"), 0, kernel.length);
        double[] u = wave(2 * 7 * 7, 0.7);
        double[] v = wave(3 * 4 * 4, 1.3);
        double[] a = forward.run("predict", Map.of("x", u), 1).get("y");
        double[] b = back.run("predict", Map.of("x", v), 1).get("y");
        assertThat(dot(a, v)).isCloseTo(dot(u, b), within(1e-12));
    }

    @Test
    void batchNormKeepsRunningAverages() {
        EvaluatedModel model = new EvaluatedModel(
                Compiled.model("input x[1]\noutput y = batchNorm(x)\nloss y[0]^2\ntrain { optimizer sgd(rate = 0) }"), 1);
        model.trainStep(Map.of("x", new double[] {1, 3}), 2);
        assertThat(model.value("y.average")[0]).isCloseTo(0.1 * 2, within(1e-15));
        assertThat(model.value("y.variance")[0]).isCloseTo(0.9 + 0.1 * 1, within(1e-15));
    }

    /** About the given share is dropped, what stays is scaled, and nothing happens in prediction. */
    @Test
    void dropout() {
        EvaluatedModel model = new EvaluatedModel(
                Compiled.model("input x[1000]\noutput h = dropout(x, 0.3)\nparam w = 1\nloss w * (sum[i] h[i])"), 1);
        double[] ones = new double[1000];
        java.util.Arrays.fill(ones, 1);
        assertThat(model.run("predict", Map.of("x", ones), 1).get("h")).containsOnly(1);
        double[] trained = model.run("training", Map.of("x", ones), 1).get("h");
        long kept = java.util.Arrays.stream(trained).filter(v -> v != 0).count();
        assertThat(kept).isBetween(640L, 760L);
        assertThat(java.util.Arrays.stream(trained)).allMatch(v -> v == 0 || Math.abs(v - 1 / 0.7) < 1e-12);
    }

    private static Map<String, double[]> moments() {
        Map<String, double[]> m = new LinkedHashMap<>(); // mean, variance, largest absolute value
        m.put("between(1, 3)", new double[] {2, 1 / 3.0, 3});
        m.put("normal(1, 0.5)", new double[] {1, 0.25, 4});
        m.put("glorot", new double[] {0, 2.0 / 110, Math.sqrt(6.0 / 110)});
        m.put("glorotNormal", new double[] {0, 2.0 / 110, 1});
        m.put("he", new double[] {0, 2.0 / 60, 2});
        m.put("heUniform", new double[] {0, 2.0 / 60, Math.sqrt(6.0 / 60)});
        m.put("lecun", new double[] {0, 1.0 / 60, 1});
        m.put("fanInUniform", new double[] {0, 1.0 / 180, Math.sqrt(1.0 / 60)});
        return m;
    }

    @TestFactory
    Stream<DynamicTest> distributions() {
        return moments().entrySet().stream().map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
            double[] w = new EvaluatedModel(
                            Compiled.model("input x[60]\nparam W[50, 60] ~ " + e.getKey() + "\noutput y = W @ x\n"), 3)
                    .value("W");
            double mean = 0;
            double square = 0;
            for (double v : w) {
                mean += v / w.length;
                square += v * v / w.length;
                assertThat(Math.abs(v)).isLessThanOrEqualTo(e.getValue()[2]);
            }
            double variance = e.getValue()[1];
            assertThat(mean).isCloseTo(e.getValue()[0], within(5 * Math.sqrt(variance / w.length)));
            assertThat(square - mean * mean).isCloseTo(variance, within(0.12 * variance));
        }));
    }

    /** Of each of two matrices the rows, fewer than the columns, are orthonormal; the two are not the same. */
    @Test
    void orthogonal() {
        double[] w = new EvaluatedModel(
                        Compiled.model("input x[6]\nparam W[2, 4, 6] ~ orthogonal\noutput y = W[0] @ x\n"), 3)
                .value("W");
        for (int g = 0; g < 2; g++)
            for (int i = 0; i < 4; i++)
                for (int j = 0; j < 4; j++) {
                    double dot = 0;
                    for (int k = 0; k < 6; k++) dot += w[g * 24 + i * 6 + k] * w[g * 24 + j * 6 + k];
                    assertThat(dot).isCloseTo(i == j ? 1 : 0, within(1e-9));
                }
        assertThat(java.util.Arrays.copyOf(w, 24)).isNotEqualTo(java.util.Arrays.copyOfRange(w, 24, 48));
    }

    @Test
    void everyDistributionIsTried() throws IOException {
        Set<String> tried = new TreeSet<>(Set.of("orthogonal"));
        moments().keySet().forEach(k -> tried.add(k.split("\\(")[0]));
        assertThat(tried).containsAll(LibraryGradientTest.definitions("distribution", ""));
    }

    private static double[] predict(String body, Map<String, double[]> data, int examples) {
        return new EvaluatedModel(Compiled.model(body), 1).run("predict", data, examples).get("y");
    }

    private static double[] wave(int n, double frequency) {
        double[] w = new double[n];
        for (int i = 0; i < n; i++) w[i] = Math.sin(frequency * i + 0.3);
        return w;
    }

    private static double dot(double[] a, double[] b) {
        double s = 0;
        for (int i = 0; i < a.length; i++) s += a[i] * b[i];
        return s;
    }
}
