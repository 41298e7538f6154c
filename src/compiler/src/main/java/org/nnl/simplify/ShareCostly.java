package org.nnl.simplify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;

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
        Map<String, Integer> definitions = new HashMap<>();
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            if (e.fold() != Fold.SET || g.onlyWriter(e.target()) != k || !isWorthReading(e.body())) continue;
            if (!Axes.coversOnce(e, g.tensor(e.target())) || g.tensor(e.target()).isInteger()) continue;
            if (Axes.of(e.body()).size() == e.box().size()) definitions.putIfAbsent(Key.of(e.body(), renaming(e.body(), e)), k);
        }
        if (definitions.isEmpty()) return;
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            Expr body = replace(e.body(), e, k, definitions, g);
            if (!body.equals(e.body())) g.replace(k, e.withBody(body).withOrigin(e.origin().rewritten(name())));
        }
    }

    private static Expr replace(Expr x, Equation e, int k, Map<String, Integer> definitions, Draft g) {
        if (!(x instanceof Expr.Apply)) return x;
        if (isWorthReading(x)) {
            Integer d = definitions.get(Key.of(x, renaming(x, e)));
            if (d != null && d != k) {
                Equation definition = g.equation(d);
                List<String> mine = new ArrayList<>(Axes.of(x)), its = new ArrayList<>(Axes.of(definition.body()));
                Map<String, Index> place = new HashMap<>();
                for (int n = 0; n < its.size(); n++) place.put(its.get(n), Index.axis(mine.get(n)));
                boolean same = Key.of(definition.body().substitute(place::get)).equals(Key.of(x));
                if (same)
                    return Expr.read(
                            definition.target(),
                            definition.indices().stream().map(i -> i.substitute(place::get)).toList());
            }
        }
        List<Expr> children = new ArrayList<>();
        for (Expr c : x.children()) children.add(replace(c, e, k, definitions, g));
        return x.withChildren(children);
    }

    private void costly(Draft g) {
        Map<String, Seen> seen = new LinkedHashMap<>();
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            e.body().visit(x -> {
                if (x instanceof Expr.Apply a && Algebra.isCostly(a.op()))
                    seen.computeIfAbsent(Key.of(x, renaming(x, e)), n -> new Seen(k, x, new LinkedHashSet<>()))
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

    /** Axes by the order in which the expression mentions them, with their sizes. */
    private static Function<String, String> renaming(Expr x, Equation e) {
        Map<String, String> names = new HashMap<>();
        for (String a : Axes.of(x)) {
            Axis axis = e.axis(a);
            names.put(a, "#" + names.size() + "<" + axis.size());
        }
        return names::get;
    }
}
