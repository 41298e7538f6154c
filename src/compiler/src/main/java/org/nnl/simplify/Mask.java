package org.nnl.simplify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.equations.Tensor;

/**
 * A sum that reaches one element of a row, seen from the elements: {@code y[b, e(b)] += f(b)} is
 * {@code select(i == e(b), f(b), 0)} at y[b,i].
 */
final class Mask {
    private static final int LONGEST = 12;

    private Mask() {}

    /** Whether the equation is of this kind, with an f that may be computed for every element. */
    static boolean is(Equation e, Tensor t) {
        if (e.fold() != Fold.SUM || e.body().nodes() > LONGEST || HoistInvariant.isTranscendental(e.body())) return false;
        Set<String> bare = new HashSet<>();
        boolean scattered = false;
        for (int d = 0; d < t.rank(); d++) {
            Index i = e.indices().get(d);
            if (i.bareAxis() == null) {
                if (i.isAffine()) return false;
                scattered = true;
            } else if (!bare.add(i.bareAxis()) || !e.axis(i.bareAxis()).size().equals(t.shape().get(d))) {
                return false;
            }
        }
        return scattered && bare.size() == e.box().size();
    }

    /** The value of the element at the given indices, inside the target, as far as it comes from the equation. */
    static Expr at(List<Index> indices, Equation e) {
        Map<String, Index> names = new HashMap<>();
        for (int d = 0; d < indices.size(); d++) {
            String axis = e.indices().get(d).bareAxis();
            if (axis != null) names.put(axis, indices.get(d));
        }
        Expr condition = null;
        for (int d = 0; d < indices.size(); d++) {
            Index i = e.indices().get(d);
            if (i.bareAxis() != null) continue;
            Expr c = Expr.apply(Op.EQ, OneHot.value(indices.get(d)), OneHot.value(i.substitute(names::get)));
            condition = condition == null ? c : Expr.apply(Op.AND, condition, c);
        }
        return Expr.apply(Op.SELECT, condition, e.body().substitute(names::get), Expr.ZERO);
    }
}
