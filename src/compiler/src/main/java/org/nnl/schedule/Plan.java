package org.nnl.schedule;

import java.util.List;
import org.nnl.equations.Size;

/** A graph as nests of loops, in order, before addresses. */
sealed interface Plan permits Group, Plan.TimeLoop {

    /** The nests of a recurrence. */
    record TimeLoop(String variable, Size size, boolean down, List<Plan> body) implements Plan {}
}
