package org.nnl.simplify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.GraphReader;
import org.nnl.equations.Tensor;
import org.nnl.evaluate.Evaluator;
import org.nnl.verify.Verifier;

/** Two graphs compared by evaluating both on the same random data. */
final class Sampled {
    private Sampled() {}

    /** Simplifies and checks: sound, the same results, and nothing left to do. */
    static Graph simplified(Graph g) {
        Graph simple = Simplify.simplify(g);
        assertThat(Verifier.problems(simple)).as("%s\n%s", g, simple).isEmpty();
        for (int batch : new int[] {1, 3}) agree(g, simple, batch);
        assertThat(Simplify.simplify(simple).toString()).as("simplified twice").isEqualTo(simple.toString());
        assertThat(Simplify.simplify(g).toString()).as("deterministic").isEqualTo(simple.toString());
        return simple;
    }

    /** Simplifies, compares values, and compares the equations as text. */
    static void check(String graph, String expected) {
        Graph simple = simplified(GraphReader.read(graph));
        assertThat(simple.equations().stream().map(Equation::toString).collect(Collectors.joining("\n")))
                .isEqualTo(expected.strip());
    }

    static void agree(Graph g, Graph simple, int batch) {
        Map<String, double[]> given = data(g, batch, 5);
        Map<String, double[]> before = Evaluator.evaluate(g, given, batch), after = Evaluator.evaluate(simple, given, batch);
        java.util.Set<String> wanted = new java.util.TreeSet<>(g.results());
        wanted.addAll(g.commits().values());
        for (String r : wanted) {
            double[] x = before.get(r), y = after.get(r);
            double scale = 1;
            for (double v : x) if (Double.isFinite(v)) scale = Math.max(scale, Math.abs(v));
            for (int k = 0; k < x.length; k++) {
                if (!Double.isFinite(x[k])) continue;
                assertThat(y[k]).as("%s[%d] of\n%s\n%s", r, k, g, simple).isCloseTo(x[k], org.assertj.core.data.Offset.offset(1e-9 * scale));
            }
        }
    }

    static Map<String, double[]> data(Graph g, int batch, long seed) {
        Map<String, double[]> given = new LinkedHashMap<>();
        java.util.Set<String> written = new java.util.HashSet<>();
        for (Equation e : g.equations()) written.add(e.target());
        Random r = new Random(seed);
        for (Tensor t : g.tensors().values()) {
            if (written.contains(t.name())) continue;
            double[] v = new double[(int) t.elements(batch)];
            for (int k = 0; k < v.length; k++)
                v[k] = t.classes() > 0 ? r.nextInt(t.classes()) : t.isInteger() ? r.nextInt(5) : 0.3 + r.nextDouble() * (r.nextInt(3) == 0 ? -1 : 1);
            given.put(t.name(), v);
        }
        return given;
    }
}
