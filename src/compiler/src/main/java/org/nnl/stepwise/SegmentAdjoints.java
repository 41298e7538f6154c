package org.nnl.stepwise;

import static org.nnl.stepwise.GraphDraft.read;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.derive.Derive;
import org.nnl.derive.Partials;
import org.nnl.equations.Expr;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;

/**
 * The graphs of {@link SegmentGraphs} that compute adjoints, from the last segment to the first. Each is the rule applied to
 * a graph of values and one scalar: the loss, or what a segment leaves behind times the adjoint of it.
 */
final class SegmentAdjoints {
    /** The scalar of a segment: Σ adjoint · value over all it hands on. */
    private static final String SHARE = "segment.share";

    private final Segments s;
    private final SegmentTensors tensors;
    private final SegmentValues values;
    private final Program.Objective loss;
    private final Partials partials;
    private final Set<String> sources;

    SegmentAdjoints(Segments segments, SegmentValues values, Program.Objective loss, Partials partials) {
        s = segments;
        tensors = new SegmentTensors(segments);
        this.values = values;
        this.loss = loss;
        this.partials = partials;
        sources = s.graph.sources(List.of(loss.tensor()));
    }

    /** Whether the loss depends on a tensor in a way that has a derivative. */
    private boolean matters(String t) {
        return sources.contains(t) && !s.graph.tensor(t).isInteger();
    }

    private List<String> matter(Iterable<String> all) {
        List<String> found = new ArrayList<>();
        for (String t : all) if (matters(t)) found.add(t);
        return found;
    }

    /** What is computed when all steps are done, and the adjoints of the last state, the sums and the constants. */
    GraphDraft tail() {
        List<Tensor> by = new ArrayList<>();
        matter(s.remembered()).forEach(t -> by.add(tensors.before(t)));
        matter(s.sums()).forEach(t -> by.add(tensors.total(t)));
        matter(s.constants()).forEach(t -> by.add(tensors.fixed(t)));
        return handedOn(values.tail(), loss.tensor(), by, true);
    }

    /** A segment of n steps computed again, and the adjoint of the state before it. */
    GraphDraft backward(int n) {
        GraphDraft g = values.steps(n);
        List<Tensor> by = new ArrayList<>();
        g.add(Tensor.real(SHARE, Tensor.Role.VALUE, List.of()));
        for (String t : matter(s.remembered())) {
            Tensor end = tensors.along(t, ".end", Tensor.Role.VALUE, s.depth(t));
            g.set(end, at -> values.last(t, n, at));
            g.dot(SHARE, g.add(SegmentTensors.adjoint(tensors.before(t))), end);
            by.add(tensors.before(t));
        }
        for (String t : matter(s.sums()))
            g.dot(SHARE, g.add(SegmentTensors.adjoint(tensors.total(t))), tensors.share(t));
        for (String t : matter(s.constants())) by.add(tensors.fixed(t));
        return handedOn(g, SHARE, by, false);
    }

    /** The gradient: what the segments have added up, and what goes through values before the first step and constants. */
    GraphDraft end() {
        GraphDraft primal = values.constant();
        primal.add(Tensor.real(SHARE, Tensor.Role.VALUE, List.of()));
        for (String t : matter(s.remembered())) {
            Tensor start = tensors.along(t, ".start", Tensor.Role.VALUE, s.depth(t));
            primal.set(start, at -> values.given(primal, t, at));
            primal.dot(SHARE, primal.add(SegmentTensors.adjoint(tensors.before(t))), start);
        }
        for (String t : matter(s.constants()))
            primal.dot(SHARE, primal.add(SegmentTensors.adjoint(tensors.fixed(t))), s.graph.tensor(t));
        GraphDraft g = derived(primal, SHARE, List.of());
        for (String p : loss.parameters()) {
            Tensor parameter = s.graph.tensor(p);
            Tensor sum = g.add(SegmentTensors.adjoint(parameter));
            Tensor gradient = SegmentTensors.adjoint(parameter, "", Tensor.Role.VALUE);
            boolean zero = !g.writes(own(p));
            g.set(gradient, at -> zero ? read(sum, at) : read(sum, at).plus(Expr.read(own(p), at)));
            g.result(gradient.name());
        }
        return g;
    }

    /** With the adjoints handed on: those of parameters and constants add up, those of states go to the segment before. */
    private GraphDraft handedOn(GraphDraft primal, String of, List<Tensor> by, boolean first) {
        GraphDraft g = derived(primal, of, by);
        for (Tensor t : by)
            gather(g, SegmentTensors.adjoint(t), Program.ADJOINT + t.name(), !first && t.name().endsWith(SegmentTensors.FIXED));
        for (String p : loss.parameters()) gather(g, SegmentTensors.adjoint(s.graph.tensor(p)), own(p), !first);
        return g;
    }

    /** Takes over an adjoint, or adds it to what there is; one that nothing writes is zero. */
    private static void gather(GraphDraft g, Tensor sum, String adjoint, boolean adds) {
        boolean zero = !g.writes(adjoint);
        if (zero && adds) return;
        g.commit(sum, at -> zero ? Expr.ZERO
                : adds ? read(sum, at).plus(Expr.read(adjoint, at)) : Expr.read(adjoint, at));
    }

    /** A graph with the adjoints of a scalar by some tensors and, as {@link #own}, by the parameters. */
    private GraphDraft derived(GraphDraft primal, String of, List<Tensor> by) {
        Map<String, String> wanted = new LinkedHashMap<>();
        for (Tensor t : by) wanted.put(t.name(), Program.ADJOINT + t.name());
        for (String p : loss.parameters()) {
            primal.add(s.graph.tensor(p));
            wanted.put(p, own(p));
        }
        Graph g = Derive.adjoint(primal.whole("segment"), of, wanted, Program.ADJOINT, partials);
        GraphDraft derived = values.draft();
        g.tensors().values().forEach(derived::add);
        g.equations().forEach(derived::add);
        primal.results().forEach(derived::result);
        return derived;
    }

    /** A segment's part of the gradient. */
    private static String own(String parameter) {
        return Program.ADJOINT + parameter + ".part";
    }
}
