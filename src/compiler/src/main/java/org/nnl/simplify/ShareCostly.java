package org.nnl.simplify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;

/**
 * A subexpression that another equation has as its whole body, one value for every element, is read there:
 * with {@code h[b,i] = tanh(a[b,i])}, {@code 1 - tanh(a[b,k])^2} becomes {@code 1 - h[b,k]^2}. A costly one that occurs
 * in two equations over the same sizes becomes a tensor of its own.
 */
final class ShareCostly implements Rule {
    /** Where a subexpression was seen first, and in how many equations. */
    private record Seen(int number, Expr expression, Set<Integer> equations) {}

    @Override
    public String name() {
        return "common subexpression";
    }

    @Override
    public void apply(Draft g) {
        costly(g);
        known(g);
    }

    private void known(Draft g) {
        KnownValues known = new KnownValues(g);
        for (int k : g.numbers()) if (isWorthReading(g.equation(k).body())) known.add(k, g.equation(k).body());
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            Expr body = replace(e.body(), k, known);
            if (!body.equals(e.body())) g.replace(k, e.withBody(body).withOrigin(e.origin().rewritten(name())));
        }
    }

    private static Expr replace(Expr x, int k, KnownValues known) {
        if (!(x instanceof Expr.Apply)) return x;
        Expr read = isWorthReading(x) ? known.read(x, k) : null;
        if (read != null) return read;
        List<Expr> children = new ArrayList<>();
        for (Expr c : x.children()) children.add(replace(c, k, known));
        return x.withChildren(children);
    }

    private void costly(Draft g) {
        Map<String, Seen> seen = new LinkedHashMap<>();
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            e.body().visit(x -> {
                if (x instanceof Expr.Apply a && Algebra.isCostly(a.op()))
                    seen.computeIfAbsent(Key.of(x, KnownValues.renaming(x, e)), n -> new Seen(k, x, new LinkedHashSet<>()))
                            .equations()
                            .add(k);
            });
        }
        for (Seen s : seen.values()) {
            if (s.equations.size() < 2) continue;
            Equation e = g.equation(s.number);
            // what is defined already is read by the others, by the rule below
            if (s.expression.equals(e.body()) && e.fold() == Fold.SET && Axes.coversOnce(e, g.tensor(e.target()))) continue;
            boolean still = Axes.of(s.expression).stream().allMatch(a -> e.axis(a) != null);
            boolean[] there = new boolean[1];
            e.body().visit(x -> there[0] |= x.equals(s.expression));
            if (!still || !there[0]) continue;
            Expr read = Extraction.read(g, s.number, s.expression, HoistInvariant.nameOf(s.expression, e), name());
            if (read == null) continue;
            Expr body = e.body().rewrite(x -> x.equals(s.expression) ? read : x);
            g.replace(s.number, e.withBody(body).withOrigin(e.origin().rewritten(name())));
        }
    }

    /** At least two operations, or a costly one. */
    private static boolean isWorthReading(Expr e) {
        if (!(e instanceof Expr.Apply a)) return false;
        if (Algebra.isCostly(a.op())) return true;
        int inner = 0;
        for (Expr c : a.arguments()) if (c instanceof Expr.Apply) inner++;
        return inner > 0;
    }
}
