package org.nnl.simplify;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;

/** Which axes an expression varies with, how many points a box has, and what values an index map can take. */
final class Axes {
    /** What is taken for the number of examples where work is compared. */
    static final int TYPICAL_BATCH = 32;

    private Axes() {}

    /** The axes an expression mentions, in order of appearance. */
    static Set<String> of(Expr e) {
        Set<String> axes = new LinkedHashSet<>();
        for (Index i : e.indices()) collect(i, axes);
        return axes;
    }

    static Set<String> of(Collection<Index> indices) {
        Set<String> axes = new LinkedHashSet<>();
        for (Index i : indices) collect(i, axes);
        return axes;
    }

    private static void collect(Index i, Set<String> axes) {
        for (Index.Term t : i.terms()) {
            if (t.atom() instanceof Index.AxisAtom a) axes.add(a.axis());
            else for (Index j : ((Index.Lookup) t.atom()).indices()) collect(j, axes);
        }
    }

    static double points(Collection<Axis> box) {
        double n = 1;
        for (Axis a : box) n *= a.size().at(TYPICAL_BATCH);
        return n;
    }

    static double elements(Tensor t) {
        double n = 1;
        for (Size s : t.shape()) n *= s.at(TYPICAL_BATCH);
        return n;
    }

    /** The axes of the box that take part in no target index. */
    static List<Axis> folded(Equation e) {
        return e.box().stream().filter(a -> e.isFolded(a.name())).toList();
    }

    /**
     * Whether the equation sends exactly one value to every element of its target: the indices are distinct bare axes
     * of the target's sizes (0 where the size is 1), and the box has no other axes.
     */
    static boolean coversOnce(Equation e, Tensor target) {
        Set<String> seen = new LinkedHashSet<>();
        for (int d = 0; d < target.rank(); d++) {
            Index i = e.indices().get(d);
            String name = i.bareAxis();
            if (name == null) {
                if (i.equals(Index.of(0)) && target.shape().get(d).equals(Size.of(1))) continue;
                return false;
            }
            if (!seen.add(name) || !e.axis(name).size().equals(target.shape().get(d))) return false;
        }
        return seen.size() == e.box().size();
    }

    /** Whether the place within a row is looked up, so that elements are sent one by one and not in lanes. */
    static boolean sendsWithinRows(Equation e) {
        return !e.indices().isEmpty() && !e.indices().get(e.indices().size() - 1).isAffine();
    }

    /** Whether an index surely stays within 0 up to {@code size} for all points of the box. */
    static boolean inside(Index i, Size size, List<Axis> box, Function<String, Tensor> tensors) {
        if (size.isBatch()) {
            String bare = i.bareAxis();
            return bare != null && sizeOf(bare, box) != null && sizeOf(bare, box).isBatch();
        }
        long[] range = range(i, box, tensors);
        return range != null && range[0] >= 0 && range[1] < size.at(0);
    }

    static boolean inside(List<Index> indices, Tensor t, List<Axis> box, Function<String, Tensor> tensors) {
        for (int d = 0; d < indices.size(); d++)
            if (!inside(indices.get(d), t.shape().get(d), box, tensors)) return false;
        return true;
    }

    /** Least and greatest value of an index over the box; null if there is no bound. */
    static long[] range(Index i, List<Axis> box, Function<String, Tensor> tensors) {
        long low = i.constant(), high = i.constant();
        for (Index.Term t : i.terms()) {
            long first, last;
            if (t.atom() instanceof Index.AxisAtom a) {
                Size s = sizeOf(a.axis(), box);
                if (s == null || s.isBatch()) return null;
                first = 0;
                last = s.at(0) - 1;
            } else {
                Tensor k = tensors.apply(((Index.Lookup) t.atom()).tensor());
                if (k == null || k.classes() <= 0) return null;
                first = 0;
                last = k.classes() - 1;
                if (!inside(((Index.Lookup) t.atom()).indices(), k, box, tensors)) {
                    first = Math.min(first, (long) Math.floor(k.boundary()));
                    last = Math.max(last, (long) Math.ceil(k.boundary()));
                }
            }
            long c = t.coefficient();
            low += Math.min(c * first, c * last);
            high += Math.max(c * first, c * last);
        }
        return new long[] {low, high};
    }

    private static Size sizeOf(String axis, List<Axis> box) {
        for (Axis a : box) if (a.name().equals(axis)) return a.size();
        return null;
    }

    /** The axes of the box with those names, in the order of the box. */
    static List<Axis> restrict(List<Axis> box, Set<String> names) {
        List<Axis> kept = new ArrayList<>();
        for (Axis a : box) if (names.contains(a.name())) kept.add(a);
        return kept;
    }
}
