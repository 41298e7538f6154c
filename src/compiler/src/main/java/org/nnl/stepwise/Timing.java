package org.nnl.stepwise;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Tensor;
import org.nnl.order.Access;

/**
 * When everything is computed. An equation {@code y[t+w] = f(x[t+r], …)} runs {@code lag} steps behind the input: at step
 * s it is done for t = s - lag. The lag is the least with which everything read is there by then, and no less than the
 * lag of anything read, so that an equation begins no earlier than its sources. A read then reaches a certain number of
 * steps back, which is how long its tensor must be remembered.
 *
 * <p>What reads the last step, {@code h[T-1]}, and no step besides, is computed at every step as if it were the last.
 */
final class Timing {
    /** What an equation has to do with time. */
    enum Kind {
        /** Computed at every step, for that step. */
        RUNNING,
        /** Computed at every step, as if it were the last one. */
        LAST,
        /** Gives values before the first step. */
        BEFORE,
        /** The same at every step. */
        STATIC
    }

    final TimeAxis axis;
    final Graph graph;

    /** The number of steps of the model. */
    final int steps;

    private final Map<String, Integer> lengths = new HashMap<>();
    private final Map<String, Integer> firsts = new HashMap<>();
    private final Map<String, Integer> lags = new HashMap<>();
    private final Map<String, Integer> depths = new LinkedHashMap<>();
    private final Set<String> windows = new HashSet<>();
    private final Set<String> last = new LinkedHashSet<>();
    private final Set<String> moving = new LinkedHashSet<>();

    /** @throws NotSteppable if some step needs a later one, or all of them */
    Timing(TimeAxis axis) {
        this.axis = axis;
        this.graph = axis.graph();
        moving.addAll(axis.dimensions().keySet());
        boolean more = true;
        while (more) {
            more = false;
            for (Equation e : graph.equations())
                if (!moving.contains(e.target()) && e.reads().stream().anyMatch(moving::contains)) {
                    more = true;
                    moving.add(e.target());
                    last.add(e.target());
                }
        }
        axis.dimensions().forEach(this::place);
        int most = 0;
        int given = 0;
        for (String t : axis.dimensions().keySet()) {
            if (graph.tensor(t).role() != Tensor.Role.INPUT) most = Math.max(most, lengths.get(t));
            else if (given == 0) given = lengths.get(t);
            else if (given != lengths.get(t))
                throw new NotSteppable(graph.equations().get(0), "and others read inputs of different numbers of steps");
        }
        steps = given > 0 ? given : most;
        for (Equation e : graph.equations()) for (Access r : Access.reads(e)) check(e, r);
        findLags();
        for (Equation e : graph.equations()) for (Access r : Access.reads(e)) remember(e, r);
    }

    Kind kind(Equation e) {
        if (axis.axes().containsKey(e)) return Kind.RUNNING;
        if (axis.dimensions().containsKey(e.target())) return Kind.BEFORE;
        return last.contains(e.target()) ? Kind.LAST : Kind.STATIC;
    }

    /** Whether a tensor has another value at every step. */
    boolean isMoving(String tensor) {
        return moving.contains(tensor);
    }

    /** The position that the first step writes. */
    int first(String tensor) {
        return firsts.get(tensor);
    }

    /** How many steps behind the input an equation's target is. */
    int lag(String tensor) {
        return lags.getOrDefault(tensor, 0);
    }

    /** How many steps back a tensor is read; 0 if only the present one. */
    int depth(String tensor) {
        return depths.getOrDefault(tensor, 0);
    }

    /** Tensors of which earlier steps are read. */
    Set<String> remembered() {
        return depths.keySet();
    }

    /** Whether one read of the tensor runs over several steps. */
    boolean isWindowed(String tensor) {
        return windows.contains(tensor);
    }

    private void place(String tensor, int d) {
        Tensor t = graph.tensor(tensor);
        if (t.role() == Tensor.Role.INPUT) {
            firsts.put(tensor, 0);
            lengths.put(tensor, t.shape().get(d).at(1));
            return;
        }
        firsts.put(tensor, axis.first(tensor));
        int length = 0;
        for (Equation e : axis.running(tensor)) length = Math.max(length, e.axis(axis.axes().get(e)).size().at(1));
        lengths.put(tensor, length);
    }

    /** Whether a read can be followed step by step. */
    private void check(Equation e, Access r) {
        if (!moving.contains(r.tensor())) return;
        String name = NotSteppable.visible(r.tensor());
        Kind kind = kind(e);
        if (kind == Kind.BEFORE) throw new NotSteppable(e, "starts with something that depends on the steps of " + name);
        if (last.contains(r.tensor())) {
            if (kind == Kind.RUNNING) throw new NotSteppable(e, "needs at every step what " + name + " is after the last one");
            return;
        }
        Index time = axis.time(r);
        if (!time.isAffine()) throw new NotSteppable(e, "reads " + name + " at a step that is computed");
        if (kind == Kind.LAST) {
            if (!time.isConstant()) throw new NotSteppable(e, "needs all steps of " + name + " at once");
            return;
        }
        String a = axis.axes().get(e);
        if (time.coefficient(a) != 1) throw new NotSteppable(e, time.isConstant()
                ? "needs one certain step of " + name + " at every step"
                : "needs all steps of " + name + " at every step");
        for (int d = 0; d < r.indices().size(); d++)
            if (d != axis.dimensions().get(r.tensor()) && r.indices().get(d).mentions(a))
                throw new NotSteppable(e, "relates every step to every other one");
        long end = TimeAxis.range(e, time)[1];
        long needed = end - firsts.get(r.tensor());
        if (needed > lengths.get(r.tensor()) - 1L) throw new NotSteppable(e,
                (needed >= e.axis(a).size().at(1) ? "reads later steps of " : "goes on beyond the last step of ") + name);
    }

    private void findLags() {
        for (int round = 0; ; round++) {
            boolean more = false;
            for (Equation e : graph.equations()) {
                if (kind(e) != Kind.RUNNING) continue;
                for (Access r : Access.reads(e)) {
                    if (!moving.contains(r.tensor())) continue;
                    int ahead = (int) Math.max(0, offsets(e, r)[1] - firsts.get(r.tensor()));
                    int lag = lag(r.tensor()) + ahead;
                    if (lag <= lag(e.target())) continue;
                    if (round > graph.equations().size())
                        throw new NotSteppable(e, "reads later steps of " + NotSteppable.visible(r.tensor()));
                    lags.put(e.target(), lag);
                    more = true;
                }
            }
            if (!more) return;
        }
    }

    /** Least and greatest constant of a read in time, relative to the equation's step; of what reads the last, to that. */
    private long[] offsets(Equation e, Access r) {
        Index time = axis.time(r);
        if (kind(e) == Kind.LAST) return new long[] {time.constant() - (steps - 1), time.constant() - (steps - 1)};
        return TimeAxis.range(e, time.plus(Index.axis(axis.axes().get(e)).times(-1)));
    }

    /** The index in the time dimension as a number of steps back from now: not negative at any point of the box. */
    Index back(Equation e, Access r) {
        Index time = axis.time(r);
        Index relative = kind(e) == Kind.LAST ? time.plus(1 - steps) : time.plus(Index.axis(axis.axes().get(e)).times(-1));
        return relative.plus(lag(r.tensor()) - lag(e.target()) - firsts.get(r.tensor())).times(-1);
    }

    private void remember(Equation e, Access r) {
        if (!moving.contains(r.tensor()) || last.contains(r.tensor())) return;
        long[] back = TimeAxis.range(e, back(e, r));
        if (back[0] < 0) throw new NotSteppable(e, "reads " + NotSteppable.visible(r.tensor()) + " beyond its last step");
        if (back[1] > 0) depths.merge(r.tensor(), Math.toIntExact(back[1]), Math::max);
        if (back[0] < back[1]) windows.add(r.tensor());
    }

    /** The axes of an equation but time. */
    List<Axis> box(Equation e) {
        String a = axis.axes().get(e);
        return e.box().stream().filter(x -> !x.name().equals(a)).toList();
    }
}
