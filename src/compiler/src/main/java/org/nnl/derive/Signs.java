package org.nnl.derive;

import java.util.Set;
import org.nnl.equations.Expr;
import org.nnl.equations.Op;

/**
 * What is positive by construction.
 *
 * @param notNegative tensors that hold no value below 0; nothing is known of others
 */
record Signs(Set<String> notNegative) {

    /** Nothing known of any tensor. */
    static final Signs OF_FORMULAS = new Signs(Set.of());

    /** Whether e is positive wherever it is a number; {@code k} names of a {@link Formula} are positive. */
    boolean isPositive(Expr e) {
        if (e instanceof Expr.Const c) return c.value() > 0;
        if (e instanceof Expr.Extent) return true;
        String name = Formula.leafName(e);
        if (name != null) return name.matches("[ke]\\d+");
        if (!(e instanceof Expr.Apply a)) return false;
        Expr x = a.arguments().get(0);
        Expr y = a.op().arity() > 1 ? a.arguments().get(1) : null;
        return switch (a.op()) {
            case EXP, SIGMOID, SOFTPLUS -> true;
            case ADD -> isPositive(x) && isNotNegative(y) || isNotNegative(x) && isPositive(y);
            case MUL, DIV, MIN -> isPositive(x) && isPositive(y);
            case MAX -> isPositive(x) || isPositive(y);
            case POW -> isPositive(x);
            // a constant is added under a root to keep it away from 0, and below 0 there is no root
            case SQRT -> isPositive(x) || Tidy.isOp(x, Op.ADD) && x.children().stream().anyMatch(this::isPositive);
            case SELECT -> isPositive(y) && isPositive(a.arguments().get(2));
            case STOP -> isPositive(x);
            default -> false;
        };
    }

    boolean isNotNegative(Expr e) {
        if (isPositive(e) || e.isConst(0)) return true;
        if (e instanceof Expr.Read r) return notNegative.contains(r.tensor());
        if (!(e instanceof Expr.Apply a)) return false;
        Expr x = a.arguments().get(0);
        Expr y = a.op().arity() > 1 ? a.arguments().get(1) : null;
        return switch (a.op()) {
            case ABS, SQRT, UNIFORM -> true;
            case ADD, DIV, MIN -> isNotNegative(x) && isNotNegative(y);
            case MUL -> x.equals(y) || isNotNegative(x) && isNotNegative(y);
            case MAX -> isNotNegative(x) || isNotNegative(y);
            case POW -> isNotNegative(x) || y.isConst(2) || y.isConst(4);
            case SELECT -> isNotNegative(y) && isNotNegative(a.arguments().get(2));
            case STOP -> isNotNegative(x);
            default -> a.op().isTruth();
        };
    }

    /** Whether a condition holds by construction. */
    boolean isTrue(Expr condition) {
        return condition instanceof Expr.Const c && c.value() != 0
                || Tidy.isOp(condition, Op.GT)
                        && condition.children().get(1).isConst(0)
                        && isPositive(condition.children().get(0));
    }
}
