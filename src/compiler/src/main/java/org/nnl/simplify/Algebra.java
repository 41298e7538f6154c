package org.nnl.simplify;

import java.util.List;
import org.nnl.equations.Expr;
import org.nnl.equations.Op;

/**
 * Scalar rules, for one expression by itself: constants are folded, neutral and absorbing elements vanish, equal
 * addends and factors meet ({@link Sum}, {@link Product}), conditions decided at compile time are taken
 * ({@link Condition}), small powers become products.
 *
 * <p>An expression in which nothing meets stays as it was written: rounding and readability of the model are kept, and
 * a stabilised form is not undone. Simplifying twice gives what simplifying once gives.
 */
public final class Algebra {
    private static final int ROUNDS = 30;

    private Algebra() {}

    public static Expr simplify(Expr e) {
        for (int n = 0; n < ROUNDS; n++) {
            Expr simpler = e.rewrite(Algebra::node);
            if (simpler.equals(e)) return e;
            e = simpler;
        }
        return e;
    }

    /** Whether computing it takes much longer than an addition. */
    public static boolean isCostly(Op op) {
        return switch (op) {
            case POW, EXP, EXPM1, LOG, LOG1P, SQRT, SIN, COS, TANH, SIGMOID, SOFTPLUS, ERF, UNIFORM -> true;
            default -> false;
        };
    }

    /** Whether the value is surely 1 or 0. */
    static boolean isTruth(Expr e) {
        return e instanceof Expr.Apply a && a.op().isTruth() || e.isConst(0) || e.isConst(1);
    }

    /** One node whose arguments are simple already. */
    private static Expr node(Expr e) {
        if (!(e instanceof Expr.Apply a)) return e;
        Expr folded = fold(a);
        if (folded != null) return folded;
        return switch (a.op()) {
            case ADD, SUB -> Sum.simplify(a);
            case MUL, DIV -> Product.simplify(a);
            case NEG -> {
                Expr p = Product.simplify(a);
                yield p.equals(a) && a.arguments().get(0) instanceof Expr.Apply s && Sum.isSum(s) ? Sum.simplify(a) : p;
            }
            case POW -> power(a);
            case SELECT, LT, LE, GT, GE, EQ, NE, AND, OR, NOT -> Condition.simplify(a);
            case MAX, MIN -> same(a.arguments()) ? a.arguments().get(0) : a;
            case TANH, SIN, ERF, SIGN -> odd(a);
            case ABS, COS -> even(a);
            case LOG -> logOfExp(a);
            default -> a;
        };
    }

    /** Constant arguments: the value, unless it is not finite; noise stays noise. */
    private static Expr fold(Expr.Apply a) {
        if (a.op() == Op.UNIFORM) return null;
        double[] values = new double[a.arguments().size()];
        for (int k = 0; k < values.length; k++) {
            if (!(a.arguments().get(k) instanceof Expr.Const c)) return null;
            values[k] = c.value();
        }
        double v = a.op().apply(values);
        return Double.isFinite(v) || a.op() == Op.NEG && !Double.isNaN(v) ? Expr.of(v) : null;
    }

    /** {@code x^0 = 1, x^1 = x, x^½ = √x, 1^x = 1}, and small integer and half-integer exponents as products. */
    private static Expr power(Expr.Apply a) {
        Expr x = a.arguments().get(0);
        if (x.isConst(1)) return Expr.ONE;
        if (!(a.arguments().get(1) instanceof Expr.Const c)) return a;
        double n = c.value();
        if (n == Math.rint(n) && Math.abs(n) <= Product.LARGEST_POWER) {
            Expr p = Product.power(x, (int) Math.abs(n));
            return n < 0 ? Expr.ONE.over(p) : p;
        }
        if (n == 0.5) return Expr.apply(Op.SQRT, x);
        if (n == -0.5) return Expr.ONE.over(Expr.apply(Op.SQRT, x));
        if (n == 1.5) return x.times(Expr.apply(Op.SQRT, x));
        return a;
    }

    private static Expr odd(Expr.Apply a) {
        return a.arguments().get(0) instanceof Expr.Apply n && n.op() == Op.NEG
                ? Expr.apply(a.op(), n.arguments().get(0)).negate()
                : a;
    }

    private static Expr even(Expr.Apply a) {
        if (!(a.arguments().get(0) instanceof Expr.Apply n)) return a;
        if (n.op() == Op.NEG) return Expr.apply(a.op(), n.arguments().get(0));
        return a.op() == Op.ABS && n.op() == Op.ABS ? n : a;
    }

    /** {@code log(r*exp(x)) = x + log(r)}, {@code log(r/exp(x)) = log(r) - x}: no detour that under- or overflows. */
    private static Expr logOfExp(Expr.Apply a) {
        Product p = Product.of(a.arguments().get(0)).collected();
        for (Product.Factor f : p.factors()) {
            if (Math.abs(f.exponent()) != 1 || !(f.base() instanceof Expr.Apply e) || e.op() != Op.EXP) continue;
            Expr x = e.arguments().get(0);
            Expr rest = p.dividedBy(List.of(f)).build();
            if (rest.isConst(1)) return f.exponent() > 0 ? x : x.negate();
            if (rest instanceof Expr.Apply d && d.op() == Op.DIV && d.arguments().get(0).isConst(1)) {
                Expr log = Expr.apply(Op.LOG, d.arguments().get(1));
                return f.exponent() > 0 ? x.minus(log) : x.negate().minus(log);
            }
            Expr log = Expr.apply(Op.LOG, rest);
            return f.exponent() > 0 ? x.plus(log) : log.minus(x);
        }
        return a;
    }

    static boolean same(List<Expr> pair) {
        return pair.get(0).equals(pair.get(1)) || Key.of(pair.get(0)).equals(Key.of(pair.get(1)));
    }

    /** What an expression weighs: two a node, less for constants, least for those that are not negative. */
    static int weight(Expr e) {
        int w = !(e instanceof Expr.Const c) ? 2 : c.value() < 0 ? 2 : 1;
        for (Expr c : e.children()) w += weight(c);
        return w;
    }
}
