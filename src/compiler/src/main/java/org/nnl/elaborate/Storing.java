package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.List;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.syntax.Span;

/**
 * Gives values tensors of their own. The tensor has a dimension for every axis that the value's expression mentions,
 * and those of the value:
 * <pre>    t[b, i…, d…] fold= e(b, i…, d…, u…)</pre>
 * with b if the value varies by example, i… the axes bound around the place, d… the value's dimensions, u… what is
 * folded over. So one call of a layer inside an equation over time writes tensors that have a time axis, and its
 * parameters have none.
 */
final class Storing {
    /** The axis of the examples. */
    static final String BATCH = "b";

    static final Axis BATCH_AXIS = new Axis(BATCH, Size.BATCH);
    private static final String[] AXIS_NAMES = {"i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t"};

    private Storing() {}

    /** Axes for the dimensions of a shape, under names free in the frame. */
    static List<Axis> axes(List<Integer> shape, Frame f) {
        List<Axis> axes = new ArrayList<>();
        for (int size : shape) {
            String name = null;
            for (String candidate : AXIS_NAMES) {
                if (!f.freshAxis(candidate, axes).equals(candidate)) continue;
                name = candidate;
                break;
            }
            axes.add(new Axis(name != null ? name : f.freshAxis("i", axes), Size.of(size)));
        }
        return axes;
    }

    static List<Index> indices(List<Axis> axes) {
        return axes.stream().map(a -> Index.axis(a.name())).toList();
    }

    /** The axes among these that an expression mentions, in their order. */
    static List<Axis> mentioned(List<Axis> axes, Expr e) {
        return axes.stream().filter(a -> e.mentions(a.name())).toList();
    }

    /** The value, if it is only a read or a constant; else a tensor that holds it. */
    static Value.Array simple(Value.Array a, String wanted, Frame f, Span span) {
        if (!a.isKnown()) return a;
        Expr e = a.at(indices(axes(a.shape(), f)));
        if (e instanceof Expr.Apply) return stored(a, wanted, f, span);
        return a;
    }

    /** A tensor that holds the value. */
    static Value.Array stored(Value.Array a, String wanted, Frame f, Span span) {
        return folded(a, Fold.SET, List.of(), false, null, wanted, f, span, a.classes());
    }

    /**
     * A tensor that holds the fold of the value.
     *
     * @param over      the axes folded over, among the frame's
     * @param overBatch whether the examples are folded over too
     * @param position  for argmax, the axis whose position is kept
     * @param wanted    the name, if it is free
     * @param classes   of the tensor
     */
    static Value.Array folded(
            Value.Array a, Fold fold, List<Axis> over, boolean overBatch, String position, String wanted, Frame f,
            Span span, int classes) {
        if (!a.isKnown()) return a;
        List<Axis> dims = axes(a.shape(), f);
        Expr e = a.at(indices(dims));
        boolean batched = e.mentions(BATCH) && !overBatch;
        List<Axis> free = new ArrayList<>(mentioned(f.live(), e));
        free.removeAll(over);
        List<Axis> box = new ArrayList<>();
        if (batched || overBatch) box.add(BATCH_AXIS);
        box.addAll(free);
        box.addAll(dims);
        box.addAll(over);
        List<Axis> lead = new ArrayList<>();
        if (batched) lead.add(BATCH_AXIS);
        lead.addAll(free);
        List<Axis> all = new ArrayList<>(lead);
        all.addAll(dims);
        Sheet sheet = f.sheet();
        String name = sheet.fresh(wanted);
        sheet.add(
                new Tensor(name, Tensor.Role.VALUE, all.stream().map(Axis::size).toList(), classes, 0), f.depth() + 1);
        sheet.add(new Equation(name, indices(all), fold, position, box, e, Origin.at(span.place())));
        return reading(name, indices(lead), a.shape(), classes);
    }

    /** The value held by a tensor, whose first indices are given. */
    static Value.Array reading(String tensor, List<Index> lead, List<Integer> shape, int classes) {
        return new Value.Array(shape, classes, Value.Open.NOWHERE, position -> {
            List<Index> all = new ArrayList<>(lead);
            all.addAll(position);
            return Expr.read(tensor, all);
        });
    }

    /** The value of a whole tensor; the batch dimension is read at the example at hand. */
    static Value.Array whole(Tensor t) {
        List<Integer> shape = new ArrayList<>();
        for (Size s : t.shape()) if (s instanceof Size.Fixed x) shape.add(x.count());
        return reading(t.name(), t.isBatched() ? List.of(Index.axis(BATCH)) : List.of(), shape, t.classes());
    }

    /** The tensor that a value is the whole of, or null. */
    static Tensor wholeTensor(Value.Array a, Frame f) {
        if (!a.isKnown()) return null;
        List<Axis> dims = axes(a.shape(), f);
        if (!(a.at(indices(dims)) instanceof Expr.Read r)) return null;
        Tensor t = f.sheet().tensor(r.tensor());
        if (t == null) return null;
        List<Index> expected = new ArrayList<>();
        if (t.isBatched()) expected.add(Index.axis(BATCH));
        expected.addAll(indices(dims));
        return r.indices().equals(expected) ? t : null;
    }
}
