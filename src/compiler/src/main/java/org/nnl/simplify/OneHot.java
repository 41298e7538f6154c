package org.nnl.simplify;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.equations.Size;

/**
 * A sum with a mask that only one value of an axis passes needs no such axis:
 * {@code y[ψ] += f*select(j == e, a, 0)  for …, j < n}, e free of j, is {@code y[ψ] += f*a} with e put for j in ψ, f
 * and a. So {@code W[i,j]*select(j == x[b], 1, 0)} becomes a row look-up {@code W[i,x[b]]}, and the gradient
 * {@code d_W[i,j] += …} a row accumulation {@code d_W[i,x[b]] += …}. If e may lie outside 0 up to n, a condition says so.
 */
final class OneHot implements Rule {
    @Override
    public String name() {
        return "one-hot";
    }

    @Override
    public void apply(Draft g) {
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            for (Equation next = step(e, g); next != null; next = step(e, g)) e = next;
            if (e != g.equation(k)) g.replace(k, e.withOrigin(e.origin().rewritten(name())));
        }
    }

    private static Equation step(Equation e, Draft g) {
        if (e.fold() != Fold.SUM) return null;
        Product p = Product.of(e.body());
        for (int f = 0; f < p.factors().size(); f++) {
            Product.Factor factor = p.factors().get(f);
            if (factor.exponent() != 1 || !Sum.isMasked(factor.base())) continue;
            List<Expr> conditions = new ArrayList<>();
            conjuncts(factor.base().children().get(0), conditions);
            for (int c = 0; c < conditions.size(); c++) {
                for (Axis j : e.box()) {
                    Index solution = solve(conditions.get(c), j.name(), g);
                    if (solution == null || e.box().size() > 0 && j.size().isBatch() && !isBatchAxis(solution, e)) continue;
                    List<Expr> others = new ArrayList<>(conditions);
                    others.remove(c);
                    Expr value = factor.base().children().get(1);
                    List<Product.Factor> factors = new ArrayList<>(p.factors());
                    factors.set(f, new Product.Factor(value, 1));
                    Expr body = new Product(p.over(), p.under(), factors).build();
                    List<Axis> box = new ArrayList<>(e.box());
                    box.remove(j);
                    guard(solution, j.size(), box, g, others);
                    for (Expr o : others) body = Expr.apply(Op.SELECT, o, body, Expr.ZERO);
                    Function<String, Index> put = axis -> axis.equals(j.name()) ? solution : null;
                    return e.with(
                            e.indices().stream().map(i -> i.substitute(put)).toList(),
                            box,
                            Algebra.simplify(body.substitute(put)));
                }
            }
        }
        return null;
    }

    private static boolean isBatchAxis(Index i, Equation e) {
        return i.bareAxis() != null && e.axis(i.bareAxis()).size().isBatch();
    }

    private static void conjuncts(Expr e, List<Expr> all) {
        if (e instanceof Expr.Apply a && a.op() == Op.AND) a.arguments().forEach(c -> conjuncts(c, all));
        else all.add(e);
    }

    /** e with {@code j = e} from an equality of index values that mentions j once, with coefficient ±1; or null. */
    private static Index solve(Expr condition, String j, Draft g) {
        if (!(condition instanceof Expr.Apply a) || a.op() != Op.EQ) return null;
        Index l = index(a.arguments().get(0), g), r = index(a.arguments().get(1), g);
        if (l == null || r == null) return null;
        Index zero = l.plus(r.times(-1));
        int c = zero.coefficient(j);
        if (Math.abs(c) != 1) return null;
        Index rest = zero.plus(Index.axis(j).times(-c));
        return rest.mentions(j) ? null : rest.times(-c);
    }

    private static Index index(Expr e, Draft g) {
        if (e instanceof Expr.IndexValue v) return v.index();
        if (e instanceof Expr.Const c && c.value() == Math.rint(c.value()) && Math.abs(c.value()) < 1e6)
            return Index.of((int) c.value());
        if (e instanceof Expr.Read r && g.tensor(r.tensor()).isInteger()) return Index.lookup(r.tensor(), r.indices());
        return null;
    }

    /** An index as a number; an integer tensor's element as the plain read. */
    static Expr value(Index i) {
        if (i.constant() == 0
                && i.terms().size() == 1
                && i.terms().get(0).coefficient() == 1
                && i.terms().get(0).atom() instanceof Index.Lookup l) return Expr.read(l.tensor(), l.indices());
        return Expr.index(i);
    }

    private static void guard(Index i, Size size, List<Axis> box, Draft g, List<Expr> conditions) {
        if (Axes.inside(i, size, box, g::tensor)) return;
        long[] range = Axes.range(i, box, g::tensor);
        if (range == null || range[0] < 0) conditions.add(Expr.apply(Op.GE, value(i), Expr.ZERO));
        if (range == null || range[1] >= size.at(0))
            conditions.add(Expr.apply(Op.LT, value(i), Expr.of(size.at(0))));
    }
}
