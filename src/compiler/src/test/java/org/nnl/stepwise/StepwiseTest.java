package org.nnl.stepwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.check.RandomData;
import org.nnl.elaborate.Sources;
import org.nnl.emit.WriteClass;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.evaluate.EvaluatedModel;
import org.nnl.load.Instance;
import org.nnl.program.Program;

/** Sequences told step by step: as many steps as the model has give what predict gives. */
class StepwiseTest {
    private static final Map<String, String> MODELS = new LinkedHashMap<>();

    static {
        MODELS.put("rnn, first value learnt", """
                axis   t = 7
                input  x[t, 3]
                target y[t]
                param  start[5] ~ normal(0, 1)
                h[-1] = start
                h[t] = rnn(x[t], h[t-1], m = 5)
                output p[t] = sum[i] h[t, i]
                loss   mean[t] (p[t] - y[t])^2
                train  { optimizer sgd(rate = 0.1), batch 3 }
                """);
        MODELS.put("stacked lstm of characters, stateful", """
                axis   t = 6
                input  x[t] : class(5)
                target y[t] : class(5)
                h[t], c[t] = lstm(onehot(x[t]), h[t-1], c[t-1], m = 9)
                g = lstmSequence(h, 8)
                output p[t] = softmax(dense(g[t], 5))
                loss   mean[t] crossEntropy(p[t], y[t])
                train  { optimizer sgd(rate = 0.1), batch 3, stateful }
                """);
        MODELS.put("gru, forecast at the last step", """
                axis   t = 9
                input  x[t]
                target y
                h[t] = gru([x[t]], h[t-1], m = 13)
                output p = sum[i] h[8, i]
                loss   (p - y)^2
                train  { optimizer sgd(rate = 0.1), batch 3 }
                """);
        MODELS.put("peephole lstm over embeddings, two outputs", """
                axis   t = 4
                input  x[t] : class(6)
                target y[t]
                e[t] = embedding(x[t], 3)
                h[t], c[t] = peepholeLstm(e[t], h[t-1], c[t-1], m = 4)
                output p[t] = h[t, 0]
                output q = c[3]
                loss   mean[t] (p[t] - y[t])^2 + q[1]^2
                train  { optimizer sgd(rate = 0.1), batch 3 }
                """);
        MODELS.put("two steps back, two learnt first values", """
                axis   t = 8
                input  x[t]
                target y[t]
                param  u = 0.3, v = -0.4, first = 0.5, zeroth = 0.7
                h[-1] = first
                h[-2] = zeroth
                h[t] = tanh(x[t] + u * h[t-1] + v * h[t-2])
                output p[t] = h[t] + 0.5 * x[t-3] + h[t-1]
                loss   mean[t] (p[t] - y[t])^2
                train  { optimizer sgd(rate = 0.1), batch 3 }
                """);
        MODELS.put("equations that need each other", """
                axis   t = 6
                input  x[t]
                target y[t]
                param  u = 0.3, v = -0.4
                a[t] = tanh(x[t] + u * b[t-1])
                b[t] = tanh(v * a[t] + c[t-2])
                c[t] = a[t-1] * b[t-1] + 0.1
                output p[t] = b[t] - c[t]
                loss   mean[t] (p[t] - y[t])^2
                train  { optimizer sgd(rate = 0.1), batch 3 }
                """);
        MODELS.put("a convolution of the last steps", """
                axis   t = 10
                input  x[t]
                target y[t]
                param  K[4] ~ normal(0, 1)
                output p[t] = sum[k < 4] K[k] * tanh(x[t - k])
                loss   mean[t] (p[t] - y[t])^2
                train  { optimizer sgd(rate = 0.1), batch 3 }
                """);
        MODELS.put("a convolution without padding, then a recurrence with a learnt first value", """
                axis   t = 11
                input  x[2, t]
                target y
                param  start[3] ~ normal(0, 1)
                k = conv1d(x, 3, 4, f = tanh)
                h[-1] = start
                h[s < 8] = tanh(k[:, s] + 0.5 * h[s-1] + 0.1 * s)
                output p = sum[i] h[7, i]
                loss   (p - y)^2
                train  { optimizer sgd(rate = 0.1), batch 3 }
                """);
        MODELS.put("positions known to the model", """
                axis   t = 5
                input  x[t]
                target y[t]
                param  P[t] ~ normal(0, 1)
                h[t] = tanh(x[t] + P[t] + 0.5 * h[t-1] + 0.1 * t)
                output p[t] = h[t]
                loss   mean[t] (p[t] - y[t])^2
                train  { optimizer sgd(rate = 0.1), batch 3 }
                """);
        MODELS.put("sequences of different length", """
                axis   t = 6
                input  x[t]
                input  length : class(7)
                target y
                h[t] = if t < length then tanh(x[t] + 0.5 * h[t-1]) else h[t-1]
                output p = h[5]
                loss   (p - y)^2
                train  { optimizer sgd(rate = 0.1), batch 3 }
                """);
        MODELS.put("decoder with attention over an encoder's states", """
                axis   s = 5, t = 7
                input  source[s] : class(6)
                input  before[t] : class(4)
                target y[t] : class(4)
                e[s] = gru(onehot(source[s]), e[s-1], m = 3)
                h[-1] = e[4]
                c[t] = additiveAttention(h[t-1], e, 2)
                h[t] = gru([c[t, 0], c[t, 1], onehot(before[t])[1], onehot(before[t])[2]], h[t-1], m = 3)
                output p[t] = softmax(dense(h[t], 4))
                loss   mean[t] crossEntropy(p[t], y[t])
                train  { optimizer sgd(rate = 0.1), batch 3 }
                """);
        MODELS.put("a recurrence over steps and places", """
                axis   t = 5
                input  x[t, 4]
                target y
                h[t, i] = tanh(x[t, i] + 0.5 * h[t-1, i] + 0.3 * h[t, i-1])
                output p = h[4, 3]
                loss   (p - y)^2
                train  { optimizer sgd(rate = 0.1), batch 3 }
                """);
    }

    /** Statements over s[t, 2] and x[t], t < 8, that give p; why p cannot be told step by step. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            h[t] = gru(s[t], h[t+1], m = 3); p[t] = h[t, 0]                     | h reads later steps of h (std:recurrent.nnl:50)
            h = bidirectionalGru(s, 3); p[t] = h[t, 5]                          | h reads later steps of h (std:recurrent.nnl:50)
            h[t] = rnn(s[t], h[t-1], m = 3); p[t] = h[t+1, 0]                   | p reads later steps of h (m.nnl:7)
            h[t] = rnn(s[t], h[t-1], m = 3); p = mean[t] h[t, 0]                | p needs all steps of h at once (m.nnl:7)
            h[t] = rnn(s[t], h[t-1], m = 3); p[i < 4] = h[2*i, 0]               | p needs all steps of h at once (m.nnl:7)
            h[t] = tanh(x[t] + h[t-1]); p = dense(h, 2)                         | p needs all steps of h at once (std:layers.nnl:8)
            h[t] = tanh(x[t] + h[t-1]); m = tanh(h[7]); q = exp(m); p[t] = h[t] * q | p needs at every step what q is after the last one (m.nnl:9)
            h[t] = tanh(x[t] + h[t-1]); p[t] = h[t] - h[7]                      | p needs one certain step of h at every step (m.nnl:7)
            h[t] = tanh(x[t] + h[t-1]); p[t] = sum[r < 8] h[t] * h[r]           | p needs all steps of h at every step (m.nnl:7)
            h[-1] = x[0]; h[t] = tanh(x[t] + h[t-1]); p[t] = h[t]               | h starts with something that depends on the steps of x (m.nnl:6)
            h[t] = tanh(x[t] + h[t-1]); p[i < 7] = h[i+1]; p[7] = 0             | p is put together of parts along time (m.nnl:8)
            """)
    void whatCannotBeToldStepByStepSaysWhy(String statements, String why) {
        Program p = sequence(statements);
        assertThat(p.graphs()).doesNotContainKey("step");
        assertThat(Stepwise.obstacles(p)).containsExactly(Map.entry("p", why));
        assertThat(WriteClass.of(p, Options.DEFAULT)).doesNotContain("void step(").contains("Not predicted step by step: {@code p}, since ");
    }

    private static Program sequence(String statements) {
        String text = "axis t = 8\ninput x[t]\ninput s[t, 2]\ntarget y\n"
                + statements.replace("; ", "\n") + "\noutput p\nloss y^2\n";
        return compile(text, Backend.SCALAR, Precision.DOUBLE).simplified();
    }

    @Test
    void outputsThatCanBeToldAreToldThoughOthersCannot() {
        Program p = sequence("h[t] = tanh(x[t] + h[t-1]); p[t] = h[t]; q = mean[t] h[t]; output q");
        assertThat(p.graph("step").results()).containsExactly("p.now");
        assertThat(Stepwise.obstacles(p)).containsOnlyKeys("q");
    }

    @Test
    void whatIsNoSequenceIsNotSpokenOf() {
        Program p = sequence("h = dense(x, 3); p = sum[i] h[i]");
        assertThat(p.graphs()).doesNotContainKey("step");
        assertThat(Stepwise.obstacles(p)).isEmpty();
    }

    @Test
    void aSequenceIsBegunFirst() {
        Instance model = new Instance(compile(MODELS.get("positions known to the model"), Backend.SCALAR, Precision.FLOAT).load(), 1);
        Object[] x = {new float[1]}, p = {new float[1]};
        assertThatThrownBy(() -> model.step(x, p)).isInstanceOf(IllegalStateException.class)
                .hasMessage("begin(...) comes before the first step");
        model.begin(new Object[0], 1);
        for (int t = 0; t < 5; t++) model.step(x, p);
        assertThatThrownBy(() -> model.step(x, p)).isInstanceOf(IllegalStateException.class)
                .hasMessage("the model knows no more than 5 steps: begin(...) a new sequence");
        model.begin(new Object[0], 1);
        model.step(x, p);
        // more examples than ever make arrays anew, and what they remembered is gone
        model.predict(new Object[] {new float[500]}, 100, new Object[] {new float[500]});
        assertThatThrownBy(() -> model.step(x, p)).hasMessage("begin(...) comes before the first step");
        model.begin(new Object[0], 2);
        assertThatThrownBy(() -> model.step(x, p)).hasMessage("x has 1 elements, needed are 2");
    }

    @Test
    void sequencesMayBeLongerThanTheModel() {
        Compilation c = compile(MODELS.get("gru, forecast at the last step"), Backend.VECTOR, Precision.FLOAT);
        Compilation longer = compile(MODELS.get("gru, forecast at the last step").replace("t = 9", "t = 40").replace("[8", "[39"),
                Backend.VECTOR, Precision.FLOAT);
        Instance model = new Instance(c.load(), 5), other = new Instance(longer.load(), 5);
        float[] x = new float[40], p = new float[1], now = new float[1], q = new float[1];
        model.begin(new Object[0], 1);
        for (int t = 0; t < 40; t++) {
            now[0] = x[t] = (float) Math.sin(t);
            model.step(new Object[] {now}, new Object[] {p});
        }
        other.predict(new Object[] {x}, 1, new Object[] {q});
        assertThat(p[0]).isCloseTo(q[0], within(1e-5f));
    }

    private static Compilation compile(String body, Backend backend, Precision precision) {
        return Compiler.compile(
                Sources.of(Map.of("m.nnl", "model Steps {\n" + body + "}\n")), "m.nnl", Options.DEFAULT.with(backend, precision));
    }

    @TestFactory
    Stream<DynamicTest> stepsGiveWhatTheWholeGives() {
        return MODELS.entrySet().stream().map(m -> DynamicTest.dynamicTest(m.getKey(), () -> {
            evaluated(compile(m.getValue(), Backend.SCALAR, Precision.DOUBLE).derived());
            evaluated(compile(m.getValue(), Backend.SCALAR, Precision.DOUBLE).simplified());
            generated(compile(m.getValue(), Backend.SCALAR, Precision.DOUBLE));
            generated(compile(m.getValue(), Backend.VECTOR, Precision.FLOAT));
        }));
    }

    /** Stepped inputs have their steps in dimension d of predict's tensor; the others are handed on whole. */
    private static int time(Tensor whole, Tensor now) {
        int d = 1;
        while (d < now.rank() && whole.shape().get(d).equals(now.shape().get(d))) d++;
        return d;
    }

    /** The slice at step t of a tensor whose dimension d is time. */
    private static double[] at(double[] values, Tensor whole, int d, int t, int examples) {
        int inner = 1, steps = whole.shape().get(d).at(examples);
        for (int k = d + 1; k < whole.rank(); k++) inner *= whole.shape().get(k).at(examples);
        double[] slice = new double[values.length / steps];
        for (int k = 0; k < slice.length; k++) slice[k] = values[(k / inner * steps + t) * inner + k % inner];
        return slice;
    }

    private static Map<String, double[]> stepData(Program p, Map<String, double[]> data, int t, int examples) {
        Map<String, double[]> now = new LinkedHashMap<>();
        for (Tensor n : p.graph("step").tensors().values())
            if (n.role() == Tensor.Role.INPUT) {
                Tensor whole = p.graph("predict").tensor(Stepwise.visible(n.name()));
                now.put(n.name(), at(data.get(whole.name()), whole, time(whole, n), t, examples));
            }
        return now;
    }

    private static int steps(Program p) {
        for (Tensor n : p.graph("step").tensors().values())
            if (n.role() == Tensor.Role.INPUT) {
                Tensor whole = p.graph("predict").tensor(Stepwise.visible(n.name()));
                return whole.shape().get(time(whole, n)).at(1);
            }
        throw new AssertionError("no input");
    }

    /** Compares an output of a step with what predict gave; outputs without a time axis belong to the last step. */
    private static void compare(Program p, String name, double[] actual, double[] whole, int t, int examples, double bound) {
        Tensor all = p.graph("predict").tensor(Stepwise.visible(name));
        Tensor now = p.graph("step").tensor(name);
        if (all.rank() == now.rank() && t < steps(p) - 1) return;
        double[] expected = all.rank() == now.rank() ? whole : at(whole, all, time(all, now), t, examples);
        assertThat(actual).as(name + " at step " + t).hasSize(expected.length);
        for (int k = 0; k < expected.length; k++)
            assertThat(actual[k]).as("%s[%d] at step %d", name, k, t).isCloseTo(expected[k], within(bound));
    }

    private static void evaluated(Program p) {
        assertThat(p.graphs()).as(Stepwise.obstacles(p).toString()).containsKey("step");
        int examples = 3;
        EvaluatedModel model = new EvaluatedModel(p, 5);
        for (int sequence = 0; sequence < 2; sequence++) {
            Map<String, double[]> data = RandomData.of(p, examples, sequence);
            Map<String, double[]> whole = model.run("predict", data, examples);
            model.advance("begin", data, examples);
            for (int t = 0; t < steps(p); t++) {
                Map<String, double[]> values = model.advance("step", stepData(p, data, t, examples), examples);
                for (String o : p.graph("step").results())
                    compare(p, o, values.get(o), whole.get(Stepwise.visible(o)), t, examples, 1e-13);
            }
        }
    }

    private static void generated(Compilation c) {
        Program p = c.simplified();
        Graph begin = p.graph("begin"), step = p.graph("step");
        Precision precision = c.options().precision();
        double bound = precision == Precision.DOUBLE ? 1e-13 : 2e-5;
        Instance model = new Instance(c.load(), 5);
        for (int examples : new int[] {3, 1, 8}) {
            Map<String, double[]> data = RandomData.of(p, examples, examples);
            if (examples == 3) // weights that are not as they began, and what a stateful model carries
                model.trainStep(Stream.concat(p.inputs().stream(), p.targets().stream())
                        .map(t -> array(data.get(t.name()), t, precision)).toArray(), examples);
            Object[] whole = outputs(p.graph("predict"), p.outputs(), examples, precision);
            model.predict(p.inputs().stream().map(t -> array(data.get(t.name()), t, precision)).toArray(), examples, whole);
            model.begin(begin.tensors().values().stream().filter(t -> t.role() == Tensor.Role.INPUT)
                    .map(t -> array(data.get(t.name()), t, precision)).toArray(), examples);
            for (int t = 0; t < steps(p); t++) {
                List<Object> inputs = new ArrayList<>();
                stepData(p, data, t, examples).forEach((n, v) -> inputs.add(array(v, step.tensor(n), precision)));
                Object[] outputs = outputs(step, step.results(), examples, precision);
                model.step(inputs.toArray(), outputs);
                for (int o = 0; o < outputs.length; o++)
                    compare(p, step.results().get(o), doubles(outputs[o]),
                            doubles(whole[p.outputs().indexOf(Stepwise.visible(step.results().get(o)))]), t, examples, bound);
            }
        }
    }

    private static Object[] outputs(Graph g, List<String> names, int examples, Precision precision) {
        return names.stream().map(g::tensor)
                .map(t -> array(new double[Math.toIntExact(t.elements(examples))], t, precision)).toArray();
    }

    private static Object array(double[] values, Tensor t, Precision precision) {
        Class<?> type = t.isInteger() ? int.class : precision == Precision.FLOAT ? float.class : double.class;
        Object a = Array.newInstance(type, values.length);
        for (int k = 0; k < values.length; k++)
            if (type == int.class) Array.setInt(a, k, (int) values[k]);
            else if (type == float.class) Array.setFloat(a, k, (float) values[k]);
            else Array.setDouble(a, k, values[k]);
        return a;
    }

    private static double[] doubles(Object array) {
        double[] d = new double[Array.getLength(array)];
        for (int k = 0; k < d.length; k++) d[k] = Array.getDouble(array, k);
        return d;
    }
}
