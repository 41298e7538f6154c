package org.nnl.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.nnl.equations.Fold;

/**
 * Sums that are products, sent to a window that moves over rows of elements. A shift by whole rows leaves rows of columns
 * together, a shift along them does not: only the second sort gets a dimension of its own, in an array where the columns of
 * the product lie as they do in its second factor.
 * <pre>for q, u, v, i, j { y[q, i+u, j+v] += Σ_k a[k,q,u,v]·b[k,i,j] }
 * becomes   for q, v, u   { parts[q, v, i+u, j] += Σ_k a[k,q,u,v]·b[k,i,j], columns i, j joined }
 *           for q, v, y, j { y[q, y, j+v] += parts[q, v, y, j] }    or {@link CollectShifts the same collected}</pre>
 * So the adjoint of a convolution reads its pictures in place and adds at shifted places as many numbers as the window is
 * wide; the window's height, like the channels, is summed in the product.
 */
final class PartShifts {
    /** Fewer columns than in two vectors would leave a product little to do between reading and writing its sums. */
    private static final int FEWEST = 2 * TurnNarrow.LANES;

    private final List<Step.Loop> loops;
    private final List<Step> body;
    private final Step.Store store;
    private final boolean lanes;

    /** How often each loop runs. */
    private final Map<String, Count> sizes = new LinkedHashMap<>();

    private PartShifts(List<Step.Loop> loops, List<Step> body, boolean lanes) {
        this.loops = loops;
        this.body = body;
        this.lanes = lanes;
        this.store = (Step.Store) body.get(2);
        for (Step.Loop l : loops) sizes.put(l.variable(), l.to().terms().get(0).coefficient());
    }

    /**
     * The steps instead of a nest; null if it is none such.
     *
     * @param loops   of the nest, each from 0 to a number
     * @param body    in the last of them: the start of a sum, its loops, and a store that adds it to an element
     * @param tensor  that is written
     * @param lanes   whether what is added at shifted places is {@linkplain CollectShifts collected} for lanes
     * @param declare adds an array to the class, or finds the one there with that tensor
     */
    static List<Step> of(List<Step.Loop> loops, List<Step> body, String tensor, boolean lanes, Function<Array, Array> declare) {
        List<Value.Load> factors = Steps.loads(body.subList(1, 2));
        if (factors.size() != 2) return null;
        PartShifts p = new PartShifts(loops, body, lanes);
        List<Step> steps = p.parts(factors.get(0).at(), factors.get(1).at(), tensor, declare);
        return steps != null ? steps : p.parts(factors.get(1).at(), factors.get(0).at(), tensor, declare);
    }

    /**
     * The steps if columns are those of the second factor; null if that cannot be. Columns are variables that lie in it one
     * within the other, the first of them one that shifts by rows.
     */
    private List<Step> parts(Affine a, Affine b, String tensor, Function<Array, Array> declare) {
        List<String> columns = new ArrayList<>();
        List<String> shifts = List.of();
        int n = 1;
        while (shifts.isEmpty()) {
            String next = next(a, b, n, columns);
            if (next == null) return null;
            if (!columns.isEmpty()) shifts = shifts(a, b, next);
            columns.add(0, next);
            n = Math.multiplyExact(n, sizes.get(next).factor());
        }
        if (n < FEWEST) return null;
        String row = columns.get(0);
        // what runs through examples lies outermost, then all that columns and shifts do not share
        Map<String, Count> shape = new LinkedHashMap<>();
        Set<String> apart = new LinkedHashSet<>(sizes.keySet());
        apart.removeAll(columns);
        apart.removeAll(shifts);
        apart.stream().filter(v -> sizes.get(v).batch()).forEach(v -> shape.put(v, sizes.get(v)));
        apart.forEach(v -> shape.put(v, sizes.get(v)));
        int rows = sizes.get(row).factor();
        for (String s : shifts) rows += sizes.get(s).factor() - 1;
        shape.put(row, Count.of(rows));
        columns.stream().skip(1).forEach(v -> shape.put(v, sizes.get(v)));

        List<Count> strides = Array.rowMajor(List.copyOf(shape.values()));
        Affine at = Affine.ZERO, to = Affine.ZERO;
        List<Step.Loop> over = new ArrayList<>();
        for (String v : shape.keySet()) {
            Count stride = strides.get(over.size());
            to = to.plus(Affine.variable(v).times(stride));
            at = at.plus(Affine.variable(v).times(stride));
            if (v.equals(row)) for (String s : shifts) at = at.plus(Affine.variable(s).times(stride));
            over.add(new Step.Loop(v, Affine.ZERO, Affine.of(shape.get(v)), Step.Kind.UP, 1, List.of()));
        }
        Array parts = Array.helper(tensor + ".parts", List.copyOf(shape.values()),
                PartScatter.HOLDS + tensor + ", by their shift along a row");
        Value sum = store.value();
        Step.Loop sums = Steps.nest(loops, List.of(body.get(0), body.get(1),
                new Step.Store(parts.name(), at, List.of(), Fold.SUM, sum)));
        if (!Steps.any(FindProduct.of(List.of(sums)), s -> s instanceof Product p && p.columns().factor() >= FEWEST)) return null;
        String own = declare.apply(parts).name();
        Set<String> gone = Set.copyOf(shifts);
        Step.Store moved = (Step.Store) Steps.substitute(List.of(store), v -> gone.contains(v) ? Affine.ZERO : null).get(0);
        Step.Loop additions = Steps.nest(over, List.of(new Step.Store(moved.array(), moved.at(), moved.inside(), Fold.SUM,
                new Value.Load(own, to, List.of(), 0))));
        Step.Loop collected = lanes ? CollectShifts.of(additions, ((Step.Start) body.get(0)).local()) : null;
        return List.of(
                Steps.nest(over, List.of(new Step.Store(own, to, List.of(), Fold.SET, new Value.Number(0)))),
                Steps.nest(loops, List.of(body.get(0), body.get(1), new Step.Store(own, at, List.of(), Fold.SUM, sum))),
                collected != null ? collected : additions);
    }

    /** One more variable that moves the second factor alone, {@code n} elements at a time, and the target; null if there is none. */
    private String next(Affine a, Affine b, int n, List<String> columns) {
        for (String v : sizes.keySet())
            if (!columns.contains(v) && !sizes.get(v).batch() && !a.mentions(v) && b.coefficient(v).equals(Count.of(n))
                    && !b.looksUpBy(v) && isPlain(v)) return v;
        return null;
    }

    /** The variables that move the first factor alone, and the target as a variable of columns does. */
    private List<String> shifts(Affine a, Affine b, String column) {
        List<String> found = new ArrayList<>();
        for (String v : sizes.keySet())
            if (!sizes.get(v).batch() && a.mentions(v) && !b.mentions(v) && isPlain(v) && alike(v, column)) found.add(v);
        return found;
    }

    private boolean isPlain(String v) {
        return store.at().coefficient(v).factor() != 0 && !store.at().looksUpBy(v)
                && store.inside().stream().noneMatch(i -> i.index().looksUpBy(v));
    }

    private boolean alike(String v, String w) {
        return store.at().coefficient(v).equals(store.at().coefficient(w))
                && store.inside().stream().allMatch(i -> i.index().coefficient(v).equals(i.index().coefficient(w)));
    }
}
