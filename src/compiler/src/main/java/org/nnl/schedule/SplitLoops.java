package org.nnl.schedule;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Fold;
import org.nnl.equations.Op;

/**
 * A loop in lanes with many transcendental functions becomes several, since HotSpot keeps only short bodies in registers:
 * <pre>for i vector { a = σ(x[i]); b = tanh(y[i]); c = σ(z[i]); A[i] = a; C[i] = c; D[i] = a·b·c }</pre>
 * is cut where two functions have been computed, if every local that is needed later is stored anyway, from where it is
 * loaded again, or is cheap enough to be computed again.
 */
final class SplitLoops {
    /** Transcendental functions a loop. */
    static final int MOST = 2;

    private static final Set<Op> TRANSCENDENTAL = EnumSet.of(
            Op.EXP, Op.EXPM1, Op.LOG, Op.LOG1P, Op.SIN, Op.COS, Op.TANH, Op.SIGMOID, Op.SOFTPLUS, Op.ERF);

    /** The loops around. */
    private final List<Step.Loop> around;

    private final Step.Loop loop;
    private final Map<String, Step.Let> lets = new LinkedHashMap<>();

    /** Stores of a bare local. */
    private final Map<String, Step.Store> kept = new HashMap<>();

    private SplitLoops(List<Step.Loop> around, Step.Loop loop) {
        this.around = around;
        this.loop = loop;
    }

    /** The steps; each part of a loop has copies of the loops directly around it, and stands beside the other parts. */
    static List<Step> of(List<Step> steps) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            if (s instanceof Step.When w) {
                out.add(w.with(of(w.body())));
                continue;
            }
            List<Step.Loop> chain = new ArrayList<>();
            Step inner = s;
            while (inner instanceof Step.Loop l && l.kind() == Step.Kind.UP && l.body().size() == 1) {
                chain.add(l);
                inner = l.body().get(0);
            }
            if (inner instanceof Step.Loop l && l.kind() == Step.Kind.VECTOR) {
                for (Step part : new SplitLoops(chain, l).parts()) out.add(Steps.nest(chain, List.of(part)));
            } else if (s instanceof Step.Loop l) {
                out.add(l.with(of(l.body())));
            } else {
                out.add(s);
            }
        }
        return out;
    }

    /** How many transcendental functions the steps have. */
    static int transcendental(List<Step> steps) {
        int[] n = {0};
        Steps.visit(steps, s -> n[0] += transcendental(s));
        return n[0];
    }

    private List<Step> parts() {
        if (loop.body().stream().mapToInt(SplitLoops::transcendental).sum() <= MOST || !isSimple()) return List.of(loop);
        for (Step s : loop.body()) {
            if (s instanceof Step.Let l) lets.put(l.local(), l);
            if (s instanceof Step.Store w && w.value() instanceof Value.Local l) kept.putIfAbsent(l.name(), w);
        }
        List<List<Step>> parts = new ArrayList<>(List.of(new ArrayList<>()));
        Set<Step> stored = new HashSet<>();
        int count = 0;
        for (Step s : loop.body()) {
            if (stored.contains(s)) continue;
            int more = transcendental(s);
            if (count > 0 && count + more > MOST && mayCut(parts, s)) {
                parts.add(new ArrayList<>());
                count = 0;
            }
            count += more;
            List<Step> part = parts.get(parts.size() - 1);
            part.add(s);
            if (s instanceof Step.Let l && kept.containsKey(l.local())) {
                part.add(kept.get(l.local()));
                stored.add(kept.get(l.local()));
            }
        }
        List<Step> out = new ArrayList<>();
        for (List<Step> part : parts)
            out.add(loop.with(complete(part)));
        return out;
    }

    /** Lets and plain stores alone, and nothing loaded that is stored, unless a loop's length away. */
    private boolean isSimple() {
        Integer size = loop.from().isZero() ? loop.to().constant() : null;
        for (Step s : loop.body()) {
            if (s instanceof Step.Let) continue;
            if (!(s instanceof Step.Store w) || w.fold() != Fold.SET || !w.inside().isEmpty()) return false;
            for (Value.Load l : Steps.loads(loop.body()))
                if (l.array().equals(w.array()) && !apart(l.at(), w.at(), size)) return false;
        }
        return true;
    }

    /** Whether the nest never comes from one address to the other: not within the loop, nor within those around. */
    private boolean apart(Affine a, Affine b, Integer size) {
        if (!Vectorise.apart(a, b, size)) return false;
        Count step = a.plus(b.times(Count.of(-1))).terms().get(0).coefficient();
        int distance = Math.abs(step.factor());
        // a whole step of time apart, and the loops around stay within a step
        if (step.batch())
            return around.size() == 1
                    && !b.coefficient(around.get(0).variable()).batch()
                    && b.coefficient(around.get(0).variable()).factor() >= size
                    && b.coefficient(around.get(0).variable()).factor() <= distance
                    && around.get(0).to().equals(Affine.of(new Count(1, true)));
        return around.stream().allMatch(l -> Math.abs((long) b.coefficient(l.variable()).factor()) >= (long) distance + size);
    }

    /** Whether what follows, from {@code s} on, can do without locals that are neither stored nor cheap. */
    private boolean mayCut(List<List<Step>> parts, Step s) {
        Set<String> done = new HashSet<>();
        for (List<Step> p : parts)
            for (Step x : p) if (x instanceof Step.Let l) done.add(l.local());
        boolean later = false;
        for (Step x : loop.body()) {
            later |= x == s;
            if (later && !(x instanceof Step.Store w && kept.containsValue(w) && w.value() instanceof Value.Local l
                    && done.contains(l.name())))
                for (String local : locals(Steps.value(x))) if (done.contains(local) && !isAtHand(local)) return false;
        }
        return true;
    }

    private boolean isAtHand(String local) {
        if (kept.containsKey(local)) return true;
        Step.Let let = lets.get(local);
        return let != null && transcendental(let) == 0 && locals(let.value()).stream().allMatch(this::isAtHand);
    }

    /** A part with the locals of earlier parts that it uses: loaded again, or computed again. */
    private List<Step> complete(List<Step> part) {
        Set<String> own = new HashSet<>();
        for (Step s : part) if (s instanceof Step.Let l) own.add(l.local());
        Map<String, Step> before = new LinkedHashMap<>();
        for (Step s : part) for (String local : locals(Steps.value(s))) need(local, own, before);
        List<Step> all = new ArrayList<>(before.values());
        all.addAll(part);
        return all;
    }

    private void need(String local, Set<String> own, Map<String, Step> before) {
        if (own.contains(local) || before.containsKey(local) || !lets.containsKey(local)) return;
        Step.Store store = kept.get(local);
        if (store != null) {
            before.put(local, new Step.Let(local, new Value.Load(store.array(), store.at(), List.of(), 0)));
            return;
        }
        for (String l : locals(lets.get(local).value())) need(l, own, before);
        before.put(local, lets.get(local));
    }

    private static List<String> locals(Value v) {
        List<String> names = new ArrayList<>();
        v.visit(x -> {
            if (x instanceof Value.Local l) names.add(l.name());
        });
        return names;
    }

    static boolean isTranscendental(Op op) {
        return TRANSCENDENTAL.contains(op);
    }

    static boolean isTranscendental(Step s) {
        return transcendental(s) > 0;
    }

    private static int transcendental(Step s) {
        if (Steps.value(s) == null) return 0;
        Set<Value> found = new HashSet<>();
        Steps.value(s).visit(v -> {
            if (v instanceof Value.Apply a && (TRANSCENDENTAL.contains(a.op())
                    || a.op() == Op.POW && !(a.arguments().get(1) instanceof Value.Number))) found.add(v);
        });
        return found.size();
    }
}
