package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Axis;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;
import org.nnl.syntax.Parser;
import org.nnl.syntax.Span;
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
            if (c.name().equals("uniform") && c.arguments().isEmpty()) return Intrinsics.uniform(f);
            if (c.name().equals("d") && c.arguments().size() == 2) return new Intrinsics(all).derivative(c, f);
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
        new Binding(all, Callee.of(layer), scope, f, span).of(arguments);
        Frame inner = f.calling(layer.name(), span, scope, path);
        Value value = all.blocks.run(layer.body(), inner);
        check(layer, value, inner, span);
        return value;
    }

    /** Whether a layer says that what it gives has a size of that name. */
    boolean isSizeOfResult(String name, String layer) {
        return all.definitions.find(layer) instanceof Tree.Layer x && Callee.of(x).resultSizes().contains(name);
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
            new Binding(all, Callee.of(x), scope, f, span).of(arguments);
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
        new Binding(all, Callee.of(x), scope, over, span).of(scalar);
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

}
