package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.nnl.syntax.Tree;

/** Which names occur in expressions and statements, before anything is elaborated. */
final class Names {
    private Names() {}

    /** Visits an expression and all within it, index positions and ranges included. */
    static void visit(Tree.Expression e, Consumer<Tree.Expression> visitor) {
        if (e == null) return;
        visitor.accept(e);
        if (e instanceof Tree.Fold x) {
            for (Tree.IndexVariable v : x.indices()) visit(v.below(), visitor);
            visit(x.body(), visitor);
        }
        for (Tree.Expression child : children(e)) visit(child, visitor);
    }

    /** Adds every name in an expression, those of functions called included. */
    static void of(Tree.Expression e, Set<String> names) {
        visit(e, x -> {
            if (x instanceof Tree.Name n) names.add(n.name());
            if (x instanceof Tree.Call c) names.add(c.name());
        });
    }

    /** The names of values that an assignment reads: those that neither a fold nor its left-hand side binds. */
    static Set<String> read(Tree.Assignment a) {
        Set<String> names = new LinkedHashSet<>();
        free(a.value(), names);
        for (Tree.Left l : a.targets())
            for (Tree.IndexVariable v : l.indices())
                visit(v.index(), e -> {
                    if (e instanceof Tree.Name n) names.remove(n.name());
                });
        return names;
    }

    /** Adds the names of values in an expression that no fold within it binds; those of functions called are left out. */
    static void free(Tree.Expression e, Set<String> names) {
        Set<String> bound = new HashSet<>();
        Set<String> inside = new LinkedHashSet<>();
        free(e, bound, inside);
        names.addAll(inside);
    }

    private static void free(Tree.Expression e, Set<String> bound, Set<String> names) {
        if (e instanceof Tree.Fold f) {
            Set<String> more = new HashSet<>(bound);
            for (Tree.IndexVariable v : f.indices()) {
                if (v.index() instanceof Tree.Name n) more.add(n.name());
                if (v.below() != null) free(v.below(), bound, names);
            }
            free(f.body(), more, names);
            return;
        }
        if (e instanceof Tree.Name n && !bound.contains(n.name())) names.add(n.name());
        for (Tree.Expression child : children(e)) free(child, bound, names);
    }

    /** The expressions directly within one, but for folds. */
    private static List<Tree.Expression> children(Tree.Expression e) {
        List<Tree.Expression> all = new ArrayList<>();
        if (e instanceof Tree.Indexed i) {
            all.add(i.base());
            for (Tree.Selector s : i.selectors()) {
                if (s instanceof Tree.At at) all.add(at.index());
                if (s instanceof Tree.Slice x && x.from() != null) all.add(x.from());
                if (s instanceof Tree.Slice x && x.to() != null) all.add(x.to());
            }
        } else if (e instanceof Tree.Call c) {
            for (Tree.Argument a : c.arguments()) all.add(a.value());
        } else if (e instanceof Tree.Unary u) {
            all.add(u.operand());
        } else if (e instanceof Tree.Binary b) {
            all.add(b.left());
            all.add(b.right());
        } else if (e instanceof Tree.Conditional c) {
            all.add(c.condition());
            all.add(c.yes());
            all.add(c.no());
        } else if (e instanceof Tree.Vector v) {
            all.addAll(v.elements());
        }
        return all;
    }

    /** Whether an expression folds or calls, so that evaluating it may write equations. */
    static boolean folds(Tree.Expression e) {
        boolean[] found = new boolean[1];
        visit(e, x -> found[0] |= x instanceof Tree.Fold || x instanceof Tree.Vector);
        return found[0];
    }

    /**
     * How often a name is used in statements: 0, 1, or 2 for more often, or under a fold, or in a loop.
     */
    static int uses(String name, Iterable<? extends Tree.Statement> body) {
        int n = 0;
        for (Tree.Statement s : body) {
            if (s instanceof Tree.Assignment a) {
                for (Tree.Left l : a.targets())
                    for (Tree.IndexVariable v : l.indices()) n += uses(name, v.index()) + uses(name, v.below());
                n += uses(name, a.value());
            } else if (s instanceof Tree.Return r) {
                for (Tree.Expression e : r.values()) n += uses(name, e);
            } else if (s instanceof Tree.Require r) {
                for (Tree.Condition c : r.conditions()) n += uses(name, c.value());
            } else if (s instanceof Tree.Declaration d) {
                for (Tree.Expression e : d.sizes()) n += uses(name, e);
                n += uses(name, d.value()) + uses(name, d.distribution());
            } else if (s instanceof Tree.Repeat r) {
                n += 2 * uses(name, r.body());
            }
        }
        return Math.min(n, 2);
    }

    private static int uses(String name, Tree.Expression e) {
        int[] n = new int[1];
        visit(e, x -> {
            if (x instanceof Tree.Name y && y.name().equals(name)) n[0]++;
            if (x instanceof Tree.Fold y && uses(name, y.body()) > 0) n[0]++;
        });
        return n[0];
    }
}
