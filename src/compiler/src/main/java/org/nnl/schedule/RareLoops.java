package org.nnl.schedule;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Loops over rows that go round too seldom to be compiled soon. HotSpot compiles a method for good after some hundred calls, or
 * some ten thousand rounds of its loops; until then, every vector is an object. Softmax over 256 rows of ten, once in a step of 25 ms,
 * took twelve seconds to get there and a tenth of the step meanwhile. Where the body of such a loop is a method, it is called once a
 * row and compiled within a second:
 * <pre>for b &lt; 256 { for i &lt; 10 lanes { e[b, i] = exp(z[b, i]) } }   becomes   for b &lt; 256 { row(b) }</pre>
 */
public final class RareLoops {
    /** Calls after which HotSpot has compiled a method for good, or rounds of its loops. */
    private static final double CALLS = 800, ROUNDS = 100_000;

    /** Seconds that may pass until then, as {@link Estimate} counts them: a third of that on the machines of today. */
    public static final double PATIENCE = 10;

    private final Map<String, Set<String>> variables = new HashMap<>();

    /** @param patience seconds that may pass until then */
    public RareLoops(Schedule schedule, double patience) {
        Set<String> seen = new HashSet<>();
        for (List<String> graphs : List.of(List.of("gradient", "update"), List.of("loss"), List.of("predict"), List.of("begin"), List.of("step"))) {
            List<Routine> entries = graphs.stream().map(schedule::entry).filter(Objects::nonNull).toList();
            double seconds = entries.stream().mapToDouble(r -> Estimate.of(r, schedule).seconds()).sum();
            Set<String> reached = Routine.reached(entries.stream().map(Routine::name).toList(), schedule.routines());
            reached.removeAll(seen);
            for (String name : reached) add(schedule.routines().get(name), seconds / patience, schedule.batch());
            seen.addAll(reached);
        }
    }

    /** @param period from call to call, as a part of the time that may pass */
    private void add(Routine r, double period, int batch) {
        for (Step s : r.steps())
            if (s instanceof Step.Loop l && mayBeApart(r, l) && period * Math.min(CALLS, ROUNDS / rounds(l, batch)) > 1)
                variables.computeIfAbsent(r.name(), x -> new HashSet<>()).add(l.variable());
    }

    /** Whether the body of a routine's outermost loop ought to be a method. */
    public boolean has(Routine r, Step.Loop l) {
        return variables.getOrDefault(r.name(), Set.of()).contains(l.variable());
    }

    /** Whether a loop does rows in lanes and shares no locals with what stands before it; one within a loop over time is called often. */
    private static boolean mayBeApart(Routine r, Step.Loop l) {
        boolean plain = r.variables().isEmpty() && l.kind() == Step.Kind.UP
                && r.steps().stream().noneMatch(s -> s instanceof Step.Let || s instanceof Step.Start);
        return plain && Steps.any(l.body(), s -> s instanceof Step.Loop i && i.kind() == Step.Kind.VECTOR)
                && !Steps.any(l.body(), s -> s instanceof Step.Call || s instanceof Step.Fill || s instanceof Product);
    }

    /** How often a loop and those within it go round in all, a short row in lanes once. */
    private static double rounds(Step.Loop l, int batch) {
        double own = 0, inner = 1;
        for (Affine.Term t : l.to().terms()) if (t.atom() instanceof Affine.One) own += t.coefficient().at(batch);
        if (l.kind() == Step.Kind.VECTOR) own = Math.ceil(own / 16);
        for (Step s : l.body()) if (s instanceof Step.Loop i) inner += rounds(i, batch);
        return own * inner;
    }
}
