package org.nnl.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nnl.load.UserClass.MODEL;
import static org.nnl.load.UserClass.run;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.elaborate.Sources;

/** A generated class used as its users do: by Java that is compiled against it. */
class InterfaceTest {
    @ParameterizedTest
    @EnumSource(Backend.class)
    void aPassIsItsSteps(Backend backend) throws Exception {
        assertThat(UserClass.<Boolean>run(MODEL, Options.DEFAULT.with(backend, Precision.FLOAT), """
                Tiny a = new Tiny(3), b = new Tiny(3);
                float loss = a.train(Tiny.Examples.of(X, Y, COUNT));
                double sum = 0, right = 0;
                for (int from = 0; from < COUNT; from += Tiny.BATCH) {
                    int n = Math.min(Tiny.BATCH, COUNT - from);
                    sum += n * (double) b.trainStep(x(from, n), y(from, n), n);
                    right += n * (double) b.metric("accuracy");
                }
                same(a, b);
                check(loss == (float) (sum / COUNT));
                check(a.loss() == loss);
                check(a.metric("accuracy") == (float) (right / COUNT));
                float[] before = a.parameter("h.W").clone();
                float evaluated = a.evaluate(Tiny.Examples.of(X, Y, COUNT));
                double accuracy = a.metric("accuracy");
                check(Math.abs(evaluated - a.loss(X, Y, COUNT)) < 1e-6);
                check(Math.abs(accuracy - a.metric("accuracy")) < 1e-6);
                check(Arrays.equals(before, a.parameter("h.W")));
                check(error(() -> a.train((x, y) -> false)).equals("IllegalArgumentException: there are no examples"));
                check(error(() -> Tiny.Examples.of(X, Y, COUNT + 1)).contains("x has 87 elements, needed are 90"));
                return true;
                """)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aStepIsAGradientAndAnUpdate(Precision precision) throws Exception {
        String statements = """
                Tiny a = new Tiny(3), b = new Tiny(3);
                for (int k = 0; k < 5; k++) {
                    check(a.gradient(X, Y, COUNT) == b.trainStep(X, Y, COUNT));
                    a.update();
                    same(a, b);
                }
                String early = "IllegalStateException: update() needs a gradient(...) just before it";
                check(error(a::update).equals(early));
                a.gradient(X, Y, COUNT);
                a.loss(X, Y, COUNT);
                check(error(a::update).equals(early));
                a.gradient(X, Y, COUNT);
                a.predict(X, 1, new float[4]);
                check(error(a::update).equals(early));

                // the gradient may be changed: here it is summed over two halves
                a.gradient(x(0, 16), y(0, 16), 16);
                float[] first = a.gradient("h.W").clone();
                a.gradient(x(16, 8), y(16, 8), 8);
                float[] second = a.gradient("h.W").clone();
                for (int k = 0; k < first.length; k++) second[k] += first[k];
                a.gradient("h.W", second);
                float[] before = a.parameter("h.W").clone();
                a.update();
                check(!Arrays.equals(before, a.parameter("h.W")));
                a.gradient(X, Y, COUNT);
                for (String p : Tiny.parameterNames()) Arrays.fill(a.gradient(p), 0);
                for (String s : Tiny.stateNames()) Arrays.fill(a.state(s), 0);
                before = a.parameter("h.W").clone();
                a.update();
                check(Arrays.equals(before, a.parameter("h.W")));
                return true;
                """;
        if (precision == Precision.DOUBLE)
            statements = "double[] X = new double[User.X.length];\nfor (int k = 0; k < X.length; k++) X[k] = User.X[k];\n"
                    + statements.replace("x(0, 16)", "Arrays.copyOf(X, 48)").replace("x(16, 8)", "Arrays.copyOfRange(X, 48, 72)")
                            .replace("float", "double");
        assertThat(UserClass.<Boolean>run(
                        MODEL, Options.DEFAULT.with(Backend.SCALAR, precision),
                        statements)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aSequenceGoesOnBetweenAGradientAndItsUpdate(Backend backend) throws Exception {
        String sequences = """
                axis t = 3
                input x[t]
                target y : class(4)
                param start[5] ~ normal(0, 1)
                h[-1] = start
                h[t] = gru([x[t]], h[t-1], m = 5)
                z = dense(h[2], 4)
                output p = softmax(z)
                loss crossEntropy(p, y)
                train { optimizer adam(rate = 0.05), batch 8 }
                """;
        assertThat(UserClass.<Boolean>run(sequences, Options.DEFAULT.with(backend, Precision.FLOAT), """
                Tiny a = new Tiny(3), b = new Tiny(3), c = new Tiny(3);
                a.trainStep(X, Y, COUNT);
                b.trainStep(X, Y, COUNT);
                c.trainStep(X, Y, COUNT);
                a.begin(2);
                c.begin(2);
                float[] now = {0.5f, -1}, p = new float[8], q = new float[8];
                a.step(now, p);
                c.step(now, q);
                a.gradient(X, Y, COUNT);
                a.step(now, p);
                c.step(now, q);
                check(Arrays.equals(p, q));
                a.update();
                b.trainStep(X, Y, COUNT);
                same(a, b);
                a.gradient(X, Y, COUNT);
                a.begin(2);
                check(error(a::update).startsWith("IllegalStateException: update() needs a gradient(...)"));
                return true;
                """)).isTrue();
    }

    @Test
    void aFrozenParameterStaysWhatItIsAndSoDoesItsState() throws Exception {
        String clipped = MODEL.replace("optimizer adam(rate = 0.05)", "optimizer adam(rate = 0.05), clip 0.01");
        assertThat(UserClass.<Boolean>run(clipped, Options.DEFAULT.with(Backend.SCALAR, Precision.FLOAT), """
                Tiny a = new Tiny(3), b = new Tiny(3);
                a.trainStep(X, Y, COUNT);
                b.trainStep(X, Y, COUNT);
                a.freeze("h.W", true);
                a.freeze("h.W", true);
                float[] w = a.parameter("h.W").clone(), m = a.state("h.W.m").clone(), v = a.state("h.W.v").clone();
                float[] other = a.parameter("h.b").clone();
                for (int k = 0; k < 3; k++) {
                    a.trainStep(X, Y, COUNT);
                    // the same without a frozen parameter: its gradient is 0, also in the norm, and it is put back
                    b.gradient(X, Y, COUNT);
                    Arrays.fill(b.gradient("h.W"), 0);
                    b.update();
                    b.parameter("h.W", w);
                    System.arraycopy(m, 0, b.state("h.W.m"), 0, m.length);
                    System.arraycopy(v, 0, b.state("h.W.v"), 0, v.length);
                    same(a, b);
                }
                check(!Arrays.equals(other, a.parameter("h.b")));
                a.parameter("h.W")[0] = 7;
                a.trainStep(X, Y, COUNT);
                check(a.parameter("h.W")[0] == 7);
                a.freeze("h.W", false);
                a.trainStep(X, Y, COUNT);
                check(a.parameter("h.W")[0] != 7);
                check(error(() -> a.freeze("W", true)).startsWith("IllegalArgumentException: no parameter 'W', there are "));
                return true;
                """)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void predictorsInOtherThreadsGiveWhatTheModelGives(Backend backend) throws Exception {
        assertThat(UserClass.<Boolean>run(MODEL, Options.DEFAULT.with(backend, Precision.FLOAT), """
                Tiny model = new Tiny(3);
                model.train(Tiny.Examples.of(X, Y, COUNT));
                float[] expected = new float[4 * COUNT];
                model.predict(X, COUNT, expected);
                List<java.util.concurrent.Future<Boolean>> all = new ArrayList<>();
                java.util.concurrent.ExecutorService threads = java.util.concurrent.Executors.newFixedThreadPool(4);
                for (int t = 0; t < 4; t++) {
                    final int first = t;
                    Tiny.Predictor predictor = model.predictor();
                    all.add(threads.submit(() -> {
                        boolean right = true;
                        float[] p = new float[4 * COUNT];
                        for (int k = 0; k < 200; k++) {
                            int from = (first + k) % COUNT, n = 1 + k % (COUNT - from);
                            predictor.predict(x(from, n), n, p);
                            for (int i = 0; i < 4 * n; i++) right &= Math.abs(p[i] - expected[4 * from + i]) < 1e-5;
                        }
                        return right;
                    }));
                }
                for (var f : all) check(f.get());
                threads.shutdown();
                Tiny.Predictor predictor = model.predictor();
                float[] p = new float[4];
                model.parameter("z.b")[2] = 50;
                predictor.predict(X, 1, p);
                check(p[2] > 0.99);
                // predicting does not disturb a step under way
                model.gradient(X, Y, COUNT);
                predictor.predict(X, 1, p);
                model.update();
                return true;
                """)).isTrue();
    }

    @Test
    void listenersHearOfEveryUpdate() throws Exception {
        List<String> heard = run("""
                List<String> heard = new ArrayList<>();
                Tiny a = new Tiny(3);
                a.onStep(m -> heard.add((int) m.setting("step") + " " + (m.loss() > 0) + " " + (m.metric("accuracy") >= 0)));
                a.onStep(m -> { if (m.setting("step") > 2) m.setting("rate", 0.001); });
                a.train(Tiny.Examples.of(X, Y, COUNT));
                check(a.setting("rate") == 0.001);
                a.onStep(null);
                a.trainStep(X, Y, COUNT);
                return heard;
                """);
        assertThat(heard).containsExactly("2 true true", "3 true true", "4 true true", "5 true true");
    }

    @Test
    void whatIsWrongIsSaid() throws Exception {
        List<String> errors = run("""
                Tiny a = new Tiny(3);
                a.trainStep(X, Y, COUNT);
                check(Arrays.equals(a.gradient("unused"), new float[2]));
                List<String> all = new ArrayList<>();
                all.add(error(() -> a.setting("learningRate", 0.1)));
                all.add(error(() -> a.setting("rate", Double.NaN)));
                all.add(error(() -> a.setting("rate", -1)));
                all.add(error(() -> a.setting("beta1", 1)));
                all.add(error(() -> a.setting("step", 0)));
                all.add(error(() -> a.setting("step", 1.5)));
                all.add(error(() -> a.threads(1025)));
                check(a.setting("rate") == 0.05 && a.setting("step") == 2);
                a.setting("rate", 0);
                a.setting("seed", -3);
                all.add(error(() -> a.parameter("h.b", new float[4])));
                all.add(error(() -> a.gradient("h.W", new float[16])));
                all.add(error(() -> a.state("h.W")));
                all.add(error(() -> a.metric("precision")));
                return all;
                """);
        assertThat(errors).containsExactly(
                "IllegalArgumentException: no setting 'learningRate', there are seed, step, rate, beta1, beta2, eps",
                "IllegalArgumentException: the setting rate must be a number, not NaN",
                "IllegalArgumentException: the setting rate must be at least 0, not -1.0",
                "IllegalArgumentException: the setting beta1 must be at least 0, less than 1, not 1.0",
                "IllegalArgumentException: the setting step must be a whole number, at least 1, not 0.0",
                "IllegalArgumentException: the setting step must be a whole number, at least 1, not 1.5",
                "IllegalArgumentException: threads must be from 1 to 1024, not 1025",
                "IllegalArgumentException: h.b[5] has 5 values, not 4",
                "IllegalArgumentException: h.W[5, 3] has 15 values, not 16",
                "IllegalArgumentException: no state 'h.W', there are h.W.m, h.b.m, z.W.m, z.b.m, h.W.v, h.b.v, z.W.v, z.b.v",
                "IllegalArgumentException: no metric 'precision', there are accuracy");
    }

    @Test
    void severalLossesAreReadByName() throws Exception {
        assertThat(UserClass.<List<String>>run("""
                input x[3]
                param a = 1
                param b = 2
                output p = a * x[0]
                loss first : (p - 1)^2 for a
                loss second : (b * x[1] - 2)^2 for b
                train first { optimizer sgd(rate = 0.1), batch 4 }
                train second { optimizer sgd(rate = 0.2) }
                """, Options.DEFAULT.with(Backend.SCALAR, Precision.FLOAT), """
                Tiny t = new Tiny(1);
                float loss = t.trainStep(new float[] {3, 5, 0}, 1);
                check(loss == 4 && t.metric("first") == 4 && t.metric("second") == 64);
                check(t.gradient("a")[0] == 12 && t.gradient("b")[0] == 80);
                t.evaluate(Tiny.Examples.of(new float[] {3, 5, 0}, 1));
                return Tiny.metricNames();
                """)).containsExactly("first", "second");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Predictor", "List", "String", "Entry", "class", "record", "_"})
    void aModelCannotHaveTheNameOfATypeThatItsClassUses(String name) {
        String text = "model " + name + " {\n    input x\n    param w = 1\n    output y = w * x\n}\n";
        Compilation c = Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", Options.DEFAULT);
        assertThatThrownBy(c::java).hasMessageContaining("the class cannot be called '" + name + "'");
        Options other = new Options("", "Other", Backend.VECTOR, Precision.FLOAT, Map.of());
        assertThat(Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", other).java()).contains("class Other");
    }
}
