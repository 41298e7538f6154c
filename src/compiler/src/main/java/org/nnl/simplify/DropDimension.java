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

/** {@code y[b,i] = f(b)} holds the same value for every i: {@code y'[b] = f(b)} does, and {@code y'[b]} is read for y[b,…]. */
final class DropDimension implements Rule {
    @Override
    public String name() {
        return "fewer dimensions";
    }

    @Override
    public void apply(Draft g) {
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            Tensor t = g.tensor(e.target());
            if (e.fold() != Fold.SET || g.onlyWriter(t.name()) != k || !g.isInner(t.name())) continue;
            if (!Axes.coversOnce(e, t) || !(e.body() instanceof Expr.Apply)) continue;
            Set<String> used = Axes.of(e.body());
            if (e.box().stream().allMatch(a -> used.contains(a.name()))) continue;
            List<Integer> readers = List.copyOf(g.readers(t.name()));
            if (readers.contains(k) || !readers.stream().allMatch(r -> readsInside(g.equation(r), t, g))) continue;
            drop(g, k, e, t, used, readers);
        }
    }

    private static boolean readsInside(Equation reader, Tensor t, Draft g) {
        for (Index i : reader.indices()) if (Substitution.looksUp(i, t.name())) return false;
        for (Index i : reader.body().indices()) if (Substitution.looksUp(i, t.name())) return false;
        return reader.body().reads().stream()
                .allMatch(r -> !r.tensor().equals(t.name())
                        || Axes.inside(r.indices(), t, reader.box(), g::tensor));
    }

    private void drop(Draft g, int k, Equation e, Tensor t, Set<String> used, List<Integer> readers) {
        List<Integer> kept = new ArrayList<>();
        List<Size> shape = new ArrayList<>();
        for (int d = 0; d < t.rank(); d++)
            if (e.indices().get(d).bareAxis() != null && used.contains(e.indices().get(d).bareAxis())) {
                kept.add(d);
                shape.add(t.shape().get(d));
            }
        List<Axis> box = Axes.restrict(e.box(), used);
        Tensor less = g.addTensor(t.name(), shape, t.classes(), t.boundary());
        List<Index> place = kept.stream().map(d -> e.indices().get(d)).toList();
        g.replace(
                k,
                Equation.of(less.name(), place, Fold.SET, box, e.body(), e.origin().rewritten(name())));
        for (int r : readers) {
            Equation reader = g.equation(r);
            Expr body = reader.body().rewrite(x -> {
                if (!(x instanceof Expr.Read y) || !y.tensor().equals(t.name())) return x;
                return Expr.read(less.name(), kept.stream().map(d -> y.indices().get(d)).toList());
            });
            g.replace(r, reader.withBody(body).withOrigin(reader.origin().rewritten(name())));
        }
    }
}
