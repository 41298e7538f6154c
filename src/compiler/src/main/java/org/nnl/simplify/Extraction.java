package org.nnl.simplify;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;

/** A subexpression of an equation made a tensor of its own. */
final class Extraction {
    private Extraction() {}

    /**
     * Adds a tensor that holds {@code s}, a subexpression of equation {@code k}, and returns the read to put in its
     * place; null if the tensor would be unreasonably large. Where all reads in s are at one place of tensors of one
     * shape, {@code s(x[φ], y[φ])}, the new tensor has that shape, {@code s(x[i…], y[i…])}, and is read at φ; otherwise
     * its dimensions are the axes that s mentions.
     */
    static Expr read(Draft g, int k, Expr s, String name, String rule) {
        Equation e = g.equation(k);
        List<Expr.Read> reads = List.copyOf(s.reads());
        List<Axis> axes = batchFirst(Axes.restrict(e.box(), Axes.of(s)));
        if (axes == null) return null;
        Expr sameShape = atOnePlace(g, k, s, reads, name, rule);
        if (sameShape != null) return sameShape;
        double largest = 1;
        for (Expr.Read r : reads) largest = Math.max(largest, Axes.elements(g.tensor(r.tensor())));
        if (Axes.points(axes) > 4 * largest && Axes.points(axes) > 4096) return null;
        List<Index> place = axes.stream().map(a -> Index.axis(a.name())).toList();
        List<Size> shape = axes.stream().map(Axis::size).toList();
        Tensor t = g.addTensor(name, shape, 0, 0);
        g.addBefore(k, Equation.of(t.name(), place, Fold.SET, axes, s, e.origin().rewritten(rule)));
        return Expr.read(t.name(), place);
    }

    private static Expr atOnePlace(Draft g, int k, Expr s, List<Expr.Read> reads, String name, String rule) {
        boolean[] positions = new boolean[1];
        s.visit(x -> positions[0] |= x instanceof Expr.IndexValue);
        if (reads.isEmpty() || positions[0]) return null;
        List<Index> place = null;
        List<Size> shape = null;
        Tensor like = null;
        for (Expr.Read r : reads) {
            if (r.indices().isEmpty()) continue;
            if (place == null) {
                place = r.indices();
                like = g.tensor(r.tensor());
                shape = like.shape();
            }
            if (!place.equals(r.indices()) || !shape.equals(g.tensor(r.tensor()).shape())) return null;
        }
        // at bare axes there is nothing to gain over a tensor whose dimensions are the axes
        if (place == null || place.stream().allMatch(i -> i.bareAxis() != null)) return null;
        double elements = 1;
        for (Size n : shape) elements *= n.at(Axes.TYPICAL_BATCH);
        Equation e = g.equation(k);
        if (elements * 2 > Axes.points(e.box())) return null;
        List<Axis> box = new ArrayList<>();
        List<Index> bare = new ArrayList<>();
        for (int d = 0; d < shape.size(); d++) {
            String axis = shape.get(d).isBatch() ? "b" : "i" + d;
            box.add(new Axis(axis, shape.get(d)));
            bare.add(Index.axis(axis));
        }
        Expr outside = Algebra.simplify(s.rewrite(
                x -> x instanceof Expr.Read r && !r.indices().isEmpty()
                        ? Expr.of(g.tensor(r.tensor()).boundary())
                        : x));
        double boundary = outside instanceof Expr.Const c ? c.value() : 0;
        if (!(outside instanceof Expr.Const) && !Axes.inside(place, like, e.box(), g::tensor))
            return null;
        Expr body = s.rewrite(
                x -> x instanceof Expr.Read r && !r.indices().isEmpty() ? Expr.read(r.tensor(), bare) : x);
        Tensor t = g.addTensor(name, shape, 0, boundary);
        g.addBefore(k, Equation.of(t.name(), bare, Fold.SET, box, body, e.origin().rewritten(rule)));
        return Expr.read(t.name(), place);
    }

    private static List<Axis> batchFirst(List<Axis> axes) {
        List<Axis> sorted = new ArrayList<>(axes.stream().filter(a -> a.size().isBatch()).toList());
        if (sorted.size() > 1) return null;
        sorted.addAll(axes.stream().filter(a -> !a.size().isBatch()).toList());
        return sorted;
    }
}
