package org.nnl.emit;

import org.nnl.equations.Fold;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Schedule;
import org.nnl.schedule.Step;
import org.nnl.schedule.Value;

/**
 * Two loops that turn a matrix, one directly in the other:
 * <pre>for r { for c { to[D*r + c] = from[r + S*c] } }</pre>
 * Element by element either what is read or what is written lies apart; a square of lanes by lanes is turned in registers.
 *
 * @param rows    the loop along which {@code from} is contiguous
 * @param columns the loop along which {@code to} is contiguous
 */
record Turning(Step.Loop rows, Step.Loop columns, Step.Store store, Value.Load load) {

    /** The turning that a loop is; null if it is none. */
    static Turning of(Step.Loop outer, Schedule schedule) {
        if (!isUp(outer) || outer.body().size() != 1 || !(outer.body().get(0) instanceof Step.Loop inner) || !isUp(inner)) return null;
        if (inner.body().size() != 1 || !(inner.body().get(0) instanceof Step.Store s) || !(s.value() instanceof Value.Load l)) return null;
        if (s.fold() != Fold.SET || !s.inside().isEmpty() || !l.inside().isEmpty() || s.array().equals(l.array())) return null;
        if (schedule.array(s.array()).integer() || schedule.array(l.array()).integer()) return null;
        if (inner.from().mentions(outer.variable()) || inner.to().mentions(outer.variable())) return null;
        Turning a = new Turning(outer, inner, s, l), b = new Turning(inner, outer, s, l);
        return a.isOne() ? a : b.isOne() ? b : null;
    }

    private static boolean isUp(Step.Loop l) {
        return l.kind() == Step.Kind.UP && l.unroll() == 1 && l.from().terms().size() <= 1;
    }

    private boolean isOne() {
        String r = rows.variable(), c = columns.variable();
        for (Affine at : new Affine[] {store.at(), load.at()}) if (at.looksUpBy(r) || at.looksUpBy(c)) return false;
        return load.at().coefficient(r).isOne() && store.at().coefficient(c).isOne()
                && load.at().coefficient(c).factor() > 1 && store.at().coefficient(r).factor() > 1;
    }

    /** How often a loop runs; null where that is known at run time. */
    static Integer size(Step.Loop l) {
        return l.from().isZero() ? l.to().constant() : null;
    }
}
