package org.nnl.schedule;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;

/** The arrays of a class: those of what it is given and keeps from the beginning, the others as graphs ask for them. */
final class ArrayTable {
    private final Names names;
    private final Map<String, Array> arrays = new LinkedHashMap<>();
    private final Map<String, Layout> layouts = new HashMap<>();

    /** Gradients of parameters: the caller reads and writes them by name, as arrays even where they have one element. */
    private final Set<String> gradients = new HashSet<>();

    ArrayTable(Program program, Names names) {
        this.names = names;
        program.parameters().forEach(t -> gradients.add(Program.ADJOINT + t.name()));
        program.inputs().forEach(t -> declare(t, Array.Kind.GIVEN));
        program.targets().forEach(t -> declare(t, Array.Kind.GIVEN));
        if (program.graphs().containsKey("step"))
            for (Tensor t : program.graph("step").tensors().values())
                if (t.role() == Tensor.Role.INPUT) declare(t, Array.Kind.GIVEN);
        program.parameters().forEach(t -> declare(t, Array.Kind.PARAMETER));
        program.states().forEach(t -> declare(t, Array.Kind.STATE));
        for (String s : program.settings().keySet())
            declare(Tensor.real(s, Tensor.Role.SETTING, List.of()), Array.Kind.SETTING);
    }

    /** Layouts for tensors that are still to be declared. */
    void lay(Map<String, Layout> chosen) {
        layouts.putAll(chosen);
    }

    /** All arrays by their names, in the order in which they were declared. */
    Map<String, Array> all() {
        return Collections.unmodifiableMap(arrays);
    }

    Array get(String name) {
        return arrays.get(name);
    }

    /** Names of the arrays that hold integers. */
    Set<String> integers() {
        Set<String> all = new HashSet<>();
        arrays.values().stream().filter(Array::integer).forEach(a -> all.add(a.name()));
        return all;
    }

    /** The array for a tensor of a graph: one with that name, type and shape, declared if there is none. */
    Array of(Graph g, String tensor) {
        Tensor t = g.tensor(tensor);
        boolean start = g.name().equals("initial") && tensor.endsWith(Program.START);
        String name = start ? tensor.substring(0, tensor.length() - Program.START.length()) : tensor;
        List<Count> shape = t.shape().stream().map(Count::of).toList();
        for (Array a : arrays.values())
            if (!a.isHelper() && a.tensor().equals(name)
                    && (a.kind() == Array.Kind.SETTING
                            || a.shape().equals(shape) && a.integer() == t.isInteger())) return a;
        // A class may be looked up, which is a read of an array.
        boolean field = t.shape().isEmpty() && !gradients.contains(tensor) && t.classes() <= 0;
        return declare(t, field ? Array.Kind.SCALAR : Array.Kind.COMPUTED);
    }

    /** An array that no equation asks for, by its tensor's name and its shape; declared if there is none. */
    Array own(Array wanted) {
        for (Array a : arrays.values())
            if (a.isHelper() && a.tensor().equals(wanted.tensor()) && a.shape().equals(wanted.shape())) return a;
        return add(wanted.named(names.unique(wanted.tensor())));
    }

    private Array declare(Tensor t, Array.Kind kind) {
        List<Count> shape = t.shape().stream().map(Count::of).toList();
        boolean integer = t.isInteger() && kind != Array.Kind.SETTING;
        Layout layout = kind == Array.Kind.COMPUTED && layouts.containsKey(t.name())
                ? layouts.get(t.name())
                : Layout.plain(t.rank());
        return add(new Array(
                names.unique(t.name()), t.name(), kind, integer, shape, layout.before(), layout.after(),
                layout.strides(shape), t.classes(), ""));
    }

    private Array add(Array a) {
        arrays.put(a.name(), a);
        return a;
    }
}
