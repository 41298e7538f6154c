package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;

/**
 * {@code sum[i, j < 3] e} and its kin. Each gives a tensor with an equation of its own:
 * <pre>    mean e = 1/n · Σ e          min e = -max(-e)          Π over j: p[j] = p[j-1]·e(j), p[-1] = 1</pre>
 */
final class Folds {
    /** The name that folds over the examples. */
    static final String OVER_EXAMPLES = "batch";

    private final Elaboration all;

    Folds(Elaboration all) {
        this.all = all;
    }

    /** The variables of a fold, bound. */
    private record Bound(List<Axis> axes, boolean examples, Frame frame) {}

    Value evaluate(Tree.Fold e, Frame f) {
        Bound bound = bind(e, f);
        Value.Array body = all.elementwise.array(
                all.expressions.evaluate(e.body(), bound.frame), Expressions.text(e.body()), bound.frame,
                        e.body().span());
        Span span = e.span();
        switch (e.kind()) {
            case "sum":
                return fold(body, Fold.SUM, bound, f.join("sum"), span);
            case "mean":
                Value.Array sum = fold(body, Fold.SUM, bound, f.join("sum"), span);
                Expr share = share(bound);
                return new Value.Array(sum.shape(), 0, Value.Open.NOWHERE, i -> sum.at(i).times(share));
            case "max":
                return fold(body, Fold.MAX, bound, f.join("max"), span);
            case "min":
                Value.Array negated = new Value.Array(body.shape(), 0, Value.Open.NOWHERE, i -> body.at(i).negate());
                Value.Array max = fold(negated, Fold.MAX, bound, f.join("min"), span);
                return new Value.Array(max.shape(), 0, Value.Open.NOWHERE, i -> max.at(i).negate());
            case "argmax":
                if (bound.axes.size() != 1 || bound.examples)
                    throw all.problems.error(f, span, "argmax has exactly one index");
                Axis axis = bound.axes.get(0);
                return Storing.folded(
                        body, Fold.ARGMAX, bound.axes, false, axis.name(), f.join("argmax"), bound.frame, span,
                        axis.size().at(0));
            default:
                return product(body, bound, f, span);
        }
    }

    private Value.Array fold(Value.Array body, Fold fold, Bound bound, String name, Span span) {
        return Storing.folded(body, fold, bound.axes, bound.examples, null, name, bound.frame, span, 0);
    }

    /** 1/n; n is a number, times the number of examples where they are folded over. */
    private static Expr share(Bound bound) {
        double n = 1;
        for (Axis a : bound.axes) n *= a.size().at(1);
        if (!bound.examples) return Expr.of(1 / n);
        Expr examples = Expr.extent(Size.BATCH);
        return Expr.ONE.over(n == 1 ? examples : Expr.of(n).times(examples));
    }

    private Bound bind(Tree.Fold e, Frame f) {
        boolean examples = false;
        List<Tree.IndexVariable> variables = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Tree.IndexVariable v : e.indices()) {
            if (!(v.index() instanceof Tree.Name n))
                throw all.problems.error(f, v.span(),
                        "the index of a fold is a name, perhaps with a range: sum[i < n]");
            if (n.name().equals(OVER_EXAMPLES) && v.below() == null && f.scope().peek(OVER_EXAMPLES) == null) {
                if (!f.ground().batched())
                    throw all.problems.error(f, v.span(), "there are no examples here to fold over");
                examples = true;
            } else if (!names.add(n.name())) {
                throw all.problems.error(f, v.span(), "the index '" + n.name() + "' stands here twice");
            } else variables.add(v);
        }
        Map<Tree.IndexVariable, Integer> sizes = all.ranges.find(variables, List.of(e.body()), f);
        Scope scope = new Scope(f.scope());
        List<Axis> axes = new ArrayList<>();
        for (Tree.IndexVariable v : variables) {
            Tree.Name n = (Tree.Name) v.index();
            Axis axis = new Axis(f.freshAxis(n.name(), axes), Size.of(sizes.get(v)));
            axes.add(axis);
            scope.bind(n.name(), IndexRanges.variable(axis.name()), n.span());
        }
        return new Bound(axes, examples, f.in(scope).over(axes));
    }

    /** A running product along the last axis, whose value before the beginning is 1; its last element is the product. */
    private Value product(Value.Array body, Bound bound, Frame f, Span span) {
        if (bound.axes.size() != 1 || bound.examples) throw all.problems.error(f, span,
                "product has exactly one index");
        if (!body.isKnown()) return body;
        Axis axis = bound.axes.get(0);
        List<Axis> dims = Storing.axes(body.shape(), bound.frame);
        Expr e = body.at(Storing.indices(dims));
        List<Axis> lead = new ArrayList<>();
        if (e.mentions(Storing.BATCH)) lead.add(Storing.BATCH_AXIS);
        lead.addAll(Storing.mentioned(f.live(), e));
        List<Axis> box = new ArrayList<>(lead);
        box.addAll(dims);
        box.add(axis);
        String name = f.sheet().fresh(f.join("product"));
        f.sheet().add(
                new Tensor(name, Tensor.Role.VALUE, box.stream().map(Axis::size).toList(), 0, 1), f.depth() + 1);
        List<Index> earlier = new ArrayList<>(Storing.indices(box));
        earlier.set(earlier.size() - 1, Index.axis(axis.name()).plus(-1));
        f.sheet().add(Equation.of(
                name, Storing.indices(box), Fold.SET, box, Expr.apply(Op.MUL, Expr.read(name, earlier), e),
                Origin.at(span.place())));
        return new Value.Array(body.shape(), 0, Value.Open.NOWHERE, position -> {
            List<Index> last = new ArrayList<>(Storing.indices(lead));
            last.addAll(position);
            last.add(Index.of(axis.size().at(0) - 1));
            return Expr.read(name, last);
        });
    }
}
