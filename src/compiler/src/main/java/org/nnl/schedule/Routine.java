package org.nnl.schedule;

import java.util.List;

/**
 * A method of the generated class.
 *
 * @param name      of the method
 * @param heading   comment lines: its equations and where they stand in the model
 * @param variables the loop variables of its callers that it uses, as parameters
 * @param steps     what it does
 */
public record Routine(String name, List<String> heading, List<String> variables, List<Step> steps) {
    public Routine {
        heading = List.copyOf(heading);
        variables = List.copyOf(variables);
        steps = List.copyOf(steps);
    }
}
