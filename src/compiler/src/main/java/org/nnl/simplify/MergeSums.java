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
 * Sums over no axis into the whole of one tensor, {@code y[i…] += f(i…)} and {@code y[k…] += g(k…)}, are one:
 * {@code y[i…] += f(i…) + g(i…)}. Beside such an equation, scattering one value a row,
 * {@code y[b, e(b)] += h(b)}, joins it as {@code y[b,i] += select(i == e(b), h(b), 0)}: the elements are visited anyway.
 */
final class MergeSums implements Rule {
    private static final int LONGEST = 120;

    @Override
    public String name() {
        return "merged";
    }

    @Override
    public void apply(Draft g) {
        Set<String> done = new HashSet<>();
        for (int k : g.numbers()) {
            if (g.equation(k) == null || !done.add(g.equation(k).target())) continue;
            String target = g.equation(k).target();
            if (g.writers(target).size() > 1) merge(g, target);
        }
    }

    private void merge(Draft g, String target) {
        Tensor t = g.tensor(target);
        int into = -1;
        for (int k : List.copyOf(g.writers(target))) {
            Equation e = g.equation(k);
            if (e.fold() != Fold.SUM || !Axes.coversOnce(e, t)) continue;
            if (into < 0) {
                into = k;
                continue;
            }
            Map<String, Index> names = new HashMap<>();
            Equation first = g.equation(into);
            for (int d = 0; d < t.rank(); d++) {
                String axis = e.indices().get(d).bareAxis();
                if (axis != null) names.put(axis, first.indices().get(d));
            }
            into = join(g, into, k, e.body().substitute(names::get));
        }
        if (into < 0) return;
        for (int k : List.copyOf(g.writers(target))) {
            if (k == into) continue;
            Expr spread = spread(g.equation(k), g.equation(into), t, g);
            if (spread != null) into = join(g, into, k, spread);
        }
    }

    private int join(Draft g, int into, int k, Expr body) {
        Equation first = g.equation(into);
        if (first.body().nodes() + body.nodes() > LONGEST) return into;
        g.remove(k);
        g.replace(into, first.withBody(Algebra.simplify(first.body().plus(body))).withOrigin(first.origin().rewritten(name())));
        return into;
    }

    /** The body of a scattering equation as a masked sum over the whole target; null if it is none. */
    private static Expr spread(Equation e, Equation whole, Tensor t, Draft g) {
        if (e.fold() != Fold.SUM || e.body().nodes() > 9 || HoistInvariant.isTranscendental(e.body())) return null;
        Map<String, Index> names = new HashMap<>();
        Expr condition = null;
        for (int d = 0; d < t.rank(); d++) {
            String axis = e.indices().get(d).bareAxis();
            if (axis == null || names.containsKey(axis) || !e.axis(axis).size().equals(t.shape().get(d))) continue;
            names.put(axis, whole.indices().get(d));
        }
        if (names.size() != e.box().size()) return null;
        Set<String> used = new HashSet<>();
        for (int d = 0; d < t.rank(); d++) {
            Index i = e.indices().get(d);
            if (i.bareAxis() != null && used.add(i.bareAxis())) continue;
            if (i.isAffine()) return null;
            Expr c = Expr.apply(Op.EQ, Expr.index(whole.indices().get(d)), OneHot.value(i.substitute(names::get)));
            condition = condition == null ? c : Expr.apply(Op.AND, condition, c);
        }
        return condition == null
                ? null
                : Expr.apply(Op.SELECT, condition, e.body().substitute(names::get), Expr.ZERO);
    }
}
