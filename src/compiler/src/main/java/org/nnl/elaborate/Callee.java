package org.nnl.elaborate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;

/**
 * What is called, as far as its arguments are concerned.
 *
 * @param formals     its parameters
 * @param resultSizes sizes in what a layer's head says it gives
 * @param span        its definition
 */
record Callee(String name, List<Tree.Parameter> formals, Set<String> resultSizes, List<Tree.Statement> body, Span span) {

    static Callee of(Tree.Function f) {
        return new Callee(f.name(), f.parameters(), Set.of(), f.body(), f.span());
    }

    static Callee of(Tree.Layer l) {
        return new Callee(l.name(), l.parameters(), sizes(l.results()), l.body(), l.span());
    }

    /** Names of the parameters. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (Tree.Parameter p : formals) names.add(p.name());
        return names;
    }

    /** Names of sizes of the parameters that are no parameters themselves. */
    Set<String> sizes() {
        Set<String> names = sizes(formals);
        names.removeAll(names());
        return names;
    }

    private static Set<String> sizes(List<Tree.Parameter> parameters) {
        Set<String> names = new LinkedHashSet<>();
        for (Tree.Parameter p : parameters) {
            for (Tree.Expression e : p.sizes()) Names.of(e, names);
            if (p.classes() != null) Names.of(p.classes(), names);
        }
        return names;
    }
}
