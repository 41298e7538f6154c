package org.nnl.stepwise;

import org.nnl.equations.Equation;

/** A sequence has to be known as a whole; the message says which equation wants it. */
final class NotSteppable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param what   goes on after the name of what the equation defines
     */
    NotSteppable(Equation e, String what) {
        super(visible(e.target()) + " " + what + (e.origin().place().isEmpty() ? "" : " (" + e.origin().place() + ")"));
    }

    /** The name in the model of an equation, or of the one whose layer has it. */
    static String visible(String tensor) {
        int dot = tensor.indexOf('.');
        return dot < 0 ? tensor : tensor.substring(0, dot);
    }
}
