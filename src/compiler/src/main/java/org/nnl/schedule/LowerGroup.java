package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.order.Access;

/**
 * A group of equations as loops. At a point of the nest the equations are computed one after the other into locals,
 * sums over folded axes in loops of their own, and what is needed beyond the nest is stored at the end.
 */
final class LowerGroup {
    private final Graph graph;
    private final Group group;
    private final Set<Equation> overwriting;
    private final Set<String> contracted;
    private final Function<String, Array> arrays;
    private final Names names;
    private final Scope scope;

    /** For each element computed so far at this point: the local that holds it. */
    private final Map<Access, String> locals = new HashMap<>();

    private final Map<Access, Step.Store> stores = new LinkedHashMap<>();

    /** The local that holds a maximum, by the first equation that keeps a position of it. */
    private final Map<Equation, String> searches = new HashMap<>();
    private final List<Step> body = new ArrayList<>();

    private LowerGroup(
            Graph graph,
            Group group,
            Set<Equation> overwriting,
            Set<String> contracted,
            Function<String, Array> arrays,
            Names names) {
        this.graph = graph;
        this.group = group;
        this.overwriting = overwriting;
        this.contracted = contracted;
        this.arrays = arrays;
        this.names = names.inner();
        Map<String, Size> sizes = new HashMap<>(group.serial());
        sizes.putAll(group.pauses());
        for (Equation e : group.equations()) e.box().forEach(a -> sizes.put(a.name(), a.size()));
        this.scope = new Scope(graph, sizes, arrays, this.names::variable);
    }

    /**
     * The loops.
     *
     * @param overwriting equations that need not read what they write to
     * @param contracted  tensors that nothing beyond the group needs
     * @param arrays      the array of every other tensor
     */
    static List<Step> steps(
            Graph graph,
            Group group,
            Set<Equation> overwriting,
            Set<String> contracted,
            Function<String, Array> arrays,
            Names names) {
        LowerGroup l = new LowerGroup(graph, group, overwriting, contracted, arrays, names);
        List<Step> steps = group.parallel() == null ? l.scattered() : l.nest();
        List<Inside> pauses = new ArrayList<>();
        group.pauses().forEach((v, size) ->
                pauses.add(new Inside(Affine.variable(l.names.variable(v)), Count.of(size), false, true)));
        return pauses.isEmpty() ? steps : List.of(new Step.When(pauses, steps));
    }

    private List<Step> scattered() {
        Equation e = group.equations().get(0);
        if (e.fold() == Fold.ARGMAX)
            throw new IllegalArgumentException(e.origin().place() + ": argmax= into positions that may coincide: " + e);
        Tensor t = graph.tensor(e.target());
        Array a = arrays.apply(e.target());
        List<Axis> folded = e.box().stream().filter(x -> e.isFolded(x.name())).toList();
        List<Axis> kept = e.box().stream().filter(x -> !e.isFolded(x.name())).toList();
        List<Step> inner = new ArrayList<>();
        Value value = value(e.body());
        if (e.fold() == Fold.SUM && !folded.isEmpty()) {
            // what meets in the same element, whatever the map, is summed before it is sent there
            String sum = names.unique(ClassNames.identifier(e.target()) + "_part");
            inner.add(new Step.Start(sum, Fold.SUM));
            inner.addAll(around(folded, List.of(new Step.Accumulate(sum, Fold.SUM, value))));
            value = new Value.Local(sum);
        } else {
            kept = e.box();
        }
        List<Step> cases = new ArrayList<>();
        sent(a, t, e.indices(), Set.of(), List.of(), e.fold(), value, cases);
        List<Step> nests = new ArrayList<>();
        for (Step store : cases) {
            List<Step> steps = new ArrayList<>(inner);
            steps.add(store);
            nests.addAll(around(kept, steps));
        }
        return nests;
    }

    /**
     * The value sent to an element, in a case for each look-up of its index maps that may itself lie outside: there the
     * look-up's boundary value is put in its place. The cases exclude each other.
     *
     * @param inside look-ups taken to lie inside
     * @param tests  of the case
     */
    private void sent(
            Array a,
            Tensor t,
            List<Index> indices,
            Set<Index.Lookup> inside,
            List<Inside> tests,
            Fold fold,
            Value value,
            List<Step> steps) {
        for (Index i : indices)
            for (Index.Term term : i.terms()) {
                if (!(term.atom() instanceof Index.Lookup l) || inside.contains(l)) continue;
                Tensor read = graph.tensor(l.tensor());
                Set<Index.Lookup> more = new HashSet<>(inside);
                more.add(l);
                sent(a, t, indices, more, tests, fold, value, steps);
                List<Index> outside = indices.stream().map(x -> without(x, l, (int) read.boundary())).toList();
                List<Inside> until = new ArrayList<>(tests);
                for (Inside test : scope.tests(read, l.indices()))
                    for (Inside half : test.halves()) {
                        List<Inside> now = new ArrayList<>(until);
                        now.add(half.opposite());
                        sent(a, t, outside, inside, now, fold, value, steps);
                        until.add(half);
                    }
                return;
            }
        List<Inside> all = new ArrayList<>(tests);
        all.addAll(scope.tests(t, indices));
        steps.add(new Step.Store(a.name(), scope.address(a, indices), all, fold, value));
    }

    /** The axes of the nest, those with the greatest distance in memory outermost. */
    private List<Axis> inMemoryOrder() {
        for (Equation e : group.equations()) {
            if (contracted.contains(e.target())) continue;
            Array a = arrays.apply(e.target());
            List<Axis> sorted = new ArrayList<>(group.parallel());
            sorted.sort(java.util.Comparator.comparing(axis -> -distance(e, a, axis)));
            return sorted;
        }
        return group.parallel();
    }

    private static long distance(Equation e, Array a, Axis axis) {
        for (int d = 0; d < e.indices().size(); d++)
            if (e.indices().get(d).mentions(axis.name()))
                return a.strides().get(d).at(1) + (a.strides().get(d).batch() ? 1L << 40 : 0);
        return 0;
    }

    private List<Step> nest() {
        for (int k = 0; k < group.equations().size(); k++) {
            Equation e = group.equations().get(k);
            boolean again = readLater(element(e), k);
            compute(e, again);
        }
        body.addAll(stores.values());
        return around(inMemoryOrder(), body);
    }

    /** Whether an equation after the k-th of the group reads or writes the element. */
    private boolean readLater(Access element, int k) {
        return group.equations().stream().skip(k + 1L)
                .anyMatch(e -> element(e).equals(element) || Access.reads(e).contains(element));
    }

    private void compute(Equation e, boolean again) {
        Tensor t = graph.tensor(e.target());
        List<Axis> folded = group.folded(e);
        List<Equation> positions = group.equations().stream().filter(x -> keepsPosition(x, e)).toList();
        String best = positions.isEmpty() ? null : searches.get(positions.get(0));
        if (!positions.isEmpty() && best == null) {
            best = search(positions, folded);
            searches.put(positions.get(0), best);
        }
        if (e.fold() == Fold.ARGMAX) return;
        Value v;
        if (folded.isEmpty()) {
            v = value(e.body());
        } else if (best != null) {
            v = new Value.Local(best);
        } else {
            String sum = local(e.target());
            body.add(new Step.Start(sum, e.fold()));
            body.addAll(around(folded, List.of(new Step.Accumulate(sum, e.fold(), value(e.body())))));
            v = new Value.Local(sum);
        }
        String before = locals.get(element(e));
        if (before != null) v = new Value.Apply(Op.ADD, List.of(new Value.Local(before), v));
        boolean adds = before == null && !overwriting.contains(e);
        if (contracted.contains(e.target())) {
            hold(e, v);
            return;
        }
        Array a = arrays.apply(e.target());
        Affine at = scope.address(a, e.indices());
        List<Inside> tests = scope.tests(t, e.indices());
        Fold fold = adds ? e.fold() : Fold.SET;
        if (t.isInteger()) {
            body.add(new Step.Store(a.name(), at, tests, fold, v));
            return;
        }
        if (again) {
            if (adds && e.fold() == Fold.SUM) {
                v = new Value.Apply(Op.ADD, List.of(new Value.Load(a.name(), at, tests, 0), v));
                fold = Fold.SET;
            }
            v = hold(e, v);
        }
        stores.put(element(e), new Step.Store(a.name(), at, tests, fold, v));
    }

    private static Access element(Equation e) {
        return new Access(e.target(), e.indices());
    }

    private Value hold(Equation e, Value v) {
        if (v instanceof Value.Local l) {
            locals.put(element(e), l.name());
            return v;
        }
        String name = local(e.target());
        body.add(new Step.Let(name, v));
        locals.put(element(e), name);
        return new Value.Local(name);
    }

    /**
     * Looks for a maximum and where it is.
     *
     * @param positions the equations that keep a position of it
     * @return the local that holds it
     */
    private String search(List<Equation> positions, List<Axis> folded) {
        for (Equation e : positions)
            if (!overwriting.contains(e) && !e.indices().isEmpty() && group.serial().keySet().stream()
                    .anyMatch(v -> e.indices().stream().noneMatch(i -> i.mentions(v))))
                throw new IllegalArgumentException(e.origin().place() + ": argmax= over the axis of a recurrence: " + e);
        Equation first = positions.get(0);
        String best = names.unique(ClassNames.identifier(first.target()) + "_best");
        Map<String, Affine> found = new LinkedHashMap<>();
        List<Step> stores = new ArrayList<>();
        for (Equation x : positions) {
            String local = local(x.target());
            found.put(local, Affine.variable(names.variable(x.position())));
            Array a = arrays.apply(x.target());
            stores.add(new Step.Store(
                    a.name(), scope.address(a, x.indices()), scope.tests(graph.tensor(x.target()), x.indices()), Fold.SET,
                    new Value.Local(local)));
        }
        body.add(new Step.Start(best, Fold.MAX));
        found.keySet().forEach(at -> body.add(new Step.Start(at, Fold.ARGMAX)));
        body.addAll(around(folded, List.of(new Step.Best(best, value(first.body()), found))));
        body.addAll(stores);
        return best;
    }

    /** Whether an equation keeps a position of the maximum that another one is, or is about. */
    private boolean keepsPosition(Equation position, Equation e) {
        return position.fold() == Fold.ARGMAX && (e.fold() == Fold.ARGMAX || e.fold() == Fold.MAX)
                && position.body().equals(e.body()) && group.folded(position).equals(group.folded(e));
    }

    /** A name that says which element: {@code h_bi} for {@code h[b,i]}. */
    private String local(String tensor) {
        StringBuilder s = new StringBuilder(ClassNames.identifier(tensor)).append('_');
        group.parallel().forEach(a -> s.append(ClassNames.identifier(a.name())));
        if (group.parallel().isEmpty()) s.append("value");
        return names.unique(s.toString());
    }

    private List<Step> around(List<Axis> axes, List<Step> inner) {
        List<Step> steps = inner;
        for (int k = axes.size() - 1; k >= 0; k--) {
            Axis a = axes.get(k);
            steps = List.of(new Step.Loop(
                    names.variable(a.name()), Affine.ZERO, Affine.of(Count.of(a.size())), Step.Kind.UP, 1, steps));
        }
        return steps;
    }

    private Value value(Expr e) {
        if (e instanceof Expr.Const c) return new Value.Number(c.value());
        if (e instanceof Expr.Extent x) return new Value.Whole(Affine.of(Count.of(x.size())));
        if (e instanceof Expr.IndexValue v)
            return guarded(List.of(v.index()), i -> new Value.Whole(scope.affine(i.get(0))));
        if (e instanceof Expr.Read r) return read(r);
        Expr.Apply a = (Expr.Apply) e;
        return new Value.Apply(a.op(), a.arguments().stream().map(this::value).toList());
    }

    private Value read(Expr.Read r) {
        String local = locals.get(new Access(r.tensor(), r.indices()));
        if (local != null) return new Value.Local(local);
        Tensor t = graph.tensor(r.tensor());
        Array a = arrays.apply(r.tensor());
        return guarded(r.indices(), i ->
                new Value.Load(a.name(), scope.address(a, i), scope.tests(t, i), t.boundary()));
    }

    /**
     * What index maps give whose look-ups may themselves lie outside: there the look-up's boundary value is put in its
     * place.
     */
    private Value guarded(List<Index> indices, Function<List<Index>, Value> build) {
        for (Index i : indices)
            for (Index.Term term : i.terms()) {
                if (!(term.atom() instanceof Index.Lookup l)) continue;
                Tensor t = graph.tensor(l.tensor());
                List<Inside> tests = scope.tests(t, l.indices());
                if (tests.isEmpty()) continue;
                List<Index> outside = indices.stream().map(x -> without(x, l, (int) t.boundary())).toList();
                return new Value.Apply(
                        Op.SELECT, List.of(all(tests), build.apply(indices), guarded(outside, build)));
            }
        return build.apply(indices);
    }

    private static Index without(Index i, Index.Lookup l, int value) {
        Index sum = Index.of(i.constant());
        for (Index.Term t : i.terms())
            sum = sum.plus(t.atom().equals(l)
                    ? Index.of(t.coefficient() * value)
                    : new Index(0, List.of(t)));
        return sum;
    }

    private static Value all(List<Inside> tests) {
        Value all = null;
        for (Inside i : tests) {
            Value index = new Value.Whole(i.index());
            if (i.low()) all = and(all, new Value.Apply(Op.GE, List.of(index, new Value.Number(0))));
            if (i.high())
                all = and(all, new Value.Apply(Op.LT, List.of(index, new Value.Whole(Affine.of(i.size())))));
        }
        return all;
    }

    private static Value and(Value a, Value b) {
        return a == null ? b : new Value.Apply(Op.AND, List.of(a, b));
    }
}
