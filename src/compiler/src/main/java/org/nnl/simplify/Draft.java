package org.nnl.simplify;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;

/**
 * A graph while it is being rewritten: numbered equations, of which the readers and writers of every tensor are known,
 * so that no rule needs to search. A number stays with its equation; what is added remembers before which equation a
 * person would read it.
 */
final class Draft {
    private final Graph original;
    private final Map<String, Tensor> tensors;
    private final List<Equation> equations;
    private final Map<Integer, List<Integer>> addedBefore = new HashMap<>();
    private final Map<String, TreeSet<Integer>> readers = new HashMap<>();
    private final Map<String, TreeSet<Integer>> writers = new HashMap<>();
    private final boolean keepsStops;
    private final Set<String> needed;
    private final Set<String> fixed = new HashSet<>();
    private final Map<String, Tensor> reserved;
    private final Map<Integer, String> keys = new HashMap<>();
    private final Set<Integer> asked = new HashSet<>();
    private final Map<Integer, Integer> changedAt = new HashMap<>();
    private final Map<Long, Integer> triedAt = new HashMap<>();
    private int changes;

    /**
     * @param reserved names that new tensors must not take, unless for the same tensor: those of other graphs of the
     *                 program. New names are added.
     * @param keepsStops whether {@code stop} is more than its value
     */
    Draft(Graph graph, Map<String, Tensor> reserved, boolean keepsStops) {
        original = graph;
        this.keepsStops = keepsStops;
        tensors = new LinkedHashMap<>(graph.tensors());
        equations = new ArrayList<>(graph.equations());
        needed = new HashSet<>(graph.results());
        needed.addAll(graph.commits().values());
        this.reserved = reserved;
        graph.derivatives().forEach(d -> {
            needed.add(d.of());
            needed.add(d.by());
            needed.add(d.result());
        });
        for (int k = 0; k < equations.size(); k++) index(k);
        for (String t : tensors.keySet())
            if (writers(t).isEmpty()) fixed.add(t);
    }

    Graph graph() {
        List<Equation> order = new ArrayList<>();
        for (int k = 0; k < original.equations().size(); k++) emit(k, order);
        Map<String, Tensor> sorted = new LinkedHashMap<>();
        tensors.forEach((name, t) -> {
            if (fixed.contains(name) || original.tensors().containsKey(name)) sorted.put(name, t);
        });
        for (Equation e : order) sorted.putIfAbsent(e.target(), tensors.get(e.target()));
        return original.withTensors(sorted).withEquations(order);
    }

    private void emit(int k, List<Equation> order) {
        for (int a : addedBefore.getOrDefault(k, List.of())) emit(a, order);
        if (equations.get(k) != null) order.add(equations.get(k));
    }

    /** Numbers of the equations as they are now; an equation removed meanwhile is null. */
    List<Integer> numbers() {
        List<Integer> all = new ArrayList<>();
        for (int k = 0; k < equations.size(); k++) if (equations.get(k) != null) all.add(k);
        return all;
    }

    Equation equation(int number) {
        return equations.get(number);
    }

    Tensor tensor(String name) {
        Tensor t = tensors.get(name);
        if (t == null) throw new IllegalArgumentException("no tensor '" + name + "' in graph " + original.name());
        return t;
    }

    Collection<Tensor> tensors() {
        return List.copyOf(tensors.values());
    }

    Set<Integer> readers(String tensor) {
        return Collections.unmodifiableSet(readers.getOrDefault(tensor, EMPTY));
    }

    Set<Integer> writers(String tensor) {
        return Collections.unmodifiableSet(writers.getOrDefault(tensor, EMPTY));
    }

    private static final TreeSet<Integer> EMPTY = new TreeSet<>();

    /** The number of the tensor's only writer, or -1. */
    int onlyWriter(String tensor) {
        Set<Integer> w = writers(tensor);
        return w.size() == 1 ? w.iterator().next() : -1;
    }

    /** Whether somebody outside wants the tensor: it is a result or the source of a commit. */
    boolean isNeeded(String tensor) {
        return needed.contains(tensor);
    }

    /** Whether the tensor is computed here and nobody outside sees it. */
    boolean isInner(String tensor) {
        return !fixed.contains(tensor) && !needed.contains(tensor) && tensor(tensor).role() == Tensor.Role.VALUE;
    }

    /** Whether {@code stop} must stay, because something is still to be derived. */
    boolean keepsStops() {
        return keepsStops || !original.derivatives().isEmpty();
    }

    void replace(int number, Equation e) {
        Equation old = equations.get(number);
        if (old.equals(e)) return;
        unindex(number);
        equations.set(number, e);
        index(number);
        changes++;
    }

    void remove(int number) {
        unindex(number);
        equations.set(number, null);
        changes++;
    }

    /** Adds an equation, to be read before the one with the given number. */
    int addBefore(int number, Equation e) {
        equations.add(e);
        int k = equations.size() - 1;
        addedBefore.computeIfAbsent(number, n -> new ArrayList<>()).add(k);
        index(k);
        changes++;
        return k;
    }

    /** Declares a tensor of this graph; its name is {@code base}, with a number if that is taken. */
    Tensor addTensor(String base, List<Size> shape, int classes, double boundary) {
        for (int n = 1; ; n++) {
            Tensor t = new Tensor(n == 1 ? base : base + n, Tensor.Role.VALUE, shape, classes, boundary);
            if (tensors.containsKey(t.name()) || original.tensors().containsKey(t.name())) continue;
            if (!t.equals(reserved.getOrDefault(t.name(), t))) continue;
            reserved.put(t.name(), t);
            tensors.put(t.name(), t);
            return t;
        }
    }

    void removeTensor(String name) {
        tensors.remove(name);
        changes++;
    }

    int changes() {
        return changes;
    }

    private void index(int k) {
        Equation e = equations.get(k);
        writers.computeIfAbsent(e.target(), n -> new TreeSet<>()).add(k);
        for (String t : e.reads()) readers.computeIfAbsent(t, n -> new TreeSet<>()).add(k);
    }

    /** Something remembered about an equation until it changes. */
    String key(int number, Function<Equation, String> compute) {
        return keys.computeIfAbsent(number, n -> compute.apply(equations.get(n)));
    }

    /** Whether this was not asked before about the equation as it is now. */
    boolean isNew(int number) {
        return asked.add(number);
    }

    /** Whether this was not asked before about the two equations as they are now. */
    boolean isNew(int one, int other) {
        int changed = Math.max(changedAt.getOrDefault(one, 0), changedAt.getOrDefault(other, 0));
        Integer last = triedAt.put((long) one << 32 | other, changes);
        return last == null || last < changed;
    }

    private void unindex(int k) {
        changedAt.put(k, changes + 1);
        keys.remove(k);
        asked.remove(k);
        Equation e = equations.get(k);
        writers.get(e.target()).remove(k);
        for (String t : e.reads()) readers.get(t).remove(k);
    }
}
