package org.nnl.simplify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Op;

/**
 * What does not vary with all axes of the box is computed once, in a tensor of its own:
 * <ul>
 *   <li>a costly subexpression that varies with fewer axes: {@code W'[i] = …1 - beta^step[]…};
 *   <li>in a sum, the factors that vary with the same axes:
 *       {@code d_W[i,j] += d_y[b,i]*(1 - y[b,i]*y[b,i])*x[b,j]} becomes {@code g[b,i] = d_y[b,i]*(1 - y[b,i]*y[b,i])}
 *       and the product of two tensors {@code d_W[i,j] += g[b,i]*x[b,j]}.
 * </ul>
 */
final class HoistInvariant implements Rule {
    @Override
    public String name() {
        return "hoisted";
    }

    @Override
    public void apply(Draft g) {
        for (int k : g.numbers()) {
            subexpressions(g, k);
            if (g.equation(k).fold() == Fold.SUM) factors(g, k);
        }
    }

    static boolean isCostly(Expr e) {
        if (e instanceof Expr.Apply a && (Algebra.isCostly(a.op()) || a.op() == Op.DIV)) return true;
        return e.children().stream().anyMatch(HoistInvariant::isCostly);
    }

    static boolean isTranscendental(Expr e) {
        if (e instanceof Expr.Apply a && Algebra.isCostly(a.op())) return true;
        return e.children().stream().anyMatch(HoistInvariant::isTranscendental);
    }

    private void subexpressions(Draft g, int k) {
        Set<Expr> found = new LinkedHashSet<>();
        Equation e = g.equation(k);
        collect(e.body(), e, found);
        for (Expr s : found) {
            Expr read = Extraction.read(g, k, s, nameOf(s, e), name());
            if (read == null) continue;
            Equation now = g.equation(k);
            Expr body = now.body().rewrite(x -> x.equals(s) ? read : x);
            g.replace(k, now.withBody(body).withOrigin(now.origin().rewritten(name())));
        }
    }

    /** The largest costly subexpressions that save at least every other computation. */
    private static void collect(Expr x, Equation e, Set<Expr> found) {
        if (!(x instanceof Expr.Apply a)) return;
        boolean fewer = Axes.points(Axes.restrict(e.box(), Axes.of(x))) * 2 <= Axes.points(e.box());
        if (fewer && isCostly(x)) found.add(x);
        else for (Expr c : a.arguments()) collect(c, e, found);
    }

    private void factors(Draft g, int k) {
        Equation e = g.equation(k);
        Product p = Product.of(e.body());
        if (Axes.folded(e).isEmpty() || p.factors().size() < 2) return;
        Map<Set<String>, List<Product.Factor>> groups = new LinkedHashMap<>();
        for (Product.Factor f : p.factors())
            groups.computeIfAbsent(Axes.of(f.base()), n -> new ArrayList<>()).add(f);
        if (groups.size() < 2) return;
        absorbSmaller(groups, e);
        List<Product.Factor> rest = new ArrayList<>();
        boolean changed = false;
        for (Map.Entry<Set<String>, List<Product.Factor>> group : groups.entrySet()) {
            Expr product = new Product(1, 1, group.getValue()).build();
            boolean fewer = Axes.points(Axes.restrict(e.box(), group.getKey())) * 2 <= Axes.points(e.box());
            Expr read = product instanceof Expr.Apply && !Inline.isFree(product) && fewer
                    ? Extraction.read(g, k, product, e.target() + ".factor", name())
                    : null;
            if (read == null) rest.addAll(group.getValue());
            else rest.add(new Product.Factor(read, 1));
            changed |= read != null;
        }
        if (!changed) return;
        Expr body = new Product(p.over(), p.under(), rest).build();
        g.replace(k, e.withBody(body).withOrigin(e.origin().rewritten(name())));
    }

    /** Factors that vary with some of another group's axes join that group, unless it spans the box. */
    private static void absorbSmaller(Map<Set<String>, List<Product.Factor>> groups, Equation e) {
        for (Set<String> small : List.copyOf(groups.keySet())) {
            Set<String> best = null;
            for (Set<String> large : groups.keySet()) {
                if (large.equals(small) || !large.containsAll(small) || large.size() >= e.box().size()) continue;
                if (best == null || large.size() < best.size()) best = large;
            }
            if (best != null) groups.get(best).addAll(groups.remove(small));
        }
    }

    /** A name for what is made a tensor: what it is done to, and its outermost costly operation: {@code beta1.power}. */
    static String nameOf(Expr s, Equation e) {
        String word = word(s);
        String first = s.reads().stream().findFirst().map(Expr.Read::tensor).orElse(e.target());
        return (word.equals("part") ? e.target() : first) + "." + word;
    }

    private static String word(Expr e) {
        if (e instanceof Expr.Apply a && (Algebra.isCostly(a.op()) || a.op() == Op.SELECT))
            return a.op() == Op.POW ? "power" : a.op().symbol();
        for (Expr c : e.children()) if (!word(c).equals("part")) return word(c);
        return "part";
    }
}
