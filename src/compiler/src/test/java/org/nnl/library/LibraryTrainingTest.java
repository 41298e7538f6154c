package org.nnl.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nnl.evaluate.EvaluatedModel;

/**
 * Optimisers, gradient transforms and schedules against formulas written down here, on the loss
 * {@code sum[i] x[i] w[i]}, whose gradient is x whatever w is.
 */
class LibraryTrainingTest {
    private static final double[] G = {0.5, -2, 0};
    private static final double[] START = {1, -1, 3};

    /** The parameters after some steps under {@code train { … }}. */
    private static double[] after(int steps, String train) {
        EvaluatedModel model = new EvaluatedModel(
                Compiled.model("input x[3]\nparam w[3] = 0\nloss sum[i] x[i] * w[i]\ntrain { " + train + " }\n"), 1);
        System.arraycopy(START, 0, model.value("w"), 0, 3);
        for (int k = 0; k < steps; k++) model.trainStep(Map.of("x", G), 1);
        return model.value("w");
    }

    private static void expect(String train, int steps, java.util.function.IntToDoubleFunction expected) {
        double[] w = after(steps, train);
        for (int i = 0; i < 3; i++) assertThat(w[i]).isCloseTo(expected.applyAsDouble(i), within(1e-12));
    }

    @Test
    void sgd() {
        expect("optimizer sgd(rate = 0.1)", 3, i -> START[i] - 0.3 * G[i]);
    }

    /** Steps 3 and 6 are steps 1 and 2 of the optimiser, and nothing of it changes in between. */
    @Test
    void everyThirdStep() {
        for (String optimizer : new String[] {"sgd(rate = 0.1)", "momentum(rate = 0.1, mu = 0.5)", "adam(rate = 0.1)"}) {
            double[] plain = after(2, "optimizer " + optimizer);
            for (int steps : new int[] {6, 7, 8})
                assertThat(after(steps, "optimizer " + optimizer + ", every 3")).containsExactly(plain, within(1e-12));
            assertThat(after(2, "optimizer " + optimizer + ", every 3")).containsExactly(START);
        }
        expect("optimizer sgd(rate = 0.1 * step), every 2", 5, i -> START[i] - 0.1 * (1 + 2) * G[i]);
        expect("optimizer sgd(rate = 0.1), clip 1, every 2", 2, i -> START[i] - 0.1 * G[i] / Math.sqrt(4.25));
    }

    /** Halved at each step without a gradient, a momentum is 0 once it is below 1e-30, which takes some hundred steps. */
    @Test
    void whatHasFadedIsZero() {
        for (String train : List.of("momentum(mu = 0.5) v", "nesterov(mu = 0.5) v", "adam(beta1 = 0.5) m", "adamw(beta1 = 0.5) m", "lion(beta2 = 0.5) m")) {
            EvaluatedModel model = new EvaluatedModel(
                    Compiled.model("input x[3]\nparam w[3] = 0\nloss sum[i] x[i] * w[i]\ntrain { optimizer "
                            + train.substring(0, train.length() - 2) + " }\n"), 1);
            String state = "w." + train.charAt(train.length() - 1);
            model.trainStep(Map.of("x", G), 1);
            for (int k = 0; k < 90; k++) model.trainStep(Map.of("x", new double[3]), 1);
            assertThat(model.value(state)[1]).as(train).isNotZero();
            for (int k = 0; k < 20; k++) model.trainStep(Map.of("x", new double[3]), 1);
            assertThat(model.value(state)).as(train).containsOnly(0);
        }
    }

    /** v is g, 1.5 g, 1.75 g. */
    @Test
    void momentum() {
        expect("optimizer momentum(rate = 0.1, mu = 0.5)", 3, i -> START[i] - 0.1 * 4.25 * G[i]);
    }

    /** g + mu v is 1.5 g, 1.75 g. */
    @Test
    void nesterov() {
        expect("optimizer nesterov(rate = 0.1, mu = 0.5)", 2, i -> START[i] - 0.1 * 3.25 * G[i]);
    }

    /** The sums are g², 2 g². */
    @Test
    void adagrad() {
        expect("optimizer adagrad(rate = 0.1, eps = 1e-30)", 2,
                i -> START[i] - 0.1 * Math.signum(G[i]) * (1 + 1 / Math.sqrt(2)));
    }

    @Test
    void rmsprop() {
        expect("optimizer rmsprop(rate = 0.1, alpha = 0.75, eps = 1e-30)", 2,
                i -> START[i] - 0.1 * Math.signum(G[i]) * (1 / Math.sqrt(0.25) + 1 / Math.sqrt(0.4375)));
    }

    /** With one and the same gradient both corrected means are exact, so each step is rate sign(g). */
    @Test
    void adam() {
        expect("optimizer adam(rate = 0.1, eps = 1e-30)", 3, i -> START[i] - 0.3 * Math.signum(G[i]));
    }

    @Test
    void adamw() {
        expect("optimizer adamw(rate = 0.1, decay = 0.2, eps = 1e-30)", 1,
                i -> START[i] * 0.98 - 0.1 * Math.signum(G[i]));
    }

    @Test
    void lion() {
        expect("optimizer lion(rate = 0.1, decay = 0.2)", 1, i -> START[i] * 0.98 - 0.1 * Math.signum(G[i]));
    }

    /** Without temperature it is gradient descent; with it, noise of variance 2 rate temperature a step. */
    @Test
    void langevin() {
        expect("optimizer langevin(rate = 0.1, temperature = 0)", 2, i -> START[i] - 0.2 * G[i]);
        EvaluatedModel model = new EvaluatedModel(
                Compiled.model("input x[600]\nparam w[600] = 3\nloss sum[i] x[i] * w[i]\n"
                        + "train { optimizer langevin(rate = 0.1, temperature = 5) }\n"), 1);
        double[] ones = new double[600];
        java.util.Arrays.fill(ones, 1);
        double[] before = model.value("w").clone();
        double sum = 0;
        for (int k = 0; k < 2; k++) {
            model.trainStep(Map.of("x", ones), 1);
            for (int i = 0; i < 600; i++) sum += Math.pow(model.value("w")[i] - before[i] + 0.1, 2);
            before = model.value("w").clone();
        }
        assertThat(sum / 1200).isCloseTo(2 * 0.1 * 5, within(0.15));
    }

    @Test
    void clip() {
        double norm = Math.sqrt(4.25);
        expect("optimizer sgd(rate = 1), clip 0.5", 1, i -> START[i] - 0.5 * G[i] / norm);
        expect("optimizer sgd(rate = 1), clip 3", 1, i -> START[i] - G[i]);
    }

    @Test
    void clipValue() {
        expect("optimizer sgd(rate = 1), clipValue 1", 1, i -> START[i] - Math.max(-1, Math.min(1, G[i])));
    }

    @Test
    void weightDecay() {
        expect("optimizer sgd(rate = 0.1), weightDecay 0.5", 1, i -> START[i] - 0.1 * (G[i] + 0.5 * START[i]));
    }

    /** In the order in which they are written: first the decay, then the clipping. */
    @Test
    void transformsActInTurn() {
        double norm = 0;
        for (int i = 0; i < 3; i++) norm += Math.pow(G[i] + 0.5 * START[i], 2);
        double length = Math.sqrt(norm);
        expect("weightDecay 0.5, clip 1, optimizer sgd(rate = 0.1)", 1,
                i -> START[i] - 0.1 * (G[i] + 0.5 * START[i]) / length);
    }

    @Test
    void everyOptimizerIsTried() throws IOException {
        Set<String> tests = new TreeSet<>();
        for (var method : LibraryTrainingTest.class.getDeclaredMethods()) tests.add(method.getName());
        assertThat(tests).containsAll(LibraryGradientTest.definitions("optimizer"));
    }

    private static Map<String, DoubleUnaryOperator> schedules() {
        Map<String, DoubleUnaryOperator> s = new LinkedHashMap<>();
        s.put("exponentialDecay(step, 0.1, 0.5, 2)", k -> 0.1 * Math.pow(0.5, k / 2));
        s.put("stepDecay(step, 0.1, 0.5, 2)", k -> 0.1 * Math.pow(0.5, Math.floor((k - 1) / 2)));
        s.put("inverseDecay(step, 0.1, 2)", k -> 0.1 / (1 + k / 2));
        s.put("linearDecay(step, 0.1, 4, 0.02)", k -> 0.02 + 0.08 * Math.max(0, 1 - k / 4));
        s.put("cosine(step, 0.1, 4)", k -> 0.05 * (1 + Math.cos(Math.PI * Math.min(1, k / 4))));
        s.put("warmup(step, 0.1, 3)", k -> 0.1 * Math.min(1, k / 3));
        s.put("warmup(step, 0.1, 0)", k -> 0.1);
        s.put("warmCosine(step, 0.1, 0, 5)", k -> 0.05 * (1 + Math.cos(Math.PI * Math.min(1, k / 5))));
        s.put("warmCosine(step, 0.1, 2, 5)",
                k -> k < 2 ? 0.1 * k / 2 : 0.05 * (1 + Math.cos(Math.PI * Math.min(1, (k - 2) / 3))));
        s.put("noam(step, 16, 2)", k -> 0.25 * Math.min(1 / Math.sqrt(k), k * Math.pow(2, -1.5)));
        return s;
    }

    @TestFactory
    Stream<DynamicTest> schedulesOfTheRate() {
        return schedules().entrySet().stream().map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
            for (int steps : List.of(1, 2, 3, 6)) {
                double rates = 0;
                for (int k = 1; k <= steps; k++) rates += e.getValue().applyAsDouble(k);
                double[] w = after(steps, "optimizer sgd(rate = " + e.getKey() + ")");
                assertThat(w[1]).isCloseTo(START[1] - rates * G[1], within(1e-12));
            }
        }));
    }

    @Test
    void everyScheduleIsTried() throws IOException {
        Set<String> tried = new TreeSet<>();
        schedules().keySet().forEach(k -> tried.add(k.split("\\(")[0]));
        List<String> all = LibraryGradientTest.definitions("function");
        all.removeAll(LibraryGradientTest.definitions("function", "schedules.nnl"));
        assertThat(tried).containsAll(all);
    }
}
