package org.nnl.elaborate;

import java.util.List;
import org.nnl.equations.Axis;
import org.nnl.equations.Derivative;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.equations.Origin;
import org.nnl.equations.Tensor;
import org.nnl.syntax.Tree;

/** Calls of what no library can define: a random number, and a derivative. */
final class Intrinsics {
    private final Elaboration all;

    Intrinsics(Elaboration all) {
        this.all = all;
    }

    /** A number of the counter-based generator: fresh for every call written, every position around it, every step. */
    static Value uniform(Frame f) {
        Index counter = Index.of(0);
        long stride = 1;
        for (int k = f.live().size() - 1; k >= 0; k--) {
            Axis a = f.live().get(k);
            counter = counter.plus(Index.axis(a.name()).times((int) stride));
            stride *= a.size().at(1);
        }
        if (f.ground().batched()) counter = counter.plus(Index.axis(Storing.BATCH).times((int) stride));
        return Value.Array.scalar(Expr.apply(
                Op.UNIFORM, Expr.read("seed", List.of()), Expr.of(f.sheet().nextStream()), f.ground().step(),
                Expr.index(counter)));
    }

    /** {@code d(u, x)}: asked for here, derived by the next stage. */
    Value derivative(Tree.Call c, Frame f) {
        Tree.Expression u = c.arguments().get(0).value(), x = c.arguments().get(1).value();
        Value.Array of = all.expressions.array(u, f);
        Value.Array by = all.expressions.array(x, f);
        if (!of.isKnown() || !by.isKnown())
            throw all.problems.error(f, c.span(), "a derivative of a recurrence, inside it, is not possible");
        Tensor byTensor = Storing.wholeTensor(by, f);
        if (byTensor == null)
            throw all.problems.error(
                    f, x.span(), "a derivative is taken by a whole tensor, which " + Expressions.text(x) + " is not",
                    "take d(u, x) by the whole x and index the result");
        Tensor ofTensor = Storing.wholeTensor(of, f);
        if (ofTensor == null) ofTensor = Storing.wholeTensor(Storing.stored(of, f.join("of"), f, u.span()), f);
        if (ofTensor == null)
            throw all.problems.error(f, u.span(),
                    "what is derived must not depend on an index; take the derivative outside");
        String name = f.sheet().fresh(f.join("d"));
        Tensor result = new Tensor(name, Tensor.Role.VALUE, byTensor.shape(), 0, 0);
        f.sheet().add(result, f.depth() + 1);
        f.sheet().add(new Derivative(name, ofTensor.name(), byTensor.name(), Origin.at(c.span().place())));
        return Storing.whole(result);
    }
}
