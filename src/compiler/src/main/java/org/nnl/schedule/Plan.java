package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;
import org.nnl.equations.Size;

/** A graph as nests of loops, in order, before addresses. */
sealed interface Plan permits Group, Plan.TimeLoop {

    /** The nests of a recurrence. */
    record TimeLoop(String variable, Size size, boolean down, List<Plan> body) implements Plan {}

    /** The groups, in order, those within time loops included. */
    static List<Group> groups(List<Plan> plans) {
        List<Group> groups = new ArrayList<>();
        for (Plan p : plans) {
            if (p instanceof Group g) groups.add(g);
            else groups.addAll(groups(((TimeLoop) p).body()));
        }
        return groups;
    }
}
