package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Derivative;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.equations.Origin;
import org.nnl.equations.Tensor;
import org.nnl.syntax.Parser;
import org.nnl.syntax.Span;
import org.nnl.syntax.Suggestions;
import org.nnl.syntax.Tree;

/**
 * Calls: the body of what is called is evaluated with the arguments in place of the formal parameters. An argument
 * that is an expression, and is needed more than once or under a fold, gets a tensor first.
 *
 * <p>A function whose parameters have no sizes is one of scalars: given tensors, it is applied at every position.
 */
final class Calls {
    private static final int DEEPEST = 60;

    private final Elaboration all;

    /** The values of {@code total(e)} in the statement of an optimiser that is being elaborated. */
    final Map<Tree.Call, Value> totals = new IdentityHashMap<>();

    Calls(Elaboration all) {
        this.all = all;
    }

    Value call(Tree.Call c, Frame f) {
        Scope.Entry local = f.scope().peek(c.name());
        Value.Callable callee = local != null && local.value() instanceof Value.Callable x
                ? x
                : all.expressions.callable(c.name());
        if (callee == null) {
            if (local != null && local.value() instanceof Value.Bad) throw new Problems.Abort();
            if (totals.containsKey(c)) return totals.get(c);
            if (c.name().equals("uniform") && c.arguments().isEmpty()) return uniform(f);
            if (c.name().equals("d") && c.arguments().size() == 2) return derivative(c, f);
            if (local != null && local.value() instanceof Value.Pending)
                throw all.problems.error(f, c.span(), "'" + c.name()
                        + "' is defined by an equation and is not a function");
            if (local != null)
                throw all.problems.error(f, c.span(), "'" + c.name() + "' is " + local.value().describe()
                        + ", not a function");
            Tree.Definition d = all.definitions.find(c.name());
            if (d != null)
                throw all.problems.error(f, c.span(), "'" + c.name() + "' is not a function or layer",
                        d instanceof Tree.Distribution ? "a distribution stands after '~', as in: param W[3] ~ " + c.name()
                                : "defined at " + d.span().place());
            if (Parser.isFold(c.name()))
                throw all.problems.error(f, c.nameSpan(), "'" + c.name() + "' runs over an index and names it",
                        "as in " + c.name() + "[i] x[i]");
            if (Parser.isStatement(c.name()))
                throw all.problems.error(f, c.nameSpan(), "'" + c.name() + "' begins a statement, and this one has not ended",
                        "a line that ends in an operator or a comma goes on in the next");
            throw all.expressions.unknown("function", c.name(), c.nameSpan(), f);
        }
        List<Argument> arguments = new ArrayList<>();
        Problems.Abort failure = null;
        for (Tree.Argument a : c.arguments()) {
            try {
                arguments.add(new Argument(a.name(), all.expressions.operand(a.value(), f), a.span(), a.nameSpan()));
            } catch (Problems.Abort e) {
                failure = e;
            }
        }
        if (failure != null) throw failure;
        return invoke(callee, arguments, f, c.span());
    }

    /** @param name null for a positional argument */
    record Argument(String name, Elementwise.Operand operand, Span span, Span nameSpan) {
        Value value() {
            return operand.value();
        }

        Argument with(Value value) {
            return new Argument(name, new Elementwise.Operand(value, operand.text(), operand.declared()), span, nameSpan);
        }
    }

    private Value invoke(Value.Callable callee, List<Argument> arguments, Frame f, Span span) {
        if (callee.op() != null) {
            if (arguments.size() != callee.op().arity() || arguments.stream().anyMatch(a -> a.name() != null))
                throw all.problems.error(
                        f, span, "'" + callee.name() + "' takes " + Indexing.count(callee.op().arity(), "argument")
                                + ", not " + arguments.size(),
                        Parser.isFold(callee.name()) && arguments.size() == 1
                                ? new String[] {"over an index: " + callee.name() + "[i] x[i]"} : new String[0]);
            return all.elementwise.apply(callee.op(), arguments.stream().map(Argument::operand).toList(), f, span);
        }
        if (f.depth() > DEEPEST)
            throw all.problems.error(f, span, "calls nest too deeply; does '" + callee.name() + "' call itself?");
        if (callee.definition() instanceof Tree.Function x) return function(x, arguments, f, span);
        Tree.Layer layer = (Tree.Layer) callee.definition();
        String path = f.sole() ? f.path() : f.sheet().fresh(f.join(layer.name()));
        Scope scope = new Scope(f.ground().root());
        bind(layer.name(), layer.parameters(), resultSizes(layer), layer.body(), arguments, scope, f, span, layer.span());
        Frame inner = f.calling(layer.name(), span, scope, path);
        Value value = all.blocks.run(layer.body(), inner);
        check(layer, value, inner, span);
        return value;
    }

    private static Set<String> resultSizes(Tree.Layer layer) {
        Set<String> sizes = new LinkedHashSet<>();
        for (Tree.Parameter r : layer.results()) sizeNames(r, sizes);
        return sizes;
    }

    /** Whether a layer says that what it gives has a size of that name. */
    boolean isSizeOfResult(String name, String layer) {
        return all.definitions.find(layer) instanceof Tree.Layer x && resultSizes(x).contains(name);
    }

    private Value function(Tree.Function x, List<Argument> arguments, Frame f, Span span) {
        for (Tree.Statement s : x.body())
            if (s instanceof Tree.Declaration d && d.word() != Tree.Word.CONST)
                throw all.problems.error(f, d.span(),
                        "a function has no parameters or states of its own; a layer may have");
        boolean scalars = x.parameters().stream().allMatch(p -> p.sizes().isEmpty());
        boolean mapped = scalars && arguments.stream().anyMatch(a -> a.value() instanceof Value.Array v
                && !v.isScalar());
        Scope scope = new Scope(f.ground().root());
        if (!mapped) {
            bind(x.name(), x.parameters(), Set.of(), x.body(), arguments, scope, f, span, x.span());
            return all.blocks.run(x.body(), f.calling(x.name(), span, scope, f.path()));
        }
        List<Argument> given = new ArrayList<>();
        List<Elementwise.Operand> operands = new ArrayList<>();
        List<Value.Array> arrays = new ArrayList<>();
        for (int k = 0; k < arguments.size(); k++) {
            Argument a = arguments.get(k);
            if (!(a.value() instanceof Value.Array v) || v.isScalar()) {
                given.add(a);
                continue;
            }
            String formal = a.name() != null ? a.name() : k < x.parameters().size() ? x.parameters().get(k).name()
                    : "x";
            Value.Array kept = Names.uses(formal, x.body()) > 1 ? Storing.simple(v, f.join(formal), f, a.span()) : v;
            given.add(a.with(kept));
            operands.add(a.operand());
            arrays.add(kept);
        }
        List<Integer> shape = all.elementwise.common(operands, arrays, x.name(), f, span);
        List<Axis> axes = shape == null ? List.of() : Storing.axes(shape, f);
        List<Index> here = Storing.indices(axes);
        List<Argument> scalar = new ArrayList<>();
        for (Argument a : given) {
            Value v = a.value();
            if (v instanceof Value.Array array && !array.isScalar()) {
                Expr e = array.at(here);
                v = new Value.Array(List.of(), array.classes(), Value.Open.NOWHERE, i -> e);
            }
            scalar.add(a.with(v));
        }
        Frame over = f.over(axes);
        bind(x.name(), x.parameters(), Set.of(), x.body(), scalar, scope, over, span, x.span());
        Value value = all.blocks.run(x.body(), over.calling(x.name(), span, scope, f.path()));
        Value.Array result = all.elementwise.array(value, "the result of '" + x.name() + "'", f, span);
        if (shape == null || !result.isKnown()) return new Value.Array(null, result.classes(), Value.Open.NOWHERE, result.element());
        List<Integer> full = new ArrayList<>(shape);
        full.addAll(result.shape());
        return new Value.Array(full, result.classes(), Value.Open.NOWHERE, position -> {
            Map<String, Index> at = new LinkedHashMap<>();
            for (int k = 0; k < axes.size(); k++) at.put(axes.get(k).name(), position.get(k));
            // What is left of the position may itself mention axes of these names: they must not be replaced.
            List<Axis> rest = Storing.axes(result.shape(), over);
            Expr e = result.at(Storing.indices(rest));
            for (int k = 0; k < rest.size(); k++) at.put(rest.get(k).name(), position.get(axes.size() + k));
            return e.substitute(at::get);
        });
    }

    /** The sizes and classes of one formal parameter, as far as they are names. */
    private static void sizeNames(Tree.Parameter p, Set<String> names) {
        for (Tree.Expression e : p.sizes()) Names.of(e, names);
        if (p.classes() != null) Names.of(p.classes(), names);
    }

    /** Binds formal parameters and sizes in the scope of the body. */
    private void bind(
            String callee, List<Tree.Parameter> formals, Set<String> resultSizes, List<Tree.Statement> body,
            List<Argument> arguments, Scope scope, Frame f, Span span, Span definition) {
        Set<String> formalNames = new LinkedHashSet<>();
        for (Tree.Parameter p : formals) formalNames.add(p.name());
        Set<String> names = new LinkedHashSet<>();
        for (Tree.Parameter p : formals) sizeNames(p, names);
        names.removeAll(formalNames);

        Map<String, Argument> given = new LinkedHashMap<>();
        Map<String, Integer> sizes = new LinkedHashMap<>();
        Map<String, String> reasons = new LinkedHashMap<>();
        int next = 0;
        for (Argument a : arguments) {
            String name = a.name();
            if (name == null) {
                if (next == formals.size())
                    throw all.problems.error(
                            f, a.span(), "'" + callee + "' takes " + Indexing.count(formals.size(), "argument")
                                    + ", not "
                                    + arguments.size(),
                            resultSizes.stream().filter(n -> !formalNames.contains(n)).findFirst()
                                    .map(n -> "a size is given by name: " + n + " = 32").orElse(""),
                            defined(callee, definition));
                name = formals.get(next++).name();
            } else if (!formalNames.contains(name)) {
                if (!names.contains(name) && !resultSizes.contains(name)) {
                    Set<String> known = new LinkedHashSet<>(formalNames);
                    known.addAll(names);
                    throw all.problems.error(
                            f, a.nameSpan(), "'" + callee + "' has no parameter '" + name + "'"
                                    + Suggestions.hint(name, known),
                            "it has " + String.join(", ", known));
                }
                if (!(a.value() instanceof Value.Number n) || n.value() != Math.rint(n.value()) || n.value() < 1)
                    throw all.problems.error(f, a.span(), "the size '" + name + "' of '" + callee
                            + "' is a whole number, at least 1");
                sizes.put(name, (int) n.value());
                reasons.put(name, name + " = " + (int) n.value() + " was given");
                continue;
            }
            if (given.put(name, a) != null)
                throw all.problems.error(f, a.nameSpan(), "'" + callee + "' is given '" + name + "' twice");
        }
        for (Map.Entry<String, Argument> e : given.entrySet())
            if (names.isEmpty() && resultSizes.isEmpty()) break;
            else if (e.getValue().value() instanceof Value.Number n && n.value() == Math.rint(n.value())
                    && n.value() >= 1) {
                sizes.put(e.getKey(), (int) n.value());
                reasons.put(e.getKey(), e.getKey() + " = " + (int) n.value() + " was given");
            }

        List<Runnable> later = new ArrayList<>();
        for (Tree.Parameter p : formals) {
            Argument a = given.get(p.name());
            if (a == null) {
                if (p.defaultValue() == null)
                    throw all.problems.error(
                            f, span, "'" + callee + "' needs '" + p.name() + "'", defined(callee, definition));
                continue;
            }
            if (p.sizes().isEmpty() && p.classes() == null) continue;
            Value.Array v = all.elementwise.array(a.value(), a.operand().text(), f, a.span());
            if (v.isKnown() && v.rank() != p.sizes().size())
                throw all.problems.error(
                        f, a.span(), "'" + callee + "' takes '" + p.name() + "' with "
                                + Indexing.count(p.sizes().size(), "dimension") + ", and is given "
                                        + (v.isScalar() ? "" : "one ") + v.describe(),
                        a.operand().note(),
                        v.rank() > p.sizes().size() ? "to apply it to each part, index: y[i] = " + callee + "(x[i]"
                                + (formals.size() > 1 ? ", …)" : ")")
                                : !v.isScalar() || p.sizes().size() > 1 ? ""
                                : v.classes() > 0 ? "a class as a vector of 0 and 1 is onehot(…)"
                                : "in square brackets a number is a vector of one: [x]",
                        defined(callee, definition));
            for (int d = 0; v.isKnown() && d < v.rank(); d++)
                unify(callee, p, p.sizes().get(d), v.shape().get(d), "dimension " + (d + 1) + " of "
                        + a.operand().text() + " is " + v.shape().get(d), sizes, reasons, later, scope, f, a.span());
            if (p.classes() != null) {
                if (v.classes() <= 0)
                    throw all.problems.error(f, a.span(), "'" + callee + "' takes a class for '" + p.name()
                            + "', and is given " + a.operand().text() + ", which is not one",
                            declaration(v, p.classes() instanceof Tree.Name n ? sizes.get(n.name()) : null, f));
                unify(callee, p, p.classes(), v.classes(), a.operand().text() + " has " + v.classes() + " classes",
                        sizes, reasons, later, scope, f, a.span());
            }
        }
        Set<String> named = new LinkedHashSet<>(names);
        named.addAll(resultSizes);
        named.removeAll(formalNames);
        for (String n : named) {
            Integer size = sizes.get(n);
            if (size != null) scope.bind(n, new Value.AxisName(n, size, false), span);
        }
        Frame inner = f.in(scope);
        for (Tree.Parameter p : formals) {
            Argument a = given.get(p.name());
            if (a == null) scope.bind(p.name(), all.expressions.evaluate(p.defaultValue(), inner), p.span());
            else if (p.sizes().isEmpty()) scope.bind(p.name(), kept(p, a, body, f), a.span());
        }
        for (String n : names)
            if (scope.own(n) == null)
                throw all.problems.error(
                        f, span, "the size '" + n + "' of '" + callee + "' cannot be inferred",
                        "say it by name: " + callee + "(…, " + n + " = 32)", defined(callee, definition));
        for (Tree.Parameter p : formals) {
            Argument a = given.get(p.name());
            if (a == null || p.sizes().isEmpty()) continue;
            Value v = kept(p, a, body, f);
            if (v instanceof Value.Array x && !x.isKnown()) {
                List<Integer> shape = new ArrayList<>();
                for (Tree.Expression e : p.sizes()) shape.add(all.expressions.size(e, inner));
                v = new Value.Array(shape, x.classes(), x.open(), x.element());
            }
            scope.bind(p.name(), v, a.span());
        }
        later.forEach(Runnable::run);
    }

    /** The argument, in a tensor of its own if the body needs it more than once or under a fold. */
    private static Value kept(Tree.Parameter p, Argument a, List<Tree.Statement> body, Frame f) {
        return a.value() instanceof Value.Array v && Names.uses(p.name(), body) > 1
                ? Storing.simple(v, f.join(p.name()), f, a.span())
                : a.value();
    }

    /** How a class is declared: the tensor in question, if it is one. */
    private static String declaration(Value.Array v, Integer classes, Frame f) {
        Tensor t = Storing.wholeTensor(v, f);
        String k = " : class(" + (classes == null ? 100 : classes) + ")";
        boolean given = t != null && (t.role() == Tensor.Role.INPUT || t.role() == Tensor.Role.TARGET);
        if (!given) return "classes are declared as such: input word" + k;
        String sizes = t.rank() == 1 ? "" : t.shape().subList(1, t.rank()).toString();
        return "declare it as one: " + (t.role() == Tensor.Role.INPUT ? "input " : "target ") + t.name() + sizes + k;
    }

    /** How what is called begins, and where. */
    private String defined(String callee, Span definition) {
        Tree.Definition d = all.definitions.find(callee);
        return (d == null ? "" : "it is " + all.definitions.head(d) + ", ") + "defined at " + definition.place();
    }

    private void unify(
            String callee, Tree.Parameter p, Tree.Expression size, int actual, String reason,
            Map<String, Integer> sizes, Map<String, String> reasons, List<Runnable> later, Scope scope, Frame f,
                    Span at) {
        if (size instanceof Tree.Name n) {
            Integer known = sizes.putIfAbsent(n.name(), actual);
            reasons.putIfAbsent(n.name(), reason);
            if (known != null && known != actual)
                throw all.problems.error(
                        f, at, "'" + callee + "' needs " + n.name() + " to be one size, and is given " + known
                                + " and " + actual,
                        reasons.get(n.name()), reason);
            return;
        }
        later.add(() -> {
            int wanted = all.expressions.size(size, f.in(scope));
            if (wanted != actual)
                throw all.problems.error(
                        f, at, "'" + callee + "' takes '" + p.name() + "' with a size of " + wanted + ", and is given "
                                + actual, reason);
        });
    }

    /** What a layer returns must be what its head says. */
    private void check(Tree.Layer layer, Value value, Frame inner, Span span) {
        if (layer.results().isEmpty()) return;
        List<Value> values = value instanceof Value.Tuple t ? t.values() : List.of(value);
        if (values.size() != layer.results().size())
            throw all.problems.error(
                    inner, layer.span(), "'" + layer.name() + "' returns " + Indexing.count(values.size(), "value")
                            + ", not "
                            + layer.results().size() + " as declared");
        for (int k = 0; k < values.size(); k++) {
            Value.Array v = all.elementwise.array(values.get(k), "the result", inner, layer.span());
            if (!v.isKnown()) continue;
            List<Integer> declared = new ArrayList<>();
            for (Tree.Expression e : layer.results().get(k).sizes()) declared.add(all.expressions.size(e, inner));
            if (!declared.equals(v.shape()))
                throw all.problems.error(
                        inner, layer.span(), "'" + layer.name() + "' returns shape " + v.shape() + ", not " + declared
                                + " as declared");
        }
    }

    /** A number of the counter-based generator: fresh for every call written, every position around it, every step. */
    private Value uniform(Frame f) {
        Index counter = Index.of(0);
        long stride = 1;
        for (int k = f.live().size() - 1; k >= 0; k--) {
            Axis a = f.live().get(k);
            counter = counter.plus(Index.axis(a.name()).times((int) stride));
            stride *= a.size().at(1);
        }
        if (f.ground().batched()) counter = counter.plus(Index.axis(Storing.BATCH).times((int) stride));
        return Value.Array.scalar(Expr.apply(
                Op.UNIFORM, Expr.read("seed", List.of()), Expr.of(f.sheet().nextStream()), f.ground().step(),
                Expr.index(counter)));
    }

    /** {@code d(u, x)}: asked for here, derived by the next stage. */
    private Value derivative(Tree.Call c, Frame f) {
        Tree.Expression u = c.arguments().get(0).value(), x = c.arguments().get(1).value();
        Value.Array of = all.expressions.array(u, f);
        Value.Array by = all.expressions.array(x, f);
        if (!of.isKnown() || !by.isKnown())
            throw all.problems.error(f, c.span(), "a derivative of a recurrence, inside it, is not possible");
        Tensor byTensor = Storing.wholeTensor(by, f);
        if (byTensor == null)
            throw all.problems.error(
                    f, x.span(), "a derivative is taken by a whole tensor, which " + Expressions.text(x) + " is not",
                    "take d(u, x) by the whole x and index the result");
        Tensor ofTensor = Storing.wholeTensor(of, f);
        if (ofTensor == null) ofTensor = Storing.wholeTensor(Storing.stored(of, f.join("of"), f, u.span()), f);
        if (ofTensor == null)
            throw all.problems.error(f, u.span(),
                    "what is derived must not depend on an index; take the derivative outside");
        String name = f.sheet().fresh(f.join("d"));
        Tensor result = new Tensor(name, Tensor.Role.VALUE, byTensor.shape(), 0, 0);
        f.sheet().add(result, f.depth() + 1);
        f.sheet().add(new Derivative(name, ofTensor.name(), byTensor.name(), Origin.at(c.span().place())));
        return Storing.whole(result);
    }
}
