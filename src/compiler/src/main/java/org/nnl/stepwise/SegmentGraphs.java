package org.nnl.stepwise;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.nnl.derive.Derive;
import org.nnl.derive.Partials;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.order.Access;
import org.nnl.program.Program;
import org.nnl.stepwise.Segments.Kind;

/**
 * The graphs by which something over time is computed in segments of n steps:
 * <pre>    begin      x.before, K.fixed, P.total = 0           what is before the first step, the same at all, summed so far
 *     window     x.window[q] = x[offset + q - margin]    the steps of the segment
 *     forward    x.part[D+r] = f(x.part[…], …)           the equations with t = offset + r, r &lt; n; x.part[q] = x.before[q], q &lt; D
 *                P.total += P.part,  x.before = x.part[n…n+D)
 *     tail       the rest, from x.before and P.total</pre>
 * and, for a gradient, the rule applied to each of them in turn. With bars for ∂loss/∂,
 * <pre>    tail       P̄, x̄, K̄, θ̄
 *     backward   the adjoint of  Σ P̄·P.part + Σ x̄·x.part[n…n+D)  by θ, K and x.before, which is x̄ for the segment before
 *     end        the adjoint of  Σ x̄·x.before + Σ K̄·K  by θ</pre>
 */
final class SegmentGraphs {
    private final Segments s;
    private final Graph whole;
    private final String prefix;
    private final Partials partials;
    private final List<String> parameters;
    private final Tensor offset;
    private final Map<String, Graph> graphs = new LinkedHashMap<>();
    private final Set<String> matters = new LinkedHashSet<>();

    /**
     * @param prefix     of the names of the graphs
     * @param parameters whose gradient is wanted; none for values only
     */
    SegmentGraphs(Segments segments, String prefix, List<String> parameters, Partials partials) {
        s = segments;
        whole = segments.graph;
        this.prefix = prefix;
        this.parameters = parameters;
        this.partials = partials;
        offset = new Tensor("segment.offset", Tensor.Role.STATE, List.of(Size.of(1)), s.steps, 0);
    }

    /**
     * @param loss the scalar whose gradient is wanted, null for values only
     * @param n    steps a segment
     */
    Map<String, Graph> of(String loss, int n) {
        needed(loss);
        begin();
        int rest = (s.steps - 1) % n + 1;
        segment(n, "");
        if (rest != n) segment(rest, ".rest");
        tail(loss);
        if (loss != null) {
            backward(n, "");
            if (rest != n) backward(rest, ".rest");
            end();
        }
        return graphs;
    }

    // ---- tensors

    private Tensor tensor(String name) {
        return whole.tensor(name);
    }

    private int time(String name) {
        return s.axis.dimensions().get(name);
    }

    private Tensor along(String name, String suffix, Tensor.Role role, int steps) {
        Tensor t = tensor(name);
        List<Size> shape = new ArrayList<>(t.shape());
        shape.set(time(name), Size.of(steps));
        return new Tensor(name + suffix, role, shape, t.classes(), role == Tensor.Role.VALUE ? t.boundary() : 0);
    }

    private Tensor before(String name) {
        return along(name, ".before", Tensor.Role.STATE, s.depth(name));
    }

    private Tensor part(String name, int n) {
        return along(name, ".part", Tensor.Role.VALUE, s.depth(name) + n);
    }

    private Tensor window(String name, int n, Tensor.Role role) {
        int[] m = s.margins().get(name);
        return along(name, ".window", role, m[0] + n + m[1]);
    }

    private Tensor fixed(String name) {
        return like(name, ".fixed", Tensor.Role.STATE);
    }

    private Tensor like(String name, String suffix, Tensor.Role role) {
        Tensor t = tensor(name);
        return new Tensor(name + suffix, role, t.shape(), t.classes(), role == Tensor.Role.VALUE ? t.boundary() : 0);
    }

    private static Tensor as(Tensor t, String name, Tensor.Role role) {
        return new Tensor(name, role, t.shape(), t.classes() > 0 ? Tensor.ANY_INTEGER : t.classes(), 0);
    }

    /** Tensors computed once that are needed along time, afterwards, or for a commit. */
    private Set<String> constants() {
        Set<String> all = new LinkedHashSet<>();
        for (Equation e : whole.equations()) {
            Kind k = s.kind(e);
            if (k == Kind.STATIC || k == Kind.BEFORE) continue;
            for (String t : e.reads()) if (isConstant(t)) all.add(t);
        }
        for (String t : whole.commits().values()) if (isConstant(t)) all.add(t);
        return all;
    }

    private boolean isConstant(String t) {
        return tensor(t).role() == Tensor.Role.VALUE && !s.isRunning(t) && !s.isLate(t);
    }

    private void needed(String loss) {
        if (loss == null) return;
        matters.add(loss);
        boolean more = true;
        while (more) {
            more = false;
            for (Equation e : whole.equations()) if (matters.contains(e.target())) more |= matters.addAll(e.reads());
        }
    }

    /** Whether the loss depends on a tensor in a way that has a derivative. */
    private boolean matters(String t) {
        return matters.contains(t) && !tensor(t).isInteger();
    }

    private List<String> sums() {
        Set<String> all = new LinkedHashSet<>();
        for (Equation e : s.equations(Kind.SUM)) all.add(e.target());
        return List.copyOf(all);
    }

    // ---- a graph under construction

    private final class Sheet {
        final Map<String, Tensor> tensors = new LinkedHashMap<>();
        final List<Equation> equations = new ArrayList<>();
        final Map<String, String> commits = new LinkedHashMap<>();
        final List<String> results = new ArrayList<>();

        Sheet() {
            for (Tensor t : whole.tensors().values())
                if (t.role() != Tensor.Role.VALUE) tensors.put(t.name(), t);
        }

        Tensor add(Tensor t) {
            tensors.putIfAbsent(t.name(), t);
            return tensors.get(t.name());
        }

        void set(Tensor target, Function<List<Index>, Expr> body) {
            List<Axis> box = box(target);
            add(target);
            equations.add(Equation.of(target.name(), indices(box), Fold.SET, box, body.apply(indices(box)), Origin.NONE));
        }

        /** {@code state = body}, after everything else. */
        void commit(Tensor state, Function<List<Index>, Expr> body) {
            Tensor next = as(state, state.name() + "'", Tensor.Role.VALUE);
            set(next, body);
            add(state);
            commits.put(state.name(), next.name());
        }

        /** {@code scalar += Σ a·b}. */
        void dot(String scalar, Tensor a, Tensor b) {
            List<Axis> box = box(a);
            add(Tensor.real(scalar, Tensor.Role.VALUE, List.of()));
            equations.add(Equation.of(scalar, List.of(), Fold.SUM, box,
                    Expr.read(a.name(), indices(box)).times(Expr.read(b.name(), indices(box))), Origin.NONE));
        }

        Graph graph(String name) {
            Graph g = new Graph(name, tensors, equations, List.of(), results, commits);
            return StepGraphs.pruned(g);
        }
    }

    private static List<Axis> box(Tensor t) {
        List<Axis> box = new ArrayList<>();
        for (Size n : t.shape()) box.add(new Axis(n.isBatch() ? "b" : "i" + (box.size() + 1), n));
        return box;
    }

    private static List<Index> indices(List<Axis> box) {
        return box.stream().map(a -> Index.axis(a.name())).toList();
    }

    private static Expr read(Tensor t, List<Index> at) {
        return Expr.read(t.name(), at);
    }

    private static List<Index> moved(List<Index> at, int d, int by) {
        List<Index> other = new ArrayList<>(at);
        other.set(d, other.get(d).plus(by));
        return other;
    }

    private void finish(Sheet sheet, String name) {
        Graph g = sheet.graph(prefix + name);
        graphs.put(g.name(), g);
    }

    // ---- begin

    /** The equations of values before the first step and of what is the same at all steps. */
    private void constant(Sheet sheet) {
        for (Tensor t : whole.tensors().values()) if (isConstant(t.name())) sheet.add(t);
        sheet.equations.addAll(s.equations(Kind.STATIC));
        for (Equation e : s.equations(Kind.BEFORE)) {
            sheet.add(along(e.target(), ".given", Tensor.Role.VALUE, s.first(e.target())));
            sheet.equations.add(e.withTarget(e.target() + ".given"));
        }
    }

    /** Values before the first step, oldest first. */
    private Expr given(Sheet sheet, String name, List<Index> at) {
        Tensor given = sheet.tensors.get(name + ".given");
        if (given == null) return Expr.of(tensor(name).boundary());
        return read(given, moved(at, time(name), s.first(name) - s.depth(name)));
    }

    private void begin() {
        Sheet sheet = new Sheet();
        constant(sheet);
        for (String t : s.remembered()) sheet.commit(before(t), at -> given(sheet, t, at));
        for (String t : constants()) sheet.commit(fixed(t), at -> read(tensor(t), at));
        for (String t : whole.results()) if (isConstant(t)) sheet.results.add(t);
        for (String t : whole.commits().values()) if (isConstant(t)) sheet.results.add(t);
        for (String t : sums()) sheet.commit(like(t, ".total", Tensor.Role.STATE), at -> Expr.ZERO);
        sheet.commit(offset, at -> Expr.ZERO);
        finish(sheet, "begin");
    }

    // ---- a segment

    private void segment(int n, String which) {
        Sheet w = new Sheet();
        w.add(offset);
        for (String t : s.margins().keySet()) {
            Index from = Index.lookup(offset.name(), List.of(Index.of(0))).plus(-s.margins().get(t)[0]);
            w.set(window(t, n, Tensor.Role.VALUE), at -> {
                List<Index> there = new ArrayList<>(at);
                there.set(time(t), there.get(time(t)).plus(from));
                return read(tensor(t), there);
            });
            w.results.add(t + ".window");
        }
        finish(w, "window" + which);

        Sheet f = new Sheet();
        steps(f, n);
        for (String t : s.remembered())
            f.commit(before(t), at -> read(part(t, n), moved(at, time(t), n)));
        for (String t : sums()) {
            Tensor total = like(t, ".total", Tensor.Role.STATE);
            f.commit(total, at -> read(total, at).plus(read(like(t, ".part", Tensor.Role.VALUE), at)));
        }
        for (String t : whole.results()) if (s.isRunning(t)) f.results.add(part(t, n).name());
        finish(f, "forward" + which);
    }

    /** The equations along time, for the steps of a segment. */
    private void steps(Sheet sheet, int n) {
        sheet.add(offset);
        for (String t : s.margins().keySet()) sheet.add(window(t, n, Tensor.Role.INPUT));
        for (String t : constants()) sheet.add(fixed(t));
        for (String t : s.axis.dimensions().keySet()) if (s.isRunning(t)) sheet.add(part(t, n));
        for (String t : s.remembered()) {
            Tensor b = sheet.add(before(t));
            List<Axis> box = box(b);
            Fold fold = s.axis.running(t).get(0).fold();
            if (fold != Fold.SET && fold != Fold.SUM)
                throw new NotSteppable(s.axis.running(t).get(0), "is a maximum of which earlier steps are read");
            sheet.equations.add(Equation.of(part(t, n).name(), indices(box), fold, box, read(b, indices(box)),
                    Origin.at(s.axis.running(t).get(0).origin().place())));
        }
        for (Equation e : whole.equations()) {
            Kind k = s.kind(e);
            if (k == Kind.RUNNING || k == Kind.SUM) sheet.equations.add(moved(sheet, e, n));
        }
    }

    private Equation moved(Sheet sheet, Equation e, int n) {
        String a = s.axis.axes().get(e);
        Function<String, Index> time = x -> x.equals(a)
                ? Index.axis(a).plus(Index.lookup(offset.name(), List.of(Index.of(0)))) : null;
        List<Index> left = new ArrayList<>();
        boolean running = s.kind(e) == Kind.RUNNING;
        for (int d = 0; d < e.indices().size(); d++)
            left.add(running && d == time(e.target())
                    ? e.indices().get(d).plus(s.depth(e.target()) - s.first(e.target()))
                    : index(e, e.indices().get(d), time));
        if (!running) sheet.add(like(e.target(), ".part", Tensor.Role.VALUE));
        List<Axis> box = e.box().stream().map(x -> x.name().equals(a) ? new Axis(a, Size.of(n)) : x).toList();
        return new Equation(e.target() + ".part", left, e.fold(), e.position(), box, body(e, time), e.origin());
    }

    private Expr body(Equation e, Function<String, Index> time) {
        return e.body().rewrite(node -> {
            if (node instanceof Expr.Read r) return access(e, r.tensor(), r.indices(), time, Expr::read);
            return node instanceof Expr.IndexValue v ? Expr.index(index(e, v.index(), time)) : node;
        });
    }

    private Index index(Equation e, Index i, Function<String, Index> time) {
        Index sum = Index.of(i.constant());
        for (Index.Term t : i.terms()) {
            Index atom;
            if (t.atom() instanceof Index.Lookup l) {
                atom = access(e, l.tensor(), l.indices(), time, Index::lookup);
            } else {
                Index p = time.apply(((Index.AxisAtom) t.atom()).axis());
                atom = p == null ? Index.axis(((Index.AxisAtom) t.atom()).axis()) : p;
            }
            sum = sum.plus(atom.times(t.coefficient()));
        }
        return sum;
    }

    private <T> T access(
            Equation e, String tensor, List<Index> at, Function<String, Index> time, BiFunction<String, List<Index>, T> as) {
        Integer d = s.axis.dimensions().get(tensor);
        String a = s.axis.axes().get(e);
        boolean moves = d != null && a != null && at.get(d).coefficient(a) == 1;
        List<Index> there = new ArrayList<>();
        for (int k = 0; k < at.size(); k++) {
            boolean isTime = d != null && k == d && (moves || s.isRunning(tensor));
            there.add(isTime ? at.get(k) : index(e, at.get(k), time));
        }
        if (moves && s.isGiven(tensor))
            return as.apply(tensor + ".window", moved(there, d, s.margins().get(tensor)[0]));
        if (moves) return as.apply(tensor + ".part", moved(there, d, s.depth(tensor) - s.first(tensor)));
        if (d != null && s.isRunning(tensor)) // when all is done: the last steps are those before the next segment
            return as.apply(tensor + ".before", moved(there, d, s.depth(tensor) - s.steps - s.first(tensor)));
        return as.apply(isConstant(tensor) ? tensor + ".fixed" : tensor, there);
    }

    // ---- tail

    private void tail(String loss) {
        Sheet sheet = new Sheet();
        for (String t : s.remembered()) sheet.add(before(t));
        for (String t : constants()) sheet.add(fixed(t));
        for (Equation e : whole.equations()) if (s.isLate(e.target())) sheet.add(tensor(e.target()));
        for (Equation e : whole.equations()) {
            if (s.kind(e) != Kind.TAIL) continue;
            List<Index> left = e.indices().stream().map(i -> index(e, i, x -> null)).toList();
            sheet.equations.add(e.with(left, e.box(), body(e, x -> null)));
        }
        for (String t : sums()) {
            Tensor total = sheet.add(like(t, ".total", Tensor.Role.STATE));
            List<Axis> box = box(total);
            sheet.equations.add(Equation.of(t, indices(box), Fold.SUM, box, read(total, indices(box)), Origin.NONE));
        }
        for (String t : whole.results()) if (s.isLate(t)) sheet.results.add(t);
        for (String t : whole.commits().values()) if (s.isLate(t)) sheet.results.add(t);
        if (loss == null) {
            finish(sheet, "tail");
            return;
        }
        List<Tensor> by = new ArrayList<>();
        for (String t : s.remembered()) if (matters(t)) by.add(before(t));
        for (String t : sums()) if (matters(t)) by.add(like(t, ".total", Tensor.Role.STATE));
        for (String t : constants()) if (matters(t)) by.add(fixed(t));
        adjoint(sheet, loss, by, "tail", true);
    }

    // ---- adjoints

    private static Tensor adjointOf(Tensor t) {
        return as(t, Program.ADJOINT + t.name() + ".sum", Tensor.Role.STATE);
    }

    private Tensor gradientOf(String parameter) {
        return as(tensor(parameter), Program.ADJOINT + parameter + ".sum", Tensor.Role.STATE);
    }

    /**
     * Adds the adjoint of a scalar; the adjoints of parameters and constants add up, and those of states go to the segment
     * before.
     */
    private void adjoint(Sheet sheet, String of, List<Tensor> by, String name, boolean first) {
        Map<String, String> wanted = new LinkedHashMap<>();
        for (Tensor t : by) wanted.put(t.name(), Program.ADJOINT + t.name());
        for (String p : parameters) {
            sheet.add(tensor(p));
            wanted.put(p, Program.ADJOINT + p + ".part");
        }
        Graph g = new Graph(prefix + name, sheet.tensors, sheet.equations, List.of(), sheet.results, sheet.commits);
        g = Derive.adjoint(g, of, wanted, Program.ADJOINT, partials);
        Sheet more = new Sheet();
        more.tensors.putAll(g.tensors());
        more.equations.addAll(g.equations());
        more.results.addAll(sheet.results);
        for (Tensor t : by) {
            Tensor sum = adjointOf(t);
            boolean adds = !first && t.name().endsWith(".fixed");
            gather(more, sum, wanted.get(t.name()), adds);
        }
        for (String p : parameters) gather(more, gradientOf(p), wanted.get(p), !first);
        finish(more, name);
    }

    /** Takes over an adjoint, or adds it to what there is; one that nothing writes is zero. */
    private static void gather(Sheet sheet, Tensor sum, String adjoint, boolean adds) {
        boolean zero = sheet.equations.stream().noneMatch(e -> e.target().equals(adjoint));
        if (zero && adds) return;
        sheet.commit(sum, at -> zero ? Expr.ZERO
                : adds ? read(sum, at).plus(Expr.read(adjoint, at)) : Expr.read(adjoint, at));
    }

    private void backward(int n, String which) {
        Sheet sheet = new Sheet();
        steps(sheet, n);
        String share = "segment.share";
        sheet.add(Tensor.real(share, Tensor.Role.VALUE, List.of()));
        List<Tensor> by = new ArrayList<>();
        for (String t : s.remembered()) {
            if (!matters(t)) continue;
            Tensor end = along(t, ".end", Tensor.Role.VALUE, s.depth(t));
            sheet.set(end, at -> read(part(t, n), moved(at, time(t), n)));
            sheet.dot(share, sheet.add(adjointOf(before(t))), end);
            by.add(before(t));
        }
        for (String t : sums()) if (matters(t))
            sheet.dot(share, sheet.add(adjointOf(like(t, ".total", Tensor.Role.STATE))), like(t, ".part", Tensor.Role.VALUE));
        for (String t : constants()) if (matters(t)) by.add(fixed(t));
        adjoint(sheet, share, by, "backward" + which, false);
    }

    private void end() {
        Sheet sheet = new Sheet();
        constant(sheet);
        String share = "segment.share";
        sheet.add(Tensor.real(share, Tensor.Role.VALUE, List.of()));
        for (String t : s.remembered()) {
            if (!matters(t)) continue;
            Tensor start = along(t, ".start", Tensor.Role.VALUE, s.depth(t));
            sheet.set(start, at -> given(sheet, t, at));
            sheet.dot(share, sheet.add(adjointOf(before(t))), start);
        }
        for (String t : constants())
            if (matters(t)) sheet.dot(share, sheet.add(adjointOf(fixed(t))), tensor(t));
        Map<String, String> wanted = new LinkedHashMap<>();
        for (String p : parameters) {
            sheet.add(tensor(p));
            wanted.put(p, Program.ADJOINT + p + ".part");
        }
        Graph g = new Graph(prefix + "end", sheet.tensors, sheet.equations, List.of(), List.of(), Map.of());
        g = Derive.adjoint(g, share, wanted, Program.ADJOINT, partials);
        Sheet more = new Sheet();
        more.tensors.putAll(g.tensors());
        more.equations.addAll(g.equations());
        for (String p : parameters) {
            Tensor sum = more.add(gradientOf(p));
            Tensor d = as(tensor(p), Program.ADJOINT + p, Tensor.Role.VALUE);
            String own = wanted.get(p);
            boolean zero = more.equations.stream().noneMatch(e -> e.target().equals(own));
            more.set(d, at -> zero ? read(sum, at) : read(sum, at).plus(Expr.read(own, at)));
            more.results.add(d.name());
        }
        finish(more, "end");
    }
}
