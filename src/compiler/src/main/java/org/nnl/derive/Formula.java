package org.nnl.derive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;
import org.nnl.equations.Op;

/**
 * A body with its leaves renamed in order of appearance, so that bodies alike in everything but names are equal:
 * reads become {@code r0, r1, …}, index values {@code i0, …}, the number of examples {@code e0}, numbers that carry no
 * structure {@code k0, …} (always positive). {@code tanh(z[b,i] + 0.3)} and {@code tanh(a[t] + 7)} are both
 * {@code tanh(r0 + k0)}. 0, 1/2, 1 and constant
 * exponents stay: algebra needs them. A constant
 * argument of {@code max} and {@code min} is put second, where ties go.
 *
 * @param body   over bare names
 * @param leaves what each name stands for
 */
record Formula(Expr body, Map<String, Expr> leaves) {

    /** The name that a derivative uses for the value of the whole body. */
    static final String RESULT = "y";

    static Formula of(Expr body) {
        Map<Expr, String> names = new LinkedHashMap<>();
        Expr renamed = rename(body, names, new int[4]);
        Map<String, Expr> leaves = new LinkedHashMap<>();
        names.forEach((leaf, name) -> leaves.put(name, leaf));
        return new Formula(renamed, leaves);
    }

    /** The name given to a leaf, or null. */
    String name(Expr leaf) {
        for (Map.Entry<String, Expr> e : leaves.entrySet()) if (e.getValue().equals(leaf)) return e.getKey();
        return null;
    }

    /** An expression over the names, with the leaves put back; {@code result} stands for the value of the body. */
    Expr restore(Expr formula, Expr result) {
        if (formula instanceof Expr.IndexValue v) {
            String name = v.index().bareAxis();
            Expr leaf = RESULT.equals(name) ? result : leaves.get(name);
            if (leaf == null) throw new IllegalStateException("no leaf '" + name + "' in " + body);
            return leaf;
        }
        if (!(formula instanceof Expr.Apply a)) return formula;
        List<Expr> arguments = new ArrayList<>();
        for (Expr c : a.arguments()) arguments.add(restore(c, result));
        return Tidy.apply(a.op(), arguments);
    }

    static Expr leaf(String name) {
        return new Expr.IndexValue(Index.axis(name));
    }

    /** The name of a leaf of a formula, or null for anything else. */
    static String leafName(Expr e) {
        return e instanceof Expr.IndexValue v ? v.index().bareAxis() : null;
    }

    private static Expr rename(Expr e, Map<Expr, String> names, int[] counts) {
        if (e instanceof Expr.Read) return named(e, 'r', 0, names, counts);
        if (e instanceof Expr.IndexValue) return named(e, 'i', 1, names, counts);
        if (e instanceof Expr.Extent) return named(e, 'e', 2, names, counts);
        if (e instanceof Expr.Const c) {
            if (isStructural(c.value())) return c;
            Expr k = named(Expr.of(Math.abs(c.value())), 'k', 3, names, counts);
            return c.value() < 0 ? k.negate() : k;
        }
        Expr.Apply a = (Expr.Apply) e;
        List<Expr> arguments = a.arguments();
        if ((a.op() == Op.MAX || a.op() == Op.MIN)
                && arguments.get(0) instanceof Expr.Const && !(arguments.get(1) instanceof Expr.Const))
            arguments = List.of(arguments.get(1), arguments.get(0));
        List<Expr> renamed = new ArrayList<>();
        for (Expr x : arguments) {
            boolean exponent = a.op() == Op.POW && renamed.size() == 1 && x instanceof Expr.Const;
            renamed.add(exponent ? x : rename(x, names, counts));
        }
        return new Expr.Apply(a.op(), renamed);
    }

    private static Expr named(Expr leaf, char kind, int row, Map<Expr, String> names, int[] counts) {
        return leaf(names.computeIfAbsent(leaf, x -> "" + kind + counts[row]++));
    }

    private static boolean isStructural(double v) {
        return v == 0 || Math.abs(v) == 0.5 || Math.abs(v) == 1 || !Double.isFinite(v);
    }
}
