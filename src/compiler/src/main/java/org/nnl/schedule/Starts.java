package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Size;

/**
 * How each element gets its first value. Where the first writer of a tensor reaches every element, once, before any
 * other writer, it overwrites; otherwise the tensor is filled with the fold's start before its first writer.
 *
 * @param overwriting the equations that need not read what they write to
 * @param fills       tensors to fill, by the number of the top-level plan before which that must happen
 */
record Starts(Set<Equation> overwriting, Map<Integer, List<String>> fills) {

    private record Writer(int number, int top, Group group, Equation equation) {}

    static Starts of(Graph graph, List<Plan> plans) {
        Map<String, List<Writer>> writers = new LinkedHashMap<>();
        int[] number = {0};
        for (int top = 0; top < plans.size(); top++) collect(plans.get(top), top, number, writers);
        Starts starts = new Starts(
                java.util.Collections.newSetFromMap(new IdentityHashMap<>()), new LinkedHashMap<>());
        writers.forEach((tensor, all) -> starts.decide(graph, tensor, all));
        return starts;
    }

    private static void collect(Plan plan, int top, int[] number, Map<String, List<Writer>> writers) {
        if (plan instanceof Plan.TimeLoop loop) {
            for (Plan p : loop.body()) collect(p, top, number, writers);
            return;
        }
        Group g = (Group) plan;
        for (Equation e : g.equations())
            writers.computeIfAbsent(e.target(), t -> new ArrayList<>()).add(new Writer(number[0]++, top, g, e));
    }

    private void decide(Graph graph, String tensor, List<Writer> all) {
        List<Size> shape = graph.tensor(tensor).shape();
        Writer first = all.get(0);
        if (first.equation.fold() == Fold.SET) {
            long total = Count.ONE.factor();
            for (Size s : shape) total *= s.at(1);
            long reached = 0;
            for (Writer w : all) reached += reached(w, shape);
            for (Writer w : all) overwriting.add(w.equation);
            if (reached == total) return;
        } else if (reached(first, shape) > 0 && coversAll(first, shape)
                && all.stream().skip(1).allMatch(w -> comesAfter(first, w))) {
            overwriting.add(first.equation);
            return;
        }
        fills.computeIfAbsent(first.top, k -> new ArrayList<>()).add(tensor);
    }

    private static boolean coversAll(Writer w, List<Size> shape) {
        long total = 1;
        for (Size s : shape) total *= s.at(1);
        return reached(w, shape) == total;
    }

    /** How many elements the writer reaches, with one example; 0 if that is not plain to see or one is reached twice. */
    private static long reached(Writer w, List<Size> shape) {
        if (w.group.parallel() == null) return 0;
        Set<String> axes = new HashSet<>();
        long n = 1;
        for (int d = 0; d < shape.size(); d++) {
            Index i = w.equation.indices().get(d);
            Size s = shape.get(d);
            if (i.isConstant()) {
                if (i.constant() < 0 || s.isBatch() || i.constant() >= s.at(0)) return 0;
                continue;
            }
            String axis = i.plus(-i.constant()).bareAxis();
            if (axis == null || !axes.add(axis)) return 0;
            Size range = size(w, axis);
            if (range.isBatch() ? !s.isBatch() || i.constant() != 0
                    : s.isBatch() || i.constant() < 0 || i.constant() + range.at(0) > s.at(0)) return 0;
            n *= range.at(1);
        }
        for (String v : w.group.serial().keySet()) if (!axes.contains(v)) return 0;
        return n;
    }

    private static Size size(Writer w, String axis) {
        if (w.group.pauses().containsKey(axis)) return w.group.pauses().get(axis);
        Axis a = w.equation.axis(axis);
        return a != null ? a.size() : w.group.serial().get(axis);
    }

    /** Whether, at every element, the first writer's turn is before the other's. */
    private static boolean comesAfter(Writer first, Writer other) {
        for (String v : first.group.serial().keySet()) {
            if (first.top != other.top || !other.group.serial().containsKey(v)) continue;
            for (int d = 0; d < first.equation.indices().size(); d++) {
                Index mine = first.equation.indices().get(d);
                Index its = other.equation.indices().get(d);
                if ((mine.mentions(v) || its.mentions(v)) && !mine.equals(its)) return false;
            }
        }
        return first.number < other.number;
    }
}
