package org.nnl.schedule;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Java identifiers for names of the model: {@code h.W} becomes {@code h_W}, {@code s'} {@code s_next}; none twice. */
final class Names {
    /** Variables of routines beside those made of the model's names, and those of methods that use fields without 'this'. */
    private static final Set<String> RESERVED =
            Set.of(Product.SUM, "settings", "species", "from", "to", "part", "parts", "begin", "end", "name", "shared");
    private final Set<String> used = new HashSet<>(RESERVED);
    private final Map<String, String> variables = new HashMap<>();
    private Names outer;

    /** An identifier that no other call gives. */
    String unique(String name) {
        String base = ClassNames.identifier(name);
        String candidate = base;
        for (int n = 2; ClassNames.isTaken(candidate) || !used.add(candidate); n++) candidate = base + "_" + n;
        return candidate;
    }

    /** The identifier of a loop variable: the same for the same axis, different from every array. */
    String variable(String axis) {
        if (outer != null) {
            String known = outer.variable(axis);
            used.add(known);
            return known;
        }
        return variables.computeIfAbsent(axis, this::unique);
    }

    /** Names within one routine: they may be used again in the next. */
    Names inner() {
        Names n = new Names();
        n.used.addAll(used);
        n.outer = this;
        return n;
    }
}
