package org.nnl.stepwise;

import static org.nnl.stepwise.GraphDraft.box;
import static org.nnl.stepwise.GraphDraft.indices;
import static org.nnl.stepwise.GraphDraft.read;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.order.Access;
import org.nnl.stepwise.Timing.Kind;

/**
 * The two graphs. With X a tensor over time, read up to D steps back,
 * <pre>    step:   x.now = …                             what the equation of x says, for one t
 *             read of x[t-r]  →  x.now, x.past[r-1]
 *             x.past'[0] = x.now,  x.past'[r] = x.past[r-1]       committed after the step
 *     begin:  x.past[r] = x[-1-r]                   values before the first step; boundary where there are none</pre>
 * What does not depend on time is computed when a sequence begins, and kept. A position in time that is more than
 * a name for the present step, in {@code P[t]} or {@code t < length}, is counted.
 */
final class StepGraphs {
    private static final String POSITION = "position";

    private final Timing timing;
    private final Graph predict;
    private final Set<String> taken;
    private final Map<String, Tensor> nows = new LinkedHashMap<>();
    private final Map<String, Tensor> pasts = new LinkedHashMap<>();
    private final Map<String, Tensor> recents = new LinkedHashMap<>();
    private final Map<String, Tensor> kept = new LinkedHashMap<>();
    private final GraphDraft begin;
    private final GraphDraft step;
    private Tensor position;
    private boolean bounded;

    /** @param taken names of tensors of the program */
    StepGraphs(Timing timing, Set<String> taken) {
        this.timing = timing;
        this.predict = timing.graph;
        this.taken = new LinkedHashSet<>(taken);
        begin = new GraphDraft(predict.tensors().values());
        step = new GraphDraft(List.of());
    }

    /** The graphs {@code begin} and {@code step}. */
    List<Graph> of(List<String> outputs) {
        for (Tensor t : predict.tensors().values()) {
            if (t.role() == Tensor.Role.PARAM || t.role() == Tensor.Role.STATE || t.role() == Tensor.Role.SETTING)
                step.add(t);
            if (t.role() == Tensor.Role.INPUT && timing.isMoving(t.name())) now(t.name());
        }
        for (String o : outputs) step.result(now(o).name());
        for (Equation e : predict.equations()) {
            switch (timing.kind(e)) {
                case RUNNING, LAST -> step.add(stepped(e));
                case STATIC -> begin.add(e);
                case BEFORE -> { }
            }
        }
        for (String t : timing.remembered()) remember(t);
        if (position != null) count();
        return List.of(begin.graph(Stepwise.BEGIN), step.graph(Stepwise.STEP));
    }

    // ---- tensors

    private String fresh(String base) {
        String name = base;
        for (int n = 2; !taken.add(name); n++) name = base + n;
        return name;
    }

    /** The name without what is said of tensors that hold values before the first step, too. */
    private static String unshifted(String name) {
        return name.endsWith(".rows") ? name.substring(0, name.length() - 5) : name;
    }

    /** The value of a tensor at the present step. */
    private Tensor now(String name) {
        Tensor known = nows.get(name);
        if (known != null) return known;
        Tensor t = predict.tensor(name);
        List<Size> shape = new ArrayList<>(t.shape());
        Integer d = timing.axis.dimensions().get(name);
        if (d != null) shape.remove((int) d);
        Tensor now = new Tensor(fresh(unshifted(name) + Stepwise.NOW), t.role(), shape, t.classes(), t.boundary());
        nows.put(name, now);
        step.add(now);
        return now;
    }

    /** What is kept of the steps before: the latest, or the latest ones along the dimension of time, newest first. */
    private Tensor past(String name) {
        return pasts.computeIfAbsent(name, n -> {
            Tensor t = predict.tensor(n);
            Tensor past = new Tensor(fresh(unshifted(n) + ".past"), Tensor.Role.STATE, history(n, timing.depth(n)), t.classes(), 0);
            step.add(past);
            begin.add(past);
            return past;
        });
    }

    /** The present step and those before, along the dimension of time. */
    private Tensor recent(String name) {
        return recents.computeIfAbsent(name, n -> {
            Tensor t = predict.tensor(n);
            List<Size> shape = new ArrayList<>(t.shape());
            shape.set(timing.axis.dimensions().get(n), Size.of(timing.depth(n) + 1));
            Tensor recent = new Tensor(fresh(unshifted(n) + ".recent"), Tensor.Role.VALUE, shape, t.classes(), t.boundary());
            step.add(recent);
            return recent;
        });
    }

    private List<Size> history(String name, int depth) {
        List<Size> shape = new ArrayList<>(predict.tensor(name).shape());
        int d = timing.axis.dimensions().get(name);
        shape.remove(d);
        if (depth > 1) shape.add(d, Size.of(depth));
        return shape;
    }

    /** Under which name a step finds a tensor that is the same at all steps. */
    private Tensor constant(String name) {
        Tensor t = predict.tensor(name);
        if (t.role() != Tensor.Role.VALUE && t.role() != Tensor.Role.INPUT) return t;
        return kept.computeIfAbsent(name, n -> {
            Tensor k = new Tensor(fresh(n + ".kept"), Tensor.Role.STATE, t.shape(), t.classes(), t.boundary());
            step.add(k);
            begin.add(k);
            begin.commit(k, t);
            return k;
        });
    }

    // ---- equations of a step

    private Equation stepped(Equation e) {
        String a = timing.axis.axes().get(e);
        int lag = timing.lag(e.target());
        Redirect to = new Redirect(x -> x.equals(a) ? position().plus(-lag) : null, (r, own) -> access(e, r, own));
        List<Index> left = new ArrayList<>(e.indices());
        if (timing.kind(e) == Kind.RUNNING) left.remove((int) timing.axis.dimensions().get(e.target()));
        return new Equation(
                now(e.target()).name(), left.stream().map(to::of).toList(), e.fold(), e.position(), timing.box(e),
                to.of(e.body()), e.origin());
    }

    private Access access(Equation e, Access r, Redirect to) {
        if (!timing.isMoving(r.tensor())) {
            String a = timing.axis.axes().get(e);
            bounded |= a != null && r.indices().stream().anyMatch(i -> i.coefficient(a) != 0);
            return new Access(constant(r.tensor()).name(), r.indices().stream().map(to::of).toList());
        }
        List<Index> rest = new ArrayList<>(r.indices());
        Integer d = timing.axis.dimensions().get(r.tensor());
        if (d == null) return new Access(now(r.tensor()).name(), rest.stream().map(to::of).toList());
        rest.remove((int) d);
        rest.replaceAll(to::of);
        Index back = timing.back(e, r);
        if (!back.isConstant()) {
            rest.add(d, back);
            return new Access(recent(r.tensor()).name(), rest);
        }
        if (back.constant() == 0) return new Access(now(r.tensor()).name(), rest);
        if (timing.depth(r.tensor()) > 1) rest.add(d, back.plus(-1));
        return new Access(past(r.tensor()).name(), rest);
    }

    // ---- memory

    private void remember(String name) {
        int d = timing.axis.dimensions().get(name);
        int depth = timing.depth(name);
        Tensor now = now(name), past = past(name);
        List<Axis> box = box(now.shape());
        List<Index> present = indices(box);
        UnaryOperator<List<Index>> newest = depth == 1 ? at -> at : at -> with(at, d, Index.of(0));
        List<Axis> older = depth == 1 ? List.of() : with(box, d, new Axis("r", Size.of(depth - 1)));
        Origin origin = predict.writers(name).isEmpty() ? Origin.NONE
                : Origin.at(timing.axis.running(name).get(0).origin().place());

        if (timing.isWindowed(name)) {
            Tensor recent = recent(name);
            Axis r = new Axis("r", Size.of(depth));
            step.set(recent, with(present, d, Index.of(0)), box, read(now, present), origin);
            step.set(recent, with(present, d, Index.axis("r").plus(1)), with(box, d, r),
                    read(past, depth == 1 ? present : with(present, d, Index.axis("r"))), origin);
        }
        int lag = timing.lag(name);
        if (depth == 1 && lag == 0) {
            step.commit(past, now);
        } else {
            Tensor next = new Tensor(fresh(past.name() + "'"), Tensor.Role.VALUE, past.shape(), past.classes(), 0);
            step.set(next, newest.apply(present), box,
                    begun(lag, read(now, present), read(past, newest.apply(present))), origin);
            if (depth > 1) {
                List<Index> to = with(present, d, Index.axis("r").plus(1));
                step.set(next, to, older, begun(lag, read(past, with(present, d, Index.axis("r"))), read(past, to)), origin);
            }
            step.commit(past, next);
        }
        beforeTheFirst(name, past, box, origin);
    }

    /** What a memory holds after a step: nothing new as long as its tensor, which lags behind, has no first step. */
    private Expr begun(int lag, Expr shifted, Expr same) {
        if (lag == 0) return shifted;
        Expr count = Expr.index(position());
        return Expr.apply(Op.SELECT, Expr.apply(Op.GE, count, Expr.of(lag)), shifted, same);
    }

    private void beforeTheFirst(String name, Tensor past, List<Axis> box, Origin origin) {
        int d = timing.axis.dimensions().get(name);
        int depth = timing.depth(name);
        Tensor t = predict.tensor(name);
        Tensor start = new Tensor(fresh(past.name() + ".first"), Tensor.Role.VALUE, past.shape(), past.classes(), 0);
        List<Equation> given = predict.writers(name).stream().filter(e -> timing.kind(e) == Kind.BEFORE).toList();
        Expr value = Expr.of(t.boundary());
        List<Axis> all = depth == 1 ? box : with(box, d, new Axis("r", Size.of(depth)));
        if (!given.isEmpty()) {
            Tensor before = new Tensor(fresh(unshifted(name) + ".before"), Tensor.Role.VALUE,
                    resized(t.shape(), d, timing.first(name)), t.classes(), t.boundary());
            begin.add(before);
            for (Equation e : given) begin.add(e.withTarget(before.name()));
            Index latest = Index.of(timing.first(name) - 1);
            Index at = depth == 1 ? latest : latest.plus(Index.axis("r").times(-1));
            value = read(before, with(indices(box), d, at));
        }
        begin.set(start, indices(all), all, value, origin);
        begin.commit(past, start);
    }

    // ---- counting

    private Index position() {
        if (position == null) position = new Tensor(fresh(POSITION), Tensor.Role.STATE, List.of(Size.of(1)), 0, 0);
        return Index.lookup(position.name(), List.of(Index.of(0)));
    }

    /** Steps are counted from 0; the class of the counter is the number of steps if there can be no more. */
    private void count() {
        Tensor p = new Tensor(position.name(), Tensor.Role.STATE, position.shape(),
                bounded ? timing.steps : Tensor.ANY_INTEGER, 0);
        Tensor next = new Tensor(fresh(p.name() + "'"), Tensor.Role.VALUE, p.shape(), Tensor.ANY_INTEGER, 0);
        Tensor first = new Tensor(fresh(p.name() + ".first"), Tensor.Role.VALUE, p.shape(), Tensor.ANY_INTEGER, 0);
        step.add(p);
        begin.add(p);
        List<Index> zero = List.of(Index.of(0));
        step.set(next, zero, List.of(), read(p, zero).plus(Expr.ONE), Origin.NONE);
        begin.set(first, zero, List.of(), Expr.ZERO, Origin.NONE);
        step.commit(p, next);
        begin.commit(p, first);
    }

    // ---- pieces

    private static <T> List<T> with(List<T> list, int at, T element) {
        List<T> more = new ArrayList<>(list);
        more.add(at, element);
        return more;
    }

    private static List<Size> resized(List<Size> shape, int d, int n) {
        List<Size> other = new ArrayList<>(shape);
        other.set(d, Size.of(n));
        return other;
    }
}
