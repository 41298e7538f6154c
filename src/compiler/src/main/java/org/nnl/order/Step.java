package org.nnl.order;

import java.util.List;
import org.nnl.equations.Equation;
import org.nnl.equations.Size;

/** A part of an order of computation. */
public sealed interface Step {

    /**
     * An equation computed for its whole box, less the axes that enclosing loops run through.
     *
     * @param equation what is computed
     * @param serial   for each enclosing loop, outermost first, the axis of this equation that it runs through
     */
    record Run(Equation equation, List<String> serial) implements Step {
        public Run {
            serial = List.copyOf(serial);
        }
    }

    /**
     * The steps of a recurrence, one value of the carrying axis after the other.
     *
     * @param depth number of loops around this one; its axis in a {@link Run} is {@code serial.get(depth)}
     * @param size  values of the axis; where an equation's own axis is shorter, it pauses beyond its end
     * @param down  whether from the last value to the first
     * @param body  done for each value, in order
     */
    record Loop(int depth, Size size, boolean down, List<Step> body) implements Step {
        public Loop {
            body = List.copyOf(body);
        }
    }
}
