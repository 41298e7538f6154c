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
     * The formal parameter that each argument is for; null, and an error, for one that has no place.
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
                if (next < known.size()) name = known.get(next);
                else if (next == known.size())
                    all.problems.error(
                            f, a.span(), "'" + callee + "' takes " + Indexing.count(known.size(), "argument")
                                    + ", not " + arguments.size());
                next++;
            } else if (!known.contains(name)) {
                all.problems.error(
                        f, a.nameSpan(), "'" + callee + "' has no parameter '" + name + "'" + Suggestions.hint(name, known),
                        known.isEmpty() ? "it has none" : "it has " + String.join(", ", known));
                name = null;
            }
            if (name != null && names.contains(name)) {
                all.problems.error(f, a.nameSpan(), "'" + callee + "' is given '" + name + "' twice");
                name = null;
            }
            names.add(name);
        }
        return names;
    }

    /**
     * Binds every formal parameter to its argument's value, its default, or what {@code predefined} has under its name;
     * to {@link Value#BAD} where there is an error, so that the other arguments are looked at too.
     *
     * @param f where the arguments stand
     */
    void bind(
            String callee, List<Tree.Parameter> formals, List<Tree.Argument> arguments, Scope scope, Scope predefined,
            Frame f, Span span) {
        List<String> names = names(callee, formals, arguments, f);
        for (int k = 0; k < names.size(); k++) {
            Tree.Argument a = arguments.get(k);
            Value value = Value.BAD;
            try {
                value = all.expressions.evaluate(a.value(), f);
            } catch (Problems.Abort e) {
                // reported
            }
            if (names.get(k) != null) scope.bind(names.get(k), value, a.span());
        }
        for (Tree.Parameter p : formals) {
            if (scope.own(p.name()) != null) continue;
            Scope.Entry known = predefined.own(p.name());
            if (p.defaultValue() != null) scope.bind(p.name(), all.expressions.evaluate(p.defaultValue(), f.in(scope)),
                    p.span());
            else if (known != null) scope.bind(p.name(), known.value(), p.span());
            else {
                all.problems.error(f, span, "'" + callee + "' needs '" + p.name() + "'");
                scope.bind(p.name(), Value.BAD, p.span());
            }
        }
    }
}
