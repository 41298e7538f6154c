package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;

import java.util.Set;

/**
 * Chooses the loop that runs in vector lanes: of loops directly in each other, the innermost that may
 * ({@link Step.Kind#VECTOR}), which then is moved to the inside.
 */
final class Vectorise {
    /** How far apart elements that are read into lanes may be, at most: shuffles of two vectors read every second, and nothing reads farther ones. */
    private static final int FARTHEST = 2;

    private final Set<String> integers;
    private final boolean positions;

    private Vectorise(Set<String> integers, boolean positions) {
        this.integers = integers;
        this.positions = positions;
    }

    /**
     * @param integers  arrays of integers, which are not read in lanes
     * @param positions whether positions of maxima are written in lanes: where integers have as many as numbers
     */
    static List<Step> of(List<Step> steps, Set<String> integers, boolean positions) {
        return new Vectorise(integers, positions).of(steps);
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
        for (int n = 0; n < 2 * FARTHEST; n++) {
            for (int k = chain.size() - 1; k >= 0; k--) {
                if (!mayRunInLanes(chain.get(k), body, 1 + n % FARTHEST, n >= FARTHEST)) continue;
                Step.Loop v = chain.remove(k);
                Step inner = new Step.Loop(v.variable(), v.from(), v.to(), Step.Kind.VECTOR, Jam.width(v.to().constant(), body), body);
                return Steps.nest(chain, List.of(inner));
            }
        }
        Step.Loop inner = chain.remove(chain.size() - 1);
        return Steps.nest(chain, List.of(inner.with(of(body))));
    }

    /**
     * @param apart  how far apart elements may be that are read into lanes
     * @param tested whether some lanes may lie outside what they read
     */
    private boolean mayRunInLanes(Step.Loop loop, List<Step> body, int apart, boolean tested) {
        String v = loop.variable();
        if (loop.kind() != Step.Kind.UP) return false;
        Integer size = loop.to().constant();
        if (size != null && size < 4) return false;
        if (tests(body, v, tested).stream().anyMatch(a -> a.mentions(v))) return false;
        if (Steps.wholes(body).stream().anyMatch(a -> a.looksUpBy(v) || a.coefficient(v).batch())) return false;
        if (Steps.any(body, s -> !(s instanceof Step.Loop || s instanceof Step.Let || s instanceof Step.Start
                || s instanceof Step.Accumulate || s instanceof Step.Best || s instanceof Step.Store))) return false;
        Set<String> found = positions(body, v);
        if (found == null) return false;
        Map<String, List<Affine>> written = new HashMap<>();
        for (Step.Store w : Steps.stores(body)) {
            if (integers.contains(w.array()) && !(w.value() instanceof Value.Local l && found.contains(l.name()))) return false;
            if (w.at().looksUpBy(v) || !w.at().coefficient(v).isOne()) return false;
            List<Affine> others = written.computeIfAbsent(w.array(), k -> new ArrayList<>());
            if (others.stream().anyMatch(o -> !isApart(o, w.at(), loop))) return false;
            others.add(w.at());
        }
        for (Value.Load l : Steps.loads(body)) {
            if (integers.contains(l.array()) && l.at().mentions(v)) return false;
            Count c = l.at().coefficient(v);
            if (l.at().looksUpBy(v) || c.factor() != 0 && (c.batch() || c.factor() < 1 || c.factor() > apart)) return false;
            for (Affine to : written.getOrDefault(l.array(), List.of()))
                if (!to.equals(l.at()) && !isApart(to, l.at(), loop)) return false;
        }
        return true;
    }

    /** The integers that decide what is done and have to be the same in all lanes. */
    private static List<Affine> tests(List<Step> body, String v, boolean tested) {
        if (!tested) return Steps.tests(body);
        List<Affine> all = new ArrayList<>(Steps.testsButOfLoads(body));
        for (Value.Load l : Steps.loads(body))
            for (Inside i : l.inside()) {
                boolean apart = l.boundary() == 0 && l.at().coefficient(v).isOne() && i.index().coefficient(v).isOne() && !i.index().looksUpBy(v);
                if (!apart) all.add(i.index());
            }
        return all;
    }

    /** The locals in which searches for maxima keep positions; null if a search does not find one maximum a lane. */
    private Set<String> positions(List<Step> body, String v) {
        Set<String> started = new HashSet<>(), found = new HashSet<>();
        boolean[] each = {true};
        Steps.visit(body, s -> {
            if (s instanceof Step.Start a) started.add(a.local());
            if (!(s instanceof Step.Best b)) return;
            found.addAll(b.positions().keySet());
            each[0] &= started.contains(b.best()) && started.containsAll(b.positions().keySet())
                    && b.positions().values().stream().noneMatch(p -> p.mentions(v));
        });
        return !each[0] || !found.isEmpty() && !positions ? null : found;
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
}
