package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;
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
        List<Step> result = new ArrayList<>();
        for (Step s : steps) result.add(of(s));
        return result;
    }

    private static Step of(Step s) {
        if (s instanceof Step.When w) return new Step.When(w.inside(), of(w.body()));
        if (!(s instanceof Step.Loop l)) return s;
        List<Step> body = of(l.body());
        Step.Loop outer = new Step.Loop(l.variable(), l.from(), l.to(), l.kind(), l.unroll(), body);
        if (body.size() != 1 || !(body.get(0) instanceof Step.Loop inner)) return outer;
        if (outer.kind() != Step.Kind.UP || inner.kind() != Step.Kind.UP) return outer;
        if (!outer.from().isZero() || !inner.from().isZero() || inner.to().constant() == null) return outer;
        if (Steps.any(inner.body(), x -> x instanceof Step.Best || x instanceof Product)) return outer;
        int size = inner.to().constant();
        Predicate<Affine> asOne = a -> !a.looksUpBy(outer.variable()) && !a.looksUpBy(inner.variable())
                && a.coefficient(outer.variable()).equals(a.coefficient(inner.variable()).times(Count.of(size)));
        if (!Steps.addresses(inner.body()).stream().allMatch(asOne)) return outer;
        if (Steps.integers(inner.body()).stream()
                .anyMatch(a -> a.mentions(outer.variable()) || a.mentions(inner.variable()))) return outer;
        List<Step> merged = Steps.substitute(
                inner.body(), v -> v.equals(outer.variable()) ? Affine.ZERO : null);
        return new Step.Loop(
                inner.variable(), Affine.ZERO, outer.to().times(Count.of(size)), Step.Kind.UP, 1, merged);
    }
}
