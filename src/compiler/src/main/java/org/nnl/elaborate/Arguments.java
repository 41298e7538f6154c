package org.nnl.elaborate;

import java.util.List;
import org.nnl.syntax.Span;
import org.nnl.syntax.Suggestions;
import org.nnl.syntax.Tree;

/** Arguments of distributions and optimisers: numbers, by position or name, with defaults. */
final class Arguments {
    private final Elaboration all;

    Arguments(Elaboration all) {
        this.all = all;
    }

    /**
     * Binds every formal parameter to its argument's value, its default, or what {@code predefined} has under its name.
     *
     * @param f where the arguments stand
     */
    void bind(
            String callee, List<Tree.Parameter> formals, List<Tree.Argument> arguments, Scope scope, Scope predefined,
            Frame f, Span span) {
        int next = 0;
        for (Tree.Argument a : arguments) {
            String name = a.name();
            if (name == null) {
                if (next == formals.size())
                    throw all.problems.error(
                            f, a.span(), "'" + callee + "' takes " + Indexing.count(formals.size(), "argument")
                                    + ", not " + arguments.size());
                name = formals.get(next++).name();
            }
            String wanted = name;
            if (formals.stream().noneMatch(p -> p.name().equals(wanted))) {
                List<String> known = formals.stream().map(Tree.Parameter::name).toList();
                throw all.problems.error(
                        f, a.span(), "'" + callee + "' has no parameter '" + name + "'" + Suggestions.hint(name, known),
                        known.isEmpty() ? "it has none" : "it has " + String.join(", ", known));
            }
            if (scope.own(name) != null)
                throw all.problems.error(f, a.span(), "'" + callee + "' is given '" + name + "' twice");
            scope.bind(name, all.expressions.evaluate(a.value(), f), a.span());
        }
        for (Tree.Parameter p : formals) {
            if (scope.own(p.name()) != null) continue;
            Scope.Entry known = predefined.own(p.name());
            if (p.defaultValue() != null) scope.bind(p.name(), all.expressions.evaluate(p.defaultValue(), f.in(scope)),
                    p.span());
            else if (known != null) scope.bind(p.name(), known.value(), p.span());
            else throw all.problems.error(f, span, "'" + callee + "' needs '" + p.name() + "'");
        }
    }
}
