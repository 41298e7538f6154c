package org.nnl.schedule;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.nnl.equations.Fold;

/** A routine in a section, with the time loops around it. */
record Member(Routine routine, Divide.Candidate candidate, List<Step.Loop> loops, Accesses accesses) {
    /** A name for the rows of a section that no variable has. */
    static final String ROWS = "\u03c1";

    int factor() {
        return candidate.count().factor();
    }

    /** What it touches where rows are cut of which an example has {@code base}. */
    List<Accesses.Access> cut(int base) {
        return accesses.all().stream().map(x -> x.within(loops).cut(candidate.variable(), ROWS, factor() / base)).toList();
    }

    /** What steps bring into a section. */
    static final class Finder {
        private final Map<String, Routine> routines;
        private final Divide divide;
        private final UnaryOperator<String> variables;

        /** By the steps of a routine: asked for every step that may join. */
        private final Map<List<Step>, Accesses> accesses = new IdentityHashMap<>();

        /** @param variables the identifier of a loop's variable */
        Finder(Map<String, Routine> routines, Divide divide, UnaryOperator<String> variables) {
            this.routines = routines;
            this.divide = divide;
            this.variables = variables;
        }

        /** Members of a step, in order; null if it cannot be in a section. */
        List<Member> of(Step s) {
            return of(s, List.of());
        }

        private List<Member> of(Step s, List<Step.Loop> loops) {
            List<Member> all = new ArrayList<>();
            List<Step> within;
            List<Step.Loop> around = loops;
            if (s instanceof Step.Fill f && loops.isEmpty()) {
                Routine r = filling(f);
                return r == null ? null : member(r, divide.examples(r), loops);
            } else if (s instanceof Step.Call c && c.arguments().isEmpty()) {
                Routine r = routines.get(c.routine());
                if (!Steps.any(r.steps(), x -> x instanceof Step.Call)) {
                    return member(r, loops.isEmpty() && r.variables().isEmpty() ? divide.any(r) : divide.examples(r), loops);
                }
                within = r.steps();
            } else if (s instanceof Step.Loop l) {
                within = l.body();
                around = new ArrayList<>(loops);
                around.add(l);
            } else {
                return null;
            }
            for (Step x : within) {
                List<Member> some = x instanceof Step.Call || x instanceof Step.Loop ? of(x, around) : null;
                if (some == null || some.stream().anyMatch(m -> !m.candidate.count().batch())) return null;
                all.addAll(some);
            }
            return all;
        }

        private List<Member> member(Routine r, Divide.Candidate c, List<Step.Loop> loops) {
            if (c == null) return null;
            Accesses a = accesses.computeIfAbsent(r.steps(), divide::accesses);
            return List.of(new Member(r, c, loops, a));
        }

        /** Room in an array, filled example by example, within what else has the number of examples in its stride; null if there is none. */
        Routine filling(Step.Fill f) {
            Array a = divide.array(f.array());
            int d = 0;
            while (d < a.shape().size() && !a.shape().get(d).batch()) d++;
            if (d == a.shape().size() || !f.count().batch()) return null;
            int example = a.strides().get(d).factor();
            if (f.count().factor() % example != 0) return null;
            String t = variables.apply("t"), k = variables.apply("k");
            Affine at = f.from().plus(Affine.variable(k));
            int times = f.count().factor() / example;
            if (times > 1) at = at.plus(Affine.variable(t).times(new Count(example, true)));
            Step fill = new Step.Loop(
                    k, Affine.ZERO, Affine.of(new Count(example, true)), divide.lanes() > 1 && example % divide.lanes() == 0 ? Step.Kind.VECTOR : Step.Kind.UP, 1,
                    List.of(new Step.Store(f.array(), at, List.of(), Fold.SET, new Value.Number(f.value()))));
            if (times > 1) fill = new Step.Loop(t, Affine.ZERO, Affine.of(Count.of(times)), Step.Kind.UP, 1, List.of(fill));
            return new Routine("fill_" + f.array(), List.of("What " + a.tensor() + " starts with."), List.of(), List.of(fill));
        }
    }
}
