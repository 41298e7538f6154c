package org.nnl.simplify;

import org.nnl.equations.Equation;
import org.nnl.equations.Fold;

/** {@code y[i…] += body}, the only equation that writes y, with one point for every element: {@code y[i…] = body}. */
final class SumToSet implements Rule {
    @Override
    public String name() {
        return "sum of one";
    }

    @Override
    public void apply(Draft g) {
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            if (e.fold() != Fold.SUM || g.onlyWriter(e.target()) != k) continue;
            if (!Axes.coversOnce(e, g.tensor(e.target()))) continue;
            g.replace(
                    k,
                    Equation.of(e.target(), e.indices(), Fold.SET, e.box(), e.body(), e.origin().rewritten(name())));
        }
    }
}
