package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;

/**
 * An input over whose edges a window reaches is copied: room for the boundary value is left around a tensor that is computed ({@link
 * ChooseLayouts}), not around the caller's array, where every element read would have to be tested.
 * <pre>y[o,i] += K[o,u]*x[i+u-1]   becomes   x.framed[i] = x[i];   y[o,i] += K[o,u]*x.framed[i+u-1]</pre>
 */
final class FrameInputs {
    private static final String FRAMED = ".framed";

    /** Times that sums read an element from which it is worth a copy. */
    private static final int OFTEN = 4;

    private final Graph graph;

    /** The equation that copies an input. */
    private final Map<String, Equation> copies = new LinkedHashMap<>();

    private FrameInputs(Graph graph) {
        this.graph = graph;
    }

    static Graph of(Graph graph) {
        return new FrameInputs(graph).framed();
    }

    private Graph framed() {
        List<Equation> rest = graph.equations().stream().map(e -> e.fold() == Fold.SUM ? framed(e) : e).toList();
        if (copies.isEmpty()) return graph;
        Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
        copies.forEach((input, copy) ->
                tensors.put(copy.target(), Tensor.real(copy.target(), Tensor.Role.VALUE, graph.tensor(input).shape())));
        List<Equation> all = new ArrayList<>(copies.values());
        all.addAll(rest);
        return graph.withTensors(tensors).withEquations(all);
    }

    private Equation framed(Equation e) {
        Map<String, Size> sizes = new HashMap<>();
        long terms = 1;
        for (Axis a : e.box()) {
            sizes.put(a.name(), a.size());
            terms *= a.size().at(1);
        }
        Scope scope = new Scope(graph, sizes, null, null);
        long often = terms;
        return e.withBody(e.body().rewrite(x -> {
            if (!(x instanceof Expr.Read r) || !reachesOut(scope, r)) return x;
            Tensor t = graph.tensor(r.tensor());
            if (often < OFTEN * t.elements(1) || graph.tensors().containsKey(t.name() + FRAMED)) return x;
            return Expr.read(copies.computeIfAbsent(t.name(), n -> copy(t, e.origin())).target(), r.indices());
        }));
    }

    private static Equation copy(Tensor t, Origin origin) {
        List<Axis> box = new ArrayList<>();
        for (Size s : t.shape()) box.add(new Axis("d" + box.size(), s));
        List<Index> at = box.stream().map(a -> Index.axis(a.name())).toList();
        return Equation.of(t.name() + FRAMED, at, Fold.SET, box, Expr.read(t.name(), at), origin);
    }

    /** Whether a read of an input goes as far beyond it as there may be room around a computed tensor. */
    private boolean reachesOut(Scope scope, Expr.Read r) {
        Tensor t = graph.tensor(r.tensor());
        if (t.role() != Tensor.Role.INPUT || t.isInteger() || t.boundary() != 0 || !t.isBatched()) return false;
        boolean out = false;
        for (int d = 0; d < r.indices().size(); d++) {
            if (t.shape().get(d).isBatch()) continue;
            long[] range = scope.range(r.indices().get(d));
            if (range == null || !r.indices().get(d).isAffine()) return false;
            long before = -range[0], after = range[1] - t.shape().get(d).at(0) + 1;
            if (before > ChooseLayouts.MOST_ROOM || after > ChooseLayouts.MOST_ROOM) return false;
            out |= before > 0 || after > 0;
        }
        return out;
    }
}
