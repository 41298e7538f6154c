package org.nnl.schedule;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Size;

/**
 * Equations that share a nest of loops.
 *
 * @param serial    the variables of the time loops around, with their ranges
 * @param pauses    time loops that run longer than the equations' own axis: nothing happens from this value on
 * @param parallel  the axes of the nest, in the order of the targets' dimensions; every member's target is indexed by
 *                  them alone, so that different points of the nest write different elements. Null for an equation
 *                  whose writes may meet in one element
 * @param equations in order; the axes of {@code parallel} named alike, all other axes in the box are folded
 */
record Group(
        Map<String, Size> serial, Map<String, Size> pauses, List<Axis> parallel, List<Equation> equations)
        implements Plan {

    /**
     * The axes by which the target is indexed, in the order of its dimensions, if each stands in one dimension alone
     * and each dimension has at most one; null otherwise.
     */
    static List<Axis> parallelAxes(Equation e) {
        List<Axis> axes = new ArrayList<>();
        for (Index i : e.indices()) {
            if (!i.isAffine()) return null;
            Axis found = null;
            for (Axis a : e.box()) {
                if (!i.mentions(a.name())) continue;
                if (found != null || axes.contains(a)) return null;
                found = a;
            }
            if (found != null) axes.add(found);
        }
        return axes;
    }

    Set<String> targets() {
        Set<String> names = new LinkedHashSet<>();
        for (Equation e : equations) names.add(e.target());
        return names;
    }

    Set<String> reads() {
        Set<String> names = new LinkedHashSet<>();
        for (Equation e : equations) names.addAll(e.reads());
        return names;
    }

    List<Axis> folded(Equation e) {
        return e.box().stream().filter(a -> !parallel.contains(a)).toList();
    }

    /** Whether every equation computes one value a point of the nest. */
    boolean isElementwise() {
        return parallel != null && equations.stream().allMatch(e -> e.box().size() == parallel.size());
    }

    Group with(Equation e) {
        List<Equation> more = new ArrayList<>(equations);
        more.add(e);
        return new Group(serial, pauses, parallel, more);
    }

    /** Whether the position of a maximum is kept, so that the order of the loops matters. */
    static boolean keepsPosition(Equation e) {
        return e.fold() == Fold.ARGMAX;
    }
}
