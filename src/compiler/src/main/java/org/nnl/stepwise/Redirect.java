package org.nnl.stepwise;

import java.util.function.BiFunction;
import java.util.function.Function;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;
import org.nnl.order.Access;

/**
 * Other accesses in place of an equation's own, in its body as in look-ups, and indices in place of its axes.
 *
 * @param axes     an index for each axis; null where the axis stays
 * @param accesses another access for each, whose indices still have to be redirected, which the second argument does
 */
record Redirect(Function<String, Index> axes, BiFunction<Access, Redirect, Access> accesses) {

    Expr of(Expr body) {
        return body.rewrite(node -> {
            if (node instanceof Expr.Read r) {
                Access a = accesses.apply(new Access(r.tensor(), r.indices()), this);
                return Expr.read(a.tensor(), a.indices());
            }
            return node instanceof Expr.IndexValue v ? Expr.index(of(v.index())) : node;
        });
    }

    Index of(Index i) {
        return i.substitute(axes, l -> {
            Access a = accesses.apply(new Access(l.tensor(), l.indices()), this);
            return Index.lookup(a.tensor(), a.indices());
        });
    }
}
