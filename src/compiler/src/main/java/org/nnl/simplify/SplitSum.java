package org.nnl.simplify;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;

/**
 * {@code y[i] += W[i,j]*x[j] + V[i,j]*z[j]} becomes an equation for every addend, so that each is a product of two
 * tensors: where the sum runs over axes and some addend is a product of factors that vary with different axes. Sums
 * of products over the same axes, such as a loss, stay one pass.
 */
final class SplitSum implements Rule {
    @Override
    public String name() {
        return "split";
    }

    @Override
    public void apply(Draft g) {
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            if (e.fold() != Fold.SUM || !Sum.isSum(e.body())) continue;
            Set<String> folded = new HashSet<>();
            Axes.folded(e).forEach(a -> folded.add(a.name()));
            List<Sum.Addend> addends = Sum.addends(e.body());
            if (addends.stream().noneMatch(a -> isContraction(a.term(), folded))) continue;
            for (Sum.Addend a : addends) {
                Expr body = Sum.scaled(a.term(), a.coefficient());
                g.addBefore(k, e.withBody(body).withOrigin(e.origin().rewritten(name())));
            }
            g.remove(k);
        }
    }

    /** Two factors share a folded axis, and each varies with an axis that the other does not know. */
    static boolean isContraction(Expr term, Set<String> folded) {
        List<Set<String>> axes = Product.of(term).factors().stream().map(f -> Axes.of(f.base())).toList();
        for (Set<String> a : axes)
            for (Set<String> b : axes)
                if (a != b && !a.containsAll(b) && !b.containsAll(a) && a.stream().anyMatch(x -> b.contains(x) && folded.contains(x)))
                    return true;
        return false;
    }
}
