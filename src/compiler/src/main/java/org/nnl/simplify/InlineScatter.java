package org.nnl.simplify;

import java.util.List;
import java.util.Set;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Tensor;

/**
 * A tensor that is 0 but for one element a row, {@code y[b, e(b)] += f(b)} and nothing else, need not exist: where it is
 * read stands the {@link Mask} {@code select(i == e(b), f(b), 0)}. In a sum of products {@link OneHot} turns it into a
 * look-up; so the gradient of {@code -log(p[b, y[b]])} through a softmax becomes {@code p[b,k] - select(k == y[b], 1, 0)}.
 */
final class InlineScatter implements Rule {
    @Override
    public String name() {
        return "mask";
    }

    @Override
    public void apply(Draft g) {
        Set<String> cycles = null;
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            if (e == null || !g.isInner(e.target()) || g.onlyWriter(e.target()) != k) continue;
            Tensor t = g.tensor(e.target());
            if (t.isInteger() || !Mask.is(e, t)) continue;
            if (!g.readers(t.name()).stream().allMatch(r -> suits(g.equation(r), t, g))) continue;
            if (cycles == null) cycles = Cycles.members(g);
            if (cycles.contains(t.name())) continue;
            for (int r : List.copyOf(g.readers(t.name()))) {
                Equation reader = g.equation(r);
                Expr body = reader.body().rewrite(
                        x -> x instanceof Expr.Read y && y.tensor().equals(t.name()) ? Mask.at(y.indices(), e) : x);
                g.replace(
                        r, reader.withBody(Algebra.simplify(body)).withOrigin(reader.origin().rewritten(name())));
            }
            g.remove(k);
        }
    }

    private static boolean suits(Equation reader, Tensor t, Draft g) {
        for (Expr.Read r : reader.body().reads())
            if (r.tensor().equals(t.name()) && !Axes.inside(r.indices(), t, reader.box(), g::tensor)) return false;
        if (Axes.points(reader.box()) <= Axes.elements(t)) return true;
        return reader.fold() == Fold.SUM
                && Product.of(reader.body()).factors().stream()
                        .anyMatch(f -> f.exponent() == 1
                                && f.base() instanceof Expr.Read r
                                && r.tensor().equals(t.name())
                                && reader.box().stream().anyMatch(a -> r.indices().stream().anyMatch(i -> i.isAxis(a.name()))));
    }
}
