package org.nnl.simplify;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;

/**
 * A factor that none of the folded axes j… moves is multiplied once, after the sum: {@code y[ψ] += c*f  for i…, j…}
 * becomes {@code s[i…] += f  for i…, j…} and {@code y[ψ] += c*s[i…]  for i…}.
 */
final class PullFactor implements Rule {
    @Override
    public String name() {
        return "factor";
    }

    @Override
    public void apply(Draft g) {
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            if (e.fold() != Fold.SUM) continue;
            List<Axis> folded = Axes.folded(e);
            if (Axes.points(folded) < 2) continue;
            Set<String> names = new HashSet<>();
            folded.forEach(a -> names.add(a.name()));
            Product p = Product.of(e.body());
            List<Product.Factor> still = new ArrayList<>(), moved = new ArrayList<>();
            for (Product.Factor f : p.factors())
                (Axes.of(f.base()).stream().anyMatch(names::contains) ? moved : still).add(f);
            if (moved.isEmpty() || still.isEmpty() && p.over() == 1 && p.under() == 1) continue;
            pull(g, k, e, names, new Product(p.over(), p.under(), still), new Product(1, 1, moved).build());
        }
    }

    private void pull(Draft g, int k, Equation e, Set<String> folded, Product still, Expr moved) {
        List<Axis> outer = e.box().stream().filter(a -> !folded.contains(a.name())).toList();
        if (ofTargetShape(g, k, e, outer, still, moved)) return;
        // the batch first, as in every tensor
        List<Axis> dimensions = new ArrayList<>(outer.stream().filter(a -> a.size().isBatch()).toList());
        if (dimensions.size() > 1) return;
        dimensions.addAll(outer.stream().filter(a -> !a.size().isBatch()).toList());
        List<Index> place = dimensions.stream().map(a -> Index.axis(a.name())).toList();
        List<Size> shape = dimensions.stream().map(Axis::size).toList();
        sum(g, k, e, shape, place, place, moved, e.indices(), outer, still);
    }

    /**
     * Where ψ is more than bare axes, s can have the shape of y and be written at ψ, if the factors vary with bare axes of
     * ψ alone and y is no larger than what is written: nothing need be moved then.
     */
    private boolean ofTargetShape(Draft g, int k, Equation e, List<Axis> outer, Product still, Expr moved) {
        Tensor y = g.tensor(e.target());
        if (Axes.elements(y) > Axes.points(outer)) return false;
        List<Index> place = new ArrayList<>();
        List<Axis> box = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Index i : e.indices()) if (i.bareAxis() != null) names.add(i.bareAxis());
        Set<String> taken = new HashSet<>(), bare = new HashSet<>();
        for (int d = 0; d < y.rank(); d++) {
            String axis = e.indices().get(d).bareAxis();
            boolean whole = axis != null && e.axis(axis).size().equals(y.shape().get(d)) && taken.add(axis);
            if (whole) bare.add(axis);
            else axis = y.shape().get(d).isBatch() ? "b" : "i" + d;
            if (!whole && (names.contains(axis) || !taken.add(axis))) return false;
            place.add(Index.axis(axis));
            box.add(new Axis(axis, y.shape().get(d)));
        }
        for (Product.Factor f : still.factors()) if (!bare.containsAll(Axes.of(f.base()))) return false;
        sum(g, k, e, y.shape(), e.indices(), place, moved, place, box, still);
        return true;
    }

    /** {@code s[written] += moved} and {@code y[target] += still*s[read]  for box}. */
    private void sum(
            Draft g, int k, Equation e, List<Size> shape, List<Index> written, List<Index> read, Expr moved,
            List<Index> target, List<Axis> box, Product still) {
        Tensor s = g.addTensor(e.target() + ".sum", shape, 0, 0);
        g.addBefore(k, Equation.of(s.name(), written, Fold.SUM, e.box(), moved, e.origin().rewritten(name())));
        List<Product.Factor> factors = new ArrayList<>();
        factors.add(new Product.Factor(Expr.read(s.name(), read), 1));
        factors.addAll(still.factors());
        Expr body = new Product(still.over(), still.under(), factors).build();
        g.replace(k, e.with(target, box, body).withOrigin(e.origin().rewritten(name())));
    }
}
