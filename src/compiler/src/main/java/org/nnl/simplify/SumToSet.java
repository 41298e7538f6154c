package org.nnl.simplify;

import java.util.BitSet;
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

    /** Whether the writers share out one dimension among themselves, {@code y[0]…} or {@code y[i+n]…}, and have all of the others. */
    private static boolean slices(Tensor t, Draft g) {
        for (int d = 0; d < t.rank(); d++) {
            if (t.shape().get(d).isBatch()) continue;
            BitSet written = new BitSet();
            boolean all = true;
            for (int w : g.writers(t.name())) all = all && slice(g.equation(w), t, d, written);
            if (all && written.cardinality() == t.shape().get(d).at(0)) return true;
        }
        return false;
    }

    private static boolean slice(Equation e, Tensor t, int shared, BitSet written) {
        if (e.fold() != Fold.SUM) return false;
        Set<String> axes = new HashSet<>();
        for (int d = 0; d < t.rank(); d++) {
            Index i = e.indices().get(d);
            if (d != shared) {
                String axis = i.bareAxis();
                if (axis == null || !axes.add(axis) || !e.axis(axis).size().equals(t.shape().get(d))) return false;
                continue;
            }
            int from = i.constant(), count = 1;
            if (!i.isConstant()) {
                String axis = i.plus(-from).bareAxis();
                if (axis == null || !axes.add(axis) || e.axis(axis).size().isBatch()) return false;
                count = e.axis(axis).size().at(0);
            }
            if (from < 0 || from + count > t.shape().get(d).at(0)) return false;
            if (!written.get(from, from + count).isEmpty()) return false;
            written.set(from, from + count);
        }
        return axes.size() == e.box().size();
    }
}
