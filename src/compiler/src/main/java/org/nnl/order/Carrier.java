package org.nnl.order;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Index;

/**
 * The axis that carries a cycle of equations: in every equation one axis of its box, in every tensor of the cycle one
 * dimension, such that each write and each read of such a tensor goes to {@code axis + constant} in that dimension.
 *
 * @param axes       for each equation of the cycle, its axis
 * @param dimensions for each tensor of the cycle, its dimension
 */
record Carrier(Map<Equation, String> axes, Map<String, Integer> dimensions) {

    /** The carrier that takes {@code axis} in {@code first}, or null if there is none for the whole cycle. */
    static Carrier starting(Equation first, Axis axis, List<Equation> cycle, Set<String> tensors) {
        Carrier carrier = new Carrier(new HashMap<>(), new HashMap<>());
        Map<String, List<Equation>> readers = new HashMap<>();
        Map<String, List<Equation>> writers = new HashMap<>();
        for (Equation e : cycle) {
            writers.computeIfAbsent(e.target(), t -> new ArrayList<>()).add(e);
            for (String t : e.reads())
                if (tensors.contains(t)) readers.computeIfAbsent(t, k -> new ArrayList<>()).add(e);
        }
        Deque<Equation> open = new ArrayDeque<>();
        carrier.axes.put(first, axis.name());
        open.add(first);
        while (!open.isEmpty()) {
            Equation e = open.poll();
            String a = carrier.axes.get(e);
            int d = shifted(e.indices(), a);
            if (d < 0) return null;
            Integer known = carrier.dimensions.putIfAbsent(e.target(), d);
            if (known != null && known != d) return null;
            if (known != null) continue;
            for (Map<String, List<Equation>> users : List.of(readers, writers))
                for (Equation user : users.getOrDefault(e.target(), List.of())) {
                    String axisOfUser = users == writers
                            ? axisAt(user.indices(), d)
                            : axisOfReads(user, e.target(), d);
                    if (axisOfUser == null) return null;
                    String other = carrier.axes.putIfAbsent(user, axisOfUser);
                    if (other != null && !other.equals(axisOfUser)) return null;
                    if (other == null) open.add(user);
                }
        }
        return carrier.axes.size() == new HashSet<>(cycle).size() ? carrier : null;
    }

    /** The dimension that is {@code axis + constant}, no other dimension mentioning the axis; -1 if there is none. */
    private static int shifted(List<Index> indices, String axis) {
        int found = -1;
        for (int d = 0; d < indices.size(); d++) {
            if (!indices.get(d).mentions(axis)) continue;
            if (found >= 0 || !axis.equals(axisAt(indices, d))) return -1;
            found = d;
        }
        return found;
    }

    /** The a of an index of the form {@code a + constant}, else null. */
    private static String axisAt(List<Index> indices, int d) {
        return indices.get(d).plus(-indices.get(d).constant()).bareAxis();
    }

    private static String axisOfReads(Equation e, String tensor, int d) {
        String axis = null;
        for (Access r : Access.reads(e)) {
            if (!r.tensor().equals(tensor)) continue;
            String a = axisAt(r.indices(), d);
            if (a == null || axis != null && !axis.equals(a)) return null;
            axis = a;
        }
        return axis;
    }

    /**
     * By how many steps of the carrying axis a reader comes after the writer of what it reads: with
     * {@code x[τ + cw]} written and {@code x[τ' + cr]} read, the same element means {@code τ' - τ = cw - cr}.
     */
    int distance(Equation writer, Access read) {
        int d = dimensions.get(writer.target());
        return writer.indices().get(d).constant() - read.indices().get(d).constant();
    }
}
