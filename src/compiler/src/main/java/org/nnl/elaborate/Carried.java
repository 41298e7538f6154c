package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
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
    record Reach(int dimension, int steps) {}

    /**
     * What can be carried of a cluster of equations: the names that are read at {@code t-r} and never at {@code t+r},
     * and have no values before the beginning of their own.
     */
    static Map<String, Reach> reaches(List<Tree.Assignment> parts) {
        Map<String, Tree.Left> lefts = new LinkedHashMap<>();
        Set<String> excluded = new LinkedHashSet<>();
        for (Tree.Assignment a : parts)
            for (Tree.Left l : a.targets()) if (lefts.put(l.name(), l) != null) excluded.add(l.name());
        Map<String, Reach> found = new LinkedHashMap<>();
        for (Tree.Assignment a : parts)
            Names.visit(a.value(), e -> {
                if (!(e instanceof Tree.Indexed x && x.base() instanceof Tree.Name n && lefts.containsKey(n.name()))) return;
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
     * The state that holds the carried values, in the order examples, steps back if there are several, the rest.
     *
     * @param shape of one step: the dimensions of the left-hand side but the recurrent one, and the trailing ones
     */
    static Tensor state(String tensor, int examples, int steps, List<Integer> shape, Frame f) {
        List<org.nnl.equations.Size> sizes = new ArrayList<>();
        sizes.add(org.nnl.equations.Size.of(examples));
        if (steps > 1) sizes.add(org.nnl.equations.Size.of(steps));
        shape.forEach(n -> sizes.add(org.nnl.equations.Size.of(n)));
        Tensor state = Tensor.real(f.sheet().fresh(tensor + ".carried"), Tensor.Role.STATE, sizes);
        f.sheet().add(state, f.depth());
        Tensor start = Tensor.real(state.name() + Program.START, Tensor.Role.VALUE, sizes);
        f.sheet().starts().add(start, 0);
        return state;
    }
}
