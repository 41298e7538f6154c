package org.nnl.derive;

import java.util.HashSet;
import java.util.Set;
import org.nnl.equations.Expr;
import org.nnl.equations.Op;

/** An estimate of the time a formula takes, in additions: equal parts are computed once. */
final class Cost {
    private final Set<Expr> counted = new HashSet<>();
    private double total;

    private Cost() {}

    static double of(Expr e) {
        Cost c = new Cost();
        c.add(e);
        return c.total;
    }

    private void add(Expr e) {
        if (e instanceof Expr.Const) {
            total += 0.25;
            return;
        }
        if (!counted.add(e)) {
            total += 0.25;
            return;
        }
        total += e instanceof Expr.Apply a ? of(a.op()) : 1;
        e.children().forEach(this::add);
    }

    private static double of(Op op) {
        return switch (op) {
            case NEG, STOP -> 0.5;
            case DIV, SQRT -> 4;
            case POW -> 20;
            case EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, SIGMOID, SOFTPLUS, ERF, UNIFORM -> 10;
            default -> 1;
        };
    }
}
