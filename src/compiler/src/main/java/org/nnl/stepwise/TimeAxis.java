package org.nnl.stepwise;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Tensor;
import org.nnl.order.Access;

/**
 * What runs along time: one axis of some equations, one dimension of some tensors. An axis that stands in the time
 * dimension of one tensor stands in that of every other tensor of the equation where it occurs, and so it spreads, from
 * where it is known to be time, to everything that keeps in step.
 *
 * @param dimensions the time dimension of each tensor that has one
 * @param axes       the time axis of each equation that has one
 */
record TimeAxis(Graph graph, Map<String, Integer> dimensions, Map<Equation, String> axes, boolean sums) {

    /**
     * @param sums whether an axis is time, too, that an equation folds over
     * @throws NotSteppable if two axes of an equation, or two dimensions of a tensor, would have to be time
     */
    static TimeAxis from(
            Graph graph, Map<Equation, String> knownAxes, Map<String, Integer> knownDimensions, boolean sums) {
        Map<Equation, String> axes = new IdentityHashMap<>(knownAxes);
        TimeAxis t = new TimeAxis(graph, new LinkedHashMap<>(knownDimensions), axes, sums);
        boolean more = true;
        while (more) {
            more = false;
            for (Equation e : graph.equations()) more |= t.spread(e);
        }
        return t;
    }

    private boolean spread(Equation e) {
        int before = axes.size() + dimensions.size();
        String a = axes.get(e);
        if (a == null) {
            a = axisOf(e);
            if (a == null) return false;
            axes.put(e, a);
        }
        for (int d = 0; d < e.indices().size(); d++)
            if (e.indices().get(d).mentions(a)) {
                if (e.indices().get(d).coefficient(a) != 1) throw new NotSteppable(e, "joins all steps in one");
                mark(e, e.target(), d);
            }
        for (Access r : Access.reads(e)) {
            Tensor.Role role = graph.tensor(r.tensor()).role();
            if (role != Tensor.Role.INPUT && role != Tensor.Role.TARGET && role != Tensor.Role.VALUE) continue;
            for (int d = 0; d < r.indices().size(); d++) {
                int c = r.indices().get(d).coefficient(a);
                if (c == 1) mark(e, r.tensor(), d);
                else if (c != 0)
                    throw new NotSteppable(e, "reads " + NotSteppable.visible(r.tensor()) + " at "
                            + (c > 1 ? "every " + c + " steps" : "the steps from the last to the first"));
            }
        }
        return axes.size() + dimensions.size() > before;
    }

    private void mark(Equation e, String tensor, int d) {
        Integer known = dimensions.putIfAbsent(tensor, d);
        if (known != null && known != d) throw new NotSteppable(e, "relates every step to every other one");
    }

    /** The axis of an equation that is time, as its target or something that it reads tells; null if nothing does. */
    private String axisOf(Equation e) {
        Integer d = dimensions.get(e.target());
        if (d != null && !isBefore(e)) {
            Index i = e.indices().get(d);
            if (i.isConstant()) return null;
            String a = i.plus(-i.constant()).bareAxis();
            if (a == null) throw inParts(e);
            return a;
        }
        if (d != null) return null;
        String along = axisOfReads(e, false);
        return along == null && sums ? axisOfReads(e, true) : along;
    }

    private String axisOfReads(Equation e, boolean folded) {
        for (Access r : Access.reads(e)) {
            Integer at = dimensions.get(r.tensor());
            if (at == null) continue;
            Axis longest = null;
            for (Axis a : e.box())
                if (r.indices().get(at).coefficient(a.name()) == 1 && e.isFolded(a.name()) == folded
                        && (longest == null || a.size().at(1) > longest.size().at(1))) longest = a;
            if (longest != null) return longest.name();
        }
        return null;
    }

    /** Whether the equation gives values before the first step: all it writes lies before what another one writes. */
    boolean isBefore(Equation e) {
        Integer d = dimensions.get(e.target());
        if (d == null) return false;
        long end = range(e, e.indices().get(d))[1];
        for (Equation other : graph.writers(e.target()))
            if (other != e && other.indices().get(d).coefficient(longestIn(other, d)) == 1
                    && range(other, other.indices().get(d))[0] > end) return true;
        return false;
    }

    private static String longestIn(Equation e, int d) {
        Axis longest = null;
        for (Axis a : e.box())
            if (e.indices().get(d).mentions(a.name()) && (longest == null || a.size().at(1) > longest.size().at(1)))
                longest = a;
        return longest == null ? "" : longest.name();
    }

    /** Least and greatest value of an index whose axes are of fixed size. */
    static long[] range(Equation e, Index index) {
        long low = index.constant(), high = low;
        for (Axis a : e.box()) {
            long most = (long) index.coefficient(a.name()) * (a.size().at(1) - 1);
            low += Math.min(0, most);
            high += Math.max(0, most);
        }
        return new long[] {low, high};
    }

    /** Equations that write a tensor at every step. */
    List<Equation> running(String tensor) {
        List<Equation> found = new ArrayList<>();
        for (Equation e : graph.writers(tensor)) if (axes.containsKey(e)) found.add(e);
        return found;
    }

    /**
     * The position that the first step of a tensor writes.
     *
     * @throws NotSteppable if its equations, but for values before the first step, do not all write along time from there
     */
    int first(String tensor) {
        List<Equation> running = running(tensor);
        for (Equation e : graph.writers(tensor)) if (running.isEmpty() || !running.contains(e) && !isBefore(e)) throw inParts(e);
        int d = dimensions.get(tensor);
        int first = running.get(0).indices().get(d).constant();
        for (Equation e : running) if (!e.indices().get(d).equals(Index.axis(axes.get(e)).plus(first))) throw inParts(e);
        return first;
    }

    private static NotSteppable inParts(Equation e) {
        return new NotSteppable(e, "is put together of parts along time");
    }

    /** The index in the time dimension of a tensor. */
    Index time(Access a) {
        return a.indices().get(dimensions.get(a.tensor()));
    }
}
