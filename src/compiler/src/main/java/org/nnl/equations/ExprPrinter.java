package org.nnl.equations;

import java.util.StringJoiner;

/**
 * Scalar expressions as text. Reads carry brackets always ({@code rate[]}), bare names are axes, operations other than
 * the infix ones are written as calls; parentheses only where precedence needs them, so that reading the text back
 * gives the same tree.
 */
public final class ExprPrinter {
    private ExprPrinter() {}

    public static String print(Expr e) {
        return print(e, 0);
    }

    /** The shortest decimal that reads back as the same double; integers without a point. */
    public static String number(double v) {
        if (v == Math.rint(v) && Math.abs(v) < 1e15) return Long.toString((long) v);
        if (Double.isNaN(v)) return "nan";
        if (Double.isInfinite(v)) return v > 0 ? "inf" : "-inf";
        return Double.toString(v);
    }

    /** Binding strength of an infix operation; larger binds tighter. */
    static int strength(Op op) {
        return switch (op) {
            case OR -> 1;
            case AND -> 2;
            case LT, LE, GT, GE, EQ, NE -> 3;
            case ADD, SUB -> 4;
            case MUL, DIV -> 5;
            case NEG -> 6;
            case POW -> 7;
            default -> 9;
        };
    }

    private static String print(Expr e, int outer) {
        if (e instanceof Expr.Const c) {
            String n = number(c.value());
            return n.startsWith("-") && outer > 0 ? "(" + n + ")" : n;
        }
        if (e instanceof Expr.IndexValue v) {
            String text = v.index().toString();
            return v.index().bareAxis() != null ? text : "{" + text + "}";
        }
        if (e instanceof Expr.Extent x) return "size(" + x.size() + ")";
        if (e instanceof Expr.Read r) return r.tensor() + Index.print(r.indices());
        Expr.Apply a = (Expr.Apply) e;
        Op op = a.op();
        String text;
        int s = strength(op);
        if (op == Op.NEG) {
            Expr operand = a.arguments().get(0); // in parentheses, "-2" being a literal
            text = "-" + (operand instanceof Expr.Const ? "(" + print(operand, 0) + ")" : print(operand, s + 1));
        } else if (op.isInfix()) {
            boolean comparison = s == 3;
            boolean right = op == Op.POW;
            String left = print(a.arguments().get(0), right || comparison ? s + 1 : s);
            String rest = print(a.arguments().get(1), right ? s : s + 1);
            String gap = s <= 4 ? " " : "";
            text = left + gap + op.symbol() + gap + rest;
        } else {
            StringJoiner arguments = new StringJoiner(", ", op.symbol() + "(", ")");
            for (Expr c : a.arguments()) arguments.add(print(c, 0));
            return arguments.toString();
        }
        return s < outer ? "(" + text + ")" : text;
    }
}
