package org.nnl.derive;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nnl.equations.Expr;
import org.nnl.equations.GraphReader;
import org.nnl.equations.Op;

/**
 * A rewriting {@code from = to} of scalar expressions in which the bare names a and b stand for anything. Sums and
 * products match in either order.
 *
 * @param name    as recorded in the origin of an equation
 * @param from    what is looked for
 * @param to      what is put in its place
 * @param splits  whether it only takes apart, so that it is worth applying only if one of the new parts is rewritten in
 *                turn; its condition is that one of a and b is not negative
 */
record Rule(String name, Expr from, Expr to, boolean splits) {

    static Rule of(String name, String from, String to) {
        return new Rule(name, GraphReader.readExpr(from), GraphReader.readExpr(to), false);
    }

    static Rule splitting(String name, String from, String to) {
        return new Rule(name, GraphReader.readExpr(from), GraphReader.readExpr(to), true);
    }

    /**
     * What a and b stand for, or null if e does not have the form looked for.
     *
     * @param definition gives the expression that a read is defined by, or null where it must be taken as it is
     */
    Map<String, Expr> match(Expr e, Function<Expr.Read, Expr> definition) {
        return match(from, e, Map.of(), definition);
    }

    private static Map<String, Expr> match(
            Expr pattern, Expr e, Map<String, Expr> bound, Function<Expr.Read, Expr> definition) {
        String variable = Formula.leafName(pattern);
        if (variable != null) {
            Expr before = bound.get(variable);
            if (before != null) return before.equals(e) ? bound : null;
            Map<String, Expr> more = new HashMap<>(bound);
            more.put(variable, e);
            return more;
        }
        if (e instanceof Expr.Read r) {
            Expr defined = definition.apply(r);
            return defined == null ? null : match(pattern, defined, bound, definition);
        }
        if (!(pattern instanceof Expr.Apply p)) return pattern.equals(e) ? bound : null;
        if (!Tidy.isOp(e, p.op())) return null;
        List<Expr> x = e.children();
        Map<String, Expr> found = matchAll(p.arguments(), x, bound, definition);
        if (found == null && (p.op() == Op.ADD || p.op() == Op.MUL))
            found = matchAll(p.arguments(), List.of(x.get(1), x.get(0)), bound, definition);
        return found;
    }

    private static Map<String, Expr> matchAll(
            List<Expr> patterns, List<Expr> x, Map<String, Expr> bound, Function<Expr.Read, Expr> definition) {
        Map<String, Expr> found = bound;
        for (int k = 0; k < x.size() && found != null; k++)
            found = match(patterns.get(k), x.get(k), found, definition);
        return found;
    }

    /** {@link #to} with what a and b stand for. */
    Expr apply(Map<String, Expr> bound) {
        return to.rewrite(e -> {
            String variable = Formula.leafName(e);
            if (variable != null) return bound.get(variable);
            return e instanceof Expr.Apply a ? Tidy.apply(a.op(), a.arguments()) : e;
        });
    }
}
