package org.nnl.schedule;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** Java identifiers for names of the model: {@code h.W} becomes {@code h_W}, {@code s'} {@code s_next}; none twice. */
final class Names {
    private static final Set<String> RESERVED = Set.of(
            "examples", "capacity", "sequences", "trainingCapacity", "tensors", "pending", "frozen", "listener",
            Product.SUM, "settings", "species", "scratch", "from", "to", "part", "team", "threads");
    private final Set<String> used = new HashSet<>(RESERVED);
    private final Map<String, String> variables = new HashMap<>();
    private Names outer;

    /** An identifier that no other call gives. */
    String unique(String name) {
        String base = identifier(name);
        String candidate = base;
        for (int n = 2; !used.add(candidate); n++) candidate = base + "_" + n;
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

    static String identifier(String name) {
        StringBuilder s = new StringBuilder();
        for (char c : name.replace("'", "_next").toCharArray()) s.append(Character.isJavaIdentifierPart(c) ? c : '_');
        if (s.length() == 0 || !Character.isJavaIdentifierStart(s.charAt(0))) s.insert(0, '_');
        String word = s.toString();
        return SourceVersion.isKeyword(word) || word.equals("_") ? word + "_" : word;
    }
}
