package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Two loops, one directly in the other, become one where every address treats them as one:
 * <pre>for i < I { for j < J { … 10*i + j … } }   becomes   for j < 10*I { … j … }      if J = 10</pre>
 * that is, where the outer variable's coefficient is J times the inner one's throughout, and neither is needed for
 * itself.
 */
final class Collapse {
    private Collapse() {}

    static List<Step> of(List<Step> steps) {
        Set<String> rows = new HashSet<>();
        for (Step s : steps) if (s instanceof Product p) rows.add(p.row());
        List<Step> result = new ArrayList<>();
        // what a product's rows go to stays apart from row to row: threads divide both alike
        for (Step s : steps) result.add(s instanceof Step.Loop l && rows.contains(l.variable()) ? l.with(of(l.body())) : of(s));
        return result;
    }

    private static Step of(Step s) {
        if (s instanceof Step.When w) return w.with(of(w.body()));
        if (!(s instanceof Step.Loop l)) return s;
        List<Step> body = of(l.body());
        Step.Loop outer = l.with(body);
        if (body.size() != 1 || !(body.get(0) instanceof Step.Loop inner)) return outer;
        if (outer.kind() != Step.Kind.UP || inner.kind() != Step.Kind.UP) return outer;
        if (!outer.from().isZero() || !inner.from().isZero()) return outer;
        if (Steps.any(inner.body(), x -> x instanceof Product)) return outer;
        if (Steps.integers(inner.body()).stream()
                .anyMatch(a -> a.mentions(outer.variable()) || a.mentions(inner.variable()))) return outer;
        Step merged = merged(outer, inner);
        if (merged == null) merged = merged(inner, outer);
        return merged == null ? outer : merged;
    }

    private static Step merged(Step.Loop slow, Step.Loop fast) {
        List<Step> body = slow.body().size() == 1 && slow.body().get(0) == fast ? fast.body() : slow.body();
        Count size = count(fast.to());
        Count times = count(slow.to());
        if (size == null || times == null || size.batch() && times.batch()) return null;
        Predicate<Affine> asOne = a -> {
            Count step = a.coefficient(fast.variable());
            if (a.looksUpBy(slow.variable()) || a.looksUpBy(fast.variable()) || step.batch() && size.batch()) return false;
            Count whole = step.times(size);
            Count found = a.coefficient(slow.variable());
            return found.equals(whole) || found.factor() == 0 && whole.factor() == 0;
        };
        if (!Steps.addresses(body).stream().allMatch(asOne)) return null;
        List<Step> joined = Steps.substitute(body, v -> v.equals(slow.variable()) ? Affine.ZERO : null);
        return new Step.Loop(fast.variable(), Affine.ZERO, fast.to().times(times), Step.Kind.UP, 1, joined);
    }

    private static Count count(Affine a) {
        return a.terms().size() == 1 && a.terms().get(0).atom() instanceof Affine.One
                ? a.terms().get(0).coefficient()
                : null;
    }
}
