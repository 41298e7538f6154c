package org.nnl.elaborate;

import java.util.List;
import org.nnl.equations.Axis;
import org.nnl.equations.Index;
import org.nnl.equations.Meeting;
import org.nnl.syntax.Span;

/**
 * A part of a tensor that an assignment defines: a value at positions of the left-hand side.
 *
 * @param left      an index for each position between the brackets on the left
 * @param variables the axes they are made of
 * @param value     what stands there, with the dimensions that the left-hand side leaves out
 * @param frame     where the value was elaborated
 * @param span      of the assignment
 */
record Part(List<Index> left, List<Axis> variables, Value.Array value, Frame frame, Span span) {
    Meeting.Left place() {
        return new Meeting.Left(left, variables);
    }
}
