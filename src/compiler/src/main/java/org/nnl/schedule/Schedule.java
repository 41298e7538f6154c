package org.nnl.schedule;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A class to be written: its arrays, its routines, and which routine starts each graph.
 *
 * @param arrays   by Java name, in order of declaration
 * @param routines by name, callers after what they call
 * @param entries  graph name to the routine that runs it: {@code gradient}, {@code update}, …
 * @param batch    examples for which arrays are made at first
 * @param notes    what was chosen for the loops over time, and why
 */
public record Schedule(
        Map<String, Array> arrays, Map<String, Routine> routines, Map<String, String> entries, int batch,
        List<String> notes) {
    /** The entry for gradient and update one after the other: there if threads share some of each. */
    public static final String TRAINING = "gradient, update";

    public Schedule {
        arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
        routines = Collections.unmodifiableMap(new LinkedHashMap<>(routines));
        notes = List.copyOf(notes);
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    public Array array(String name) {
        Array a = arrays.get(name);
        if (a == null) throw new IllegalArgumentException("no array '" + name + "'");
        return a;
    }

    /** The array that holds a tensor; null if it needs none. */
    public Array of(String tensor) {
        for (Array a : arrays.values()) if (a.tensor().equals(tensor) && !a.isHelper()) return a;
        return null;
    }

    /** The routine that runs a graph; null if there is none. */
    public Routine entry(String graph) {
        return entries.containsKey(graph) ? routines.get(entries.get(graph)) : null;
    }

    /** Names of the arrays that a graph reads or writes when it is run. */
    public Set<String> touched(String graph) {
        Set<String> touched = new TreeSet<>();
        Set<String> entry = entries.containsKey(graph) ? Set.of(entries.get(graph)) : Set.of();
        for (String name : Routine.reached(entry, routines)) touched.addAll(Steps.arrays(routines.get(name).steps()));
        return touched;
    }

    @Override
    public String toString() {
        return SchedulePrinter.print(this, p -> "");
    }
}
