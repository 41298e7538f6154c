package org.nnl.derive;

import java.util.List;
import org.nnl.equations.Expr;
import org.nnl.equations.Op;

/**
 * Builds sums, products and quotients without trivial parts ({@code 1·x}, {@code x + 0}, {@code 0·x}), and folds
 * operations on numbers. A product with a select goes inside its branches, so that a branch that is not taken cannot
 * spoil it: {@code x · select(c, a, 0) = select(c, x·a, 0)} also where x·a is no number and c is false.
 */
final class Tidy {
    private Tidy() {}

    static Expr negate(Expr a) {
        if (a instanceof Expr.Const c) return Expr.of(-c.value());
        if (isOp(a, Op.NEG)) return a.children().get(0);
        if (isOp(a, Op.SUB)) return a.children().get(1).minus(a.children().get(0));
        if (isGate(a)) return select(a, negate(a.children().get(1)), negate(a.children().get(2)));
        return a.negate();
    }

    static Expr sum(Expr a, Expr b) {
        if (a.isConst(0)) return b;
        if (b.isConst(0)) return a;
        if (a instanceof Expr.Const x && b instanceof Expr.Const y) return Expr.of(x.value() + y.value());
        if (b instanceof Expr.Const c && c.value() < 0) return a.minus(Expr.of(-c.value()));
        if (isOp(b, Op.NEG)) return a.minus(b.children().get(0));
        if (isOp(a, Op.NEG)) return b.minus(a.children().get(0));
        if (isGate(a) && isGate(b) && a.children().get(0).equals(b.children().get(0)))
            return select(a, sum(a.children().get(1), b.children().get(1)), sum(a.children().get(2), b.children().get(2)));
        return a.plus(b);
    }

    static Expr product(Expr a, Expr b) {
        if (a.isConst(0) || b.isConst(0)) return Expr.ZERO;
        if (a.isConst(1)) return b;
        if (b.isConst(1)) return a;
        if (a instanceof Expr.Const x && b instanceof Expr.Const y) return Expr.of(x.value() * y.value());
        if (isGate(b)) return select(b, product(a, b.children().get(1)), product(a, b.children().get(2)));
        if (isGate(a)) return select(a, product(a.children().get(1), b), product(a.children().get(2), b));
        if (b.isConst(-1)) return negate(a);
        if (a.isConst(-1)) return negate(b);
        if (isOp(b, Op.NEG)) return negate(product(a, b.children().get(0)));
        if (isOp(a, Op.NEG)) return negate(product(a.children().get(0), b));
        if (isOp(b, Op.DIV)) return quotient(product(a, b.children().get(0)), b.children().get(1));
        return a.times(b);
    }

    static Expr quotient(Expr a, Expr b) {
        if (a.isConst(0)) return Expr.ZERO;
        if (b.isConst(1)) return a;
        if (a instanceof Expr.Const x && b instanceof Expr.Const y) return Expr.of(x.value() / y.value());
        if (isGate(a)) return select(a, quotient(a.children().get(1), b), quotient(a.children().get(2), b));
        if (isOp(a, Op.NEG)) return negate(quotient(a.children().get(0), b));
        return a.over(b);
    }

    /** {@code a^n}; a product for small n. */
    static Expr power(Expr a, int n) {
        if (n == 1) return a;
        if (n == 2) return product(a, a);
        if (n == 3) return product(product(a, a), a);
        return Expr.apply(Op.POW, a, Expr.of(n));
    }

    /** The operation applied, in the simplest of these forms. */
    static Expr apply(Op op, List<Expr> arguments) {
        if (op == Op.SELECT) {
            if (arguments.get(0) instanceof Expr.Const c) return arguments.get(c.value() != 0 ? 1 : 2);
            if (arguments.get(1).equals(arguments.get(2))) return arguments.get(1);
        } else if (arguments.stream().allMatch(x -> x instanceof Expr.Const)) {
            return Expr.of(op.apply(arguments.stream().mapToDouble(x -> ((Expr.Const) x).value()).toArray()));
        }
        return switch (op) {
            case ADD -> sum(arguments.get(0), arguments.get(1));
            case SUB -> arguments.get(1) instanceof Expr.Const
                    ? new Expr.Apply(op, arguments)
                    : sum(arguments.get(0), negate(arguments.get(1)));
            case MUL -> product(arguments.get(0), arguments.get(1));
            case DIV -> quotient(arguments.get(0), arguments.get(1));
            case NEG -> negate(arguments.get(0));
            default -> new Expr.Apply(op, arguments);
        };
    }

    static boolean isOp(Expr e, Op op) {
        return e instanceof Expr.Apply a && a.op() == op;
    }

    /** A select one of whose branches is 0: what becomes of a factor that is switched on and off. */
    static boolean isGate(Expr e) {
        return isOp(e, Op.SELECT)
                && (e.children().get(1).isConst(0) || e.children().get(2).isConst(0));
    }

    private static Expr select(Expr like, Expr a, Expr b) {
        return apply(Op.SELECT, List.of(like.children().get(0), a, b));
    }
}
