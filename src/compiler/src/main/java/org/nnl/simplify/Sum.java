package org.nnl.simplify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Expr;
import org.nnl.equations.Op;

/**
 * Sums as {@code Σ coefficient · term}: equal terms meet ({@code 2*x + y + x = 3*x + y}, {@code x - x = 0}), constants
 * are added up, zeros vanish, signs move into {@code +} and {@code -}, a factor common to all addends is taken out
 * ({@code a*x + a*y = a*(x + y)}), and selects under one condition meet
 * ({@code select(c,x,0) + select(c,y,0) = select(c,x+y,0)}). The sum is rewritten only if it becomes shorter.
 */
final class Sum {
    /** One summand; the term of a constant is 1. */
    record Addend(double coefficient, Expr term) {}

    private Sum() {}

    static boolean isSum(Expr e) {
        return e instanceof Expr.Apply a && (a.op() == Op.ADD || a.op() == Op.SUB);
    }

    /** The addends of nested sums, differences and negated sums, in order of appearance; not collected. */
    static List<Addend> addends(Expr e) {
        List<Addend> all = new ArrayList<>();
        flatten(e, 1, all);
        return all;
    }

    static Expr simplify(Expr.Apply e) {
        List<Addend> collected = collect(addends(e));
        Expr best = build(collected);
        if (Algebra.weight(best) >= Algebra.weight(e)) best = e;
        Expr factored = commonFactor(collected);
        if (factored != null && Algebra.weight(factored) < Algebra.weight(best)) best = factored;
        Expr joined = joinSelects(best);
        return joined != null ? joined : best;
    }

    private static void flatten(Expr e, double sign, List<Addend> all) {
        if (isSum(e)) {
            flatten(e.children().get(0), sign, all);
            flatten(e.children().get(1), ((Expr.Apply) e).op() == Op.SUB ? -sign : sign, all);
        } else if (e instanceof Expr.Apply n && n.op() == Op.NEG) {
            flatten(n.arguments().get(0), -sign, all);
        } else {
            all.add(addend(e, sign));
        }
    }

    /** The numeric coefficient apart from the rest; out of {@code select(c, 2*x, 0)} as well. */
    private static Addend addend(Expr e, double sign) {
        if (e instanceof Expr.Const c && Double.isFinite(c.value())) return new Addend(sign * c.value(), Expr.ONE);
        if (isMasked(e)) {
            List<Expr> s = e.children();
            Addend inner = addend(s.get(1), sign);
            if (inner.coefficient != sign && inner.coefficient != 0)
                return new Addend(inner.coefficient, Expr.apply(Op.SELECT, s.get(0), inner.term, Expr.ZERO));
        }
        if (Product.isProduct(e)) {
            Product p = Product.of(e);
            if (p.over() != 1 && p.over() != 0) return new Addend(sign * p.over(), p.withOver(1).build());
        }
        return new Addend(sign, e);
    }

    /** {@code select(c, x, 0)}. */
    static boolean isMasked(Expr e) {
        return e instanceof Expr.Apply a && a.op() == Op.SELECT && a.arguments().get(2).isConst(0);
    }

    private static List<Addend> collect(List<Addend> addends) {
        Map<String, Addend> byKey = new LinkedHashMap<>();
        for (Addend a : addends)
            byKey.merge(Key.of(a.term), a, (x, y) -> new Addend(x.coefficient + y.coefficient, x.term));
        return byKey.values().stream().filter(a -> a.coefficient != 0).toList();
    }

    /** The sum, led by its first positive addend so that it need not begin with a sign. */
    private static Expr build(List<Addend> addends) {
        if (addends.isEmpty()) return Expr.ZERO;
        Addend first = addends.stream().filter(a -> a.coefficient > 0).findFirst().orElse(addends.get(0));
        Expr sum = scaled(first.term, first.coefficient);
        boolean skipped = false;
        for (Addend a : addends) {
            if (!skipped && a == first) {
                skipped = true;
                continue;
            }
            Expr t = scaled(a.term, Math.abs(a.coefficient));
            sum = a.coefficient < 0 ? sum.minus(t) : sum.plus(t);
        }
        return sum;
    }

    static Expr scaled(Expr term, double factor) {
        if (factor == 1) return term;
        if (term.isConst(1)) return Expr.of(factor);
        if (isMasked(term))
            return Expr.apply(Op.SELECT, term.children().get(0), scaled(term.children().get(1), factor), Expr.ZERO);
        Product p = Product.of(term);
        return p.withOver(p.over() * factor).build();
    }

    /**
     * {@code a*x + a*y = a*(x + y)} for the factors, and divisors, that all addends share, masked ones as well:
     * {@code a*p - select(c, a, 0) = a*(p - select(c, 1, 0))}; null if there are none.
     */
    private static Expr commonFactor(List<Addend> addends) {
        // a factor that stands under masks alone may be protected by them
        if (addends.size() < 2 || addends.stream().allMatch(a -> isMasked(a.term))) return null;
        Map<String, Product.Factor> common = null;
        for (Addend a : addends) {
            Map<String, Product.Factor> mine = new LinkedHashMap<>();
            Expr term = isMasked(a.term) ? a.term.children().get(1) : a.term;
            for (Product.Factor f : Product.of(term).collected().factors()) mine.put(Key.of(f.base()), f);
            if (common == null) {
                common = mine;
                continue;
            }
            Map<String, Product.Factor> both = new LinkedHashMap<>();
            common.forEach((key, f) -> {
                Product.Factor g = mine.get(key);
                if (g != null && g.exponent() > 0 == f.exponent() > 0) {
                    int n = Math.min(Math.abs(f.exponent()), Math.abs(g.exponent()));
                    both.put(key, new Product.Factor(f.base(), f.exponent() > 0 ? n : -n));
                }
            });
            common = both;
        }
        if (common.isEmpty()) return null;
        List<Product.Factor> factors = new ArrayList<>(common.values());
        List<Addend> rest = new ArrayList<>();
        for (Addend a : addends) {
            Expr term = isMasked(a.term) ? a.term.children().get(1) : a.term;
            Expr left = Product.of(term).dividedBy(factors).build();
            if (isMasked(a.term)) left = Expr.apply(Op.SELECT, a.term.children().get(0), left, Expr.ZERO);
            rest.add(addend(left, a.coefficient));
        }
        Expr inner = build(collect(rest));
        List<Product.Factor> all = new ArrayList<>();
        for (Product.Factor f : factors) if (f.exponent() > 0) all.add(f);
        all.add(new Product.Factor(inner, 1));
        for (Product.Factor f : factors) if (f.exponent() < 0) all.add(f);
        return new Product(1, 1, all).build();
    }

    private static Expr joinSelects(Expr e) {
        if (!isSum(e)) return null;
        Expr x = e.children().get(0), y = e.children().get(1);
        if (!isMasked(x) || !isMasked(y) || !x.children().get(0).equals(y.children().get(0))) return null;
        return Expr.apply(
                Op.SELECT,
                x.children().get(0),
                Expr.apply(((Expr.Apply) e).op(), x.children().get(1), y.children().get(1)),
                Expr.ZERO);
    }
}
