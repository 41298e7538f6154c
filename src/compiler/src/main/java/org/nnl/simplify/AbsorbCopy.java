package org.nnl.simplify;

import java.util.List;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Tensor;

/**
 * {@code z[i…] = y[i…]} or {@code z[i…] += y[i…]}, where y is an inner tensor of z's shape:
 * <ul>
 *   <li>if this is all that is written to z, the two are one tensor, named z;
 *   <li>if y is a sum read here alone, its equations add to z themselves.
 * </ul>
 */
final class AbsorbCopy implements Rule {
    @Override
    public String name() {
        return "copy";
    }

    @Override
    public void apply(Draft g) {
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            if (e == null || !(e.body() instanceof Expr.Read r)) continue;
            Tensor z = g.tensor(e.target()), y = g.tensor(r.tensor());
            if (z.equals(y) || !g.isInner(y.name()) || z.role() != Tensor.Role.VALUE) continue;
            if (!z.shape().equals(y.shape()) || z.classes() != y.classes()) continue;
            if (!r.indices().equals(e.indices()) || !Axes.coversOnce(e, z)) continue;
            boolean only = g.onlyWriter(z.name()) == k && (e.fold() == Fold.SET || e.fold() == Fold.SUM);
            boolean sum = e.fold() == Fold.SUM
                    && g.readers(y.name()).size() == 1
                    && g.writers(y.name()).stream().allMatch(w -> addsUp(g.equation(w), y));
            if (only && z.boundary() == y.boundary()) rename(g, y.name(), z.name(), k);
            else if (sum) retarget(g, y.name(), z.name(), k);
        }
    }

    private static boolean addsUp(Equation e, Tensor y) {
        return e.fold() == Fold.SUM || e.fold() == Fold.SET && Axes.coversOnce(e, y);
    }

    private void rename(Draft g, String y, String z, int copy) {
        g.remove(copy);
        for (int w : List.copyOf(g.writers(y)))
            g.replace(w, g.equation(w).withTarget(z).withOrigin(g.equation(w).origin().rewritten(name())));
        for (int r : List.copyOf(g.readers(y))) g.replace(r, Substitution.rename(g.equation(r), y, z));
    }

    private void retarget(Draft g, String y, String z, int copy) {
        g.remove(copy);
        for (int w : List.copyOf(g.writers(y))) {
            Equation e = g.equation(w);
            List<Index> indices = e.indices();
            g.replace(w, Equation.of(z, indices, Fold.SUM, e.box(), e.body(), e.origin().rewritten(name())));
        }
    }
}
