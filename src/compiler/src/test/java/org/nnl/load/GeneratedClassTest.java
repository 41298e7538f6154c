package org.nnl.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.emit.WriteClass;
import org.nnl.equations.Graph;
import org.nnl.equations.GraphReader;
import org.nnl.equations.Tensor;
import org.nnl.evaluate.EvaluatedModel;
import org.nnl.program.Program;
import org.nnl.program.TrainSettings;

/** Scalar and vector Java, float and double, against the evaluator: every tensor that the class shows. */
class GeneratedClassTest {

    private static final int[] SIZES = {1, 7, 8, 9, 13, 31};

    /** A program whose graphs are the same equations: predict, loss and gradient; update if {@code commits}. */
    static Program program(String text, String update) {
        Graph g = GraphReader.read(text);
        List<Tensor> inputs = new ArrayList<>();
        List<Tensor> targets = new ArrayList<>();
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        Map<String, Tensor> states = new LinkedHashMap<>();
        Map<String, Double> settings = new LinkedHashMap<>(Map.of("seed", 1.0));
        Map<String, Graph> graphs = new LinkedHashMap<>();
        graphs.put("initial", Graph.of("initial", List.of(), List.of(), List.of()));
        Graph u = update.isEmpty() ? null : GraphReader.read(update).named("update");
        for (Graph graph : u == null ? List.of(g) : List.of(g, u))
            for (Tensor t : graph.tensors().values())
                switch (t.role()) {
                    case INPUT -> inputs.add(t);
                    case TARGET -> targets.add(t);
                    case PARAM -> parameters.put(t.name(), t);
                    case STATE -> states.put(t.name(), t);
                    case SETTING -> settings.put(t.name(), t.name().equals("step") ? 1.0 : 0.01);
                    case VALUE -> { }
                }
        graphs.put("gradient", g.named("gradient"));
        graphs.put("loss", g.named("loss"));
        if (u != null) graphs.put("update", u);
        String loss = g.results().get(0);
        List<String> outputs = List.of();
        if (targets.isEmpty()) {
            graphs.put("predict", g.named("predict"));
            outputs = g.results().stream().skip(1).toList();
        }
        return new Program("Model", "", "model.nnl", inputs, targets, List.copyOf(parameters.values()),
                List.copyOf(states.values()), settings, outputs, List.of(),
                List.of(new Program.Objective("loss", loss, List.of())),
                new TrainSettings(5, 1, 1, 0, 1, false, 0, 0), graphs);
    }

    static double[] random(Tensor t, int examples, Random random) {
        double[] d = new double[(int) t.elements(examples)];
        for (int k = 0; k < d.length; k++)
            d[k] = t.classes() > 0 ? random.nextInt(t.classes()) : (float) (random.nextGaussian() * 0.7);
        return d;
    }

    private static final Map<String, String> MODELS = new LinkedHashMap<>();

    static {
        MODELS.put("dense, tanh, softmax", """
                graph g
                input x[B, N]
                target y[B] : class(M)
                param W[M, N]
                param c[M]
                value z[B, M]
                value h[B, M]
                value m[B]
                value e[B, M]
                value s[B]
                value p[B, M]
                value l[B]
                value loss
                value d_W[M, N]
                value d_c[M]
                value d_z[B, M]
                z[b,i] += W[i,j]*x[b,j]  for b < B, i < M, j < N
                h[b,i] = tanh(z[b,i] + c[i])  for b < B, i < M
                m[b] max= h[b,i]  for b < B, i < M
                e[b,i] = exp(h[b,i] - m[b])  for b < B, i < M
                s[b] += e[b,i]  for b < B, i < M
                p[b,i] = e[b,i]/s[b]  for b < B, i < M
                l[b] = -log(p[b,y[b]])  for b < B
                loss[] += l[b]/size(B)  for b < B
                d_z[b,i] = (p[b,i] - (i == y[b]))*(1 - h[b,i]^2)/size(B)  for b < B, i < M
                d_W[i,j] += d_z[b,i]*x[b,j]  for b < B, i < M, j < N
                d_c[i] += d_z[b,i]  for b < B, i < M
                result loss, d_W, d_c
                """.replace("(i == y[b])", "({y[b]} == i)"));
        MODELS.put("convolution with padding, max-pooling", """
                graph g
                input x[B, 2, M, M]
                param K[3, 2, 3, 3]
                param c[3]
                value a[B, 3, M, M]
                value r[B, 3, M, M]
                value q[B, 3, M, M]
                value pu[B, 3, M, M] : class(2)
                value loss
                value d_r[B, 3, M, M]
                value d_x[B, 2, M, M]
                value d_K[3, 2, 3, 3]
                a[b,o,i,j] += K[o,q,u,v]*x[b,q,i+u-1,j+v-1]  for b < B, o < 3, i < M, j < M, q < 2, u < 3, v < 3
                r[b,o,i,j] = max(a[b,o,i,j] + c[o], 0)  for b < B, o < 3, i < M, j < M
                q[b,o,i,j] max= r[b,o,i,j+u]  for b < B, o < 3, i < M, j < M, u < 2
                pu[b,o,i,j] argmax=(u) r[b,o,i,j+u]  for b < B, o < 3, i < M, j < M, u < 2
                loss[] += q[b,o,i,j]*q[b,o,i,j]  for b < B, o < 3, i < M, j < M
                d_r[b,o,i,j+pu[b,o,i,j]] += 2*q[b,o,i,j]  for b < B, o < 3, i < M, j < M
                d_x[b,q,i+u-1,j+v-1] += d_r[b,o,i,j]*K[o,q,u,v]  for b < B, o < 3, i < M, j < M, q < 2, u < 3, v < 3
                d_K[o,q,u,v] += d_r[b,o,i,j]*x[b,q,i+u-1,j+v-1]  for b < B, o < 3, i < M, j < M, q < 2, u < 3, v < 3
                result loss, q, d_r, d_x, d_K
                """);
        MODELS.put("convolution of many channels, narrow pictures", """
                graph g
                input x[B, 2, 8, 8]
                param K[17, 2, 3, 3]
                value a[B, 17, 6, 6]
                value loss
                value d_x[B, 2, 8, 8]
                value d_K[17, 2, 3, 3]
                a[b,o,i,j] += K[o,q,u,v]*x[b,q,i+u,j+v]  for b < B, o < 17, i < 6, j < 6, q < 2, u < 3, v < 3
                loss[] += a[b,o,i,j]*a[b,o,i,j]  for b < B, o < 17, i < 6, j < 6
                d_x[b,q,i+u,j+v] += 2*a[b,o,i,j]*K[o,q,u,v]  for b < B, o < 17, i < 6, j < 6, q < 2, u < 3, v < 3
                d_K[o,q,u,v] += 2*a[b,o,i,j]*x[b,q,i+u,j+v]  for b < B, o < 17, i < 6, j < 6, q < 2, u < 3, v < 3
                result loss, d_x, d_K
                """);
        MODELS.put("embedding and recurrence", """
                graph g
                input w[B, T] : class(11)
                param E[11, M]
                param U[M, M]
                value a[B, T, M]
                value h[B, T, M]
                value loss
                value d_h[B, T, M]
                value d_a[B, T, M]
                value d_U[M, M]
                value d_E[11, M]
                a[b,t,i] += E[w[b,t],i]  for b < B, t < T, i < M
                a[b,t,i] += U[i,k]*h[b,t-1,k]  for b < B, t < T, i < M, k < M
                h[b,t,i] = tanh(a[b,t,i])  for b < B, t < T, i < M
                loss[] += h[b,t,i]^2  for b < B, t < T, i < M
                d_h[b,t,i] += 2*h[b,t,i]  for b < B, t < T, i < M
                d_h[b,t-1,k] += d_a[b,t,i]*U[i,k]  for b < B, t < T, i < M, k < M
                d_a[b,t,i] = d_h[b,t,i]*(1 - h[b,t,i]^2)  for b < B, t < T, i < M
                d_U[i,k] += d_a[b,t,i]*h[b,t-1,k]  for b < B, t < T, i < M, k < M
                d_E[w[b,t],i] += d_a[b,t,i]  for b < B, t < T, i < M
                result loss, h, d_U, d_E, d_a
                """);
        MODELS.put("every operation", """
                graph g
                input x[B, M]
                setting step : integer
                setting seed : integer
                value y[B, M]
                value z[B, M]
                value n[B, M]
                value k[B, M]
                value loss
                y[b,i] = sigmoid(x[b,i]) + softplus(x[b,i])*log1p(exp(x[b,i])) - sqrt(abs(x[b,i]))/(2 + sin(x[b,i]))  for b < B, i < M
                z[b,i] = select(x[b,i] > 0, log(x[b,i]), expm1(x[b,i])) + max(x[b,i], 0.1) + min(x[b,i], 0.2)*sign(x[b,i])  for b < B, i < M
                n[b,i] = uniform(seed[], 3, step[], {7*i+1}) + floor(x[b,i]) + erf(x[b,i]) + cos(x[b,i])  for b < B, i < M
                k[b,i] = x[b,i]^3 + abs(x[b,i])^1.5 + (x[b,i] < 0.3 and not(x[b,i] < 0 or x[b,i] >= 0.25)) + x[b,i-1]  for b < B, i < M
                loss[] += y[b,i] + z[b,i] + n[b,i] + k[b,i]  for b < B, i < M
                result loss, y, z, n, k
                """);
        MODELS.put("concatenation, shifts, strides", """
                graph g
                input x[B, M]
                input y[B, 5]
                value c[B, C]
                value r[B, M]
                value s[B, C]
                value loss
                c[b,i] = x[b,i]  for b < B, i < M
                c[b,j+M] = y[b,j]  for b < B, j < 5
                r[b,i] = x[b,-i+L] + x[b,0]  for b < B, i < M
                s[b,2*j] = y[b,j]  for b < B, j < 3
                loss[] += c[b,i]*i + s[b,i]  for b < B, i < C
                result loss, c, r, s
                """);
        MODELS.put("a class that all examples share, looked up", """
                graph g
                input x[B, M]
                param a[M]
                value c : class(M)
                value d_a[M]
                value loss
                c[] argmax=(i) a[i]  for i < M
                loss[] += x[b,0]*a[c[]]  for b < B
                d_a[c[]] += x[b,0]  for b < B
                result loss, d_a
                """);
    }

    @TestFactory
    Stream<DynamicTest> agreesWithTheEvaluator() {
        List<DynamicTest> tests = new ArrayList<>();
        MODELS.forEach((name, text) -> {
            for (int size : SIZES)
                for (Backend backend : Backend.values())
                    for (Precision precision : Precision.values()) {
                        if (size > 31 && text.contains("M, M, M")) continue;
                        if (size > 13 && name.startsWith("conv")) continue;
                        String sized = text.replaceAll("\\bM\\b", "" + size).replaceAll("\\bN\\b", "" + (size + 3))
                                .replaceAll("\\bT\\b", "5").replaceAll("\\bC\\b", "" + (size + 5))
                                .replaceAll("\\bL\\b", "" + (size - 1));
                        tests.add(DynamicTest.dynamicTest(
                                name + " " + size + " " + backend + " " + precision,
                                () -> compare(program(sized, ""), backend, precision)));
                    }
        });
        return tests.stream();
    }

    static Instance instance(Program program, Options options, long seed) {
        String text = WriteClass.of(program, options);
        return new Instance(InMemoryCompiler.load(Map.of(WriteClass.className(program, options), text)), seed);
    }

    /** Numbers as the class takes them. */
    static Object array(Tensor tensor, double[] values, Precision precision) {
        boolean real = !tensor.isInteger();
        Class<?> type = !real ? int.class : precision == Precision.FLOAT ? float.class : double.class;
        Object a = Array.newInstance(type, values.length);
        for (int k = 0; k < values.length; k++)
            if (!real) Array.setInt(a, k, (int) values[k]);
            else if (precision == Precision.FLOAT) Array.setFloat(a, k, (float) values[k]);
            else Array.setDouble(a, k, values[k]);
        return a;
    }

    static double[] doubles(Object array) {
        double[] d = new double[Array.getLength(array)];
        for (int k = 0; k < d.length; k++) d[k] = Array.getDouble(array, k);
        return d;
    }

    static void compare(Program program, Backend backend, Precision precision) {
        Instance model = instance(program, Options.DEFAULT.with(backend, precision), 42);
        EvaluatedModel yardstick = new EvaluatedModel(program, 42);
        Random random = new Random(7);
        for (Tensor t : program.parameters()) {
            double[] values = random(t, 1, random);
            System.arraycopy(array(t, values, precision), 0, model.parameter(t.name()), 0, values.length);
            System.arraycopy(values, 0, yardstick.value(t.name()), 0, values.length);
        }
        double tolerance = precision == Precision.DOUBLE ? 1e-10 : 1e-4;
        for (int examples : new int[] {5, 3, 8}) {
            Map<String, double[]> data = new HashMap<>();
            List<Object> arguments = new ArrayList<>();
            List<Tensor> given = new ArrayList<>(program.inputs());
            given.addAll(program.targets());
            for (Tensor t : given) {
                double[] values = random(t, examples, random);
                data.put(t.name(), values);
                arguments.add(array(t, values, precision));
            }
            double loss = model.gradient(arguments.toArray(), examples);
            Map<String, double[]> expected = yardstick.run("gradient", data, examples);
            close("loss", new double[] {loss}, expected.get(program.losses().get(0).tensor()), tolerance);
            for (Tensor t : program.parameters())
                if (expected.containsKey("d_" + t.name()))
                    close("d_" + t.name(), doubles(model.gradient(t.name())), expected.get("d_" + t.name()), tolerance);
            if (program.outputs().isEmpty()) continue;
            List<Object> outputs = new ArrayList<>();
            Graph predict = program.graph("predict");
            for (String o : program.outputs()) {
                Tensor t = predict.tensor(o);
                outputs.add(array(t, new double[(int) t.elements(examples)], precision));
            }
            model.predict(arguments.toArray(), examples, outputs.toArray());
            for (int k = 0; k < outputs.size(); k++)
                close(program.outputs().get(k), doubles(outputs.get(k)), expected.get(program.outputs().get(k)), tolerance);
        }
    }

    /** Elements agree relative to the greatest of the tensor. */
    static void close(String name, double[] actual, double[] expected, double tolerance) {
        double scale = 1e-30;
        for (double e : expected) scale = Math.max(scale, Math.abs(e));
        for (int k = 0; k < expected.length; k++)
            assertThat(actual[k]).as(name + "[" + k + "] of " + expected.length)
                    .isCloseTo(expected[k], org.assertj.core.api.Assertions.within(scale * tolerance));
    }
}
