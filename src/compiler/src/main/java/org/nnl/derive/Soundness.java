package org.nnl.derive;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.nnl.equations.Expr;
import org.nnl.equations.GraphReader;
import org.nnl.equations.Op;

/**
 * The numerical check of a derivative, independent of computer algebra: at random points against central differences,
 * and at those and at awkward points (0, ±1, ±30, ±100, ±800) against forward-mode differentiation with dual numbers.
 * Wherever that is finite the derivative must be finite and agree, and none of its intermediate results may leave the
 * range of {@code float} unless the formula's own did.
 */
final class Soundness {
    private static final double[] AWKWARD = {0, 1, -1, 30, -30, 100, -100, 800, -800};
    private static final double FLOAT_RANGE = 1e38;

    private final Expr formula;
    private final String variable;
    private final Map<Op, List<Expr>> partials = new EnumMap<>(Op.class);
    private final List<Map<String, Double>> moderate = new ArrayList<>();
    private final List<Map<String, Double>> awkward = new ArrayList<>();
    private double largest;

    Soundness(Expr formula, String variable) {
        this.formula = formula;
        this.variable = variable;
        Set<String> names = new LinkedHashSet<>();
        formula.visit(e -> {
            if (Formula.leafName(e) != null) names.add(Formula.leafName(e));
        });
        Random random = new Random(7);
        for (int n = 0; n < 12; n++) moderate.add(point(names, random, -2, 2));
        for (int n = 0; n < 6; n++) moderate.add(point(names, random, 0.05, 0.95));
        for (double v : AWKWARD) {
            Map<String, Double> all = point(names, random, -2, 2);
            for (String name : names) if (name.startsWith("r")) all.put(name, v);
            awkward.add(all);
            for (String name : names)
                if (name.startsWith("r")) {
                    Map<String, Double> one = point(names, random, -2, 2);
                    one.put(name, v);
                    awkward.add(one);
                }
        }
    }

    private static Map<String, Double> point(Set<String> names, Random random, double from, double to) {
        Map<String, Double> p = new HashMap<>();
        for (String name : names)
            p.put(name, switch (name.charAt(0)) {
                case 'i' -> (double) random.nextInt(9);
                case 'e' -> 1.0 + random.nextInt(40);
                case 'k' -> 0.1 + 2 * random.nextDouble();
                default -> from + (to - from) * random.nextDouble();
            });
        return p;
    }

    /** Why the candidate is not a sound form of the derivative; null if it is. */
    String objection(Expr candidate) {
        for (Map<String, Double> p : moderate) {
            String o = againstDual(candidate, p);
            if (o == null) o = againstDifferences(candidate, p);
            if (o != null) return o;
        }
        for (Map<String, Double> p : awkward) {
            String o = againstDual(candidate, p);
            if (o != null) return o;
        }
        return null;
    }

    /** Whether the candidate is no form of the derivative at all: somewhere finite, and different. */
    boolean isWrong(Expr candidate) {
        for (Map<String, Double> p : moderate) {
            Map<String, Double> q = at(p, value(formula, p));
            if (!Double.isFinite(value(candidate, q))) continue;
            if (againstDual(candidate, p) != null && largest < FLOAT_RANGE || againstDifferences(candidate, p) != null)
                return true;
        }
        return false;
    }

    private String againstDual(Expr candidate, Map<String, Double> p) {
        largest = 1;
        double[] dual = dual(formula, p);
        if (!Double.isFinite(dual[0]) || !Double.isFinite(dual[1])) return null;
        double scale = largest;
        largest = 1;
        double d = value(candidate, at(p, dual[0]));
        if (scale < FLOAT_RANGE && !(largest < FLOAT_RANGE)) return "an intermediate result overflows at " + p;
        double tolerance = 1e-9 * Math.abs(dual[1]) + 1e-12 * (scale < 1e6 ? scale : 1e6);
        return Math.abs(d - dual[1]) <= tolerance ? null : d + " instead of " + dual[1] + " at " + p;
    }

    private String againstDifferences(Expr candidate, Map<String, Double> p) {
        Map<String, Double> q = at(p, value(formula, p));
        double d = value(candidate, q);
        double coarse = difference(p, 1e-4);
        double fine = difference(p, 1e-5);
        double agreement = 1e-5 * (1 + Math.abs(fine));
        if (!Double.isFinite(coarse) || !(Math.abs(coarse - fine) <= agreement)) return null; // a kink or a pole is near
        return Math.abs(d - fine) <= 2 * agreement ? null : d + " instead of the difference " + fine + " at " + p;
    }

    private double difference(Map<String, Double> p, double h) {
        Expr frozen = formula.rewrite(e -> Tidy.isOp(e, Op.STOP) ? Expr.of(value(e, p)) : e);
        Map<String, Double> q = new HashMap<>(p);
        double x = p.getOrDefault(variable, 0.0);
        q.put(variable, x + h);
        double up = value(frozen, q);
        q.put(variable, x - h);
        return (up - value(frozen, q)) / (2 * h);
    }

    private static Map<String, Double> at(Map<String, Double> p, double result) {
        Map<String, Double> q = new HashMap<>(p);
        q.put(Formula.RESULT, result);
        return q;
    }

    /** Value and derivative. What is multiplied by a derivative of 0 has no influence, nor has a branch not taken. */
    private double[] dual(Expr e, Map<String, Double> p) {
        if (!(e instanceof Expr.Apply a))
            return new double[] {value(e, p), variable.equals(Formula.leafName(e)) ? 1 : 0};
        int n = a.op().arity();
        double[] x = new double[n];
        double[] dx = new double[n];
        Map<String, Double> local = new HashMap<>();
        for (int k = 0; k < n; k++) {
            if (a.op() == Op.SELECT && k > 0 && (x[0] != 0) != (k == 1)) continue;
            double[] d = dual(a.arguments().get(k), p);
            x[k] = d[0];
            dx[k] = d[1];
            local.put(String.valueOf((char) ('a' + k)), d[0]);
        }
        double v = a.op().apply(x);
        local.put("r", v);
        double sum = 0;
        for (int k = 0; k < n; k++) if (dx[k] != 0) sum += dx[k] * value(partial(a.op(), k), local);
        largest = Math.max(largest, Math.max(Math.abs(v), Math.abs(sum)));
        return new double[] {v, sum};
    }

    private Expr partial(Op op, int k) {
        return partials
                .computeIfAbsent(op, o -> o.partials().stream().map(GraphReader::readExpr).toList())
                .get(k);
    }

    private double value(Expr e, Map<String, Double> p) {
        if (e instanceof Expr.Const c) return c.value();
        if (e instanceof Expr.IndexValue) {
            Double v = p.get(Formula.leafName(e));
            if (v == null) throw new IllegalStateException("'" + e + "' is no leaf of " + formula);
            return v;
        }
        Expr.Apply a = (Expr.Apply) e;
        if (a.op() == Op.SELECT)
            return value(a.arguments().get(value(a.arguments().get(0), p) != 0 ? 1 : 2), p);
        double[] x = new double[a.op().arity()];
        for (int k = 0; k < x.length; k++) x[k] = value(a.arguments().get(k), p);
        double v = a.op().apply(x);
        if (!(Math.abs(v) <= largest)) largest = Math.abs(v);
        return v;
    }
}
