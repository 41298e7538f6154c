package org.nnl.simplify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Tensor;

/**
 * Two tensors of one shape, kind and boundary whose equations are the same up to the names of axes and the order of
 * commutative operations are one tensor: readers of the second read the first. Of results and commits the copies stay.
 */
final class MergeEqual implements Rule {
    @Override
    public String name() {
        return "shared";
    }

    @Override
    public void apply(Draft g) {
        Map<String, String> first = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (int k : g.numbers()) {
            String target = g.equation(k).target();
            if (!seen.add(target)) continue;
            String known = first.putIfAbsent(key(g, target), target);
            if (known == null) continue;
            for (int r : List.copyOf(g.readers(target))) {
                Equation e = Substitution.rename(g.equation(r), target, known);
                g.replace(r, e.withOrigin(e.origin().rewritten(name())));
            }
        }
    }

    private static String key(Draft g, String target) {
        Tensor t = g.tensor(target);
        List<String> parts = new ArrayList<>();
        for (int w : g.writers(target)) parts.add(g.key(w, MergeEqual::key));
        Collections.sort(parts);
        return t.shape() + "/" + t.classes() + "/" + t.boundary() + parts;
    }

    /** Axes named by the position at which target and body first mention them. */
    private static String key(Equation e) {
        Map<String, String> names = new HashMap<>();
        StringBuilder sizes = new StringBuilder();
        List<String> order = new ArrayList<>(Axes.of(e.indices()));
        order.addAll(Axes.of(e.body()));
        for (Axis a : e.box()) order.add(a.name());
        for (String a : order)
            if (names.putIfAbsent(a, "#" + names.size()) == null) sizes.append(e.axis(a).size()).append(' ');
        String position = e.position() == null ? "" : names.get(e.position());
        return Key.of(e.indices(), names::get) + e.fold() + position + sizes + Key.of(e.body(), names::get);
    }
}
