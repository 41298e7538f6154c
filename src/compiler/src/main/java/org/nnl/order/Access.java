package org.nnl.order;

import java.util.ArrayList;
import java.util.List;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;

/** A tensor read at a position: in a body, or by an index map on either side. */
public record Access(String tensor, List<Index> indices) {

    /** All accesses of an equation, repeated ones included. */
    public static List<Access> reads(Equation e) {
        List<Access> all = new ArrayList<>();
        e.body().visit(node -> {
            if (node instanceof Expr.Read r) {
                all.add(new Access(r.tensor(), r.indices()));
                r.indices().forEach(i -> lookups(i, all));
            }
            if (node instanceof Expr.IndexValue v) lookups(v.index(), all);
        });
        e.indices().forEach(i -> lookups(i, all));
        return all;
    }

    private static void lookups(Index index, List<Access> all) {
        for (Index.Term t : index.terms())
            if (t.atom() instanceof Index.Lookup l) {
                all.add(new Access(l.tensor(), l.indices()));
                l.indices().forEach(i -> lookups(i, all));
            }
    }
}
