package org.nnl.schedule;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Cuts what a graph runs into methods that HotSpot compiles (up to 8,000 bytes of bytecode each): consecutive steps that
 * are too many for one method become routines of their own, called in turn, in loops too:
 * <pre>{ a; b; c; d; for p { e; f; g; h } }   becomes   { part1; part2; for p { part3(p); part4(p) } }</pre>
 * Only for steps that share no locals: calls, fills, copies, and loops over such.
 */
final class ShortMethods {
    /** Estimated bytes of a method, low enough for an estimate that is wrong by a factor of two. */
    private static final int MOST_BYTES = 3500;

    private final Function<String, Routine> routines;
    private final Function<Routine, String> declare;
    private final String name;
    private final List<String> heading;

    /**
     * @param routines the routines that are called, by name
     * @param declare  takes a new routine, gives the name under which it is called
     * @param name     wanted for the parts
     */
    ShortMethods(Function<String, Routine> routines, Function<Routine, String> declare, String name, List<String> heading) {
        this.routines = routines;
        this.declare = declare;
        this.name = name;
        this.heading = heading;
    }

    /** The steps, or calls of their parts, few enough for one method. */
    List<Step> of(List<Step> steps) {
        List<Step> rest = steps.stream().map(this::shortened).toList();
        while (bytes(rest) > MOST_BYTES && rest.size() > 1) rest = parts(rest);
        return rest;
    }

    private Step shortened(Step s) {
        if (s instanceof Step.Loop l && bytes(List.of(l)) > MOST_BYTES)
            return l.with(of(l.body()));
        return s;
    }

    private List<Step> parts(List<Step> steps) {
        List<Step> parts = new ArrayList<>();
        int from = 0;
        int bytes = 0;
        for (int k = 0; k < steps.size(); k++) {
            int own = bytes(steps.subList(k, k + 1));
            if (k > from && bytes + own > MOST_BYTES) {
                parts.add(part(steps.subList(from, k)));
                from = k;
                bytes = 0;
            }
            bytes += own;
        }
        parts.add(part(steps.subList(from, steps.size())));
        return parts;
    }

    private Step part(List<Step> steps) {
        Set<String> variables = new LinkedHashSet<>();
        collect(steps, variables);
        return new Step.Call(declare.apply(new Routine(name, heading, List.copyOf(variables), steps)));
    }

    /** The variables of loops around that steps use. */
    private void collect(List<Step> steps, Set<String> variables) {
        for (Step s : steps) {
            if (s instanceof Step.Call c) {
                for (String v : routines.apply(c.routine()).variables())
                    if (c.arguments().containsKey(v)) variables.addAll(c.arguments().get(v).variables());
                    else variables.add(v);
            } else if (s instanceof Step.Loop l) {
                Set<String> inner = new LinkedHashSet<>();
                collect(l.body(), inner);
                inner.remove(l.variable());
                inner.addAll(l.from().variables());
                inner.addAll(l.to().variables());
                variables.addAll(inner);
            }
        }
    }

    /** As {@link CodeSize}, with the arguments that a call hands on. */
    private int bytes(List<Step> steps) {
        int n = CodeSize.of(steps);
        for (Step s : steps) {
            if (s instanceof Step.Loop l) n += bytes(l.body()) - CodeSize.of(l.body());
            if (s instanceof Step.Call c) n += 3 * routines.apply(c.routine()).variables().size();
        }
        return n;
    }
}
