package org.nnl.data;

import java.util.StringJoiner;
import org.nnl.equations.ExprPrinter;
import org.nnl.syntax.Tree;

/** Expressions of data blocks as text, the same for the same expression however it is laid out. */
final class ExpressionText {
    private ExpressionText() {}

    static String of(Tree.Expression e) {
        if (e instanceof Tree.Number n) return ExprPrinter.number(n.value());
        if (e instanceof Tree.Text t) return '"' + t.value() + '"';
        if (e instanceof Tree.Name n) return n.name().equals("characters") || n.name().equals("words") ? n.name() + "()" : n.name();
        if (e instanceof Tree.Range r) return of(r.from()) + ":" + of(r.to());
        if (e instanceof Tree.Unary u) return u.operator() + "(" + of(u.operand()) + ")";
        if (e instanceof Tree.Binary b) return "(" + of(b.left()) + " " + b.operator() + " " + of(b.right()) + ")";
        if (e instanceof Tree.Call c) {
            StringJoiner s = new StringJoiner(", ", c.name() + "(", ")");
            for (Tree.Argument a : c.arguments()) s.add((a.name() == null ? "" : a.name() + " = ") + of(a.value()));
            return s.toString();
        }
        if (e instanceof Tree.Vector v) {
            StringJoiner s = new StringJoiner(", ", "[", "]");
            for (Tree.Expression x : v.elements()) s.add(of(x));
            return s.toString();
        }
        return "an expression";
    }
}
