package org.nnl.simplify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Expr;
import org.nnl.equations.Op;

/**
 * Products as {@code over/under · Π baseⁿ}, with integer exponents: constants are multiplied, equal factors meet
 * ({@code x*y/x = y}, {@code √x*√x = x}), signs come to the front or turn a difference round, a division by a power of
 * two becomes the exact multiplication, a product with 0 is 0. The product is rewritten only if it becomes shorter, or
 * if a constant was not in front. A factor {@code select(c, x, 0)} takes in the others if they vary with no other axis:
 * {@code g*select(c, x, 0) = select(c, g*x, 0)}.
 *
 * @param over    numeric factor
 * @param under   numeric divisor
 * @param factors in order of appearance
 */
record Product(double over, double under, List<Factor> factors) {
    /** Integer powers up to this are written as products. */
    static final int LARGEST_POWER = 8;
    /** A power is not written out if that took more nodes. */
    private static final int LONGEST_POWER = 64;

    /** {@code base^exponent}; a divisor has a negative exponent. */
    record Factor(Expr base, int exponent) {}

    static boolean isProduct(Expr e) {
        return e instanceof Expr.Apply a
                && (a.op() == Op.MUL || a.op() == Op.DIV || a.op() == Op.NEG || integerPower(a) != 0);
    }

    /** The factors of nested products, quotients, signs and integer powers, in order of appearance; not collected. */
    static Product of(Expr e) {
        List<Factor> factors = new ArrayList<>();
        double[] c = {1, 1};
        flatten(e, 1, c, factors);
        return new Product(c[0], c[1], List.copyOf(factors));
    }

    private static void flatten(Expr e, int exponent, double[] c, List<Factor> factors) {
        if (e instanceof Expr.Const k && Double.isFinite(k.value()) && (exponent > 0 || k.value() != 0)) {
            c[exponent > 0 ? 0 : 1] *= Math.pow(k.value(), Math.abs(exponent));
            return;
        }
        if (e instanceof Expr.Apply a) {
            int n = integerPower(a);
            if (a.op() == Op.MUL || a.op() == Op.DIV) {
                flatten(a.arguments().get(0), exponent, c, factors);
                flatten(a.arguments().get(1), a.op() == Op.DIV ? -exponent : exponent, c, factors);
                return;
            }
            if (a.op() == Op.NEG) {
                if (exponent % 2 != 0) c[0] = -c[0];
                flatten(a.arguments().get(0), exponent, c, factors);
                return;
            }
            if (n != 0) {
                flatten(a.arguments().get(0), exponent * n, c, factors);
                return;
            }
        }
        factors.add(new Factor(e, exponent));
    }

    private static int integerPower(Expr.Apply a) {
        if (a.op() != Op.POW || !(a.arguments().get(1) instanceof Expr.Const n)) return 0;
        return n.value() == Math.rint(n.value()) && Math.abs(n.value()) <= 64 ? (int) n.value() : 0;
    }

    Product withOver(double newOver) {
        return new Product(newOver, under, factors);
    }

    /** Equal bases merged, {@code (√x)² = x}, factors with exponent 0 gone. */
    Product collected() {
        Map<String, Factor> byKey = new LinkedHashMap<>();
        for (Factor f : factors)
            byKey.merge(Key.of(f.base), f, (x, y) -> new Factor(x.base, x.exponent + y.exponent));
        List<Factor> kept = new ArrayList<>();
        for (Factor f : byKey.values()) {
            if (f.exponent == 0) continue;
            boolean root = f.base instanceof Expr.Apply a && a.op() == Op.SQRT && f.exponent % 2 == 0;
            kept.add(root ? new Factor(f.base.children().get(0), f.exponent / 2) : f);
        }
        return new Product(over, under, kept);
    }

    /** This product with the exponents of the given factors, all of which it contains, taken off. */
    Product dividedBy(List<Factor> divisors) {
        List<Factor> all = new ArrayList<>(factors);
        for (Factor d : divisors) all.add(new Factor(d.base, -d.exponent));
        return new Product(over, under, all).collected();
    }

    /** The expression: coefficient, factors, divided by the product of the divisors. */
    Expr build() {
        if (over == 0) return Expr.ZERO;
        double c = over, d = under;
        if (d < 0) {
            c = -c;
            d = -d;
        }
        // One rounding of c/d in place of two; x/d alone stays a division, unless 1/d is exact.
        if (d != 1 && (isPowerOfTwo(d) || Math.abs(c) != 1 || factors.isEmpty()) && Double.isFinite(c / d)) {
            c /= d;
            d = 1;
        }
        List<Factor> list = new ArrayList<>(factors);
        if (c < 0) {
            int k = flippable(list);
            if (k >= 0) {
                List<Expr> s = list.get(k).base.children();
                list.set(k, new Factor(s.get(1).minus(s.get(0)), 1));
                c = -c;
            }
        }
        Expr top = Math.abs(c) == 1 ? null : Expr.of(c);
        Expr bottom = d == 1 ? null : Expr.of(d);
        for (Factor f : list) {
            if (f.exponent == 0) continue;
            Expr p = power(f.base, Math.abs(f.exponent));
            if (f.exponent > 0) top = top == null ? p : top.times(p);
            else bottom = bottom == null ? p : bottom.times(p);
        }
        if (top == null) top = c == -1 && bottom != null ? Expr.of(-1) : Expr.ONE;
        else if (c == -1) return (bottom == null ? top : top.over(bottom)).negate();
        if (bottom == null) return c == -1 ? Expr.of(-1) : top;
        return top.over(bottom);
    }

    /** {@code -(x - y) = y - x}. */
    private static int flippable(List<Factor> list) {
        for (int k = 0; k < list.size(); k++)
            if (list.get(k).exponent == 1 && list.get(k).base instanceof Expr.Apply a && a.op() == Op.SUB) return k;
        return -1;
    }

    static Expr power(Expr base, int n) {
        if (n == 0) return Expr.ONE;
        if (n == 1) return base;
        if (n > LARGEST_POWER || base.nodes() * n > LONGEST_POWER) return Expr.apply(Op.POW, base, Expr.of(n));
        Expr p = base;
        for (int k = 1; k < n; k++) p = p.times(base);
        return p;
    }

    static Expr simplify(Expr.Apply e) {
        Product p = of(e);
        if (p.over == 0) return Expr.ZERO;
        p = p.collected();
        Expr masked = p.intoSelect();
        if (masked != null) return masked;
        Expr built = p.build();
        if (Algebra.weight(built) < Algebra.weight(e)) return built;
        boolean constantLast = e.op() == Op.MUL && e.arguments().get(1) instanceof Expr.Const;
        boolean exact = e.op() == Op.DIV && e.arguments().get(1) instanceof Expr.Const c && isPowerOfTwo(c.value());
        boolean signInside = e.op() != Op.NEG
                && e.arguments().stream().anyMatch(x -> x instanceof Expr.Apply n && n.op() == Op.NEG);
        return constantLast || exact || signInside ? built : e;
    }

    private Expr intoSelect() {
        for (int k = 0; k < factors.size(); k++) {
            Factor f = factors.get(k);
            boolean truth = f.exponent > 0 && f.base instanceof Expr.Apply a && a.op().isTruth();
            boolean masked = f.exponent == 1 && Sum.isMasked(f.base);
            if (!truth && !masked || factors.size() == 1 && over == 1 && under == 1) continue;
            List<Factor> rest = new ArrayList<>(factors);
            rest.remove(k);
            Set<String> axes = Axes.of(f.base);
            if (!rest.stream().allMatch(r -> axes.containsAll(Axes.of(r.base)))) continue;
            if (masked) rest.add(k, new Factor(f.base.children().get(1), 1));
            Expr inside = new Product(over, under, rest).build();
            return Expr.apply(Op.SELECT, masked ? f.base.children().get(0) : f.base, inside, Expr.ZERO);
        }
        return null;
    }

    private static boolean isPowerOfTwo(double d) {
        double a = Math.abs(d);
        return a >= 0x1p-60 && a <= 0x1p60 && a == Math.scalb(1.0, Math.getExponent(a));
    }
}
