package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nnl.equations.Fold;
import org.nnl.equations.Op;

/**
 * Tests at run time, taken out of loops, so that what is left is plain nests. Two rules:
 * <pre>for v < n { s += a[v-1] if 0 <= v-1 else 0 }   becomes   for v < n-1 { s += a[v] }
 * for … { f(x[t-1] if 0 <= t-1 else z) }             becomes   when 0 <= t-1 { for … { f(x[t-1]) } }
 *                                                              when 0 <= -t  { for … { f(z) } }</pre>
 * The first where nothing happens when the test fails; the second where the test is the same throughout the steps. What
 * is multiplied by an element outside a tensor whose boundary is 0 counts as 0.
 */
final class ResolveTests {
    /** Each doubles the code. */
    private static final int MOST_BRANCHES = 2;

    private ResolveTests() {}

    static List<Step> of(List<Step> steps) {
        return branch(steps.stream().map(ResolveTests::clip).toList(), 0);
    }

    // ---- loops that run where the test holds

    private static Step clip(Step s) {
        if (s instanceof Step.When w)
            return w.with(w.body().stream().map(ResolveTests::clip).toList());
        if (!(s instanceof Step.Loop l)) return s;
        Step.Loop loop = l.with(l.body().stream().map(ResolveTests::clip).toList());
        if (loop.kind() != Step.Kind.UP || !loop.from().isZero() || loop.to().constant() == null) return loop;
        for (Inside test : tests(loop.body())) {
            Integer shift = test.index().plus(Affine.variable(loop.variable()).times(Count.of(-1))).constant();
            if (shift == null || test.size().batch()) continue;
            if (!loop.body().stream().allMatch(x -> idleUnless(x, test))) continue;
            int from = test.low() ? Math.max(0, -shift) : 0;
            int to = test.high() ? Math.min(loop.to().constant(), test.size().factor() - shift) : loop.to().constant();
            if (to <= from) continue;
            List<Step> body = assume(loop.body(), test, true);
            body = Steps.substitute(body, v -> v.equals(loop.variable()) ? Affine.variable(v).plus(from) : null);
            return clip(new Step.Loop(
                    loop.variable(), Affine.ZERO, Affine.of(to - from), Step.Kind.UP, loop.unroll(), body));
        }
        return loop;
    }

    /** Whether the step changes nothing where the test fails. */
    private static boolean idleUnless(Step s, Inside test) {
        if (s instanceof Step.Loop l) return l.body().stream().allMatch(x -> idleUnless(x, test));
        if (s instanceof Step.Accumulate a) return a.fold() == Fold.SUM && zeroUnless(a.value(), test);
        if (s instanceof Step.Store w)
            return w.inside().contains(test) || w.fold() == Fold.SUM && zeroUnless(w.value(), test);
        return false;
    }

    private static boolean zeroUnless(Value v, Inside test) {
        if (v instanceof Value.Load l) return l.boundary() == 0 && l.inside().contains(test);
        if (!(v instanceof Value.Apply a)) return false;
        return switch (a.op()) {
            case MUL -> a.arguments().stream().anyMatch(x -> zeroUnless(x, test));
            case NEG, DIV -> zeroUnless(a.arguments().get(0), test);
            default -> false;
        };
    }

    // ---- tests that no loop within changes

    private static List<Step> branch(List<Step> steps, int depth) {
        if (depth == MOST_BRANCHES || Steps.any(steps, s -> s instanceof Step.When)) return steps;
        Set<String> bound = new HashSet<>();
        Steps.visit(steps, s -> {
            if (s instanceof Step.Loop l) bound.add(l.variable());
        });
        for (Inside test : tests(steps)) {
            if (bound.stream().anyMatch(test.index()::mentions) || !test.index().arrays().isEmpty()) continue;
            if (test.low() && test.high()) continue;
            List<Step> out = new ArrayList<>();
            out.add(new Step.When(List.of(test), branch(assume(steps, test, true), depth + 1)));
            List<Step> otherwise = branch(assume(steps, test, false), depth + 1);
            if (Steps.any(otherwise, s -> s instanceof Step.Store || s instanceof Step.When)) out.add(new Step.When(List.of(not(test)), otherwise));
            return out;
        }
        return steps;
    }

    private static Inside not(Inside test) {
        Affine beyond = test.low()
                ? test.index().times(Count.of(-1)).plus(-1)
                : test.index().plus(Affine.of(test.size()).times(Count.of(-1)));
        return new Inside(beyond, Count.ONE, true, false);
    }

    private static List<Inside> tests(List<Step> steps) {
        List<Inside> all = new ArrayList<>();
        Steps.loads(steps).forEach(l -> all.addAll(l.inside()));
        Steps.stores(steps).forEach(w -> all.addAll(w.inside()));
        return all.stream().distinct().toList();
    }

    /** The steps, the test known to hold or to fail. */
    private static List<Step> assume(List<Step> steps, Inside test, boolean holds) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            if (s instanceof Step.Loop l) {
                List<Step> body = assume(l.body(), test, holds);
                if (!body.isEmpty())
                    out.add(l.with(body));
            } else if (s instanceof Step.Let l) {
                out.add(new Step.Let(l.local(), assume(l.value(), test, holds)));
            } else if (s instanceof Step.Accumulate a) {
                Value v = assume(a.value(), test, holds);
                if (a.fold() != Fold.SUM || !isZero(v)) out.add(new Step.Accumulate(a.local(), a.fold(), v));
            } else if (s instanceof Step.Best b) {
                out.add(new Step.Best(b.best(), assume(b.value(), test, holds), b.positions()));
            } else if (s instanceof Step.Store w) {
                if (!holds && w.inside().contains(test)) continue;
                out.add(new Step.Store(
                        w.array(), w.at(), without(w.inside(), test), w.fold(), assume(w.value(), test, holds)));
            } else {
                out.add(s);
            }
        }
        return out;
    }

    private static List<Inside> without(List<Inside> tests, Inside test) {
        return tests.stream().filter(t -> !t.equals(test)).toList();
    }

    private static Value assume(Value value, Inside test, boolean holds) {
        return value.rewrite(v -> {
            if (v instanceof Value.Load l && l.inside().contains(test))
                return holds
                        ? new Value.Load(l.array(), l.at(), without(l.inside(), test), l.boundary())
                        : new Value.Number(l.boundary());
            if (!(v instanceof Value.Apply a)) return v;
            List<Value> args = a.arguments();
            if (a.op() == Op.MUL && args.stream().anyMatch(ResolveTests::isZero)) return new Value.Number(0);
            if (a.op() == Op.ADD && isZero(args.get(0))) return args.get(1);
            if ((a.op() == Op.ADD || a.op() == Op.SUB) && isZero(args.get(1))) return args.get(0);
            return v;
        });
    }

    private static boolean isZero(Value v) {
        return v instanceof Value.Number n && n.value() == 0;
    }
}
