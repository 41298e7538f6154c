package org.nnl.stepwise;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Tensor;
import org.nnl.order.Access;

/**
 * What has to be known to compute a graph over time in segments of a few steps: which equations run along time, which sum
 * over it, and how far back the former read. A graph is then
 * <pre>    (state, K) = begin(θ)      (state, P) += segment(state, x[segment], K, θ)      result = tail(state, P, K, θ)</pre>
 * with the state the last values of every tensor that earlier steps are read of, P the sums over all steps, and K what is
 * the same at all steps.
 */
final class Segments {
    /** What an equation has to do with time. */
    enum Kind {
        /** Computed at every step. */
        RUNNING,
        /** A sum over all steps. */
        SUM,
        /** Computed when all steps are done. */
        TAIL,
        /** Gives values before the first step. */
        BEFORE,
        /** The same at every step. */
        STATIC
    }

    final TimeAxis axis;
    final Graph graph;

    /** The number of steps. */
    final int steps;

    private final Map<String, Integer> firsts = new HashMap<>();
    private final Map<String, Integer> depths = new LinkedHashMap<>();
    private final Map<String, int[]> margins = new LinkedHashMap<>();
    private final Set<String> late = new LinkedHashSet<>();

    /** @throws NotSteppable if a step needs later ones, or all of them */
    Segments(Graph graph, Map<Equation, String> recurrences) {
        this.graph = graph;
        axis = TimeAxis.from(graph, new IdentityHashMap<>(recurrences), Map.of(), true);
        int most = 0;
        for (Map.Entry<Equation, String> e : recurrences.entrySet())
            most = Math.max(most, e.getKey().axis(e.getValue()).size().at(1));
        steps = most;
        findLate();
        for (String t : axis.dimensions().keySet()) if (!isGiven(t)) firsts.put(t, axis.first(t));
        for (Equation e : graph.equations()) for (Access r : Access.reads(e)) read(e, r);
    }

    Kind kind(Equation e) {
        String a = axis.axes().get(e);
        if (a != null) return e.isFolded(a) ? Kind.SUM : Kind.RUNNING;
        if (axis.dimensions().containsKey(e.target())) return Kind.BEFORE;
        return late.contains(e.target()) ? Kind.TAIL : Kind.STATIC;
    }

    /** The equations of a kind, in order. */
    List<Equation> equations(Kind kind) {
        List<Equation> found = new ArrayList<>();
        for (Equation e : graph.equations()) if (kind(e) == kind) found.add(e);
        return found;
    }

    /** Whether the tensor is handed in whole by the caller. */
    boolean isGiven(String tensor) {
        Tensor.Role role = graph.tensor(tensor).role();
        return role == Tensor.Role.INPUT || role == Tensor.Role.TARGET;
    }

    /** Whether a tensor is computed at every step. */
    boolean isRunning(String tensor) {
        return axis.dimensions().containsKey(tensor) && !isGiven(tensor);
    }

    /** Whether a tensor is known only when all steps are done. */
    boolean isLate(String tensor) {
        return late.contains(tensor);
    }

    /** Whether a tensor is computed once, before the first step. */
    boolean isConstant(String tensor) {
        return graph.tensor(tensor).role() == Tensor.Role.VALUE && !isRunning(tensor) && !isLate(tensor);
    }

    /** Tensors computed once that are needed along time, afterwards, or for a commit. */
    Set<String> constants() {
        Set<String> all = new LinkedHashSet<>();
        for (Equation e : graph.equations()) {
            Kind k = kind(e);
            if (k == Kind.STATIC || k == Kind.BEFORE) continue;
            for (String t : e.reads()) if (isConstant(t)) all.add(t);
        }
        for (String t : graph.commits().values()) if (isConstant(t)) all.add(t);
        return all;
    }

    /** Tensors that are sums over all steps. */
    Set<String> sums() {
        Set<String> all = new LinkedHashSet<>();
        for (Equation e : equations(Kind.SUM)) all.add(e.target());
        return all;
    }

    /** The dimension of time of a tensor that has one. */
    int time(String tensor) {
        return axis.dimensions().get(tensor);
    }

    /** The position that the first step writes. */
    int first(String tensor) {
        return firsts.get(tensor);
    }

    /** How many values before a segment are read in it, or after the last one. */
    int depth(String tensor) {
        return depths.getOrDefault(tensor, 0);
    }

    Set<String> remembered() {
        return depths.keySet();
    }

    /** Given tensors of which the steps of a segment are read, with the steps before and after it that are read as well. */
    Map<String, int[]> margins() {
        return margins;
    }

    private void findLate() {
        boolean more = true;
        while (more) {
            more = false;
            for (Equation e : graph.equations()) {
                if (late.contains(e.target()) || axis.dimensions().containsKey(e.target())) continue;
                boolean summed = axis.axes().containsKey(e);
                if (summed || e.reads().stream().anyMatch(t -> late.contains(t) || isRunning(t)))
                    more |= late.add(e.target());
            }
        }
    }

    private void read(Equation e, Access r) {
        Kind kind = kind(e);
        String name = NotSteppable.visible(r.tensor());
        boolean along = kind == Kind.RUNNING || kind == Kind.SUM;
        if (along) {
            Axis a = e.axis(axis.axes().get(e));
            if (a.size().at(1) != steps) throw new NotSteppable(e, "runs over some steps only");
            if (kind == Kind.SUM && e.fold() != Fold.SUM) throw new NotSteppable(e, "is no sum over the steps");
            if (late.contains(r.tensor()))
                throw new NotSteppable(e, "needs at every step what " + name + " is after the last one");
        }
        if (kind == Kind.BEFORE && (late.contains(r.tensor()) || isRunning(r.tensor())))
            throw new NotSteppable(e, "starts with something that depends on the steps of " + name);
        if (!axis.dimensions().containsKey(r.tensor())) return;
        Index time = axis.time(r);
        if (isGiven(r.tensor())) {
            if (!along || time.coefficient(axis.axes().get(e)) == 0) return;
            if (!time.isAffine()) throw new NotSteppable(e, "reads " + name + " at a step that is computed");
            long[] range = TimeAxis.range(e, relative(e, time));
            int[] m = margins.computeIfAbsent(r.tensor(), k -> new int[2]);
            m[0] = (int) Math.max(m[0], -range[0]);
            m[1] = (int) Math.max(m[1], range[1]);
            return;
        }
        if (!time.isAffine()) throw new NotSteppable(e, "reads " + name + " at a step that is computed");
        if (along) {
            if (time.coefficient(axis.axes().get(e)) != 1)
                throw new NotSteppable(e, "needs other steps of " + name + " at every step");
            long[] range = TimeAxis.range(e, relative(e, time).plus(-firsts.get(r.tensor())));
            if (range[1] > 0) throw new NotSteppable(e, "reads later steps of " + name);
            if (range[0] < 0) depths.merge(r.tensor(), Math.toIntExact(-range[0]), Math::max);
        } else {
            if (!time.isConstant()) throw new NotSteppable(e, "needs all steps of " + name + " at once");
            int back = steps - (time.constant() - firsts.get(r.tensor()));
            if (back < 1) throw new NotSteppable(e, "reads " + name + " beyond its last step");
            depths.merge(r.tensor(), back, Math::max);
        }
    }

    private Index relative(Equation e, Index time) {
        return time.plus(Index.axis(axis.axes().get(e)).times(-1));
    }
}
