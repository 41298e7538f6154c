package org.nnl.simplify;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Tensor;

/**
 * An inner tensor y that is only passed on need not exist:
 * <ul>
 *   <li>{@code z[i…] = y[i…]} or {@code z[i…] += y[i…]}, all that is written to z: the two are one tensor, named z;
 *   <li>{@code z[ψ(i…)] += y[i…]}, or {@code =} if that is all that is written to z, where y is a sum read nowhere else:
 *       its equations {@code y[χ] += f} add to z themselves, {@code z[ψ(χ)] += f}.
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
            if (z.classes() != y.classes() || e.fold() != Fold.SET && e.fold() != Fold.SUM) continue;
            boolean only = g.onlyWriter(z.name()) == k;
            boolean same = z.shape().equals(y.shape()) && r.indices().equals(e.indices()) && Axes.coversOnce(e, z);
            if (same && only && z.boundary() == y.boundary()) rename(g, y.name(), z.name(), k);
            else if ((only || e.fold() == Fold.SUM) && isPassedOn(e, r, y, g)) retarget(g, e, r, k);
        }
    }

    private void rename(Draft g, String y, String z, int copy) {
        g.remove(copy);
        for (int w : List.copyOf(g.writers(y)))
            g.replace(w, g.equation(w).withTarget(z).withOrigin(g.equation(w).origin().rewritten(name())));
        for (int r : List.copyOf(g.readers(y))) g.replace(r, Substitution.rename(g.equation(r), y, z));
    }

    /** Whether every element of y is read here, once, and nowhere else, and y is a sum whose parts may add elsewhere. */
    private static boolean isPassedOn(Equation e, Expr.Read r, Tensor y, Draft g) {
        Equation reading = Equation.of(y.name(), r.indices(), Fold.SET, e.box(), Expr.ZERO, e.origin());
        return !r.indices().isEmpty()
                && Axes.coversOnce(reading, y)
                && g.readers(y.name()).size() == 1
                && e.indices().stream().allMatch(i -> !Substitution.looksUp(i, y.name()))
                && g.writers(y.name()).stream().allMatch(w -> {
                    Equation part = g.equation(w);
                    boolean adds = part.fold() == Fold.SUM || part.fold() == Fold.SET && Axes.coversOnce(part, y);
                    // a sum is done before its results are scattered by look-ups: otherwise each summand would be; so is a choice
                    boolean scattered = !e.indices().stream().allMatch(Index::isAffine);
                    boolean sums = part.box().stream().anyMatch(a -> part.isFolded(a.name()));
                    boolean apart = scattered && sums || Axes.sendsWithinRows(e) && !Inline.isArithmetic(part.body());
                    return adds && !apart && Axes.inside(part.indices(), y, part.box(), g::tensor);
                });
    }

    private void retarget(Draft g, Equation e, Expr.Read r, int copy) {
        g.remove(copy);
        for (int w : List.copyOf(g.writers(r.tensor()))) {
            Equation part = g.equation(w);
            Map<String, Index> place = new HashMap<>();
            for (int d = 0; d < r.indices().size(); d++) {
                String axis = r.indices().get(d).bareAxis();
                if (axis != null) place.put(axis, part.indices().get(d));
            }
            List<Index> indices = e.indices().stream().map(i -> i.substitute(place::get)).toList();
            List<Axis> box = part.box();
            g.replace(
                    w, Equation.of(e.target(), indices, Fold.SUM, box, part.body(), part.origin().rewritten(name())));
        }
    }
}
