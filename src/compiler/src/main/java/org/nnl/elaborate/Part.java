package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.List;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Meeting;
import org.nnl.equations.Origin;
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

    /**
     * The equation of this part.
     *
     * @param lead     axes of the tensor's first dimensions
     * @param shift    by how much further each index of the left-hand side is stored
     * @param trailing the dimensions that the value brings
     */
    Equation equation(String tensor, List<Axis> lead, List<Integer> shift, List<Integer> trailing) {
        List<Axis> dims = Storing.axes(trailing, frame);
        List<Axis> box = new ArrayList<>(lead);
        box.addAll(variables);
        box.addAll(dims);
        List<Index> target = new ArrayList<>(Storing.indices(lead));
        for (int d = 0; d < left.size(); d++) target.add(left.get(d).plus(shift.get(d)));
        target.addAll(Storing.indices(dims));
        Expr e = value.at(value.isScalar() ? List.of() : Storing.indices(dims));
        return Equation.of(tensor, target, Fold.SET, box, e, Origin.at(span.place()));
    }
}
