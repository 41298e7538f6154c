package org.nnl.emit;

import java.util.List;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Routine;
import org.nnl.schedule.Step;

/**
 * What the method of a divided routine does: its steps, the divided loop from {@link Sharing#FROM} to {@link Sharing#TO}.
 * Products take that range as their rows.
 */
final class Parts {
    private Parts() {}

    /** The steps of a routine's method; all of them if the routine is not divided. */
    static List<Step> of(Routine r) {
        return r.division() == null ? r.steps() : of(r.steps(), r.division().variable());
    }

    private static List<Step> of(List<Step> steps, String variable) {
        return steps.stream().map(s -> of(s, variable)).toList();
    }

    private static Step of(Step s, String variable) {
        if (s instanceof Step.When w) return w.with(of(w.body(), variable));
        if (!(s instanceof Step.Loop l)) return s;
        boolean cut = l.variable().equals(variable);
        return new Step.Loop(
                l.variable(), cut ? Affine.variable(Sharing.FROM) : l.from(), cut ? Affine.variable(Sharing.TO) : l.to(),
                l.kind(), l.unroll(), of(l.body(), variable));
    }
}
