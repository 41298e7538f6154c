package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;
import org.nnl.equations.Fold;

/**
 * A nest that sums and then uses the sum, as two: sums are left where the nest stores, and the rest takes them up there.
 * <pre>for b { s = Σ_i …; y[b] = f(s) }   becomes   for b { y[b] = Σ_i … }  for b { y[b] = f(y[b]) }</pre>
 *
 * @param sums the first nest
 * @param rest the second
 */
record PartNest(Step.Loop sums, Step.Loop rest) {

    /** Null if the nest is no such one, or stores nowhere that the rest does not read. */
    static PartNest of(Step.Loop nest) {
        List<Step.Loop> loops = Steps.perfect(nest);
        List<Step> body = loops.get(loops.size() - 1).body();
        if (body.size() < 3 || !(body.get(0) instanceof Step.Start start) || !(body.get(1) instanceof Step.Loop)) return null;
        List<Step> tail = body.subList(2, body.size());
        if (tail.stream().anyMatch(s -> !(s instanceof Step.Let || s instanceof Step.Store))) return null;
        List<Value.Load> loads = Steps.loads(tail);
        Step.Store target = null;
        for (Step.Store w : Steps.stores(tail)) {
            boolean free = w.fold() == Fold.SET && w.inside().isEmpty()
                    && loads.stream().noneMatch(l -> l.array().equals(w.array()))
                    && Steps.stores(tail).stream().filter(o -> o.array().equals(w.array())).count() == 1;
            boolean sum = w.value().equals(new Value.Local(start.local()));
            if (free && (target == null || sum)) target = w;
        }
        if (target == null) return null;
        Step.Store wait =
                new Step.Store(target.array(), target.at(), List.of(), Fold.SET, new Value.Local(start.local()));
        List<Step> rest = new ArrayList<>();
        rest.add(new Step.Let(start.local(), new Value.Load(target.array(), target.at(), List.of(), 0)));
        for (Step s : tail) if (!s.equals(wait)) rest.add(s);
        if (rest.size() == 1) return null;
        return new PartNest(Steps.nest(loops, List.of(start, body.get(1), wait)), Steps.nest(loops, rest));
    }
}
