package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nnl.equations.Fold;

/**
 * Sums sent to places that are shifted along a row, collected instead: what belongs to an element is summed first, in the
 * lanes of a row, and then stored once.
 * <pre>for v, y, j < J { x[y, j+v] += p[v, y, j] }
 * becomes   for y, j { x[y, j] += Σ_v (p[v, y, j-v] if 0 <= j-v < J else 0) }</pre>
 * Rows of {@code p} are too short to fill vectors, and a vector of {@code x} that is read again just after a part of it has
 * been written waits for the memory.
 */
final class CollectShifts {
    private CollectShifts() {}

    /**
     * The nest that collects; null if there are no such shifts. Elements are summed in the same order.
     *
     * @param nest loops from 0 to a number directly in each other, and in the last the store of one load
     * @param sum  a local to sum in
     */
    static Step.Loop of(Step.Loop nest, String sum) {
        List<Step.Loop> loops = Steps.perfect(nest);
        Step.Loop row = loops.remove(loops.size() - 1);
        Step.Store store = (Step.Store) row.body().get(0);
        Value.Load load = (Value.Load) store.value();
        String j = row.variable();
        Step.Loop shift = loops.stream().filter(l -> l.to().constant() != null && alike(store, l.variable(), j)).findFirst().orElse(null);
        if (shift == null || row.to().constant() == null || store.fold() != Fold.SUM || !store.at().coefficient(j).isOne()) return null;
        loops.remove(shift);
        String v = shift.variable();
        Affine from = Affine.variable(j).plus(Affine.variable(v).times(Count.of(-1)));
        List<Inside> inside = new ArrayList<>(load.inside());
        inside.add(new Inside(from, Count.of(row.to().constant()), true, true));
        Function<String, Affine> shifted = x -> x.equals(j) ? from : null;
        Value summand = new Value.Load(load.array(), load.at().substitute(shifted), inside, 0);
        Step.Store whole = (Step.Store) Steps.substitute(List.of(store), x -> x.equals(v) ? Affine.ZERO : null).get(0);
        loops.add(new Step.Loop(j, Affine.ZERO, row.to().plus(shift.to().constant() - 1), Step.Kind.UP, 1, List.of(
                new Step.Start(sum, Fold.SUM),
                shift.with(List.of(new Step.Accumulate(sum, Fold.SUM, summand))),
                new Step.Store(whole.array(), whole.at(), whole.inside(), Fold.SUM, new Value.Local(sum)))));
        for (int k = 0; k < loops.size(); k++) clip(loops, k);
        return Steps.nest(loops, loops.get(loops.size() - 1).body());
    }

    /** Whether the store moves by two variables alike. */
    private static boolean alike(Step.Store store, String v, String j) {
        return !v.equals(j) && !store.at().looksUpBy(v) && !store.at().looksUpBy(j)
                && store.at().coefficient(v).equals(store.at().coefficient(j))
                && store.inside().stream().allMatch(i -> i.index().coefficient(v).equals(i.index().coefficient(j)));
    }

    /** Lets a loop run where the store takes place, as far as tests depend on it alone. */
    private static void clip(List<Step.Loop> loops, int k) {
        Step.Loop inner = loops.get(loops.size() - 1);
        Step.Store store = (Step.Store) inner.body().get(2);
        String x = loops.get(k).variable();
        for (Inside test : store.inside()) {
            Step.Loop l = loops.get(k);
            Integer shift = test.index().plus(Affine.variable(x).times(Count.of(-1))).constant();
            if (shift == null || test.size().batch() || l.to().constant() == null) continue;
            int from = test.low() ? Math.max(0, -shift) : 0;
            int to = test.high() ? Math.min(l.to().constant(), test.size().factor() - shift) : l.to().constant();
            if (to <= from) continue;
            List<Inside> left = store.inside().stream().filter(t -> !t.equals(test)).toList();
            Step.Store free = new Step.Store(store.array(), store.at(), left, store.fold(), store.value());
            Function<String, Affine> moved = y -> y.equals(x) ? Affine.variable(x).plus(from) : null;
            List<Step> body = Steps.substitute(List.of(inner.body().get(0), inner.body().get(1), free), moved);
            loops.set(loops.size() - 1, inner.with(body));
            Step.Loop at = loops.get(k);
            loops.set(k, new Step.Loop(x, Affine.ZERO, Affine.of(Count.of(to - from)), at.kind(), at.unroll(), at.body()));
            clip(loops, k);
            return;
        }
    }
}
