package org.nnl.syntax;

import java.util.List;
import java.util.stream.Collectors;

/** Expressions with all their brackets, for tests of precedence. */
final class TreePrinter {
    private TreePrinter() {}

    static String print(Tree.Expression e) {
        if (e instanceof Tree.Number n) {
            return n.value() == Math.rint(n.value()) ? String.valueOf((long) n.value()) : String.valueOf(n.value());
        }
        if (e instanceof Tree.Text t) return '"' + t.value() + '"';
        if (e instanceof Tree.Name n) return n.name();
        if (e instanceof Tree.Unary u) return "(" + u.operator() + " " + print(u.operand()) + ")";
        if (e instanceof Tree.Binary b) return "(" + b.operator() + " " + print(b.left()) + " " + print(b.right()) + ")";
        if (e instanceof Tree.Range r) return print(r.from()) + ":" + print(r.to());
        if (e instanceof Tree.Vector v) return "[" + all(v.elements()) + "]";
        if (e instanceof Tree.Conditional c) {
            return "(if " + print(c.condition()) + " " + print(c.yes()) + " " + print(c.no()) + ")";
        }
        if (e instanceof Tree.Call c) {
            return c.arguments().stream()
                    .map(a -> " " + (a.name() == null ? "" : a.name() + "=") + print(a.value()))
                    .collect(Collectors.joining("", "(" + c.name(), ")"));
        }
        if (e instanceof Tree.Fold f) {
            return f.indices().stream()
                    .map(i -> print(i.index()) + (i.below() == null ? "" : "<" + print(i.below())))
                    .collect(Collectors.joining(" ", "(" + f.kind() + " [", "] " + print(f.body()) + ")"));
        }
        Tree.Indexed x = (Tree.Indexed) e;
        return print(x.base())
                + x.selectors().stream().map(TreePrinter::selector).collect(Collectors.joining(",", "[", "]"));
    }

    private static String selector(Tree.Selector s) {
        if (s instanceof Tree.At at) return print(at.index());
        Tree.Slice slice = (Tree.Slice) s;
        return (slice.from() == null ? "" : print(slice.from())) + ":" + (slice.to() == null ? "" : print(slice.to()));
    }

    private static String all(List<Tree.Expression> list) {
        return list.stream().map(TreePrinter::print).collect(Collectors.joining(" "));
    }
}
