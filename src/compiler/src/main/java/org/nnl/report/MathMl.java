package org.nnl.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Op;

/** Equations as presentation MathML, which browsers show without help. */
final class MathMl {
    private MathMl() {}

    private static final Map<Op, String> INFIX = Map.of(
            Op.ADD, "+", Op.SUB, "−", Op.LT, "&lt;", Op.LE, "≤", Op.GT, "&gt;", Op.GE, "≥", Op.EQ, "=", Op.NE, "≠",
            Op.AND, "∧", Op.OR, "∨");

    static String equation(Equation e) {
        return equation(e, false);
    }

    /**
     * {@code target = fold over the folded axes of body}.
     *
     * @param alone whether a sum is all that its target gets, so that it need not be written as an addition
     */
    static String equation(Equation e, boolean alone) {
        StringJoiner folded = new StringJoiner("<mo>,</mo>");
        for (Axis a : e.box()) if (e.isFolded(a.name())) folded.add(identifier(a.name()));
        String body = expr(e.body(), 0);
        boolean several = folded.length() > 0;
        String sign =
                switch (e.fold()) {
                    case SET -> "=";
                    case SUM -> alone ? "=" : "+=";
                    case MAX -> "=";
                    case ARGMAX -> "=";
                };
        String operator =
                switch (e.fold()) {
                    case SET -> "";
                    case SUM -> several ? "<munder><mo>∑</mo><mrow>" + folded + "</mrow></munder>" : "";
                    case MAX -> "<munder><mo>max</mo><mrow>" + folded + "</mrow></munder>";
                    case ARGMAX -> "<munder><mo>arg max</mo><mrow>" + identifier(e.position()) + "</mrow></munder>";
                };
        boolean sum = e.fold() == Fold.SUM && several && e.body() instanceof Expr.Apply a && precedence(a.op()) <= 4;
        return "<math display=\"block\"><mrow>" + element(e.target(), e.indices()) + "<mo>" + sign + "</mo>" + operator
                + (sum ? parentheses(body) : body) + "</mrow></math>";
    }

    static String scalar(Expr e) {
        return "<math><mrow>" + expr(e, 0) + "</mrow></math>";
    }

    private static String expr(Expr e, int outer) {
        if (e instanceof Expr.Const c) {
            return c.value() < 0 && outer > 0 ? parentheses(number(c.value())) : number(c.value());
        }
        if (e instanceof Expr.IndexValue v) {
            boolean bare = v.index().bareAxis() != null || outer == 0;
            return bare ? index(v.index()) : parentheses(index(v.index()));
        }
        if (e instanceof Expr.Extent) return "<mi>B</mi>";
        if (e instanceof Expr.Read r) return element(r.tensor(), r.indices());
        Expr.Apply a = (Expr.Apply) e;
        List<Expr> x = a.arguments();
        int own = precedence(a.op());
        String text =
                switch (a.op()) {
                    case ADD, SUB, LT, LE, GT, GE, EQ, NE, AND, OR -> expr(x.get(0), own)
                            + "<mo>" + INFIX.get(a.op()) + "</mo>" + expr(x.get(1), own + 1);
                    case MUL -> expr(x.get(0), own) + "<mo>⁢</mo><mspace width=\"0.15em\"/>" + expr(x.get(1), own + 1);
                    case DIV -> "<mfrac><mrow>" + expr(x.get(0), 0) + "</mrow><mrow>" + expr(x.get(1), 0)
                            + "</mrow></mfrac>";
                    case NEG -> "<mo>−</mo>" + expr(x.get(0), own + 1);
                    case POW -> "<msup><mrow>" + expr(x.get(0), own + 1) + "</mrow><mrow>" + expr(x.get(1), 0)
                            + "</mrow></msup>";
                    case EXP -> "<msup><mi>e</mi><mrow>" + expr(x.get(0), 0) + "</mrow></msup>";
                    case SQRT -> "<msqrt><mrow>" + expr(x.get(0), 0) + "</mrow></msqrt>";
                    case ABS -> "<mo>|</mo>" + expr(x.get(0), 0) + "<mo>|</mo>";
                    case SELECT -> "<mrow><mo>{</mo><mtable columnalign=\"left\">" + row(x.get(1), expr(x.get(0), 0))
                            + row(x.get(2), null) + "</mtable></mrow>";
                    case SIGMOID -> call("σ", x);
                    default -> call(a.op().symbol(), x);
                };
        boolean closed = own >= 9;
        return own < outer && !closed ? parentheses(text) : "<mrow>" + text + "</mrow>";
    }

    /** Six digits, a power of ten where there would be many zeros, and a fraction for what is 1/n. */
    private static String number(double v) {
        double n = 1 / v;
        if (Math.abs(v) < 1 && v != 0 && Math.abs(n) < 1e5 && Math.abs(n - Math.rint(n)) < 1e-9 * Math.abs(n)
                && Math.abs(v * 1000 - Math.rint(v * 1000)) > 1e-9)
            return (v < 0 ? "<mo>−</mo>" : "") + "<mfrac><mn>1</mn><mn>" + (long) Math.rint(Math.abs(n)) + "</mn></mfrac>";
        if (!Double.isFinite(v)) return "<mn>" + (v > 0 ? "∞" : v < 0 ? "−∞" : "NaN") + "</mn>";
        BigDecimal d = new BigDecimal(v).round(new MathContext(6)).stripTrailingZeros();
        int exponent = d.precision() - d.scale() - 1;
        if (exponent > -4 && exponent < 7) return "<mn>" + d.toPlainString().replace("-", "−") + "</mn>";
        String mantissa = d.movePointLeft(exponent).toPlainString().replace("-", "−");
        String power = "<msup><mn>10</mn><mn>" + (exponent < 0 ? "−" : "") + Math.abs(exponent) + "</mn></msup>";
        return mantissa.equals("1") ? power : "<mrow><mn>" + mantissa + "</mn><mo>·</mo>" + power + "</mrow>";
    }

    private static String row(Expr value, String condition) {
        return "<mtr><mtd>" + expr(value, 0) + "</mtd><mtd>"
                + (condition == null ? "<mtext>else</mtext>" : "<mtext>if\u00a0</mtext>" + condition) + "</mtd></mtr>";
    }

    private static String call(String name, List<Expr> arguments) {
        StringJoiner list = new StringJoiner("<mo>,</mo>", "<mi>" + name + "</mi><mo>(</mo>", "<mo>)</mo>");
        for (Expr e : arguments) list.add(expr(e, 0));
        return list.toString();
    }

    /** Fractions, roots and calls need no parentheses whatever is around them. */
    private static int precedence(Op op) {
        return switch (op) {
            case OR -> 1;
            case AND -> 2;
            case LT, LE, GT, GE, EQ, NE -> 3;
            case ADD, SUB -> 4;
            case MUL -> 5;
            case NEG -> 6;
            case POW -> 8;
            default -> 9;
        };
    }

    private static String element(String tensor, List<Index> indices) {
        if (indices.isEmpty()) return identifier(tensor);
        StringJoiner all = new StringJoiner("<mo>,</mo>");
        for (Index i : indices) all.add(index(i));
        return "<msub>" + identifier(tensor) + "<mrow>" + all + "</mrow></msub>";
    }

    private static String index(Index i) {
        StringBuilder s = new StringBuilder();
        for (Index.Term t : i.terms()) {
            int c = t.coefficient();
            if (c < 0) s.append("<mo>−</mo>");
            else if (s.length() > 0) s.append("<mo>+</mo>");
            if (Math.abs(c) != 1) s.append("<mn>").append(Math.abs(c)).append("</mn>");
            s.append(
                    t.atom() instanceof Index.Lookup l
                            ? element(l.tensor(), l.indices())
                            : identifier(((Index.AxisAtom) t.atom()).axis()));
        }
        int k = i.constant();
        if (s.length() == 0 || k != 0) {
            if (k < 0) s.append("<mo>−</mo>");
            else if (s.length() > 0) s.append("<mo>+</mo>");
            s.append("<mn>").append(Math.abs(k)).append("</mn>");
        }
        return "<mrow>" + s + "</mrow>";
    }

    /** {@code d_W} as ∂W, {@code W'} as W′, a dotted name as written. */
    private static String identifier(String name) {
        String text = (name.startsWith("d_") ? "∂" + name.substring(2) : name).replace('\'', '′');
        return "<mi>" + Html.escape(text) + "</mi>";
    }

    private static String parentheses(String inner) {
        return "<mrow><mo>(</mo>" + inner + "<mo>)</mo></mrow>";
    }
}
