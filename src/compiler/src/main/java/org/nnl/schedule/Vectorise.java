package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.HashMap;
import java.util.Map;

import java.util.Set;

/**
 * Chooses the loop that runs in vector lanes: of loops directly in each other, the innermost that may
 * ({@link Step.Kind#VECTOR}), which then is moved to the inside.
 */
final class Vectorise {
    private final Set<String> integers;

    private Vectorise(Set<String> integers) {
        this.integers = integers;
    }

    /** @param integers arrays of integers, which are not read or written in lanes */
    static List<Step> of(List<Step> steps, Set<String> integers) {
        return new Vectorise(integers).of(steps);
    }

    private List<Step> of(List<Step> steps) {
        List<Step> result = new ArrayList<>();
        for (Step s : steps) {
            Step done = of(s);
            PartNest parts = s instanceof Step.Loop l && !Steps.any(List.of(done), Vectorise::inLanes) ? PartNest.of(l) : null;
            if (parts != null && Steps.stores(List.of(parts.sums())).stream().noneMatch(w -> integers.contains(w.array()))
                    && Steps.any(List.of(parts.rest()), SplitLoops::isTranscendental)
                    && Steps.any(List.of(of(parts.rest())), Vectorise::inLanes))
                result.addAll(List.of(of(parts.sums()), of(parts.rest())));
            else result.add(done);
        }
        return result;
    }

    private static boolean inLanes(Step s) {
        return s instanceof Step.Loop l && l.kind() == Step.Kind.VECTOR;
    }

    private Step of(Step s) {
        if (s instanceof Step.When w) return w.with(of(w.body()));
        if (!(s instanceof Step.Loop l)) return s;
        List<Step.Loop> chain = Steps.perfect(l);
        List<Step> body = chain.get(chain.size() - 1).body();
        boolean fixed = body.stream().anyMatch(x -> x instanceof Step.Best);
        for (int k = chain.size() - 1; k >= 0; k--) {
            if (fixed || !mayRunInLanes(chain.get(k), body)) continue;
            Step.Loop v = chain.remove(k);
            Step inner = new Step.Loop(v.variable(), v.from(), v.to(), Step.Kind.VECTOR, Jam.width(v.to().constant(), body), body);
            return Steps.nest(chain, List.of(inner));
        }
        Step.Loop inner = chain.remove(chain.size() - 1);
        return Steps.nest(chain, List.of(inner.with(of(body))));
    }

    private boolean mayRunInLanes(Step.Loop loop, List<Step> body) {
        String v = loop.variable();
        if (loop.kind() != Step.Kind.UP) return false;
        Integer size = loop.to().constant();
        if (size != null && size < 4) return false;
        if (Steps.tests(body).stream().anyMatch(a -> a.mentions(v))) return false;
        if (Steps.wholes(body).stream().anyMatch(a -> a.looksUpBy(v) || a.coefficient(v).batch())) return false;
        if (Steps.any(body, s -> !(s instanceof Step.Loop || s instanceof Step.Let || s instanceof Step.Start
                || s instanceof Step.Accumulate || s instanceof Step.Store))) return false;
        Map<String, List<Affine>> written = new HashMap<>();
        for (Step.Store w : Steps.stores(body)) {
            if (integers.contains(w.array())) return false;
            if (!isUnit(w.at(), v, false)) return false;
            List<Affine> others = written.computeIfAbsent(w.array(), k -> new ArrayList<>());
            if (others.stream().anyMatch(o -> !isApart(o, w.at(), loop))) return false;
            others.add(w.at());
        }
        for (Value.Load l : Steps.loads(body)) {
            if (integers.contains(l.array()) && l.at().mentions(v)) return false;
            if (!isUnit(l.at(), v, true)) return false;
            for (Affine to : written.getOrDefault(l.array(), List.of()))
                if (!to.equals(l.at()) && !isApart(to, l.at(), loop)) return false;
        }
        return true;
    }

    /** Whether two addresses, both moving with the loop, are at least its whole length apart. */
    private static boolean isApart(Affine a, Affine b, Step.Loop loop) {
        Affine difference = a.plus(b.times(Count.of(-1)));
        if (difference.terms().size() != 1 || !(difference.terms().get(0).atom() instanceof Affine.One)) return false;
        if (loop.to().terms().size() != 1 || !(loop.to().terms().get(0).atom() instanceof Affine.One)) return false;
        Count distance = difference.terms().get(0).coefficient();
        Count length = loop.to().terms().get(0).coefficient();
        return Math.abs(distance.factor()) >= length.factor() && (distance.batch() || !length.batch());
    }

    /** Whether a loop of that many iterations, each one element on, never comes from one address to the other. */
    static boolean apart(Affine a, Affine b, Integer size) {
        Affine difference = a.plus(b.times(Count.of(-1)));
        return size != null
                && difference.terms().size() == 1
                && difference.terms().get(0).atom() instanceof Affine.One
                && Math.abs(difference.terms().get(0).coefficient().factor()) >= size;
    }

    private static boolean isUnit(Affine at, String v, boolean orZero) {
        if (at.looksUpBy(v)) return false;
        Count c = at.coefficient(v);
        return c.isOne() || orZero && c.factor() == 0;
    }
}
