package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Tensor;
import org.nnl.syntax.Span;
import org.nnl.syntax.Suggestions;
import org.nnl.syntax.Tree;

/**
 * Binds formal parameters and sizes in the scope of the body of what is called. Sizes are unified: a name stands for the
 * first size that it meets, and every other must be the same; a size that is an expression is compared when all names are known.
 * <pre>layer dense(x[n], units)  given x of shape [784], units = 10:    n = 784,  units = 10</pre>
 */
final class Binding {
    private final Elaboration all;
    private final Callee callee;
    private final Scope scope;
    private final Frame f;
    private final Span span;

    private final Map<String, Argument> given = new LinkedHashMap<>();
    private final Map<String, Integer> sizes = new LinkedHashMap<>();

    /** Why a size is what it is. */
    private final Map<String, String> reasons = new LinkedHashMap<>();

    /** Comparisons that wait for all names. */
    private final List<Runnable> later = new ArrayList<>();

    /**
     * @param scope of the body
     * @param f     where the call stands
     * @param span  the call
     */
    Binding(Elaboration all, Callee callee, Scope scope, Frame f, Span span) {
        this.all = all;
        this.callee = callee;
        this.scope = scope;
        this.f = f;
        this.span = span;
    }

    void of(List<Argument> arguments) {
        assign(arguments);
        for (Tree.Parameter p : callee.formals()) match(p);
        Set<String> names = callee.sizes();
        Set<String> named = new LinkedHashSet<>(names);
        named.addAll(callee.resultSizes());
        named.removeAll(callee.names());
        for (String n : named) {
            Integer size = sizes.get(n);
            if (size != null) scope.bind(n, new Value.AxisName(n, size, false), span);
        }
        Frame inner = f.in(scope);
        for (Tree.Parameter p : callee.formals()) {
            Argument a = given.get(p.name());
            if (a == null) scope.bind(p.name(), all.expressions.evaluate(p.defaultValue(), inner), p.span());
            else if (p.sizes().isEmpty()) scope.bind(p.name(), kept(p, a), a.span());
        }
        for (String n : names)
            if (scope.own(n) == null)
                throw all.problems.error(
                        f, span, "the size '" + n + "' of '" + callee.name() + "' cannot be inferred",
                        "say it by name: " + callee.name() + "(…, " + n + " = 32)", defined());
        for (Tree.Parameter p : callee.formals()) {
            Argument a = given.get(p.name());
            if (a == null || p.sizes().isEmpty()) continue;
            Value v = kept(p, a);
            if (v instanceof Value.Array x && !x.isKnown()) {
                List<Integer> shape = new ArrayList<>();
                for (Tree.Expression e : p.sizes()) shape.add(all.expressions.size(e, inner));
                v = new Value.Array(shape, x.classes(), x.open(), x.element());
            }
            scope.bind(p.name(), v, a.span());
        }
        later.forEach(Runnable::run);
    }

    /** Which argument is for which parameter, and which gives a size. */
    private void assign(List<Argument> arguments) {
        Set<String> formalNames = callee.names(), names = callee.sizes();
        int next = 0;
        for (Argument a : arguments) {
            String name = a.name();
            if (name == null) {
                if (next == callee.formals().size())
                    throw all.problems.error(
                            f, a.span(), "'" + callee.name() + "' takes " + Indexing.count(callee.formals().size(), "argument")
                                    + ", not " + arguments.size(),
                            callee.resultSizes().stream().filter(n -> !formalNames.contains(n)).findFirst()
                                    .map(n -> "a size is given by name: " + n + " = 32").orElse(""),
                            defined());
                name = callee.formals().get(next++).name();
            } else if (!formalNames.contains(name)) {
                if (!names.contains(name) && !callee.resultSizes().contains(name)) {
                    Set<String> known = new LinkedHashSet<>(formalNames);
                    known.addAll(names);
                    throw all.problems.error(
                            f, a.nameSpan(), "'" + callee.name() + "' has no parameter '" + name + "'"
                                    + Suggestions.hint(name, known),
                            "it has " + String.join(", ", known));
                }
                if (!isSize(a.value()))
                    throw all.problems.error(f, a.span(), "the size '" + name + "' of '" + callee.name()
                            + "' is a whole number, at least 1");
                size(name, a.value());
                continue;
            }
            if (given.put(name, a) != null)
                throw all.problems.error(f, a.nameSpan(), "'" + callee.name() + "' is given '" + name + "' twice");
        }
        if (names.isEmpty() && callee.resultSizes().isEmpty()) return;
        given.forEach((name, a) -> {
            if (isSize(a.value())) size(name, a.value());
        });
    }

    private static boolean isSize(Value v) {
        return v instanceof Value.Number n && n.value() == Math.rint(n.value()) && n.value() >= 1;
    }

    private void size(String name, Value given) {
        int n = (int) ((Value.Number) given).value();
        sizes.put(name, n);
        reasons.put(name, name + " = " + n + " was given");
    }

    /** Compares the shape and the classes of an argument with what the parameter says. */
    private void match(Tree.Parameter p) {
        Argument a = given.get(p.name());
        if (a == null) {
            if (p.defaultValue() == null)
                throw all.problems.error(f, span, "'" + callee.name() + "' needs '" + p.name() + "'", defined());
            return;
        }
        if (p.sizes().isEmpty() && p.classes() == null) return;
        Value.Array v = all.elementwise.array(a.value(), a.operand().text(), f, a.span());
        if (v.isKnown() && v.rank() != p.sizes().size())
            throw all.problems.error(
                    f, a.span(), "'" + callee.name() + "' takes '" + p.name() + "' with "
                            + Indexing.count(p.sizes().size(), "dimension") + ", and is given "
                            + (v.isScalar() ? "" : "one ") + v.describe(),
                    a.operand().note(),
                    v.rank() > p.sizes().size() ? "to apply it to each part, index: y[i] = " + callee.name() + "(x[i]"
                            + (callee.formals().size() > 1 ? ", …)" : ")")
                            : !v.isScalar() || p.sizes().size() > 1 ? ""
                            : v.classes() > 0 ? "a class as a vector of 0 and 1 is onehot(…)"
                            : "in square brackets a number is a vector of one: [x]",
                    defined());
        for (int d = 0; v.isKnown() && d < v.rank(); d++)
            unify(p, p.sizes().get(d), v.shape().get(d), "dimension " + (d + 1) + " of " + a.operand().text() + " is "
                    + v.shape().get(d), a.span());
        if (p.classes() == null) return;
        if (v.classes() <= 0)
            throw all.problems.error(f, a.span(), "'" + callee.name() + "' takes a class for '" + p.name()
                    + "', and is given " + a.operand().text() + ", which is not one",
                    declaration(v, p.classes() instanceof Tree.Name n ? sizes.get(n.name()) : null));
        unify(p, p.classes(), v.classes(), a.operand().text() + " has " + v.classes() + " classes", a.span());
    }

    private void unify(Tree.Parameter p, Tree.Expression size, int actual, String reason, Span at) {
        if (size instanceof Tree.Name n) {
            Integer known = sizes.putIfAbsent(n.name(), actual);
            reasons.putIfAbsent(n.name(), reason);
            if (known != null && known != actual)
                throw all.problems.error(
                        f, at, "'" + callee.name() + "' needs " + n.name() + " to be one size, and is given " + known
                                + " and " + actual,
                        reasons.get(n.name()), reason);
            return;
        }
        later.add(() -> {
            int wanted = all.expressions.size(size, f.in(scope));
            if (wanted != actual)
                throw all.problems.error(
                        f, at, "'" + callee.name() + "' takes '" + p.name() + "' with a size of " + wanted
                                + ", and is given " + actual, reason);
        });
    }

    /** The argument, in a tensor of its own if the body needs it more than once or under a fold. */
    private Value kept(Tree.Parameter p, Argument a) {
        return a.value() instanceof Value.Array v && Names.uses(p.name(), callee.body()) > 1
                ? Storing.simple(v, f.join(p.name()), f, a.span())
                : a.value();
    }

    /** How a class is declared: the tensor in question, if it is one. */
    private String declaration(Value.Array v, Integer classes) {
        Tensor t = Storing.wholeTensor(v, f);
        String k = " : class(" + (classes == null ? 100 : classes) + ")";
        boolean input = t != null && (t.role() == Tensor.Role.INPUT || t.role() == Tensor.Role.TARGET);
        if (!input) return "classes are declared as such: input word" + k;
        String dimensions = t.rank() == 1 ? "" : t.shape().subList(1, t.rank()).toString();
        return "declare it as one: " + (t.role() == Tensor.Role.INPUT ? "input " : "target ") + t.name() + dimensions + k;
    }

    /** How what is called begins, and where. */
    private String defined() {
        Tree.Definition d = all.definitions.find(callee.name());
        return (d == null ? "" : "it is " + all.definitions.head(d) + ", ") + "defined at " + callee.span().place();
    }
}
