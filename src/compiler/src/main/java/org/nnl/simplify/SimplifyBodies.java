package org.nnl.simplify;

import java.util.List;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;
import org.nnl.equations.Op;

/**
 * {@link Algebra} for every body, and two rules that need the box: a comparison of index values that has the same
 * outcome at all points is that outcome; {@code stop(x) = x} once no derivative is to be taken any more.
 */
final class SimplifyBodies implements Rule {
    @Override
    public String name() {
        return "algebra";
    }

    @Override
    public void apply(Draft g) {
        for (int k : g.numbers()) {
            if (!g.isNew(k)) continue;
            Equation e = g.equation(k);
            Expr body = Algebra.simplify(e.body().rewrite(x -> decide(x, e.box(), g)));
            if (!body.equals(e.body())) g.replace(k, e.withBody(body).withOrigin(e.origin().rewritten(name())));
        }
    }

    private static Expr decide(Expr x, List<Axis> box, Draft g) {
        if (!(x instanceof Expr.Apply a)) return x;
        if (a.op() == Op.STOP && !g.keepsStops()) return a.arguments().get(0);
        switch (a.op()) {
            case LT, LE, GT, GE, EQ, NE -> {}
            default -> {
                return x;
            }
        }
        Index l = index(a.arguments().get(0)), r = index(a.arguments().get(1));
        if (l == null || r == null) return x;
        long[] d = Axes.range(l.plus(r.times(-1)), box, g::tensor);
        if (d == null) return x;
        // d runs through some of the integers in its range: the outcome is certain where both ends and 0 agree
        double low = a.op().apply(d[0], 0), high = a.op().apply(d[1], 0);
        boolean zeroBetween = d[0] < 0 && d[1] > 0;
        boolean certain = low == high && (!zeroBetween || a.op().apply(0, 0) == low);
        return certain ? Expr.of(low) : x;
    }

    private static Index index(Expr e) {
        if (e instanceof Expr.IndexValue v) return v.index();
        if (e instanceof Expr.Const c && c.value() == Math.rint(c.value()) && Math.abs(c.value()) < 1e6)
            return Index.of((int) c.value());
        return null;
    }
}
