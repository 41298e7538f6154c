package org.nnl.emit.formula;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.nnl.Options.Precision;
import org.nnl.equations.Op;

/** The operations in plain Java. */
final class ScalarForms {
    private ScalarForms() {}

    private static final int PRODUCT = 8, SUM = 7, ORDER = 6, EQUALITY = 5, AND = 4, OR = 3, CHOICE = 1;

    /** Static methods of a generated class, by name. */
    static final Map<String, String> FUNCTIONS = Map.of(
            "mix",
            """
            /** The finaliser of MurmurHash3: a bijection in which every bit moves every other. */
            private static int mix(int h) {
                h ^= h >>> 16;
                h *= 0x85ebca6b;
                h ^= h >>> 13;
                h *= 0xc2b2ae35;
                return h ^ (h >>> 16);
            }
            """);

    static EnumMap<Op, Form> of(Precision precision) {
        EnumMap<Op, Form> t = new EnumMap<>(Op.class);
        t.put(Op.ADD, Form.inline("$0 + $1", SUM, SUM, SUM + 1));
        t.put(Op.SUB, Form.inline("$0 - $1", SUM, SUM, SUM + 1));
        t.put(Op.MUL, Form.inline("$0 * $1", PRODUCT, PRODUCT, PRODUCT + 1));
        t.put(Op.DIV, Form.inline("$0 / $1", PRODUCT, PRODUCT, PRODUCT + 1));
        t.put(Op.NEG, Form.inline("-$0", Operand.UNARY, Operand.ATOM));
        t.put(Op.LT, Form.inline("$0 < $1", ORDER, SUM, SUM));
        t.put(Op.LE, Form.inline("$0 <= $1", ORDER, SUM, SUM));
        t.put(Op.GT, Form.inline("$0 > $1", ORDER, SUM, SUM));
        t.put(Op.GE, Form.inline("$0 >= $1", ORDER, SUM, SUM));
        t.put(Op.EQ, Form.inline("$0 == $1", EQUALITY, SUM, SUM));
        t.put(Op.NE, Form.inline("$0 != $1", EQUALITY, SUM, SUM));
        t.put(Op.AND, Form.inline("$0 && $1", AND, AND, AND + 1));
        t.put(Op.OR, Form.inline("$0 || $1", OR, AND, AND));
        t.put(Op.NOT, Form.inline("!$0", Operand.UNARY, Operand.UNARY));
        t.put(Op.SELECT, Form.inline("$0 ? $1 : $2", CHOICE, OR, CHOICE + 1, CHOICE));
        t.put(Op.ABS, call("Math.abs"));
        t.put(Op.SIGN, call("Math.signum"));
        t.put(Op.MAX, Form.inline("Math.max($0, $1)", Operand.ATOM, CHOICE, CHOICE));
        t.put(Op.MIN, Form.inline("Math.min($0, $1)", Operand.ATOM, CHOICE, CHOICE));
        t.put(Op.SIGMOID, new Form.Definition(a -> Identities.sigmoid(a.get(0))));
        t.put(Op.SOFTPLUS, new Form.Definition(a -> Identities.softplus(a.get(0))));
        String cast = precision == Precision.FLOAT ? "(float) " : "";
        int level = precision == Precision.FLOAT ? Operand.UNARY : Operand.ATOM;
        for (Op op : List.of(Op.EXP, Op.EXPM1, Op.LOG, Op.LOG1P, Op.SQRT, Op.SIN, Op.COS, Op.TANH, Op.FLOOR))
            t.put(op, Form.inline(cast + "Math." + op.symbol() + "($0)", level, CHOICE));
        t.put(Op.POW, Form.inline(cast + "Math.pow($0, $1)", level, CHOICE, CHOICE));
        Identities.ErrorFunction erf =
                precision == Precision.FLOAT ? Identities.ErrorFunction.FLOAT : Identities.ErrorFunction.DOUBLE;
        t.put(Op.ERF, new Form.Definition(a -> erf.of(a.get(0))));
        return t;
    }

    private static Form call(String method) {
        return Form.inline(method + "($0)", Operand.ATOM, CHOICE);
    }
}
