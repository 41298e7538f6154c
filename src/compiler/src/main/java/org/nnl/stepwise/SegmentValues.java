package org.nnl.stepwise;

import static org.nnl.stepwise.GraphDraft.box;
import static org.nnl.stepwise.GraphDraft.indices;
import static org.nnl.stepwise.GraphDraft.read;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
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
import org.nnl.stepwise.Segments.Kind;

/** The graphs of {@link SegmentGraphs} that compute values. */
final class SegmentValues {
    private final Segments s;
    private final Graph whole;
    private final SegmentTensors tensors;

    SegmentValues(Segments segments) {
        s = segments;
        whole = segments.graph;
        tensors = new SegmentTensors(segments);
    }

    /** A graph that has what the whole one is given. */
    GraphDraft draft() {
        return new GraphDraft(whole.tensors().values().stream().filter(t -> t.role() != Tensor.Role.VALUE).toList());
    }

    // ---- begin

    GraphDraft begin() {
        GraphDraft g = constant();
        for (String t : s.remembered()) g.commit(tensors.before(t), at -> given(g, t, at));
        for (String t : s.constants()) g.commit(tensors.fixed(t), at -> read(whole.tensor(t), at));
        for (String t : whole.results()) if (s.isConstant(t)) g.result(t);
        for (String t : whole.commits().values()) if (s.isConstant(t)) g.result(t);
        for (String t : s.sums()) g.commit(tensors.total(t), at -> Expr.ZERO);
        g.commit(tensors.offset, at -> Expr.ZERO);
        return g;
    }

    /** The equations of values before the first step and of what is the same at all steps. */
    GraphDraft constant() {
        GraphDraft g = draft();
        for (Tensor t : whole.tensors().values()) if (s.isConstant(t.name())) g.add(t);
        s.equations(Kind.STATIC).forEach(g::add);
        for (Equation e : s.equations(Kind.BEFORE)) g.add(e.withTarget(g.add(tensors.given(e.target())).name()));
        return g;
    }

    /** Values before the first step, oldest first. */
    Expr given(GraphDraft g, String name, List<Index> at) {
        if (!g.has(name + SegmentTensors.GIVEN)) return Expr.of(whole.tensor(name).boundary());
        return read(tensors.given(name), moved(at, s.time(name), s.first(name) - s.depth(name)));
    }

    // ---- a segment

    GraphDraft window(int n) {
        GraphDraft g = draft();
        g.add(tensors.offset);
        for (String t : s.margins().keySet()) {
            Tensor window = tensors.window(t, n, Tensor.Role.VALUE);
            Index from = offset().plus(-s.margins().get(t)[0]);
            g.set(window, at -> {
                List<Index> there = new ArrayList<>(at);
                there.set(s.time(t), there.get(s.time(t)).plus(from));
                return read(whole.tensor(t), there);
            });
            g.result(window.name());
        }
        return g;
    }

    GraphDraft forward(int n) {
        GraphDraft g = steps(n);
        for (String t : s.remembered()) g.commit(tensors.before(t), at -> last(t, n, at));
        for (String t : s.sums()) {
            Tensor total = tensors.total(t);
            g.commit(total, at -> read(total, at).plus(read(tensors.share(t), at)));
        }
        for (String t : whole.results()) if (s.isRunning(t)) g.result(tensors.part(t, n).name());
        return g;
    }

    /** The last values of a segment: those before the next one. */
    Expr last(String name, int n, List<Index> at) {
        return read(tensors.part(name, n), moved(at, s.time(name), n));
    }

    /** The equations along time, for the steps of a segment. */
    GraphDraft steps(int n) {
        GraphDraft g = draft();
        g.add(tensors.offset);
        for (String t : s.margins().keySet()) g.add(tensors.window(t, n, Tensor.Role.INPUT));
        for (String t : s.constants()) g.add(tensors.fixed(t));
        for (String t : s.axis.dimensions().keySet()) if (s.isRunning(t)) g.add(tensors.part(t, n));
        for (String t : s.remembered()) {
            Tensor before = g.add(tensors.before(t));
            List<Axis> box = box(before.shape());
            Equation step = s.axis.running(t).get(0);
            if (step.fold() != Fold.SET && step.fold() != Fold.SUM)
                throw new NotSteppable(step, "is a maximum of which earlier steps are read");
            g.add(Equation.of(tensors.part(t, n).name(), indices(box), step.fold(), box, read(before, indices(box)),
                    Origin.at(step.origin().place())));
        }
        for (String t : s.sums()) g.add(tensors.share(t));
        for (Equation e : whole.equations())
            if (s.kind(e) == Kind.RUNNING || s.kind(e) == Kind.SUM) g.add(ofSegment(e, n));
        return g;
    }

    /** An equation along time with {@code t = offset + r}, where {@code r < n} is the axis now. */
    private Equation ofSegment(Equation e, int n) {
        String a = s.axis.axes().get(e);
        Redirect to = redirect(e, x -> x.equals(a) ? Index.axis(a).plus(offset()) : null);
        boolean running = s.kind(e) == Kind.RUNNING;
        List<Index> left = new ArrayList<>();
        for (int d = 0; d < e.indices().size(); d++)
            left.add(running && d == s.time(e.target())
                    ? e.indices().get(d).plus(s.depth(e.target()) - s.first(e.target()))
                    : to.of(e.indices().get(d)));
        String target = running ? tensors.part(e.target(), n).name() : tensors.share(e.target()).name();
        List<Axis> box = e.box().stream().map(x -> x.name().equals(a) ? new Axis(a, Size.of(n)) : x).toList();
        return new Equation(target, left, e.fold(), e.position(), box, to.of(e.body()), e.origin());
    }

    private Index offset() {
        return Index.lookup(tensors.offset.name(), List.of(Index.of(0)));
    }

    /** The accesses of an equation to what a segment, or what follows the last one, has in place of whole tensors. */
    private Redirect redirect(Equation e, Function<String, Index> time) {
        return new Redirect(time, (access, to) -> access(e, access, to));
    }

    private Access access(Equation e, Access r, Redirect to) {
        String tensor = r.tensor();
        Integer d = s.axis.dimensions().get(tensor);
        String a = s.axis.axes().get(e);
        boolean moves = d != null && a != null && r.indices().get(d).coefficient(a) == 1;
        List<Index> there = new ArrayList<>();
        for (int k = 0; k < r.indices().size(); k++) {
            boolean isTime = d != null && k == d && (moves || s.isRunning(tensor));
            there.add(isTime ? r.indices().get(k) : to.of(r.indices().get(k)));
        }
        if (moves && s.isGiven(tensor)) return new Access(tensor + SegmentTensors.WINDOW, moved(there, d, s.margins().get(tensor)[0]));
        if (moves) return new Access(tensor + Checkpoints.PART, moved(there, d, s.depth(tensor) - s.first(tensor)));
        if (d != null && s.isRunning(tensor)) // when all is done: the last steps are those before the next segment
            return new Access(tensor + Checkpoints.BEFORE, moved(there, d, s.depth(tensor) - s.steps - s.first(tensor)));
        return new Access(s.isConstant(tensor) ? tensor + SegmentTensors.FIXED : tensor, there);
    }

    private static List<Index> moved(List<Index> at, int d, int by) {
        List<Index> other = new ArrayList<>(at);
        other.set(d, other.get(d).plus(by));
        return other;
    }

    // ---- tail

    GraphDraft tail() {
        GraphDraft g = draft();
        for (String t : s.remembered()) g.add(tensors.before(t));
        for (String t : s.constants()) g.add(tensors.fixed(t));
        for (Equation e : whole.equations()) if (s.isLate(e.target())) g.add(whole.tensor(e.target()));
        for (Equation e : s.equations(Kind.TAIL)) {
            Redirect to = redirect(e, axis -> null);
            g.add(e.with(e.indices().stream().map(to::of).toList(), e.box(), to.of(e.body())));
        }
        for (String t : s.sums()) {
            Tensor total = g.add(tensors.total(t));
            List<Axis> box = box(total.shape());
            g.add(Equation.of(t, indices(box), Fold.SUM, box, read(total, indices(box)), Origin.NONE));
        }
        for (String t : whole.results()) if (s.isLate(t)) g.result(t);
        for (String t : whole.commits().values()) if (s.isLate(t)) g.result(t);
        return g;
    }
}
