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
 *       and the product of two tensors {@code d_W[i,j] += g[b,i]*x[b,j]};
 *   <li>a divisor that many elements share, with the factors that vary as it does: {@code x[b,i]/s[b]} becomes
 *       {@code x[b,i]*r[b]} with {@code r[b] = 1/s[b]}, one rounding more and a division less for every element.
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
            divisors(g, k);
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

    private void divisors(Draft g, int k) {
        Equation e = g.equation(k);
        if (e.box().isEmpty()) return;
        Expr body = withInverses(e.body(), g, k);
        if (!body.equals(e.body())) g.replace(k, e.withBody(body).withOrigin(e.origin().rewritten(name())));
    }

    private Expr withInverses(Expr x, Draft g, int k) {
        if (!(x instanceof Expr.Apply)) return x;
        if (!Product.isProduct(x)) {
            List<Expr> children = new ArrayList<>();
            for (Expr c : x.children()) children.add(withInverses(c, g, k));
            return x.withChildren(children);
        }
        Equation e = g.equation(k);
        Product p = Product.of(x);
        Map<Set<String>, List<Product.Factor>> groups = new LinkedHashMap<>();
        for (Product.Factor f : p.factors())
            groups.computeIfAbsent(Axes.of(f.base()), n -> new ArrayList<>()).add(f);
        List<Product.Factor> factors = new ArrayList<>(p.factors());
        boolean changed = false;
        for (Map.Entry<Set<String>, List<Product.Factor>> group : groups.entrySet()) {
            List<Product.Factor> same = group.getValue();
            boolean shared = Axes.points(Axes.restrict(e.box(), group.getKey())) * 4 <= Axes.points(e.box());
            if (!shared || same.size() == factors.size() || same.stream().allMatch(f -> f.exponent() > 0)) continue;
            Expr quotient = new Product(1, 1, same).build();
            boolean one = same.size() == 1 && same.get(0).base() instanceof Expr.Read;
            String word = one ? ((Expr.Read) same.get(0).base()).tensor() + ".inverse" : nameOf(same.get(0).base(), e);
            Expr read = Extraction.read(g, k, quotient, word, name());
            if (read == null) continue;
            int at = factors.indexOf(same.get(0));
            factors.set(at, new Product.Factor(read, 1));
            same.stream().skip(1).forEach(factors::remove);
            changed = true;
        }
        List<Product.Factor> inner = new ArrayList<>();
        for (Product.Factor f : factors) {
            Expr base = withInverses(f.base(), g, k);
            changed |= !base.equals(f.base());
            inner.add(new Product.Factor(base, f.exponent()));
        }
        return changed ? new Product(p.over(), p.under(), inner).build() : x;
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
        return first + "." + word;
    }

    private static String word(Expr e) {
        if (e instanceof Expr.Apply a && (Algebra.isCostly(a.op()) || a.op() == Op.SELECT))
            return a.op() == Op.POW ? "power" : a.op().symbol();
        for (Expr c : e.children()) if (!word(c).equals("part")) return word(c);
        return "part";
    }
}
