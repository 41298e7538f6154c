package org.nnl.simplify;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Op;
import org.nnl.equations.Tensor;

/**
 * Whether an argument is above a threshold is seen from its value: with {@code h[b,i] = select(x[b,i] > 0, x[b,i], 0)},
 * {@code select(x[φ] > 0, d[φ], 0)}, the gradient's mask, becomes {@code select(h[φ] > 0, d[φ], 0)}. Where everybody but
 * h asks x for nothing else, so that x need not be kept. The same of {@code max(x, c)} and {@code select(x > c, x, c)},
 * and of {@code select(x > 0, x, k*x)} with k ≥ 0. No number compares as above: not x, and not what comes of it. With an
 * expression in place of x, whoever asks whether it is above the threshold need not compute it again.
 */
final class ThresholdOfValue implements Rule {
    @Override
    public String name() {
        return "threshold";
    }

    @Override
    public void apply(Draft g) {
        tensors(g);
        expressions(g);
    }

    private void expressions(Draft g) {
        KnownValues known = new KnownValues(g);
        for (int k : g.numbers()) {
            Expr.Apply threshold = threshold(g.equation(k).body());
            if (threshold != null && threshold.arguments().get(0) instanceof Expr.Apply) known.add(k, threshold);
        }
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            Expr body = e.body().rewrite(y -> {
                Expr value = isThreshold(y) ? known.read(y, k) : null;
                return value == null ? y : new Expr.Apply(Op.GT, List.of(value, ((Expr.Apply) y).arguments().get(1)));
            });
            if (!body.equals(e.body())) g.replace(k, e.withBody(body).withOrigin(e.origin().rewritten(name())));
        }
    }

    private void tensors(Draft g) {
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            if (e.fold() != Fold.SET || g.onlyWriter(e.target()) != k) continue;
            Expr.Apply threshold = threshold(e.body());
            if (threshold == null || !(threshold.arguments().get(0) instanceof Expr.Read x)) continue;
            double c = ((Expr.Const) threshold.arguments().get(1)).value();
            Tensor argument = g.tensor(x.tensor()), value = g.tensor(e.target());
            boolean same = argument.shape().equals(value.shape()) && x.indices().equals(e.indices())
                    && Axes.coversOnce(e, value) && argument.boundary() > c == value.boundary() > c;
            if (!same || !g.isInner(x.tensor())) continue;
            Set<Integer> others = new HashSet<>(g.readers(x.tensor()));
            others.remove(k);
            if (others.isEmpty() || !others.stream().allMatch(r -> asksOnly(g.equation(r), x.tensor(), c))) continue;
            for (int r : List.copyOf(others)) {
                Equation reader = Substitution.rename(g.equation(r), x.tensor(), e.target());
                g.replace(r, reader.withOrigin(reader.origin().rewritten(name())));
            }
        }
    }

    /** The {@code x > c} of a body that is above c where x is; null if it is no such body. */
    private static Expr.Apply threshold(Expr body) {
        if (!(body instanceof Expr.Apply a)) return null;
        if (a.op() == Op.MAX) {
            for (int k = 0; k < 2; k++)
                if (!(a.arguments().get(k) instanceof Expr.Const) && a.arguments().get(1 - k) instanceof Expr.Const c)
                    return new Expr.Apply(Op.GT, List.of(a.arguments().get(k), c));
            return null;
        }
        if (a.op() != Op.SELECT || !(a.arguments().get(0) instanceof Expr.Apply condition) || !isThreshold(condition)) return null;
        Expr x = condition.arguments().get(0), c = condition.arguments().get(1), otherwise = a.arguments().get(2);
        boolean below = otherwise.equals(c) || c.isConst(0) && isMultiple(otherwise, x);
        return a.arguments().get(1).equals(x) && below ? condition : null;
    }

    private static boolean isThreshold(Expr e) {
        return e instanceof Expr.Apply a && a.op() == Op.GT
                && !(a.arguments().get(0) instanceof Expr.Const) && a.arguments().get(1) instanceof Expr.Const;
    }

    /** Whether the expression is {@code k*x} with a k that is not negative. */
    private static boolean isMultiple(Expr e, Expr x) {
        if (!(e instanceof Expr.Apply a) || a.op() != Op.MUL) return false;
        for (int k = 0; k < 2; k++)
            if (a.arguments().get(k).equals(x) && a.arguments().get(1 - k) instanceof Expr.Const factor) return factor.value() >= 0;
        return false;
    }

    /** Whether an equation mentions the tensor in {@code x > c} alone. */
    private static boolean asksOnly(Equation e, String x, double c) {
        List<Expr> reads = new ArrayList<>(), thresholds = new ArrayList<>();
        e.body().visit(y -> {
            if (y instanceof Expr.Read r && r.tensor().equals(x)) reads.add(r);
            if (isThreshold(y)) {
                Expr.Apply a = (Expr.Apply) y;
                if (a.arguments().get(0) instanceof Expr.Read r && r.tensor().equals(x) && a.arguments().get(1).isConst(c)) thresholds.add(a);
            }
        });
        return !reads.isEmpty() && reads.size() == thresholds.size();
    }
}
