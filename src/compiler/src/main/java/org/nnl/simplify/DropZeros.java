package org.nnl.simplify;

import java.util.ArrayList;
import java.util.List;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Tensor;

/**
 * {@code y[ψ] += 0} contributes nothing and goes; if it is all that is written to y, it becomes {@code y[i…] = 0}, which
 * the readers of y then take up as a constant.
 */
final class DropZeros implements Rule {
    @Override
    public String name() {
        return "zero";
    }

    @Override
    public void apply(Draft g) {
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            if (e.fold() != Fold.SUM || !e.body().isConst(0)) continue;
            if (g.onlyWriter(e.target()) != k) {
                g.remove(k);
                continue;
            }
            Tensor t = g.tensor(e.target());
            List<Axis> box = new ArrayList<>();
            List<Index> indices = new ArrayList<>();
            for (int d = 0; d < t.rank(); d++) {
                String axis = t.shape().get(d).isBatch() ? "b" : "i" + d;
                box.add(new Axis(axis, t.shape().get(d)));
                indices.add(Index.axis(axis));
            }
            g.replace(
                    k, Equation.of(e.target(), indices, Fold.SET, box, Expr.ZERO, e.origin().rewritten(name())));
        }
    }
}
