package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nnl.equations.Fold;

/**
 * What is added to zeros is set: an array that is cleared, and then has one number added to each of its elements, need not
 * be cleared.
 * <pre>for k { x[k] = 0 }
 * for y, j < J { x[J·y + j] += f(y, j) }   becomes   for y, j { x[J·y + j] = f(y, j) }</pre>
 */
final class FirstSum {
    private FirstSum() {}

    /**
     * The steps one after the other.
     *
     * @param fills loops that fill one array each
     * @param array by name
     */
    static List<Step> of(List<Step> fills, List<Step> steps, Function<String, Array> array) {
        List<Step> left = new ArrayList<>(), rest = new ArrayList<>(steps);
        for (Step f : fills) {
            Step.Store zero = Steps.stores(List.of(f)).get(0);
            Array a = array.apply(zero.array());
            int k = zero.value().equals(new Value.Number(0)) ? only(rest, a) : -1;
            if (k < 0) left.add(f);
            else rest.set(k, set((Step.Loop) rest.get(k)));
        }
        left.addAll(rest);
        return left;
    }

    /** Where the only step stands that touches an array, if it adds to each element once; else -1. */
    private static int only(List<Step> steps, Array a) {
        int found = -1;
        for (int k = 0; k < steps.size(); k++) {
            List<Step> s = List.of(steps.get(k));
            if (!touches(s, a)) continue;
            if (found >= 0 || !addsOnce(steps.get(k), a)) return -1;
            found = k;
        }
        return found;
    }

    private static boolean touches(List<Step> steps, Array a) {
        return Steps.stores(steps).stream().anyMatch(w -> w.array().equals(a.name()))
                || Steps.loads(steps).stream().anyMatch(l -> l.array().equals(a.name()))
                || Steps.any(steps, s -> s instanceof Step.Call || s instanceof Step.Fill || s instanceof Step.Copy || s instanceof Product p
                        && List.of(p.a().array(), p.b().array(), p.c().array()).contains(a.name()));
    }

    private static boolean addsOnce(Step s, Array a) {
        if (!(s instanceof Step.Loop nest)) return false;
        List<Step.Loop> loops = Steps.perfect(nest);
        List<Step> body = loops.get(loops.size() - 1).body();
        if (Steps.stores(body).size() != 1 || Steps.loads(body).stream().anyMatch(l -> l.array().equals(a.name()))) return false;
        if (!(body.get(body.size() - 1) instanceof Step.Store w) || w.fold() != Fold.SUM || !w.inside().isEmpty()) return false;
        Count count = Count.ONE;
        Affine at = Affine.ZERO;
        for (int k = loops.size() - 1; k >= 0; k--) {
            Step.Loop l = loops.get(k);
            boolean counted = l.from().isZero() && l.to().terms().size() == 1 && l.to().terms().get(0).atom() instanceof Affine.One;
            if (!counted || l.kind() != Step.Kind.UP) return false;
            Count size = l.to().terms().get(0).coefficient();
            if (size.batch() && count.batch()) return false;
            at = at.plus(Affine.variable(l.variable()).times(count));
            count = count.times(size);
        }
        return w.at().equals(at) && a.count().equals(count);
    }

    private static Step.Loop set(Step.Loop nest) {
        List<Step.Loop> loops = Steps.perfect(nest);
        List<Step> body = new ArrayList<>(loops.get(loops.size() - 1).body());
        Step.Store w = (Step.Store) body.remove(body.size() - 1);
        body.add(new Step.Store(w.array(), w.at(), w.inside(), Fold.SET, w.value()));
        return Steps.nest(loops, body);
    }
}
