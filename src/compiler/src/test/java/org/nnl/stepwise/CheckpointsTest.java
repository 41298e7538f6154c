package org.nnl.stepwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.check.RandomData;
import org.nnl.elaborate.Sources;
import org.nnl.equations.Tensor;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import org.nnl.reference.ReferenceCase;
import org.nnl.syntax.SourceException;

/** Loss, gradient, updates and predictions in segments are those for all steps at once. */
class CheckpointsTest {
    private static Compilation compile(String text, int checkpoint, Backend backend, Precision precision) {
        return compile(text, new Options("", "", backend, precision, Map.of("checkpoint", (double) checkpoint)));
    }

    private static Compilation compile(String text, Options options) {
        return Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", options);
    }

    @ParameterizedTest
    @CsvSource({"rnn, 3", "lstm, 4", "gru, 5", "lstm, 9", "gru, 1"})
    void referenceModels(String name, int n) throws IOException {
        same(ReferenceCase.model(name), n);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        // other offsets, values before the first step that are learnt, a recurrence on top of another, h[T-1]
        """
        param  u = 0.3, v = -0.4, first = 0.5, zeroth = 0.7
        h[-1] = first
        h[-2] = zeroth
        h[t] = tanh(x[t] + u * h[t-1] + v * h[t-2] + 0.1 * x[t-3])
        g[t] = h[t] * v + 0.5 * g[t-1]
        output p = g[10] + u * h[10] + 0.3 * h[8]
        loss   (p - y[0])^2
        """,
        // a loss over all steps that is no sum of losses, positions, a parameter for each
        """
        param  P[t] ~ normal(0, 1), u = 0.3
        h[t] = tanh(x[t] + P[t] + u * h[t-1] + 0.1 * t)
        output p[t] = h[t]
        r = mean[t] (p[t] - y[t])^2
        loss   sqrt(r + 0.1) + 0.1 * u^2
        metric most = mean[t] abs(p[t])
        """,
        // something the same at all steps, from parameters and from an input; lengths
        """
        input  z[4]
        input  length : class(12)
        c = dense(z, 3, tanh)
        param  U[3, 3] ~ normal(0, 1)
        V[i, j] = U[i, j] / sqrt(sum[k] U[k, j]^2)
        h[-1] = c
        h[t] = if t < length then tanh(c * x[t] + V @ h[t-1]) else h[t-1]
        output p = dense(h[10], 2)
        loss   (p[0] - y[1])^2 + p[1]^2
        """,
        // noise at every step, a running average, the state carried from batch to batch
        """
        param  u = 0.3
        state  n = 0
        h[t] = tanh(x[t] * (0.5 + uniform()) + u * h[t-1])
        n = 0.9 * n + 0.1 * u
        output p[t] = h[t]
        loss   mean[t] (p[t] - y[t])^2
        """,
        // an output and metrics that need no step, one of them of parameters alone
        """
        param  u = 0.3
        h[t] = tanh(x[t] + u * h[t-1])
        output last = x[10]
        output p = x[10] + h[10]
        loss   (p - y[0])^2
        metric naive = abs(x[10] - y[0])
        metric size = u^2
        """
    })
    void modelsOfEveryKind(String body) {
        String text = "model Lengthy {\n axis t = 11\n input x[t]\n target y[t]\n" + body
                + "train { optimizer adam(rate = 0.1), batch 4, stateful }\n}\n";
        for (int n : new int[] {3, 4, 11}) same(text, n);
    }

    private static void same(String text, int n) {
        for (Backend backend : Backend.values()) {
            Compilation plain = compile(text, 0, backend, Precision.DOUBLE), parts = compile(text, n, backend, Precision.DOUBLE);
            List<Map.Entry<String, double[]>> expected = run(plain), actual = run(parts);
            for (int k = 0; k < expected.size(); k++) {
                double scale = 1;
                for (double v : expected.get(k).getValue()) scale = Math.max(scale, Math.abs(v));
                for (int i = 0; i < expected.get(k).getValue().length; i++)
                    assertThat(actual.get(k).getValue()[i]).as("%s[%d], segments of %d, %s", expected.get(k).getKey(), i, n, backend)
                            .isCloseTo(expected.get(k).getValue()[i], within(1e-12 * scale));
            }
        }
    }

    /** What a class gives, by name: losses, gradients, metrics, weights and states after steps, outputs. */
    private static List<Map.Entry<String, double[]>> run(Compilation c) {
        Program p = c.simplified();
        Instance model = new Instance(c.load(), 3);
        List<Map.Entry<String, double[]>> all = new ArrayList<>();
        for (int examples : new int[] {4, 1, 7}) {
            Map<String, double[]> data = RandomData.of(p, examples, examples);
            Object[] given = Stream.concat(p.inputs().stream(), p.targets().stream())
                    .map(t -> array(data.get(t.name()), t.isInteger())).toArray();
            all.add(Map.entry("loss", new double[] {model.gradient(given, examples)}));
            for (String w : p.losses().get(0).parameters()) all.add(Map.entry("d_" + w, copy(model.gradient(w))));
            all.add(Map.entry("loss of a step", new double[] {model.trainStep(given, examples)}));
            for (Tensor t : p.parameters()) all.add(Map.entry(t.name(), copy(model.parameter(t.name()))));
            for (Tensor t : p.states()) all.add(Map.entry(t.name(), copy(model.state(t.name()))));
            all.add(Map.entry("evaluated", new double[] {model.loss(given, examples)}));
            for (String m : p.metrics()) all.add(Map.entry(m, new double[] {model.metric(m)}));
            Object[] outputs = p.outputs().stream().map(o -> p.graph("predict").tensor(o))
                    .map(t -> array(new double[Math.toIntExact(t.elements(examples))], t.isInteger())).toArray();
            model.predict(Stream.of(given).limit(p.inputs().size()).toArray(), examples, outputs);
            for (Object o : outputs) all.add(Map.entry("output", copy(o)));
        }
        return all;
    }

    private static Object array(double[] values, boolean integer) {
        if (!integer) return values;
        int[] n = new int[values.length];
        for (int i = 0; i < n.length; i++) n[i] = (int) values[i];
        return n;
    }

    private static double[] copy(Object array) {
        double[] v = new double[Array.getLength(array)];
        for (int i = 0; i < v.length; i++) v[i] = Array.getDouble(array, i);
        return v;
    }

    @Test
    void fourThousandStepsTakeAFractionOfTheMemory() throws IOException {
        String text = ReferenceCase.model("lstm").replace("t = 10", "t = 4000");
        assertThat(text).contains("4000").contains("train");
        String chosen = text.replaceFirst("train *\\{", "train { checkpoint\n");
        Compilation all = compile(text, Options.DEFAULT), parts = compile(chosen, Options.DEFAULT);
        assertThat(numbers(parts)).isLessThan(numbers(all) / 20);
        assertThat(parts.schedule().toString()).contains("# gradient: 4000 steps in 63 segments of 64, with ");
        assertThat(parts.java().length())
                .isCloseTo(compile(chosen.replace("4000", "410"), Options.DEFAULT).java().length(), withinPercentage(2));
    }

    /** Numbers in all arrays of the class but parameters, with one example. */
    private static long numbers(Compilation c) {
        return c.schedule().arrays().values().stream()
                .filter(a -> a.kind() == org.nnl.schedule.Array.Kind.COMPUTED)
                .filter(a -> !c.simplified().outputs().contains(a.tensor()))
                .mapToLong(a -> a.count().at(1)).sum();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            h[t] = tanh(x[t] + h[t+1])                                      | h reads later steps of h (m.nnl:5)
            h[t] = tanh(x[t] + h[t-1]); m = mean[t] h[t]; h2[t] = h[t] * m  | h2 needs at every step what m is after the last one (m.nnl:7)
            h[t] = x[t] * 2                                                 | there is no recurrence
            """)
    void whatHasNoSegmentsSaysWhy(String statements, String why) {
        String name = statements.contains("h2") ? "h2" : "h";
        String text = "model Lengthy {\naxis t = 9\ninput x[t]\ntarget y\n" + statements.replace("; ", "\n")
                + "\nparam w = 1\nloss (w * " + name + "[0] + " + name + "[8] - y)^2\ntrain { optimizer sgd(rate = 0.1), checkpoint 3 }\n}\n";
        assertThatThrownBy(() -> compile(text, 3, Backend.SCALAR, Precision.DOUBLE).derived()).isInstanceOf(SourceException.class)
                .hasMessageContaining("'checkpoint' is not possible: " + why);
    }
}
