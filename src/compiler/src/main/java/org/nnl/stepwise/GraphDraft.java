package org.nnl.stepwise;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;

/** A graph under construction. */
final class GraphDraft {
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final List<Equation> equations = new ArrayList<>();
    private final Map<String, String> commits = new LinkedHashMap<>();
    private final List<String> results = new ArrayList<>();

    GraphDraft(Collection<Tensor> given) {
        given.forEach(this::add);
    }

    boolean has(String tensor) {
        return tensors.containsKey(tensor);
    }

    boolean writes(String tensor) {
        return equations.stream().anyMatch(e -> e.target().equals(tensor));
    }

    /** The tensor, or the one of its name that there is. */
    Tensor add(Tensor t) {
        tensors.putIfAbsent(t.name(), t);
        return tensors.get(t.name());
    }

    void add(Equation e) {
        equations.add(e);
    }

    void result(String tensor) {
        results.add(tensor);
    }

    List<String> results() {
        return results;
    }

    /** {@code target[…] = body}, at every position. */
    void set(Tensor target, Function<List<Index>, Expr> body) {
        List<Axis> box = box(target.shape());
        set(target, indices(box), box, body.apply(indices(box)), Origin.NONE);
    }

    /** {@code target[at] = body}, for a box. */
    void set(Tensor target, List<Index> at, List<Axis> box, Expr body, Origin origin) {
        add(target);
        add(Equation.of(target.name(), at, Fold.SET, box, body, origin));
    }

    /** {@code scalar += Σ a·b}. */
    void dot(String scalar, Tensor a, Tensor b) {
        List<Axis> box = box(a.shape());
        add(Tensor.real(scalar, Tensor.Role.VALUE, List.of()));
        add(Equation.of(scalar, List.of(), Fold.SUM, box, read(a, indices(box)).times(read(b, indices(box))), Origin.NONE));
    }

    /** {@code state = next}, after everything else. */
    void commit(Tensor state, Tensor next) {
        add(state);
        commits.put(state.name(), next.name());
    }

    /** {@code state[…] = body}, after everything else. */
    void commit(Tensor state, Function<List<Index>, Expr> body) {
        Tensor next = new Tensor(
                state.name() + "'", Tensor.Role.VALUE, state.shape(), state.isInteger() ? Tensor.ANY_INTEGER : 0, 0);
        set(next, body);
        commit(state, next);
    }

    /** All of it, whether it contributes to anything or not. */
    Graph whole(String name) {
        return new Graph(name, tensors, equations, List.of(), results, commits);
    }

    /** What contributes to results and commits. */
    Graph graph(String name) {
        return whole(name).live();
    }

    // ---- all positions of a tensor

    static List<Axis> box(List<Size> shape) {
        List<Axis> box = new ArrayList<>();
        for (Size n : shape) box.add(new Axis(n.isBatch() ? "b" : "i" + (box.size() + 1), n));
        return box;
    }

    static List<Index> indices(List<Axis> box) {
        return box.stream().map(a -> Index.axis(a.name())).toList();
    }

    static Expr read(Tensor t, List<Index> at) {
        return Expr.read(t.name(), at);
    }
}
