package org.nnl.emit.formula;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nnl.Options.Precision;
import org.nnl.emit.Compiled;
import org.nnl.equations.CounterRandom;
import org.nnl.equations.Op;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Value;

/** Every operation in every form against its meaning in double precision. */
class FormulaTest {
    private static final Value X = new Value.Local("x"), Y = new Value.Local("y"), Z = new Value.Local("z");

    /** A class with a method for each value, {@code run0}, {@code run1}, …, which computes it from xs, ys, zs into out. */
    static String loops(Dialect d, boolean vector, Precision p, List<Value> values) {
        String real = p.java(), box = p == Precision.FLOAT ? "Float" : "Double";
        String whole = p == Precision.FLOAT ? "Int" : "Long";
        StringBuilder s = new StringBuilder("import jdk.incubator.vector.*;\nfinal class Loop {\n");
        s.append("static final VectorSpecies<" + box + "> SPECIES = " + box + "Vector.SPECIES_PREFERRED;\n");
        s.append("static final VectorSpecies<" + (p == Precision.FLOAT ? "Integer" : "Long") + "> WHOLE = VectorSpecies.of("
                + (p == Precision.FLOAT ? "int" : "long") + ".class, SPECIES.vectorShape());\n");
        Set<String> functions = new TreeSet<>();
        for (int k = 0; k < values.size(); k++) {
            FormulaWriter w = new FormulaWriter(d, leaf -> leaf(leaf, vector, p), names());
            String result = vector ? w.lanes(values.get(k)) : w.value(values.get(k)).java();
            functions.addAll(w.functions());
            s.append("static void run" + k + "(" + real + "[] xs, " + real + "[] ys, " + real + "[] zs, double wide, " + real + "[] out) {\n");
            w.prologue().forEach(l -> s.append(l).append('\n'));
            s.append("for (int i = 0; i < out.length; i += " + (vector ? "SPECIES.length()" : "1") + ") {\n");
            for (String v : List.of("x", "y", "z"))
                s.append(vector ? box + "Vector " + v + " = " + box + "Vector.fromArray(SPECIES, " + v + "s, i);\n"
                        : real + " " + v + " = " + v + "s[i];\n");
            if (vector) s.append(whole + "Vector lane = " + whole + "Vector.broadcast(WHOLE, i).addIndex(1);\n");
            w.statements().forEach(l -> s.append(l).append('\n'));
            s.append(vector ? result + ".intoArray(out, i);\n" : "out[i] = " + result + ";\n").append("}\n}\n");
        }
        for (String f : functions) s.append(Dialect.function(f, p));
        return s.append("}\n").toString();
    }

    private static UnaryOperator<String> names() {
        Map<String, Integer> used = new HashMap<>(Map.of("x", 1, "y", 1, "z", 1, "i", 1));
        return hint -> {
            String n = hint.replaceAll("\\W", "");
            int k = used.merge(n, 1, Integer::sum);
            return k == 1 ? n : n + k;
        };
    }

    private static Operand leaf(Value v, boolean vector, Precision p) {
        if (v instanceof Value.Local l)
            return l.name().equals("wide") ? Operand.wide("wide") : vector ? Operand.lanes(l.name()) : Operand.scalar(l.name(), false);
        return vector ? Operand.wholeLanes("lane") : Operand.whole("i", false);
    }

    static double[] run(Precision p, boolean vector, Value value, double wide, double[][] args) {
        return new Loops(p, vector, List.of(value)).run(0, wide, args);
    }

    /** The compiled class. */
    private static final class Loops {
        private final Precision precision;
        private final Class<?> type;

        Loops(Precision p, boolean vector, List<Value> values) {
            precision = p;
            type = Compiled.of("Loop", loops(vector ? Dialect.vector(p) : Dialect.scalar(p), vector, p, values));
        }

        double[] run(int k, double wide, double[][] args) {
            int n = (args[0].length + 63) / 64 * 64;
            double[] out = new double[args[0].length];
            if (precision == Precision.FLOAT) {
                float[][] a = new float[3][n];
                float[] o = new float[n];
                for (int j = 0; j < 3; j++) for (int i = 0; i < args[j].length; i++) a[j][i] = (float) args[j][i];
                Compiled.run(type, "run" + k, a[0], a[1], a[2], wide, o);
                for (int i = 0; i < out.length; i++) out[i] = o[i];
            } else {
                double[][] a = new double[3][n];
                double[] o = new double[n];
                for (int j = 0; j < 3; j++) System.arraycopy(args[j], 0, a[j], 0, args[j].length);
                Compiled.run(type, "run" + k, a[0], a[1], a[2], wide, o);
                System.arraycopy(o, 0, out, 0, out.length);
            }
            return out;
        }
    }

    private static List<DynamicTest> everyForm(BiConsumer<Precision, Boolean> test) {
        List<DynamicTest> tests = new ArrayList<>();
        for (Precision p : Precision.values())
            for (boolean vector : new boolean[] {false, true})
                tests.add(DynamicTest.dynamicTest(p + (vector ? " lanes" : " scalar"), () -> test.accept(p, vector)));
        return tests;
    }

    /** Every exponent of {@code float}, both signs, with many mantissas; the edges of exp; special values. */
    private static double[] everywhere() {
        double[] special = {
            0.0, -0.0, 1, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Float.MIN_VALUE,
            -Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE, 88, -88, 88.72283f, 88.72284f, 104, -104,
            -103.97f, -103.28f, -87.33655f, -87.5f, 0.34657f, 0.34658f, -0.34657f, 0.70710677f, 0.70710684f, 1.4142135f,
            1.4142137f, 0.99999994f, 1.0000001f, 8388607.5f, 8388608f, 4.5f, -4.5f, 0.5f, -0.5f, 1.5f, -1.5f, 2.5f
        };
        int per = 14;
        double[] x = new double[special.length + 2 * 277 * per + 6000];
        System.arraycopy(special, 0, x, 0, special.length);
        int n = special.length;
        for (int e = -149; e < 128; e++)
            for (int m = 0; m < per; m++) {
                float v = Math.scalb(1 + (float) CounterRandom.uniform(1, e, 0, m), e);
                x[n++] = v;
                x[n++] = -v;
            }
        for (int i = 0; i < 6000; i++) x[n++] = (float) ((i - 3000) * 0.0353 + 1e-4);
        return x;
    }

    private static final Map<Op, Double> ULPS = Map.of(
            Op.EXP, 2.0, Op.LOG, 2.0, Op.TANH, 5.0, Op.SIGMOID, 5.0, Op.EXPM1, 5.0, Op.LOG1P, 5.0, Op.SOFTPLUS, 5.0, Op.ERF,
            8.0, Op.SIN, 2.0, Op.COS, 2.0);

    private static List<Op> operations(int arity) {
        return Arrays.stream(Op.values()).filter(op -> op.arity() == arity).toList();
    }

    @TestFactory
    List<DynamicTest> unary() {
        return everyForm((p, vector) -> {
            List<Op> ops = operations(1);
            Loops loops = new Loops(p, vector, ops.stream().map(op -> Identities.apply(op, X)).toList());
            for (int k = 0; k < ops.size(); k++) {
                Op op = ops.get(k);
                double[] x = everywhere();
                if (op == Op.SIN || op == Op.COS) for (int i = 0; i < x.length; i++) x[i] = Math.abs(x[i]) > 1e5 ? 1 : x[i];
                double[] y = loops.run(k, 0, new double[][] {x, x, x});
                for (int i = 0; i < x.length; i++)
                    check(op + " at " + x[i], p, y[i], op.apply(x[i]), ULPS.getOrDefault(op, 0.5001));
            }
        });
    }

    @TestFactory
    List<DynamicTest> binary() {
        double[] x = everywhere();
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) y[i] = i % 3 == 0 ? x[i] : x[(int) ((i * 7919L + 13) % x.length)];
        Value c = Identities.number(2.5);
        return everyForm((p, vector) -> {
            List<Op> ops = operations(2);
            List<Value> values = new ArrayList<>();
            for (Op op : ops) values.addAll(List.of(Identities.apply(op, X, Y), Identities.apply(op, X, c), Identities.apply(op, c, X)));
            Loops loops = new Loops(p, vector, values);
            for (int k = 0; k < ops.size(); k++) {
                Op op = ops.get(k);
                double ulps = op == Op.POW ? 2 : 0.5001;
                double[] r = loops.run(3 * k, 0, new double[][] {x, y, y});
                double[] s = loops.run(3 * k + 1, 0, new double[][] {x, y, y});
                double[] t = loops.run(3 * k + 2, 0, new double[][] {x, y, y});
                for (int i = 0; i < x.length; i++) {
                    check(op + " of " + x[i] + ", " + y[i], p, r[i], op.apply(x[i], y[i]), ulps);
                    check(op + " of " + x[i] + ", 2.5", p, s[i], op.apply(x[i], 2.5), ulps);
                    check(op + " of 2.5, " + x[i], p, t[i], op.apply(2.5, x[i]), ulps);
                }
            }
        });
    }

    private static void check(String what, Precision p, double got, double want, double ulps) {
        boolean ok;
        if (p == Precision.FLOAT) {
            float near = (float) want;
            // the value that must be approached may lie between floats; beyond the largest, infinity is near
            double ulp = Math.max(Math.ulp(near), Float.MIN_VALUE);
            ok = Double.isNaN(want) ? Double.isNaN(got) : got == near || Math.abs(got - want) <= ulps * ulp;
            if (Float.isInfinite(near)) ok = got == near || Math.abs(want) < 3.41e38 && Math.abs(got) > 3.4e38;
        } else {
            ok = Double.isNaN(want) ? Double.isNaN(got)
                    : got == want || Math.abs(got - want) <= 1e-14 * Math.abs(want) + 4 * Double.MIN_VALUE;
        }
        if (!ok) throw new AssertionError(what + ": " + got + ", not " + want);
    }

    @TestFactory
    List<DynamicTest> powers() {
        double[] x = {2, -3, 0.5, 1.7, -1e3, 1e-3, 0, 7};
        List<Double> exponents = List.of(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 10.0, -1.0, -2.0, 0.5, -0.5, 2.5, -1.5);
        return everyForm((p, vector) -> {
            Loops loops = new Loops(p, vector, exponents.stream().map(e -> Identities.apply(Op.POW, X, Identities.number(e))).toList());
            for (int k = 0; k < exponents.size(); k++) {
                double e = exponents.get(k);
                double[] r = loops.run(k, 0, new double[][] {x, x, x});
                for (int i = 0; i < x.length; i++)
                    check(x[i] + "^" + e, p, r[i], Math.pow(p == Precision.FLOAT ? (float) x[i] : x[i], e), 4);
            }
        });
    }

    @Test
    void branchNotTakenHasNoInfluence() {
        // select(x > 0, log(x), -1) and its like, the truth also as a number
        Value v = Identities.apply(Op.ADD,
                Identities.apply(Op.SELECT, Identities.apply(Op.AND, Identities.apply(Op.GT, X, Identities.number(0)), Identities.apply(Op.NOT, Y)),
                        Identities.apply(Op.LOG, X), Identities.number(-1)),
                Identities.apply(Op.LT, X, Z));
        double[] x = {1, -1, 0, Math.E, 5, -0.0}, y = {0, 0, 0, 0, 1, 0}, z = {2, 2, 0, 0, 9, 1};
        for (Precision p : Precision.values())
            for (boolean vector : new boolean[] {false, true})
                assertThat(run(p, vector, v, 0, new double[][] {x, y, z}))
                        .usingComparatorWithPrecision(1e-6)
                        .containsExactly(1, 0, -1, 1, 0, 0);
    }

    @Test
    void settingsAreComputedInDoubleBeforeTheLoop() {
        // x / (1 - 0.999^wide): in float arithmetic 1 - 0.999 would have four digits
        Value v = Identities.apply(Op.DIV, X, Identities.apply(Op.SUB, Identities.number(1), Identities.apply(Op.POW, Identities.number(0.999), new Value.Local("wide"))));
        double[] x = {1, 2, 3};
        for (boolean vector : new boolean[] {false, true}) {
            double[] r = run(Precision.FLOAT, vector, v, 1, new double[][] {x, x, x});
            for (int i = 0; i < 3; i++) check("corrected", Precision.FLOAT, r[i], x[i] / (1 - 0.999), 2);
            String text = loops(vector ? Dialect.vector(Precision.FLOAT) : Dialect.scalar(Precision.FLOAT), vector, Precision.FLOAT, List.of(v));
            assertThat(text.indexOf("Math.pow")).isLessThan(text.indexOf("for ("));
        }
    }

    @Test
    void randomNumbersAreTheSameEverywhere() {
        Value v = new Value.Apply(Op.UNIFORM, List.of(new Value.Local("wide"), new Value.Number(7), new Value.Number(-3),
                new Value.Whole(Affine.variable("i"))));
        double[] x = new double[500];
        double seed = 123456789012345.0;
        for (Precision p : Precision.values())
            for (boolean vector : new boolean[] {false, true}) {
                double[] r = run(p, vector, v, seed, new double[][] {x, x, x});
                for (int i = 0; i < x.length; i++) assertThat(r[i]).isEqualTo(CounterRandom.uniform((long) seed, 7, -3, i));
            }
    }

    @Test
    void anIndexIsANumberToo() {
        Value v = Identities.apply(Op.MUL, Identities.number(0.5), new Value.Whole(Affine.variable("i")));
        double[] x = new double[70];
        for (Precision p : Precision.values())
            for (boolean vector : new boolean[] {false, true}) {
                double[] r = run(p, vector, v, 0, new double[][] {x, x, x});
                for (int i = 0; i < x.length; i++) assertThat(r[i]).isEqualTo(0.5 * i);
            }
    }

    @Test
    void commonSubexpressionsAreComputedOnceAndProductsFused() {
        Value e = Identities.apply(Op.EXP, X);
        Value v = Identities.apply(Op.ADD, Identities.apply(Op.MUL, e, Y), Identities.apply(Op.DIV, Z, e));
        String text = loops(Dialect.vector(Precision.FLOAT), true, Precision.FLOAT, List.of(v));
        assertThat(text.split("reinterpretAsInts").length).isEqualTo(2);
        assertThat(text).contains("exp.fma(y, z.div(exp))");
    }
}
