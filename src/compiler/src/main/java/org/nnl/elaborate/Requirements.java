package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.ExprPrinter;
import org.nnl.program.Limit;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;

/**
 * What {@code require} says of arguments. It is about numbers known at compile time; of anything else, a learning rate
 * that depends on the step for example, nothing can be said here and nothing is.
 */
final class Requirements {
    private static final Map<String, String> TURNED = Map.of("<", ">", "<=", ">=", ">", "<", ">=", "<=");

    private final Elaboration all;

    /** What settings are held to while a class runs, as far as one alone is compared with a number. */
    final Map<String, List<Limit>> limits = new LinkedHashMap<>();

    Requirements(Elaboration all) {
        this.all = all;
    }

    /** Whether all that a requirement mentions is known already, so that it comes before what could go wrong without it. */
    boolean isReady(Tree.Require r, Frame f) {
        return r.conditions().stream().flatMap(c -> names(c).stream()).allMatch(n -> f.scope().peek(n) != null);
    }

    /** An error at the argument that is not as it must be, or at the call if it has none. */
    void check(Tree.Require r, Frame f) {
        for (Tree.Condition c : r.conditions()) {
            if (!(all.expressions.evaluate(c.value(), f) instanceof Value.Number n) || n.value() != 0) continue;
            List<String> known = new ArrayList<>();
            Span at = f.site() == null ? c.span() : f.site().span();
            boolean given = false;
            for (String name : names(c)) {
                Scope.Entry e = f.scope().peek(name);
                String value = e.value() instanceof Value.Number x ? ExprPrinter.number(x.value())
                        : e.value() instanceof Value.AxisName a ? String.valueOf(a.size()) : null;
                if (value == null) continue;
                known.add(name + " is " + value);
                if (given || !isArgument(name, e, f)) continue;
                given = true;
                at = e.declared();
            }
            String who = f.site() == null ? "this model" : "'" + f.site().callee() + "'";
            throw all.problems.error(f.site() == null ? f : outside(f), at, who + " requires " + c.text()
                    + (known.isEmpty() ? "" : ", and " + String.join(", ", known)));
        }
    }

    /**
     * Keeps the conditions on one hyper-parameter for the running class.
     *
     * @param settings of hyper-parameters by their names in the body
     */
    void limit(Tree.Require r, Map<String, String> settings, Frame f) {
        for (Tree.Condition c : r.conditions()) {
            if (!(c.value() instanceof Tree.Binary b) || !TURNED.containsKey(b.operator())) continue;
            limit(b.left(), b.operator(), b.right(), settings, f);
            limit(b.right(), TURNED.get(b.operator()), b.left(), settings, f);
        }
    }

    private void limit(Tree.Expression setting, String operator, Tree.Expression bound, Map<String, String> settings, Frame f) {
        Set<String> free = new LinkedHashSet<>();
        Names.free(bound, free);
        if (setting instanceof Tree.Name n && settings.containsKey(n.name()) && free.isEmpty()
                && all.expressions.evaluate(bound, f) instanceof Value.Number x)
            limits.computeIfAbsent(settings.get(n.name()), s -> new ArrayList<>()).add(new Limit(operator, x.value()));
    }

    /** Where the call stands, in whose arguments the error is. */
    private static Frame outside(Frame f) {
        return new Frame(f.ground(), f.scope(), f.path(), f.sole(), f.live(), f.depth() - 1, f.site().outer());
    }

    private static Set<String> names(Tree.Condition c) {
        Set<String> names = new LinkedHashSet<>();
        Names.free(c.value(), names);
        return names;
    }

    /** Whether a name stands for what the call gave, and not for a default or for something of the body. */
    private boolean isArgument(String name, Scope.Entry e, Frame f) {
        if (f.site() == null) return false;
        Tree.Definition d = all.definitions.find(f.site().callee());
        List<Tree.Parameter> formals = d instanceof Tree.Layer x ? x.parameters()
                : d instanceof Tree.Function x ? x.parameters()
                : d instanceof Tree.Optimizer x ? x.parameters()
                : d instanceof Tree.Distribution x ? x.parameters() : List.of();
        return formals.stream().anyMatch(p -> p.name().equals(name) && !p.span().equals(e.declared()));
    }
}
