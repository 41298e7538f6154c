package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;

/**
 * Assignments. What belongs together is elaborated together: all parts of a tensor ({@code y[0] = …}, {@code y[1] = …}),
 * all results of a call, and all equations of a recurrence.
 *
 * <p>A recurrence reads what it defines before its size is known. It is elaborated on trial, with sizes unknown, until
 * what comes out no longer changes; then once more for good.
 */
final class Equations {
    private final Elaboration all;

    Equations(Elaboration all) {
        this.all = all;
    }

    /** Elaborates the pending equations that an expression needs, before something is tried that will be taken back. */
    void force(Tree.Expression e, Frame f) {
        Set<String> names = new LinkedHashSet<>();
        Names.free(e, names);
        for (String n : names) {
            try {
                f.scope().find(n);
            } catch (Problems.Abort a) {
                // Reported; the name is bound to what says so.
            }
        }
    }

    /** Elaborates equations that define names together, and binds the names. */
    void elaborate(List<Tree.Assignment> parts, boolean recursive, Frame f) {
        Map<String, Span> names = new LinkedHashMap<>();
        for (Tree.Assignment a : parts) for (Tree.Left l : a.targets()) names.putIfAbsent(l.name(), l.span());
        Map<String, String> tensors = new LinkedHashMap<>();
        names.forEach((name, span) -> {
            tensors.put(name, f.sheet().fresh(f.join(name)));
            if (!recursive) return;
            f.scope().bind(name, Value.BAD, span);
        });
        try {
            Map<String, Layout> assumed = recursive ? assume(parts, names, tensors, f) : Map.of();
            Map<String, Part> carried = recursive ? Carried.before(parts, names, tensors, assumed, all.carriedExamples,
                    f) : Map.of();
            if (!carried.isEmpty()) bind(names, tensors, assumed, f);
            Sheet.Mark mark = f.sheet().mark();
            Map<String, List<Part>> values = evaluate(parts, tensors, null, f);
            carried.forEach((name, part) -> values.get(name).add(part));
            Map<String, Layout> layouts = new LinkedHashMap<>();
            for (String name : names.keySet()) {
                Layout layout = Layout.of(name, values.get(name), f, all.problems);
                if (layout.trailing() == null || recursive && !layout.equals(assumed.get(name)))
                    throw all.problems.error(
                            f, names.get(name), "the size of '" + name + "' cannot be inferred from its recurrence",
                            "give the cell its size by name, as in lstm(x[t], h[t-1], c[t-1], m = 32), or an initial value, as in h[-1] = h0");
                layouts.put(name, layout);
            }
            WriteParts.write(names, values, layouts, tensors, mark, f);
            if (recursive && carried.isEmpty()) begins(names, tensors, mark, f);
            carried.forEach((name, part) -> Carried.keep(tensors.get(name), layouts.get(name), part, f));
        } catch (Problems.Abort e) {
            names.forEach((name, span) -> f.scope().bind(name, Value.BAD, span));
            throw e;
        }
    }

    /** A trial: what fails in it has an unknown size for now. */
    private static final class Trial {
        Problems.Abort failure;
    }

    /** Trial elaborations of a recurrence until the layouts stay the same; what is then unknown is taken for a scalar. */
    private Map<String, Layout> assume(
            List<Tree.Assignment> parts, Map<String, Span> names, Map<String, String> tensors, Frame f) {
        for (Tree.Assignment a : parts) {
            Set<String> needed = Names.read(a);
            needed.removeAll(names.keySet());
            for (String n : needed) f.scope().find(n);
        }
        Map<String, Layout> assumed = new LinkedHashMap<>();
        for (int round = 0; ; round++) {
            bind(names, tensors, assumed, f);
            Sheet.Mark mark = f.sheet().mark();
            int errors = all.problems.count();
            Map<String, Layout> found = new LinkedHashMap<>(assumed);
            Trial trial = new Trial();
            try {
                Map<String, List<Part>> values = evaluate(parts, tensors, trial, f);
                for (String n : names.keySet())
                    if (values.containsKey(n)) found.put(n, Layout.of(n, values.get(n), f, all.problems));
            } catch (Problems.Abort e) {
                trial.failure = e;
            }
            Problems.Abort failure = trial.failure;
            f.sheet().rewind(mark);
            boolean changed = !found.equals(assumed);
            if (failure != null && (!changed || round > 2 * names.size() + 2)) throw failure;
            if (failure != null) all.problems.rewind(errors);
            if (!changed || round > 2 * names.size() + 4) {
                boolean open = false;
                for (Map.Entry<String, Layout> e : found.entrySet()) {
                    Layout l = e.getValue();
                    if (l.trailing() != null) continue;
                    open = true;
                    e.setValue(new Layout(l.shift(), l.stored(), l.visible(), List.of(), l.batched(), l.free(),
                            l.classes()));
                }
                if (!open) break;
            }
            assumed = found;
        }
        bind(names, tensors, assumed, f);
        return assumed;
    }

    /**
     * A recurrence that gives 0 at every step because it begins with 0 and adds nothing is a mistake. What is 0 is the
     * largest set of tensors written here whose equations give 0 when all of the set are 0.
     */
    private void begins(Map<String, Span> names, Map<String, String> tensors, Sheet.Mark mark, Frame f) {
        List<Equation> written = f.sheet().equations().subList(mark.equations(), f.sheet().size());
        Set<String> zero = new LinkedHashSet<>();
        for (Equation e : written) zero.add(e.target());
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Equation e : written) {
                Expr body = e.body().rewrite(x -> {
                    if (x instanceof Expr.Read r && zero.contains(r.tensor())) return Expr.ZERO;
                    return x instanceof Expr.Apply a ? Elementwise.fold(a) : x;
                });
                if (!body.isConst(0)) changed |= zero.remove(e.target());
            }
        }
        for (Map.Entry<String, String> e : tensors.entrySet())
            if (zero.contains(e.getValue()))
                throw all.problems.error(
                        f, names.get(e.getKey()), "nothing begins the recurrence of '" + e.getKey()
                                + "': it is 0 at every step",
                        "add what it depends on, or give the value before its beginning, as in " + e.getKey()
                                + "[-1] = h0");
    }

    private void bind(Map<String, Span> names, Map<String, String> tensors, Map<String, Layout> layouts, Frame f) {
        names.forEach((name, span) -> {
            Layout l = layouts.get(name);
            String tensor = tensors.get(name);
            f.scope().bind(
                    name,
                    l == null ? Layout.unknown(tensor, 0) : l.reading(l.isShifted() ? Layout.rows(tensor) : tensor,
                            Value.Open.EVERYWHERE), span);
        });
    }

    /** The values of all parts, by name. */
    private Map<String, List<Part>> evaluate(
            List<Tree.Assignment> parts, Map<String, String> tensors, Trial trial, Frame f) {
        Map<String, List<Part>> values = new LinkedHashMap<>();
        for (Tree.Assignment a : parts) {
            String path = tensors.get(a.targets().get(0).name());
            List<Part> evaluated;
            try {
                evaluated = part(a, path, trial, f);
            } catch (Problems.Abort e) {
                if (trial == null) throw e;
                trial.failure = e;
                continue;
            }
            for (int k = 0; k < evaluated.size(); k++)
                values.computeIfAbsent(a.targets().get(k).name(), n -> new ArrayList<>()).add(evaluated.get(k));
        }
        return values;
    }

    private List<Part> part(Tree.Assignment a, String path, Trial trial, Frame f) {
        Map<String, Tree.IndexVariable> variables = new LinkedHashMap<>();
        for (Tree.Left l : a.targets()) for (Tree.IndexVariable v : l.indices()) variables(v, variables, f);
        List<Tree.IndexVariable> list = List.copyOf(variables.values());
        Map<Tree.IndexVariable, Integer> sizes = all.ranges.find(list, List.of(a.value()), f);
        Scope scope = new Scope(f.scope());
        List<Axis> axes = new ArrayList<>();
        for (Tree.IndexVariable v : list) {
            Tree.Name n = (Tree.Name) v.index();
            Axis axis = new Axis(f.freshAxis(n.name(), axes), Size.of(sizes.get(v)));
            axes.add(axis);
            scope.bind(n.name(), IndexRanges.variable(axis.name()), n.span());
        }
        Frame inner = f.in(scope).over(axes).at(path, layerCalls(a.value(), f) == 1);
        List<Value> results = results(a, trial, inner);
        if (results.size() != a.targets().size())
            throw all.problems.error(
                    f, a.span(), "the right-hand side gives " + Indexing.count(results.size(), "value") + " for "
                            + Indexing.count(a.targets().size(), "name"));
        List<Part> parts = new ArrayList<>();
        for (int k = 0; k < results.size(); k++) {
            Tree.Left l = a.targets().get(k);
            List<Index> left = new ArrayList<>();
            for (Tree.IndexVariable v : l.indices()) {
                Index i = all.indexing.index(v.index(), inner);
                if (!i.isAffine()) throw all.problems.error(f, v.span(),
                        "an index of a left-hand side is made of index variables and numbers");
                left.add(i);
            }
            for (Axis x : axes)
                if (left.stream().noneMatch(i -> i.mentions(x.name())))
                    throw all.problems.error(f, l.span(), "the index '" + x.name() + "' is missing from '" + l.name()
                            + "'");
            Value.Array array = all.elementwise.array(results.get(k), "the right-hand side", f, a.value().span());
            parts.add(new Part(left, axes, array, inner, a.span()));
        }
        return parts;
    }

    private List<Value> results(Tree.Assignment a, Trial trial, Frame inner) {
        try {
            Value value = all.expressions.evaluate(a.value(), inner);
            return value instanceof Value.Tuple t ? t.values() : List.of(value);
        } catch (Problems.Abort e) {
            if (trial == null) throw e;
            trial.failure = e;
            Value unknown = new Value.Array(null, 0, Value.Open.EVERYWHERE, position -> Expr.ZERO);
            return Collections.nCopies(a.targets().size(), unknown);
        }
    }

    /** The names in an index of a left-hand side that are variables: all but those that are numbers. */
    private void variables(Tree.IndexVariable v, Map<String, Tree.IndexVariable> found, Frame f) {
        if (v.index() instanceof Tree.Name n && !isNumber(n.name(), f)) {
            Tree.IndexVariable other = found.get(n.name());
            if (other == null || other.below() == null) found.put(n.name(), v);
            return;
        }
        if (v.below() != null)
            throw all.problems.error(f, v.span(), "a range belongs to a single index variable, as in i < n");
        Names.visit(v.index(), e -> {
            if (e instanceof Tree.Name n && !isNumber(n.name(), f) && !isSize(n.name(), f))
                found.putIfAbsent(n.name(), new Tree.IndexVariable(n.span(), n, null));
        });
    }

    /** A size of a formal parameter within an index is a number: {@code y[n + j]}. Alone it is a variable. */
    private static boolean isSize(String name, Frame f) {
        Scope.Entry e = f.scope().peek(name);
        return e != null && e.value() instanceof Value.AxisName a && !a.declared();
    }

    private static boolean isNumber(String name, Frame f) {
        Scope.Entry e = f.scope().peek(name);
        return e != null && e.value() instanceof Value.Number;
    }

    /** How many calls of layers are written in an expression. */
    int layerCalls(Tree.Expression e, Frame f) {
        int[] n = new int[1];
        Names.visit(e, x -> {
            if (!(x instanceof Tree.Call c)) return;
            Scope.Entry entry = f.scope().peek(c.name());
            Value v = entry != null && entry.value() instanceof Value.Callable ? entry.value()
                    : all.expressions.callable(c.name());
            if (v instanceof Value.Callable callable && callable.definition() instanceof Tree.Layer) n[0]++;
        });
        return n[0];
    }

    /** {@code s = e} where s is a state: its next value, taken over at the end of a training step. */
    void next(Tree.Assignment a, Tensor state, Frame f) {
        String next = f.sheet().fresh(state.name() + Program.NEXT);
        Part p = part(a, next, null, f).get(0);
        Layout layout = Layout.of(a.targets().get(0).name(), List.of(p), f, all.problems);
        List<Integer> shape = new ArrayList<>(layout.visible());
        shape.addAll(p.value().isKnown() && p.value().isScalar() && p.left().isEmpty() ? Storing.whole(state).shape()
                : layout.trailing());
        if (layout.batched())
            throw all.problems.error(f, a.span(), "the state '" + a.targets().get(0).name()
                    + "' is one for all examples, and its new value differs from example to example",
                    "fold over them: mean[batch] …");
        if (!layout.free().isEmpty())
            throw all.problems.error(f, a.span(), "the state '" + a.targets().get(0).name()
                    + "' has one value, and its new one depends on '" + layout.free().get(0).name() + "'");
        if (!shape.equals(Storing.whole(state).shape()))
            throw all.problems.error(f, a.span(), "the state '" + a.targets().get(0).name() + "' has shape "
                    + Storing.whole(state).shape() + ", and its new value " + shape);
        List<Integer> tail = shape.subList(p.left().size(), shape.size());
        f.sheet().add(new Tensor(next, Tensor.Role.VALUE, state.shape(), 0, 0), f.depth());
        f.sheet().add(p.equation(next, List.of(), Collections.nCopies(p.left().size(), 0), tail));
        f.sheet().commit(state.name(), next);
    }
}
