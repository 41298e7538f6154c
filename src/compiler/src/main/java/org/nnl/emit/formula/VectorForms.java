package org.nnl.emit.formula;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.nnl.Options.Precision;
import org.nnl.equations.Op;

/**
 * The operations in lanes. In {@code float} the transcendental functions are polynomials in place, good to 2 units in
 * the last place for exp and log and to 5 for tanh and sigmoid, right at infinities, not-a-number, zeros and denormals.
 * In {@code double}, the mode for checking, they are the platform's.
 *
 * <p>Reduction and scaling follow Cody and Waite, Software Manual for the Elementary Functions: with {@code n =
 * round(x/ln 2)}, found by adding 1.5·2²³ so that n stands in the low bits, and {@code r = x - n·ln 2} in two parts,
 * {@code e^x = 2ⁿ·e^r}; {@code log x = k·ln 2 + log(1+f)} with {@code x = 2ᵏ(1+f)}, f between √½-1 and √2-1. The
 * polynomials are least-maximum fits weighted for relative error: 3e-9 for e^r, 7e-10 for log(1+f).
 */
final class VectorForms {
    private VectorForms() {}

    static final Form.Inline FUSED = Form.inline("$0.fma($1, $2)", Operand.ATOM, Operand.ATOM, 1, 1);

    /** For x within bounds: n, in the low bits of t as well, {@code r = x - n·ln 2} and {@code p = e^r - 1}; the statement goes on. */
    private static final String REDUCED = """
            FloatVector $t = $x.fma({1.442695f}, {12582912f});
            FloatVector $n = $t.sub(12582912f);
            FloatVector $r = $n.fma({2.12194440e-4f}, $n.fma({-0.693359375f}, $x));
            FloatVector $p = $r.fma({0.0013813142f}, {0.008369419f}).fma($r, {0.041668457f});
            $p = $p.fma($r, {0.16666515f}).fma($r, {0.49999993f}).fma($r.mul($r), $r)""";

    /** 2ⁿ in two factors, since n runs from -150 to 128. */
    private static final Form EXP = Form.Recipe.of("exp", """
            FloatVector $x = $0.blend(89f, $0.compare(VectorOperators.GT, 89f)).blend(-104f, $0.lt(-104f));
            """ + REDUCED + ".add(1f);\n" + """
            IntVector $k = $t.reinterpretAsInts().sub(0x4b400000);
            IntVector $h = $k.lanewise(VectorOperators.ASHR, 1);
            FloatVector $u = $h.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector $v = $k.sub($h).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            return $p.mul($u).mul($v);
            """);

    /** {@code 2ⁿ·(e^r - 1) + (2ⁿ - 1)}, with half of 2ⁿ since n may be 128. */
    private static final Form EXPM1 = Form.Recipe.of("expm1", """
            FloatVector $x = $0.blend(89f, $0.compare(VectorOperators.GT, 89f)).blend(-18f, $0.lt(-18f));
            """ + REDUCED + ";\n" + """
            FloatVector $s = $t.reinterpretAsInts().sub(0x4b400000 - 126).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector $y = $p.fma($s, $s.sub(0.5f));
            return $y.add($y);
            """);

    /** With {@code m = e^(-2|x|) - 1}: {@code tanh|x| = -m/(m+2)}, then the sign of x. */
    private static final Form TANH = Form.Recipe.of("tanh", """
            FloatVector $x = $0.abs().mul(-2f);
            $x = $x.blend(-20f, $x.lt(-20f));
            """ + REDUCED + ";\n" + """
            FloatVector $s = $t.reinterpretAsInts().sub(0x4b400000 - 127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector $m = $p.fma($s, $s.sub(1f));
            IntVector $y = $m.div($m.add(2f)).reinterpretAsInts().and(0x7fffffff);
            return $y.or($0.reinterpretAsInts().and(0x80000000)).reinterpretAsFloats();
            """);

    private static final Form LOG = Form.Recipe.of("log", """
            VectorMask<Float> $small = $0.lt(1.17549435e-38f);
            IntVector $b = $0.blend($0.mul(8388608f), $small).reinterpretAsInts();
            IntVector $i = $b.sub(0x3f3504f3).lanewise(VectorOperators.ASHR, 23);
            FloatVector $f = $b.sub($i.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1f);
            FloatVector $k = $i.add(0x4b400000).reinterpretAsFloats().sub(12582912f);
            $k = $k.blend($k.sub(23f), $small);
            FloatVector $p = $f.fma({0.067466013f}, {-0.11675641f}).fma($f, {0.118881746f}).fma($f, {-0.12405591f});
            $p = $p.fma($f, {0.1421955f}).fma($f, {-0.16667996f}).fma($f, {0.20002119f}).fma($f, {-0.2500001f});
            FloatVector $q = $f.mul($f);
            $p = $p.fma($f, {0.33333313f}).mul($q.mul($f));
            $p = $q.fma({-0.5f}, $k.fma({-2.12194440e-4f}, $p)).add($f);
            FloatVector $y = $0.blend($k.fma({0.693359375f}, $p), $0.lt(Float.POSITIVE_INFINITY));
            return $y.blend(Float.NaN, $0.lt(0f)).blend(Float.NEGATIVE_INFINITY, $0.eq(0f));
            """);

    /** Adding and taking away 2²³ (2⁵²) rounds a smaller number to an integer. */
    private static final String FLOOR = """
            V $a = $0.abs();
            V $n = $a.add(BIG).sub(BIG);
            $n = $n.blend($n.neg(), $0.lt(0));
            $n = $n.blend($n.sub(1), $n.compare(VectorOperators.GT, $0));
            return $0.blend($n, $a.lt(BIG));
            """;

    /** The finaliser of MurmurHash3, as in the scalar method. */
    static final Form.Recipe MIX_INT = Form.Recipe.of("hash", """
            IntVector $a = $0.lanewise(VectorOperators.XOR, $0.lanewise(VectorOperators.LSHR, 16)).mul(0x85ebca6b);
            IntVector $b = $a.lanewise(VectorOperators.XOR, $a.lanewise(VectorOperators.LSHR, 13)).mul(0xc2b2ae35);
            return $b.lanewise(VectorOperators.XOR, $b.lanewise(VectorOperators.LSHR, 16));
            """);

    /** The same modulo 2³² in lanes of 64 bits. */
    static final Form.Recipe MIX_LONG = Form.Recipe.of("hash", """
            LongVector $x = $0.and(0xffffffffL);
            LongVector $a = $x.lanewise(VectorOperators.XOR, $x.lanewise(VectorOperators.LSHR, 16)).mul(0x85ebca6bL).and(0xffffffffL);
            LongVector $b = $a.lanewise(VectorOperators.XOR, $a.lanewise(VectorOperators.LSHR, 13)).mul(0xc2b2ae35L).and(0xffffffffL);
            return $b.lanewise(VectorOperators.XOR, $b.lanewise(VectorOperators.LSHR, 16));
            """);

    /** {@code ((h >>> 9) + ½)·2⁻²³}, by way of the bits of a number between 1 and 2. */
    static final Form.Recipe UNIT_FLOAT = Form.Recipe.of("uniform", """
            return $0.lanewise(VectorOperators.LSHR, 9).or(0x3f800000).reinterpretAsFloats().sub(1f).add(0x1p-24f);
            """);

    static final Form.Recipe UNIT_DOUBLE = Form.Recipe.of("uniform", """
            return $0.lanewise(VectorOperators.LSHR, 9).or(0x4330000000000000L).reinterpretAsDoubles().sub(0x1p52 - 0.5).mul(0x1p-23);
            """);

    static EnumMap<Op, Form> of(Precision precision) {
        boolean isFloat = precision == Precision.FLOAT;
        EnumMap<Op, Form> t = new EnumMap<>(Op.class);
        for (Op op : List.of(Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.MAX, Op.MIN))
            t.put(op, Form.inline("$0." + op.name().toLowerCase(java.util.Locale.ROOT) + "($1)", Operand.ATOM, Operand.ATOM, 1));
        for (Op op : List.of(Op.LT, Op.LE, Op.GT, Op.GE, Op.EQ, Op.NE))
            t.put(op, Form.inline("$0.compare(VectorOperators." + op + ", $1)", Operand.ATOM, Operand.ATOM, 1));
        for (Op op : List.of(Op.NEG, Op.ABS, Op.SQRT))
            t.put(op, Form.inline("$0." + op.symbol() + "()", Operand.ATOM, Operand.ATOM));
        t.put(Op.AND, Form.inline("$0.and($1)", Operand.ATOM, Operand.ATOM, 1));
        t.put(Op.OR, Form.inline("$0.or($1)", Operand.ATOM, Operand.ATOM, 1));
        t.put(Op.NOT, Form.inline("$0.not()", Operand.ATOM, Operand.ATOM));
        t.put(Op.SELECT, Form.inline("$2.blend($1, $0)", Operand.ATOM, 1, 1, Operand.ATOM));
        t.put(Op.SIGMOID, new Form.Definition(a -> Identities.sigmoid(a.get(0))));
        t.put(Op.SOFTPLUS, new Form.Definition(a -> Identities.softplus(a.get(0))));
        t.put(Op.POW, Form.inline("$0.lanewise(VectorOperators.POW, $1)", Operand.ATOM, Operand.ATOM, 1));
        t.put(Op.SIGN, Form.Recipe.of("sign",
                "return $0.blend(1, $0.compare(VectorOperators.GT, 0)).blend(-1, $0.lt(0));"));
        t.put(Op.FLOOR, Form.Recipe.of("floor", FLOOR.replace("V ", isFloat ? "FloatVector " : "DoubleVector ")
                .replace("BIG", isFloat ? "8388608f" : "0x1p52")));
        for (Op op : List.of(Op.SIN, Op.COS)) t.put(op, platform(op));
        if (isFloat) {
            t.putAll(Map.of(Op.EXP, EXP, Op.EXPM1, EXPM1, Op.LOG, LOG, Op.TANH, TANH));
            t.put(Op.LOG1P, new Form.Definition(a -> Identities.log1p(a.get(0))));
            t.put(Op.ERF, new Form.Definition(a -> Identities.ErrorFunction.FLOAT.of(a.get(0))));
        } else {
            for (Op op : List.of(Op.EXP, Op.EXPM1, Op.LOG, Op.LOG1P, Op.TANH)) t.put(op, platform(op));
            t.put(Op.ERF, new Form.Definition(a -> Identities.ErrorFunction.DOUBLE.of(a.get(0))));
        }
        return t;
    }

    private static Form platform(Op op) {
        return Form.inline("$0.lanewise(VectorOperators." + op + ")", Operand.ATOM, Operand.ATOM);
    }
}
