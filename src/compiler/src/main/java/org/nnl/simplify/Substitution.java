package org.nnl.simplify;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;

/** Reads of one tensor replaced by something else. */
final class Substitution {
    private Substitution() {}

    /** The equation with every read of {@code from}, in index maps as well, as one of {@code to} at the same position. */
    static Equation rename(Equation e, String from, String to) {
        UnaryOperator<Index> inIndex = i -> lookups(
                i, l -> l.tensor().equals(from) ? Index.lookup(to, l.indices()) : null);
        return new Equation(
                e.target(),
                e.indices().stream().map(inIndex).toList(),
                e.fold(),
                e.position(),
                e.box(),
                e.body().rewrite(x -> {
                    if (x instanceof Expr.Read r)
                        return new Expr.Read(
                                r.tensor().equals(from) ? to : r.tensor(), r.indices().stream().map(inIndex).toList());
                    return x instanceof Expr.IndexValue v ? Expr.index(inIndex.apply(v.index())) : x;
                }),
                e.origin());
    }

    /** {@code body} with what {@code definition}, one value per element at bare axes, says for every read of its target. */
    static Expr inline(Expr body, Equation definition) {
        return body.rewrite(
                x -> x instanceof Expr.Read r && r.tensor().equals(definition.target())
                        ? at(definition, r.indices())
                        : x);
    }

    /** The body of {@code definition} for the element at {@code indices}. */
    static Expr at(Equation definition, List<Index> indices) {
        Map<String, Index> place = new HashMap<>();
        for (int d = 0; d < indices.size(); d++) {
            String axis = definition.indices().get(d).bareAxis();
            if (axis != null) place.put(axis, indices.get(d));
        }
        return definition.body().substitute(place::get);
    }

    /** Whether the index reads the integer tensor. */
    static boolean looksUp(Index i, String tensor) {
        for (Index.Term t : i.terms())
            if (t.atom() instanceof Index.Lookup l
                    && (l.tensor().equals(tensor) || l.indices().stream().anyMatch(j -> looksUp(j, tensor))))
                return true;
        return false;
    }

    /** The expression with an index in place of every look-up in its index maps; null leaves a look-up as it is. */
    static Expr lookups(Expr e, Function<Index.Lookup, Index> rule) {
        return e.rewrite(x -> {
            if (x instanceof Expr.Read r)
                return new Expr.Read(r.tensor(), r.indices().stream().map(i -> lookups(i, rule)).toList());
            return x instanceof Expr.IndexValue v ? Expr.index(lookups(v.index(), rule)) : x;
        });
    }

    private static Index lookups(Index i, Function<Index.Lookup, Index> rule) {
        return i.substitute(axis -> null, l -> {
            Index.Lookup inner = new Index.Lookup(l.tensor(), l.indices().stream().map(j -> lookups(j, rule)).toList());
            Index put = rule.apply(inner);
            return put != null ? put : Index.lookup(inner.tensor(), inner.indices());
        });
    }
}
