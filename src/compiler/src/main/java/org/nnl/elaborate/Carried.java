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
import org.nnl.equations.Op;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;

/**
 * {@code stateful} training: the last values of a recurrence are kept and stand before its beginning in the next batch,
 * <pre>    h[-r] = carried[b, r-1] while training, else 0        carried'[b, r-1] = h[T-r]      r = 1 … D</pre>
 * with D the farthest step back that is read. The carried values are constants to the gradient, so that
 * back-propagation is truncated at the batch. There are as many as the train block's {@code batch} has examples; further
 * examples start at 0.
 */
final class Carried {
    private Carried() {}

    /** Along which dimension of its left-hand side a name is recurrent, and how far back it is read. */
    private record Reach(int dimension, int steps) {}

    /**
     * What can be carried of a cluster of equations: the names that are read at {@code t-r} and never at {@code t+r},
     * and have no values before the beginning of their own.
     */
    private static Map<String, Reach> reaches(List<Tree.Assignment> parts) {
        Map<String, Tree.Left> lefts = new LinkedHashMap<>();
        Set<String> excluded = new LinkedHashSet<>();
        for (Tree.Assignment a : parts)
            for (Tree.Left l : a.targets()) if (lefts.put(l.name(), l) != null) excluded.add(l.name());
        Map<String, Reach> found = new LinkedHashMap<>();
        for (Tree.Assignment a : parts)
            Names.visit(a.value(), e -> {
                if (!(e instanceof Tree.Indexed x && x.base() instanceof Tree.Name n
                        && lefts.containsKey(n.name()))) return;
                Tree.Left left = lefts.get(n.name());
                for (int d = 0; d < x.selectors().size() && d < left.indices().size(); d++) {
                    if (!(x.selectors().get(d) instanceof Tree.At at && at.index() instanceof Tree.Binary b)) continue;
                    Reach other = found.get(n.name());
                    boolean back = b.operator().equals("-") && b.left() instanceof Tree.Name
                            && b.right() instanceof Tree.Number r && r.value() == Math.rint(r.value()) && r.value() > 0
                            && r.value() < 1000;
                    if (!back || other != null && other.dimension != d) {
                        excluded.add(n.name());
                        continue;
                    }
                    int steps = (int) ((Tree.Number) b.right()).value();
                    found.put(n.name(), new Reach(d, Math.max(steps, other == null ? 0 : other.steps)));
                }
            });
        found.keySet().removeAll(excluded);
        return found;
    }

    /**
     * Gives recurrences values before their beginning that come from the batch before, if training is stateful. The
     * layouts assumed are changed accordingly.
     */
    static Map<String, Part> before(
            List<Tree.Assignment> parts, Map<String, Span> names, Map<String, String> tensors,
            Map<String, Layout> assumed, int examples, Frame f) {
        Map<String, Part> carried = new LinkedHashMap<>();
        if (examples == 0 || f.sheet().starts() == null) return carried;
        reaches(parts).forEach((name, reach) -> {
            Layout l = assumed.get(name);
            if (l == null || !l.batched() || !l.free().isEmpty() || l.isShifted()) return;
            int d = reach.dimension(), steps = Math.min(reach.steps(), l.visible().get(d));
            List<Integer> rest = new ArrayList<>(l.visible());
            rest.remove(d);
            List<Axis> dims = Storing.axes(rest, f);
            // One step back needs no axis.
            List<Axis> back = steps == 1 ? List.of() : List.of(new Axis(f.freshAxis("r", dims), Size.of(steps)));
            Index r = steps == 1 ? Index.of(0) : Index.axis(back.get(0).name());
            rest.addAll(l.trailing());
            Tensor state = state(tensors.get(name), examples, steps, rest, f);
            List<Axis> box = Storing.axes(state.shape().stream().map(s -> s.at(1)).toList(), f);
            f.sheet().starts().add(Equation.of(
                    state.name() + Program.START, Storing.indices(box), Fold.SET, box, Expr.ZERO,
                    Origin.at(names.get(name).place())));
            List<Index> left = new ArrayList<>(Storing.indices(dims));
            left.add(d, r.times(-1).plus(-1));
            List<Index> lead = new ArrayList<>(List.of(Index.axis(Storing.BATCH)));
            lead.addAll(Storing.indices(back));
            lead.addAll(Storing.indices(dims));
            Expr training = Expr.read(Slices.TRAINING, List.of());
            Value.Array before = new Value.Array(l.trailing(), 0, Value.Open.NOWHERE, position -> {
                List<Index> at = new ArrayList<>(lead);
                at.addAll(position);
                return Expr.apply(Op.SELECT, training, Expr.read(state.name(), at), Expr.ZERO);
            });
            List<Axis> variables = new ArrayList<>(back);
            variables.addAll(dims);
            carried.put(name, new Part(left, variables, before, f.over(variables), names.get(name)));
            List<Integer> shift = new ArrayList<>(l.shift()), stored = new ArrayList<>(l.stored());
            shift.set(d, steps);
            stored.set(d, stored.get(d) + steps);
            assumed.put(name, new Layout(shift, stored, l.visible(), l.trailing(), true, l.free(), l.classes()));
        });
        return carried;
    }

    /** {@code carried'[b, r-1] = h[T-r]}. */
    static void keep(String tensor, Layout layout, Part part, Frame f) {
        String state = tensor + ".carried";
        Tensor t = f.sheet().tensor(state);
        if (t == null) return;
        String next = f.sheet().fresh(state + Program.NEXT);
        f.sheet().add(new Tensor(next, Tensor.Role.VALUE, t.shape(), 0, 0), f.depth());
        List<Axis> dims = Storing.axes(layout.trailing(), part.frame());
        List<Axis> box = new ArrayList<>(List.of(Storing.BATCH_AXIS));
        box.addAll(part.variables());
        box.addAll(dims);
        // The position of the last step, less what lies before: T-1-r, of which the part's own -1-r is the mirror.
        List<Index> read = new ArrayList<>(List.of(Index.axis(Storing.BATCH)));
        for (int d = 0; d < part.left().size(); d++) {
            Index i = part.left().get(d);
            boolean recurrent = i.bareAxis() == null;
            read.add(recurrent ? i.plus(layout.stored().get(d)) : i.plus(layout.shift().get(d)));
        }
        read.addAll(Storing.indices(dims));
        f.sheet().add(Equation.of(
                next, Storing.indices(box), Fold.SET, box, Expr.read(Layout.rows(tensor), read),
                        Origin.at(part.span().place())));
        f.sheet().commit(state, next);
    }

    /**
     * The state that holds the carried values, in the order examples, steps back if there are several, the rest.
     *
     * @param shape of one step: the dimensions of the left-hand side but the recurrent one, and the trailing ones
     */
    private static Tensor state(String tensor, int examples, int steps, List<Integer> shape, Frame f) {
        List<Size> sizes = new ArrayList<>();
        sizes.add(Size.of(examples));
        if (steps > 1) sizes.add(Size.of(steps));
        shape.forEach(n -> sizes.add(Size.of(n)));
        Tensor state = Tensor.real(f.sheet().fresh(tensor + ".carried"), Tensor.Role.STATE, sizes);
        f.sheet().add(state, f.depth());
        Tensor start = Tensor.real(state.name() + Program.START, Tensor.Role.VALUE, sizes);
        f.sheet().starts().add(start, 0);
        return state;
    }
}
