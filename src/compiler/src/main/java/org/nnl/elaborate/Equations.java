package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
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
    private static final String ROWS = ".rows";

    private final Elaboration all;

    Equations(Elaboration all) {
        this.all = all;
    }

    /** A part of a tensor: a value at positions of the left-hand side. */
    private record Part(List<Index> left, List<Axis> variables, Value.Array value, Frame frame, Span span) {}

    /**
     * How a tensor is stored.
     *
     * @param shift    added to each index of the left-hand side, so that values before the beginning have a place
     * @param stored   sizes of the dimensions of the left-hand side as stored
     * @param visible  their sizes to those who read
     * @param trailing the sizes of the rest; null while unknown
     * @param free     axes around the equation on which it depends
     */
    private record Layout(
            List<Integer> shift, List<Integer> stored, List<Integer> visible, List<Integer> trailing, boolean batched,
            List<Axis> free, int classes) {

        boolean isShifted() {
            return !stored.equals(visible) || shift.stream().anyMatch(s -> s != 0);
        }

        List<Axis> lead() {
            List<Axis> lead = new ArrayList<>();
            if (batched) lead.add(Storing.BATCH_AXIS);
            lead.addAll(free);
            return lead;
        }

        Value.Array reading(String tensor, boolean open) {
            if (trailing == null) return unknown(tensor, classes);
            List<Integer> shape = new ArrayList<>(visible);
            shape.addAll(trailing);
            List<Index> lead = Storing.indices(lead());
            return new Value.Array(shape, classes, open, position -> {
                List<Index> full = new ArrayList<>(lead);
                for (int d = 0; d < position.size(); d++)
                    full.add(d < shift.size() ? position.get(d).plus(shift.get(d)) : position.get(d));
                return Expr.read(tensor, full);
            });
        }
    }

    private static Value.Array unknown(String tensor, int classes) {
        return new Value.Array(null, classes, true, position -> Expr.read(tensor, position));
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
            Map<String, Part> carried = recursive ? carry(parts, names, tensors, assumed, f) : Map.of();
            Sheet.Mark mark = f.sheet().mark();
            Map<String, List<Part>> values = evaluate(parts, tensors, null, f);
            carried.forEach((name, part) -> values.get(name).add(part));
            Map<String, Layout> layouts = new LinkedHashMap<>();
            for (String name : names.keySet()) {
                Layout layout = layout(name, values.get(name), tensors.get(name), f);
                if (layout.trailing == null || recursive && !layout.equals(assumed.get(name)))
                    throw all.problems.error(
                            f, names.get(name), "the size of '" + name + "' cannot be inferred from its recurrence",
                            "give the cell its size by name, as in lstm(x[t], h[t-1], c[t-1], m = 32), or an initial value, as in h[-1] = h0");
                layouts.put(name, layout);
            }
            write(names, values, layouts, tensors, recursive, mark, f);
            carried.forEach((name, part) -> keep(tensors.get(name), layouts.get(name), part, f));
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
            Set<String> needed = new LinkedHashSet<>();
            Names.free(a.value(), needed);
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
                for (String n : names.keySet()) found.put(n, layout(n, values.get(n), tensors.get(n), f));
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
                    if (l.trailing != null) continue;
                    open = true;
                    e.setValue(new Layout(l.shift, l.stored, l.visible, List.of(), l.batched, l.free, l.classes));
                }
                if (!open) break;
            }
            assumed = found;
        }
        bind(names, tensors, assumed, f);
        return assumed;
    }

    /**
     * Gives recurrences values before their beginning that come from the batch before, if training is stateful. The
     * layouts assumed are changed accordingly.
     */
    private Map<String, Part> carry(
            List<Tree.Assignment> parts, Map<String, Span> names, Map<String, String> tensors,
            Map<String, Layout> assumed, Frame f) {
        Map<String, Part> carried = new LinkedHashMap<>();
        if (all.carriedExamples == 0 || f.sheet().starts() == null) return carried;
        Carried.reaches(parts).forEach((name, reach) -> {
            Layout l = assumed.get(name);
            if (l == null || !l.batched || !l.free.isEmpty() || l.isShifted()) return;
            int d = reach.dimension(), steps = Math.min(reach.steps(), l.visible.get(d));
            List<Integer> rest = new ArrayList<>(l.visible);
            rest.remove(d);
            List<Axis> dims = Storing.axes(rest, f);
            // One step back needs no axis.
            List<Axis> back = steps == 1 ? List.of() : List.of(new Axis(f.freshAxis("r", dims), Size.of(steps)));
            Index r = steps == 1 ? Index.of(0) : Index.axis(back.get(0).name());
            rest.addAll(l.trailing);
            Tensor state = Carried.state(tensors.get(name), all.carriedExamples, steps, rest, f);
            List<Axis> box = Storing.axes(state.shape().stream().map(s -> s.at(1)).toList(), f);
            f.sheet().starts().add(Equation.of(
                    state.name() + org.nnl.program.Program.START, Storing.indices(box), Fold.SET, box, Expr.ZERO,
                    Origin.at(names.get(name).place())));
            List<Index> left = new ArrayList<>(Storing.indices(dims));
            left.add(d, r.times(-1).plus(-1));
            List<Index> lead = new ArrayList<>(List.of(Index.axis(Storing.BATCH)));
            lead.addAll(Storing.indices(back));
            lead.addAll(Storing.indices(dims));
            Expr training = Expr.read(Slices.TRAINING, List.of());
            Value.Array before = new Value.Array(l.trailing, 0, false, position -> {
                List<Index> at = new ArrayList<>(lead);
                at.addAll(position);
                return Expr.apply(org.nnl.equations.Op.SELECT, training, Expr.read(state.name(), at), Expr.ZERO);
            });
            List<Axis> variables = new ArrayList<>(back);
            variables.addAll(dims);
            carried.put(name, new Part(left, variables, before, f.over(variables), names.get(name)));
            List<Integer> shift = new ArrayList<>(l.shift), stored = new ArrayList<>(l.stored);
            shift.set(d, steps);
            stored.set(d, stored.get(d) + steps);
            assumed.put(name, new Layout(shift, stored, l.visible, l.trailing, true, l.free, l.classes));
        });
        bind(names, tensors, assumed, f);
        return carried;
    }

    /** {@code carried'[b, r-1] = h[T-r]}. */
    private static void keep(String tensor, Layout layout, Part part, Frame f) {
        String state = tensor + ".carried";
        Tensor t = f.sheet().tensor(state);
        if (t == null) return;
        String next = f.sheet().fresh(state + org.nnl.program.Program.NEXT);
        f.sheet().add(new Tensor(next, Tensor.Role.VALUE, t.shape(), 0, 0), f.depth());
        List<Axis> dims = Storing.axes(layout.trailing, part.frame);
        List<Axis> box = new ArrayList<>(List.of(Storing.BATCH_AXIS));
        box.addAll(part.variables);
        box.addAll(dims);
        // The position of the last step, less what lies before: T-1-r, of which the part's own -1-r is the mirror.
        List<Index> read = new ArrayList<>(List.of(Index.axis(Storing.BATCH)));
        for (int d = 0; d < part.left.size(); d++) {
            Index i = part.left.get(d);
            boolean recurrent = i.bareAxis() == null;
            read.add(recurrent ? i.plus(layout.stored.get(d)) : i.plus(layout.shift.get(d)));
        }
        read.addAll(Storing.indices(dims));
        f.sheet().add(Equation.of(
                next, Storing.indices(box), Fold.SET, box, Expr.read(rows(tensor), read), Origin.at(part.span.place())));
        f.sheet().commit(state, next);
    }

    private void bind(Map<String, Span> names, Map<String, String> tensors, Map<String, Layout> layouts, Frame f) {
        names.forEach((name, span) -> {
            Layout l = layouts.get(name);
            String tensor = tensors.get(name);
            f.scope().bind(
                    name,
                    l == null ? unknown(tensor, 0) : l.reading(l.isShifted() ? rows(tensor) : tensor, true), span);
        });
    }

    /** The name of what is stored when values before the beginning, or after the end, are stored too. */
    private static String rows(String tensor) {
        return tensor + ROWS;
    }

    /** The tensor under whose name the values of one are known to people. */
    static String visible(String tensor) {
        return tensor.endsWith(ROWS) ? tensor.substring(0, tensor.length() - ROWS.length()) : tensor;
    }

    /** The values of all parts, by name. */
    private Map<String, List<Part>> evaluate(
            List<Tree.Assignment> parts, Map<String, String> tensors, Trial trial, Frame f) {
        Map<String, List<Part>> values = new LinkedHashMap<>();
        for (Tree.Assignment a : parts) {
            String path = tensors.get(a.targets().get(0).name());
            List<Part> evaluated = part(a, path, trial, f);
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
                if (!i.isAffine()) throw all.problems.error(f, v.span(), "an index of a left-hand side is made of index variables and numbers");
                left.add(i);
            }
            for (Axis x : axes)
                if (left.stream().noneMatch(i -> i.mentions(x.name())))
                    throw all.problems.error(f, l.span(), "the index '" + x.name() + "' is missing from '" + l.name() + "'");
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
            Value unknown = new Value.Array(null, 0, true, position -> Expr.ZERO);
            return java.util.Collections.nCopies(a.targets().size(), unknown);
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
            Value v = entry != null && entry.value() instanceof Value.Callable ? entry.value() : all.expressions.callable(c.name());
            if (v instanceof Value.Callable callable && callable.definition() instanceof Tree.Layer) n[0]++;
        });
        return n[0];
    }

    private Layout layout(String name, List<Part> parts, String tensor, Frame f) {
        Part first = parts.get(0);
        int rank = first.left.size();
        List<Integer> shift = new ArrayList<>(), stored = new ArrayList<>(), visible = new ArrayList<>();
        for (Part p : parts)
            if (p.left.size() != rank)
                throw all.problems.error(f, p.span, "'" + name + "' is written with " + rank + " and with " + p.left.size() + " indices", "first at " + first.span.place());
        if (parts.size() > 1 && rank == 0)
            throw all.problems.error(f, parts.get(1).span, "'" + name + "' is defined twice", "first at " + first.span.place());
        for (int k = 1; k < parts.size(); k++)
            for (Part p : parts.subList(0, k))
                if (p.left.equals(parts.get(k).left) && p.variables.equals(parts.get(k).variables))
                    throw all.problems.error(f, parts.get(k).span, "this part of '" + name + "' is defined twice", "first at " + p.span.place());
        for (int d = 0; d < rank; d++) {
            int low = 0, high = 0, variable = 0;
            for (Part p : parts) {
                Index i = p.left.get(d);
                int from = i.constant(), to = from;
                for (Axis a : p.variables) {
                    int reach = i.coefficient(a.name()) * (a.size().at(0) - 1);
                    if (reach < 0) from += reach;
                    else to += reach;
                }
                if (from < 0 && to >= 0)
                    throw all.problems.error(f, p.span, "'" + name + "' would be written at position " + from);
                low = Math.min(low, from);
                high = Math.max(high, to + 1);
                if (!i.isConstant() && to >= 0) variable = Math.max(variable, to + 1);
            }
            if (variable == 0 && low < 0) throw all.problems.error(f, first.span, "'" + name + "' has a value before its beginning, and no others");
            shift.add(-low);
            stored.add(high - low);
            // A constant index beyond all others gives a value after the end, as one below 0 gives one before the beginning.
            visible.add(variable > 0 && low < 0 ? variable : variable > 0 && endsOpen(parts, d, variable, f) ? variable : high);
        }
        List<Integer> trailing = null;
        boolean batched = false;
        Set<Axis> free = new LinkedHashSet<>();
        int classes = first.value.classes();
        for (Part p : parts) {
            if (p.value.classes() != classes) classes = 0;
            if (p.value.isKnown()) {
                if (trailing == null) trailing = p.value.shape();
                else if (!trailing.equals(p.value.shape()))
                    throw all.problems.error(f, p.span, "the parts of '" + name + "' have shapes " + trailing + " and " + p.value.shape(), "first at " + first.span.place());
            }
            Expr e = p.value.at(Storing.indices(Storing.axes(p.value.isKnown() ? p.value.shape() : List.of(), p.frame)));
            batched |= e.mentions(Storing.BATCH);
            free.addAll(Storing.mentioned(f.live(), e));
        }
        List<Axis> ordered = new ArrayList<>(f.live());
        ordered.retainAll(free);
        return new Layout(shift, stored, visible, trailing, batched, ordered, classes);
    }

    /** Whether a part runs along a declared axis and another gives the value just behind its end: {@code h[64] = e}. */
    private static boolean endsOpen(List<Part> parts, int d, int end, Frame f) {
        boolean along = false, behind = false;
        for (Part p : parts) {
            Index i = p.left.get(d);
            behind |= i.isConstant() && i.constant() == end;
            Scope.Entry e = i.bareAxis() == null ? null : f.scope().peek(i.bareAxis());
            along |= e != null && e.value() instanceof Value.AxisName a && a.declared() && a.size() == end;
        }
        return along && behind;
    }

    /** Writes the equations and binds the names. */
    private void write(
            Map<String, Span> names, Map<String, List<Part>> values, Map<String, Layout> layouts,
            Map<String, String> tensors, boolean recursive, Sheet.Mark mark, Frame f) {
        Sheet sheet = f.sheet();
        Map<String, String> renamed = new LinkedHashMap<>();
        for (String name : names.keySet()) {
            Layout layout = layouts.get(name);
            String tensor = tensors.get(name);
            List<Size> tail = layout.trailing.stream().map(Size::of).toList();
            if (!layout.isShifted() && values.get(name).size() == 1) {
                String temporary = temporary(values.get(name).get(0), layout, mark, sheet, f);
                if (temporary != null && !renamed.containsKey(temporary)) {
                    renamed.put(temporary, tensor);
                    f.scope().bind(name, layout.reading(tensor, recursive), names.get(name));
                    continue;
                }
            }
            String stored = layout.isShifted() ? rows(tensor) : tensor;
            List<Size> lead = layout.lead().stream().map(Axis::size).toList();
            List<Size> shape = new ArrayList<>(lead);
            layout.stored.forEach(n -> shape.add(Size.of(n)));
            shape.addAll(tail);
            sheet.add(new Tensor(stored, Tensor.Role.VALUE, shape, layout.classes, 0), f.depth());
            for (Part p : values.get(name)) {
                List<Axis> dims = Storing.axes(layout.trailing, p.frame);
                List<Axis> box = new ArrayList<>(layout.lead());
                box.addAll(p.variables);
                box.addAll(dims);
                List<Index> target = new ArrayList<>(Storing.indices(layout.lead()));
                for (int d = 0; d < p.left.size(); d++) target.add(p.left.get(d).plus(layout.shift.get(d)));
                target.addAll(Storing.indices(dims));
                Expr e = p.value.isScalar() ? p.value.at(List.of()) : p.value.at(Storing.indices(dims));
                sheet.add(Equation.of(stored, target, Fold.SET, box, e, Origin.at(p.span.place())));
            }
            if (layout.isShifted()) view(tensor, stored, layout, lead, tail, values.get(name).get(0), f);
            f.scope().bind(name, layout.reading(stored, recursive || layout.isShifted()), names.get(name));
        }
        renamed.forEach((from, to) -> sheet.rename(from, to, mark, f.depth()));
    }

    /** {@code h[t] = h.rows[t+1]}: the tensor under its own name, for those outside who want it whole. */
    private static void view(
            String tensor, String stored, Layout layout, List<Size> lead, List<Size> tail, Part any, Frame f) {
        List<Integer> dims = new ArrayList<>(layout.visible);
        dims.addAll(layout.trailing);
        List<Size> shape = new ArrayList<>(lead);
        dims.forEach(n -> shape.add(Size.of(n)));
        f.sheet().add(new Tensor(tensor, Tensor.Role.VALUE, shape, layout.classes, 0), f.depth());
        List<Axis> axes = Storing.axes(dims, f);
        List<Axis> box = new ArrayList<>(layout.lead());
        box.addAll(axes);
        f.sheet().add(Equation.of(
                tensor, Storing.indices(box), Fold.SET, box, layout.reading(stored, true).at(Storing.indices(axes)),
                Origin.at(any.span.place())));
    }

    /** The tensor made for this very assignment that its value is the whole of, or null: it can take the name. */
    private static String temporary(Part p, Layout layout, Sheet.Mark mark, Sheet sheet, Frame f) {
        if (!p.value.isKnown()) return null;
        List<Axis> dims = Storing.axes(p.value.shape(), p.frame);
        if (!(p.value.at(Storing.indices(dims)) instanceof Expr.Read r)) return null;
        Tensor t = sheet.tensor(r.tensor());
        if (t == null || t.role() != Tensor.Role.VALUE || mark.tensors().containsKey(t.name()) || sheet.depth(t.name()) <= f.depth())
            return null;
        List<Axis> order = new ArrayList<>(layout.lead());
        order.addAll(p.variables);
        order.addAll(dims);
        List<Index> left = new ArrayList<>(Storing.indices(layout.lead()));
        left.addAll(p.left);
        left.addAll(Storing.indices(dims));
        boolean same = r.indices().equals(left) && Storing.indices(order).equals(left)
                && t.shape().equals(order.stream().map(Axis::size).toList()) && t.classes() == layout.classes;
        return same ? t.name() : null;
    }

    /** {@code s = e} where s is a state: its next value, taken over at the end of a training step. */
    void next(Tree.Assignment a, Tensor state, Frame f) {
        String next = f.sheet().fresh(state.name() + org.nnl.program.Program.NEXT);
        Part p = part(a, next, null, f).get(0);
        Layout layout = layout(a.targets().get(0).name(), List.of(p), next, f);
        List<Integer> shape = new ArrayList<>(layout.visible);
        shape.addAll(p.value.isKnown() && p.value.isScalar() && p.left.isEmpty() ? Storing.whole(state).shape() : layout.trailing);
        if (layout.batched)
            throw all.problems.error(f, a.span(), "the state '" + a.targets().get(0).name() + "' is one for all examples, and its new value differs from example to example", "fold over them: mean[batch] …");
        if (!layout.free.isEmpty())
            throw all.problems.error(f, a.span(), "the state '" + a.targets().get(0).name() + "' has one value, and its new one depends on '" + layout.free.get(0).name() + "'");
        if (!shape.equals(Storing.whole(state).shape()))
            throw all.problems.error(f, a.span(), "the state '" + a.targets().get(0).name() + "' has shape " + Storing.whole(state).shape() + ", and its new value " + shape);
        List<Integer> tail = shape.subList(p.left.size(), shape.size());
        List<Axis> dims = Storing.axes(tail, p.frame);
        List<Axis> box = new ArrayList<>(p.variables);
        box.addAll(dims);
        List<Index> target = new ArrayList<>(p.left);
        target.addAll(Storing.indices(dims));
        f.sheet().add(new Tensor(next, Tensor.Role.VALUE, state.shape(), 0, 0), f.depth());
        Expr e = p.value.isScalar() ? p.value.at(List.of()) : p.value.at(Storing.indices(dims));
        f.sheet().add(Equation.of(next, target, Fold.SET, box, e, Origin.at(a.span().place())));
        f.sheet().commit(state.name(), next);
    }
}
