package org.nnl.stepwise;

import java.util.ArrayList;
import java.util.List;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;

/**
 * The tensors of a computation in segments. With x a tensor over time of which D earlier steps are read, P a sum over time,
 * K the same at all steps, and segments of n steps:
 * <pre>    x.given   before the first step, as the model says       x.before   the D steps before a segment
 *     x.part    these and the n steps of the segment             x.window   the same of an input, with margins on both sides
 *     P.part    the share of a segment                           P.total    of all segments so far
 *     K.fixed   kept from the beginning                          d_….sum    an adjoint, from segment to segment</pre>
 */
final class SegmentTensors {
    static final String GIVEN = ".given", WINDOW = ".window", FIXED = ".fixed";

    private final Segments s;

    /** The number of the first step of a segment. */
    final Tensor offset;

    SegmentTensors(Segments segments) {
        s = segments;
        offset = new Tensor(Checkpoints.OFFSET, Tensor.Role.STATE, List.of(Size.of(1)), s.steps, 0);
    }

    Tensor given(String name) {
        return along(name, GIVEN, Tensor.Role.VALUE, s.first(name));
    }

    Tensor before(String name) {
        return along(name, Checkpoints.BEFORE, Tensor.Role.STATE, s.depth(name));
    }

    Tensor part(String name, int n) {
        return along(name, Checkpoints.PART, Tensor.Role.VALUE, s.depth(name) + n);
    }

    Tensor window(String name, int n, Tensor.Role role) {
        int[] m = s.margins().get(name);
        return along(name, WINDOW, role, m[0] + n + m[1]);
    }

    Tensor share(String sum) {
        return like(sum, Checkpoints.PART, Tensor.Role.VALUE);
    }

    Tensor total(String sum) {
        return like(sum, ".total", Tensor.Role.STATE);
    }

    Tensor fixed(String constant) {
        return like(constant, FIXED, Tensor.Role.STATE);
    }

    /** The adjoint of a tensor. */
    static Tensor adjoint(Tensor t, String suffix, Tensor.Role role) {
        int classes = t.isInteger() ? Tensor.ANY_INTEGER : 0;
        return new Tensor(Program.ADJOINT + t.name() + suffix, role, t.shape(), classes, 0);
    }

    /** The adjoint of a tensor that goes from segment to segment. */
    static Tensor adjoint(Tensor t) {
        return adjoint(t, ".sum", Tensor.Role.STATE);
    }

    /** The tensor with so many positions in the dimension of time. */
    Tensor along(String name, String suffix, Tensor.Role role, int steps) {
        List<Size> shape = new ArrayList<>(s.graph.tensor(name).shape());
        shape.set(s.time(name), Size.of(steps));
        return with(name, suffix, role, shape);
    }

    private Tensor like(String name, String suffix, Tensor.Role role) {
        return with(name, suffix, role, s.graph.tensor(name).shape());
    }

    private Tensor with(String name, String suffix, Tensor.Role role, List<Size> shape) {
        Tensor t = s.graph.tensor(name);
        return new Tensor(name + suffix, role, shape, t.classes(), role == Tensor.Role.VALUE ? t.boundary() : 0);
    }
}
