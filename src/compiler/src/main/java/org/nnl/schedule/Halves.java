package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.nnl.equations.Fold;

/**
 * Sums over examples that are left as two, one of each half of the examples, and what adds these. Where there are two
 * threads, each computes its half of the examples and the sums over it; else what divides otherwise computes all examples,
 * then the same sums:
 * <pre>halves { rows of the half; d_W_first or d_W_second } or all { rows; sums { d_W_first; d_W_second } }; add d_W_second to d_W</pre>
 */
final class Halves {
    /**
     * A sum that is left as two.
     *
     * @param routine all of it
     * @param fills   what its arrays start with
     */
    record Sum(Routine routine, SumOfPart part, List<Step.Fill> fills) {}

    private final Divide divide;
    private final Sections.Declare declare;
    private final UnaryOperator<String> variables;
    private final List<Sum> sums;

    /** The variable of where the second half begins. */
    private final String half;

    /** Calls of the thread that has the first half, and of the other. */
    private final List<Step> first = new ArrayList<>(), second = new ArrayList<>();

    /** Calls where all examples are computed together: what sums start with, and the sums over either half. */
    private final List<Step> starts = new ArrayList<>(), both = new ArrayList<>();

    /** Calls that need all of the sums. */
    private final List<Step> then = new ArrayList<>();

    Halves(Divide divide, Sections.Declare declare, UnaryOperator<String> variables, List<Sum> sums) {
        this.divide = divide;
        this.declare = declare;
        this.variables = variables;
        this.sums = sums;
        this.half = variables.apply("half");
        for (Sum s : sums) add(s);
    }

    /**
     * The call of the routine in which each of two threads computes a half, and what follows it.
     *
     * @param rows     the routine that computes some of the examples
     * @param span     what the routines are named after
     * @param all      everything that is divided
     * @param multiple at whose multiples examples are cut
     */
    List<Step> of(String rows, String span, List<Step> all, int multiple) {
        List<Step> otherwise = new ArrayList<>(List.of(new Step.Call(rows)));
        otherwise.addAll(starts);
        List<Step> summed = new ArrayList<>();
        for (Sum s : sums) summed.addAll(s.routine.steps());
        Routine sum = divide.section(new Routine("sums_" + span(), List.of(Sections.INDEPENDENT), List.of(half), both), summed, Division.parts(0));
        if (sum != null) otherwise.add(new Step.Call(declare.routine(sum)));
        else for (Step s : both) otherwise.add(new Step.Call(((Step.Call) s).routine(), ((Step.Call) s).arguments()));
        String heading = "All of the examples, and sums over either half of them.";
        String ofAll = declare.routine(new Routine("all_" + span, List.of(heading), List.of(half), otherwise));

        List<Step> ofHalf = new ArrayList<>(List.of(new Step.Call(rows, Map.of(), 1)));
        ofHalf.addAll(first);
        ofHalf.addAll(second);
        heading = "Each of two threads computes half of the examples, sums over them included.";
        Routine halves = divide.halves(new Routine("halves_" + span, List.of(heading), List.of(), ofHalf), all, multiple, ofAll);

        List<Step> calls = new ArrayList<>(added());
        calls.addAll(then);
        calls.add(0, new Step.Call(declare.routine(halves)));
        return calls;
    }

    private void add(Sum s) {
        UnaryOperator<String> other = x -> s.part.sums().contains(x) ? divide.second(x).name() : x;
        for (Step.Fill f : s.fills) {
            String one = declare.routine(fill(f)), two = declare.routine(fill(new Step.Fill(other.apply(f.array()), f.from(), f.count(), f.value())));
            first.add(new Step.Call(one, Map.of(), Step.Call.FIRST));
            second.add(new Step.Call(two, Map.of(), Step.Call.SECOND));
            starts.addAll(List.of(new Step.Call(one), new Step.Call(two)));
        }
        Routine ofFirst = ofHalf(s, "first", s.part.steps()), ofSecond = ofHalf(s, "second", s.part.into(other));
        String one = declare.routine(ofFirst), two = declare.routine(ofSecond);
        first.add(new Step.Call(one, SumOfPart.of("from", "to"), Step.Call.FIRST));
        second.add(new Step.Call(two, SumOfPart.of("from", "to"), Step.Call.SECOND));
        int share = ofFirst.division() == null ? Step.Call.ONE : Step.Call.OWN;
        both.add(share == Step.Call.ONE ? 0 : both.size(), new Step.Call(one, SumOfPart.of(null, half), share));
        both.add(share == Step.Call.ONE ? 1 : both.size(), new Step.Call(two, SumOfPart.of(half, null), share));
        if (s.part.rest().isEmpty()) return;
        Routine rest = new Routine(s.routine.name() + "_rest", s.routine.heading(), List.of(), s.part.rest());
        then.add(new Step.Call(declare.routine(divide.of(rest))));
    }

    private String span() {
        return Routine.span(sums.stream().map(Sum::routine).toList());
    }

    private static Routine fill(Step.Fill f) {
        return new Routine("fill_" + f.array(), List.of(), List.of(), List.of(f));
    }

    /** A sum over one half. */
    private Routine ofHalf(Sum s, String which, List<Step> steps) {
        List<String> heading = new ArrayList<>(s.routine.heading());
        heading.add("Over the " + which + " half of the examples.");
        return divide.of(new Routine(s.routine.name() + "_" + which, heading, List.of(SumOfPart.BEGIN, SumOfPart.END), steps));
    }

    /** What adds the sums of the two halves: a thread each for some of the elements, if it is many that another has computed. */
    private List<Step> added() {
        List<Routine> all = new ArrayList<>();
        Set<String> arrays = new HashSet<>();
        for (Sum s : sums) {
            arrays.addAll(s.part.sums());
            for (String x : s.part.sums()) all.add(adding(x));
        }
        Routine together = divide.parts(arrays);
        List<Step> calls = new ArrayList<>();
        for (Routine r : all) {
            Divide.Candidate c = together == null ? null : divide.any(r);
            int share = together == null ? 0 : c == null ? Step.Call.ONE : Step.Call.OWN;
            String name = declare.routine(c == null ? r : divide.member(r, c));
            calls.add(share == Step.Call.ONE ? 0 : calls.size(), new Step.Call(name, Map.of(), share));
        }
        if (together == null) return calls;
        String heading = "Each thread adds the halves of its own elements.";
        return List.of(new Step.Call(declare.routine(
                new Routine("add_" + span(), List.of(heading), List.of(), calls, together.division(), together.remark()))));
    }

    /** Adds the sum over the second half to that over the first. */
    private Routine adding(String array) {
        Array a = divide.array(array), other = divide.second(array);
        String k = variables.apply("k");
        Value more = new Value.Load(other.name(), Affine.variable(k), List.of(), 0);
        Step.Loop l = new Step.Loop(
                k, Affine.ZERO, Affine.of(a.count()), divide.lanes() > 1 ? Step.Kind.VECTOR : Step.Kind.UP, 1,
                List.of(new Step.Store(array, Affine.variable(k), List.of(), Fold.SUM, more)));
        return new Routine("add_" + other.name(), List.of("Adds the halves of the sum over examples."), List.of(), List.of(l));
    }
}
