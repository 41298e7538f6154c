package org.nnl.emit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nnl.emit.kernel.Parameter;
import org.nnl.emit.kernel.Renaming;
import org.nnl.emit.kernel.Surroundings;
import org.nnl.equations.Fold;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Step;
import org.nnl.schedule.Steps;
import org.nnl.schedule.Value;

/**
 * A nest as a routine has it, and what the names in its general form stand for, in the order of their numbers.
 *
 * @param key       what nests that may share a method have in common
 * @param steps     the loop; before it the start of what it accumulates, which the method then returns
 * @param arrays    {@code a1, a2, …} of the general form
 * @param variables {@code v1, v2, …}
 * @param locals    {@code l1, l2, …}
 * @param places    {@code p1, p2, …}
 * @param hints     by place: the array in whose address it stands, in general form, or another word for what it counts
 */
record Nest(
        Key key, List<Step> steps, List<String> arrays, List<String> variables, List<String> locals, List<Affine> places,
        List<String> hints) {

    /** Bounds of a loop {@link #ofAnyLength}: variables that no model has. */
    static final String START = "^", END = "$";

    /** A nest in general form, and its parameters. */
    record Key(List<Step> general, List<Parameter> parameters) {}

    static Nest of(List<Step> steps, Surroundings around) {
        Recorder r = new Recorder();
        Renaming renaming = new Renaming(around, r);
        List<Step> general = renaming.steps(steps);
        return new Nest(new Key(general, renaming.parameters()), steps, r.arrays, r.variables, r.locals, r.places, r.hints);
    }

    /**
     * Those steps of a routine, from a place on, that may be a nest: a loop, or the start of a sum and the loop that adds to it. None
     * if there are no such.
     */
    static List<Step> at(List<Step> steps, int k, Surroundings around) {
        if (steps.get(k) instanceof Step.Loop l && isClosed(l, null, around)) return List.of(l);
        boolean sum = steps.get(k) instanceof Step.Start s && s.fold() != Fold.ARGMAX && k + 1 < steps.size()
                && steps.get(k + 1) instanceof Step.Loop l && isClosed(l, s.local(), around) && !Steps.loads(List.of(l)).isEmpty();
        return sum ? steps.subList(k, k + 2) : List.of();
    }

    /** The local that a nest leaves behind; null if it stores all it computes. */
    static String result(List<Step> steps) {
        return steps.get(0) instanceof Step.Start s ? s.local() : null;
    }

    /** The loop of a nest. */
    static Step.Loop loop(List<Step> steps) {
        return (Step.Loop) steps.get(steps.size() - 1);
    }

    /**
     * A single loop with parameters for its bounds, so that long ones and short ones share a method: Adam for a layer's weights and
     * for its bias, whose loop is too short to be compiled soon by itself. A {@linkplain ShortRows short row} that is not whole vectors
     * stays, since the rest is computed in another way where its length is known.
     *
     * @param lanes of the longest vectors that a class may have
     */
    static List<Step> ofAnyLength(List<Step> steps, int lanes) {
        List<Step> general = new ArrayList<>(steps);
        general.set(steps.size() - 1, ofAnyLength(loop(steps), lanes));
        return general;
    }

    private static Step.Loop ofAnyLength(Step.Loop l, int lanes) {
        if (l.body().stream().anyMatch(s -> !Steps.inner(s).isEmpty())) return l;
        Integer from = l.from().constant(), to = l.to().constant();
        boolean rest = from != null && to != null && (to - from) % lanes != 0;
        if (l.kind() == Step.Kind.DOWN || rest && to - from < ShortRows.LONGEST) return l;
        return new Step.Loop(l.variable(), Affine.variable(START), Affine.variable(END), l.kind(), l.unroll(), l.body());
    }

    /**
     * Whether all it does is in its loops: it calls nothing, and neither locals nor fields leave it.
     *
     * @param sum a local declared before, in which it accumulates; null if it is to store what it computes
     */
    private static boolean isClosed(Step.Loop l, String sum, Surroundings around) {
        Set<String> declared = new HashSet<>(), used = new HashSet<>();
        boolean[] closed = {true}, stores = {false};
        Steps.visit(List.of(l), s -> {
            if (s instanceof Step.Let x) declared.add(x.local());
            else if (s instanceof Step.Start x) declared.add(x.local());
            else if (s instanceof Step.Accumulate x) used.add(x.local());
            else if (s instanceof Step.Best x) {
                used.add(x.best());
                used.addAll(x.positions().keySet());
            } else if (s instanceof Step.Store w) {
                stores[0] = true;
                closed[0] &= !around.isField(w.array());
            } else if (!(s instanceof Step.Loop || s instanceof Step.When)) closed[0] = false;
            if (closed[0] && Steps.value(s) != null)
                Steps.value(s).visit(v -> {
                    if (v instanceof Value.Local x) used.add(x.name());
                });
        });
        if (sum != null && !(used.contains(sum) && declared.add(sum))) return false;
        return closed[0] && (stores[0] || sum != null) && declared.containsAll(used);
    }

    /** What it computes in the end. */
    static Step.Store last(Step.Loop l) {
        List<Step.Store> stores = Steps.stores(List.of(l));
        return stores.get(stores.size() - 1);
    }

    /** Numbers everything, so that nests are compared, and keeps what it was. */
    private static final class Recorder implements Renaming.Names {
        private final List<String> arrays = new ArrayList<>(), variables = new ArrayList<>(), locals = new ArrayList<>(),
                hints = new ArrayList<>();
        private final List<Affine> places = new ArrayList<>();

        @Override
        public String array(String name) {
            arrays.add(name);
            return "a" + arrays.size();
        }

        @Override
        public String variable(String name) {
            variables.add(name);
            return "v" + variables.size();
        }

        @Override
        public String local(String name) {
            locals.add(name);
            return "l" + locals.size();
        }

        @Override
        public String place(Affine at, String array) {
            places.add(at);
            hints.add(array);
            return "p" + places.size();
        }
    }
}
