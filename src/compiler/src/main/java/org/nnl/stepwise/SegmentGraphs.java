package org.nnl.stepwise;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nnl.derive.Partials;
import org.nnl.equations.Graph;
import org.nnl.program.Program;

/**
 * The graphs by which something over time is computed in segments of n steps:
 * <pre>    begin      x.before, K.fixed, P.total = 0           what is before the first step, the same at all, summed so far
 *     window     x.window[q] = x[offset + q - margin]    the steps of the segment
 *     forward    x.part[D+r] = f(x.part[…], …)           the equations with t = offset + r, r &lt; n; x.part[q] = x.before[q], q &lt; D
 *                P.total += P.part,  x.before = x.part[n…n+D)
 *     tail       the rest, from x.before and P.total</pre>
 * and, for a gradient, the rule applied to each of them in turn. With bars for ∂loss/∂,
 * <pre>    tail       P̄, x̄, K̄, θ̄
 *     backward   the adjoint of  Σ P̄·P.part + Σ x̄·x.part[n…n+D)  by θ, K and x.before, which is x̄ for the segment before
 *     end        the adjoint of  Σ x̄·x.before + Σ K̄·K  by θ</pre>
 * Those of a last segment that is shorter have names of their own.
 */
final class SegmentGraphs {
    private final String whole;
    private final SegmentValues values;
    private final Map<String, Graph> graphs = new LinkedHashMap<>();

    /** Steps of a segment, by what the names of its graphs end in. */
    private final Map<String, Integer> lengths = new LinkedHashMap<>();

    private SegmentGraphs(Segments segments, String whole, int n) {
        this.whole = whole;
        values = new SegmentValues(segments);
        int rest = (segments.steps - 1) % n + 1;
        lengths.put("", n);
        if (rest != n) lengths.put(Checkpoints.REST, rest);
    }

    /**
     * The graphs for values alone.
     *
     * @param whole the name of the graph for all steps at once
     * @param n     steps a segment
     */
    static Map<String, Graph> values(Segments segments, String whole, int n) {
        SegmentGraphs g = new SegmentGraphs(segments, whole, n);
        g.forward();
        g.put(Checkpoints.TAIL, g.values.tail());
        return g.graphs;
    }

    /** The graphs for values and the gradient of a loss. */
    static Map<String, Graph> gradient(Segments segments, String whole, int n, Program.Objective loss, Partials partials) {
        SegmentGraphs g = new SegmentGraphs(segments, whole, n);
        SegmentAdjoints adjoints = new SegmentAdjoints(segments, g.values, loss, partials);
        g.forward();
        g.put(Checkpoints.TAIL, adjoints.tail());
        g.lengths.forEach((which, steps) -> g.put(Checkpoints.BACKWARD + which, adjoints.backward(steps)));
        g.put(Checkpoints.END, adjoints.end());
        return g.graphs;
    }

    private void forward() {
        put(Checkpoints.BEGIN, values.begin());
        lengths.forEach((which, steps) -> {
            put(Checkpoints.WINDOW + which, values.window(steps));
            put(Checkpoints.FORWARD + which, values.forward(steps));
        });
    }

    private void put(String name, GraphDraft draft) {
        graphs.put(whole + name, draft.graph(whole + name));
    }
}
