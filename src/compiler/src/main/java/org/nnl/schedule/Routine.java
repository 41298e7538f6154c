package org.nnl.schedule;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A method of the generated class.
 *
 * @param name      of the method
 * @param heading   comment lines: its equations and where they stand in the model
 * @param variables the loop variables of its callers that it uses, as parameters
 * @param steps     what it does
 * @param division  how threads share it; null if one does all
 * @param remark    why it is divided so, or why not; empty for a routine that calls others
 */
public record Routine(
        String name, List<String> heading, List<String> variables, List<Step> steps, Division division, String remark) {
    public Routine {
        heading = List.copyOf(heading);
        variables = List.copyOf(variables);
        steps = List.copyOf(steps);
    }

    /** A routine that one thread runs. */
    public Routine(String name, List<String> heading, List<String> variables, List<Step> steps) {
        this(name, heading, variables, steps, null, "");
    }

    Routine named(String newName) {
        return new Routine(newName, heading, variables, steps, division, remark);
    }

    /** What is named after several routines: the first and the last. */
    static String span(List<Routine> routines) {
        String first = routines.get(0).shortName(), last = routines.get(routines.size() - 1).shortName();
        return routines.size() == 1 ? first : first + "_to_" + last;
    }

    private String shortName() {
        return name.replaceFirst("^compute_", "");
    }

    /** Names of the routines that some call, directly or not, these included. */
    static Set<String> reached(Collection<String> from, Map<String, Routine> routines) {
        Set<String> reached = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(from);
        while (!open.isEmpty()) {
            String name = open.pop();
            if (!reached.add(name)) continue;
            Routine r = routines.get(name);
            Steps.visit(r.steps(), s -> {
                if (s instanceof Step.Call c) open.push(c.routine());
            });
            if (r.division() != null && r.division().halves() != null) open.push(r.division().halves());
        }
        return reached;
    }
}
