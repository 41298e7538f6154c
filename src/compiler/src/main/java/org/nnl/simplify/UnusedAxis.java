package org.nnl.simplify;

import java.util.ArrayList;
import java.util.List;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;

/**
 * {@code y[ψ] += f  for …, j < n} where neither f nor ψ mentions j is {@code y[ψ] += n*f}; for a maximum the axis just
 * goes.
 */
final class UnusedAxis implements Rule {
    @Override
    public String name() {
        return "unused axis";
    }

    @Override
    public void apply(Draft g) {
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            if (e.fold() != Fold.SUM && e.fold() != Fold.MAX) continue;
            List<Axis> box = new ArrayList<>();
            Expr body = e.body();
            for (Axis a : e.box()) {
                if (!e.isFolded(a.name()) || body.mentions(a.name()) || e.fold() == Fold.MAX && a.size().isBatch())
                    box.add(a);
                else if (e.fold() == Fold.SUM) body = body.times(Expr.extent(a.size()));
            }
            if (box.size() < e.box().size())
                g.replace(
                        k,
                        e.with(e.indices(), box, Algebra.simplify(body)).withOrigin(e.origin().rewritten(name())));
        }
    }
}
