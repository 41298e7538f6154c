package org.nnl.elaborate;

import java.util.ArrayList;
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
     * The formal parameter that each argument is for.
     *
     * @param f where the arguments stand
     */
    List<String> names(String callee, List<Tree.Parameter> formals, List<Tree.Argument> arguments, Frame f) {
        List<String> known = formals.stream().map(Tree.Parameter::name).toList();
        List<String> names = new ArrayList<>();
        int next = 0;
        for (Tree.Argument a : arguments) {
            String name = a.name();
            if (name == null) {
                if (next == known.size())
                    throw all.problems.error(
                            f, a.span(), "'" + callee + "' takes " + Indexing.count(known.size(), "argument")
                                    + ", not " + arguments.size());
                name = known.get(next++);
            }
            if (!known.contains(name))
                throw all.problems.error(
                        f, a.span(), "'" + callee + "' has no parameter '" + name + "'" + Suggestions.hint(name, known),
                        known.isEmpty() ? "it has none" : "it has " + String.join(", ", known));
            if (names.contains(name))
                throw all.problems.error(f, a.span(), "'" + callee + "' is given '" + name + "' twice");
            names.add(name);
        }
        return names;
    }

    /**
     * Binds every formal parameter to its argument's value, its default, or what {@code predefined} has under its name.
     *
     * @param f where the arguments stand
     */
    void bind(
            String callee, List<Tree.Parameter> formals, List<Tree.Argument> arguments, Scope scope, Scope predefined,
            Frame f, Span span) {
        List<String> names = names(callee, formals, arguments, f);
        for (int k = 0; k < names.size(); k++) {
            Tree.Argument a = arguments.get(k);
            scope.bind(names.get(k), all.expressions.evaluate(a.value(), f), a.span());
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
