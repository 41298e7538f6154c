package org.nnl.emit.formula;

import org.nnl.schedule.Value;

/** Java text for the leaves of formulas: {@link Value.Whole}, {@link Value.Load} and {@link Value.Local}. */
public interface Leaves {

    /** The leaf as a number; an operand of kind {@link Operand.Kind#WHOLE} is converted by who asks. */
    Operand real(Value leaf);

    /**
     * The leaf as an integer, exactly: numbers of a {@code float} above 2²⁴ must not pass through it. Used for the
     * arguments of the random generator.
     */
    default Operand whole(Value leaf) {
        Operand o = real(leaf);
        return switch (o.kind()) {
            case WHOLE -> o;
            case REAL, WIDE, TRUTH -> {
                if (o.lanes()) throw new IllegalArgumentException("no integer lanes for " + leaf);
                yield new Operand("(long) " + o.at(Operand.UNARY), Operand.Kind.WHOLE, false, o.invariant(), Operand.UNARY);
            }
        };
    }
}
