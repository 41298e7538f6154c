package org.nnl.order;

import java.util.List;
import org.nnl.equations.Equation;

/** Equations need each other's values without a delay that would allow to compute one before the other. */
public final class CycleException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient List<Equation> equations;

    CycleException(String message, List<Equation> equations) {
        super(message);
        this.equations = List.copyOf(equations);
    }

    /** The equations of the cycle, in the order of the model. */
    public List<Equation> equations() {
        return equations;
    }
}
