package org.nnl.simplify;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nnl.equations.Equation;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Tensor;

/**
 * Where only one value arrives at every element there is nothing to add: {@code y[i…] += body}, the only equation that
 * writes y, with one point for every element, is {@code y[i…] = body}; so are {@code y[0,i…] += …}, {@code y[1,i…] += …}
 * that between them write every slice once.
 */
final class SumToSet implements Rule {
    @Override
    public String name() {
        return "sum of one";
    }

    @Override
    public void apply(Draft g) {
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            if (e.fold() != Fold.SUM) continue;
            Tensor t = g.tensor(e.target());
            boolean once = g.writers(t.name()).size() == 1 ? Axes.coversOnce(e, t) : slices(t, g);
            if (!once) continue;
            for (int w : List.copyOf(g.writers(t.name()))) {
                Equation s = g.equation(w);
                g.replace(
                        w,
                        Equation.of(s.target(), s.indices(), Fold.SET, s.box(), s.body(), s.origin().rewritten(name())));
            }
        }
    }

    /** Whether the writers have the values 0, 1, … n-1, each once, in one dimension, and all of the others. */
    private static boolean slices(Tensor t, Draft g) {
        for (int d = 0; d < t.rank(); d++) {
            if (t.shape().get(d).isBatch() || t.shape().get(d).at(0) != g.writers(t.name()).size()) continue;
            Set<Integer> seen = new HashSet<>();
            boolean all = true;
            for (int w : g.writers(t.name())) all &= slice(g.equation(w), t, d, seen);
            if (all) return true;
        }
        return false;
    }

    private static boolean slice(Equation e, Tensor t, int fixed, Set<Integer> seen) {
        Index at = e.indices().get(fixed);
        if (e.fold() != Fold.SUM || !at.isConstant() || at.constant() < 0) return false;
        if (at.constant() >= t.shape().get(fixed).at(0) || !seen.add(at.constant())) return false;
        Set<String> axes = new HashSet<>();
        for (int d = 0; d < t.rank(); d++) {
            if (d == fixed) continue;
            String axis = e.indices().get(d).bareAxis();
            if (axis == null || !axes.add(axis) || !e.axis(axis).size().equals(t.shape().get(d))) return false;
        }
        return axes.size() == e.box().size();
    }
}
