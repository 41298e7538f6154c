package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.order.Access;
import org.nnl.order.Order;
import org.nnl.order.Step;

/**
 * What is computed between recurrences, each step of time for itself, is computed step by step as they are: outputs and their
 * adjoints, between the way forward and the way back. Examples are then what threads divide from the first recurrence to the last, none
 * needs what another thread computes, and a step is read while it is in the caches.
 * <pre>for t { h[t] = f(h[t-1]) }  z[b,t] = W·h[b,t]  d_z[b,t] = …   becomes   for t { h[t] = … }  for t { z[t] = W·h[t]  d_z[t] = … }</pre>
 * Only with enough examples, which are then the rows of products. What is needed from all steps, as the sum of losses, comes after the loop,
 * and what the loop does not give comes before it.
 */
final class StepByStep {
    /** Examples from which products of one step's rows are as good as those of all steps. */
    private static final int ENOUGH = 16;

    /** Numbers of a weight that caches do not hold from one step to the next: it is better read once, for all steps. */
    private static final int LARGE = 1 << 18;

    /** The dimension of a tensor that is time, and how many steps there are. */
    private record Time(int dimension, Size steps) {}

    /** What steps read and write. */
    private record Tensors(Set<String> read, Set<String> written) {
        Tensors() {
            this(new HashSet<>(), new HashSet<>());
        }

        static Tensors of(Step step) {
            Tensors t = new Tensors();
            t.add(step);
            return t;
        }

        void add(Step step) {
            if (step instanceof Step.Loop l) {
                l.body().forEach(this::add);
                return;
            }
            Equation e = ((Step.Run) step).equation();
            for (Access a : Access.reads(e)) read.add(a.tensor());
            written.add(e.target());
        }

        boolean meets(Tensors other) {
            return read.stream().anyMatch(other.written::contains)
                    || written.stream().anyMatch(w -> other.read.contains(w) || other.written.contains(w));
        }

        void clear() {
            read.clear();
            written.clear();
        }
    }

    private final Graph graph;
    private final Map<String, Time> times = new HashMap<>();
    private final Set<Step> leading = new HashSet<>();
    private final List<Step> out = new ArrayList<>();

    /** The loop that grows, for so many steps of time, and what it touches. */
    private final List<Step.Run> loop = new ArrayList<>();

    private final Tensors within = new Tensors();
    private Size steps;

    /** What has to follow the loop, and what that touches. */
    private final List<Step> after = new ArrayList<>();

    private final Tensors behind = new Tensors();

    private StepByStep(Graph graph) {
        this.graph = graph;
    }

    /**
     * @param order of the graph's equations
     * @param batch the number of examples it should suit best
     */
    static Order of(Graph graph, Order order, int batch) {
        if (batch < ENOUGH) return order;
        StepByStep s = new StepByStep(graph);
        s.lead(order.steps());
        for (Step step : order.steps()) s.add(step);
        s.close();
        return new Order(s.out);
    }

    /** Finds what a later recurrence needs. */
    private void lead(List<Step> order) {
        Set<String> needed = new HashSet<>();
        for (int k = order.size() - 1; k >= 0; k--) {
            Tensors t = Tensors.of(order.get(k));
            boolean leads = t.written.stream().anyMatch(needed::contains);
            if (leads) leading.add(order.get(k));
            if (leads || order.get(k) instanceof Step.Loop) needed.addAll(t.read);
        }
    }

    private void add(Step step) {
        Tensors t = Tensors.of(step);
        String axis = step instanceof Step.Run r && leading.contains(step) ? axis(r.equation()) : null;
        if (axis != null) {
            Equation e = ((Step.Run) step).equation();
            Size size = e.axis(axis).size();
            if (t.meets(behind) || steps != null && !size.equals(steps) || !isOfItsStep(e)) close();
            steps = size;
            loop.add(new Step.Run(e, List.of(axis)));
            within.add(step);
            times.put(e.target(), new Time(dimension(e.indices(), axis), size));
            return;
        }
        if (t.meets(within) || t.meets(behind)) {
            after.add(step);
            behind.add(step);
        } else {
            out.add(step);
        }
        if (step instanceof Step.Loop l) recurrence(l);
    }

    private void close() {
        if (!loop.isEmpty()) out.add(new Step.Loop(0, steps, false, List.copyOf(loop)));
        out.addAll(after);
        loop.clear();
        after.clear();
        within.clear();
        behind.clear();
        steps = null;
    }

    /** Notes the time of what a recurrence computes. */
    private void recurrence(Step.Loop l) {
        for (Step s : l.body()) {
            if (!(s instanceof Step.Run r)) continue;
            int d = dimension(r.equation().indices(), r.serial().get(0));
            if (d >= 0) times.put(r.equation().target(), new Time(d, l.size()));
        }
    }

    /** The dimension that is an axis, perhaps moved; -1 if there is none. */
    private static int dimension(List<Index> indices, String axis) {
        for (int d = 0; d < indices.size(); d++) if (axis.equals(moved(indices.get(d)))) return d;
        return -1;
    }

    private static String moved(Index i) {
        return i.plus(-i.constant()).bareAxis();
    }

    /** The axis of an equation that is the time of what it reads; null if it does not compute examples and steps each for itself. */
    private String axis(Equation e) {
        boolean examples = e.indices().stream().anyMatch(i -> i.bareAxis() != null && e.axis(i.bareAxis()).size().isBatch());
        if (!examples) return null;
        String found = null;
        for (Access a : Access.reads(e)) {
            Time t = times.get(a.tensor());
            Tensor read = graph.tensor(a.tensor());
            if (t == null && !read.isBatched() && read.elements(1) > LARGE) return null;
            if (t == null) continue;
            String axis = moved(a.indices().get(t.dimension));
            if (axis == null || found != null && !found.equals(axis) || !e.axis(axis).size().equals(t.steps)) return null;
            found = axis;
        }
        String time = found;
        return found != null && e.indices().stream().filter(i -> i.mentions(time)).count() == 1 && dimension(e.indices(), found) >= 0 ? found : null;
    }

    /** Whether of what the loop computes an equation reads what belongs to the same step. */
    private boolean isOfItsStep(Equation e) {
        for (Access a : Access.reads(e))
            for (Step.Run r : loop) {
                if (!r.equation().target().equals(a.tensor())) continue;
                int d = times.get(a.tensor()).dimension;
                if (a.indices().get(d).constant() != r.equation().indices().get(d).constant()) return false;
            }
        return true;
    }
}
