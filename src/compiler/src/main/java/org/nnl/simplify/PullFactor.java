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
        // the batch first, as in every tensor
        List<Axis> dimensions = new ArrayList<>(outer.stream().filter(a -> a.size().isBatch()).toList());
        if (dimensions.size() > 1) return;
        dimensions.addAll(outer.stream().filter(a -> !a.size().isBatch()).toList());
        List<Index> place = dimensions.stream().map(a -> Index.axis(a.name())).toList();
        List<Size> shape = dimensions.stream().map(Axis::size).toList();
        Tensor s = g.addTensor(e.target() + ".sum", shape, 0, 0);
        g.addBefore(
                k,
                Equation.of(s.name(), place, Fold.SUM, e.box(), moved, e.origin().rewritten(name())));
        List<Product.Factor> factors = new ArrayList<>();
        factors.add(new Product.Factor(Expr.read(s.name(), place), 1));
        factors.addAll(still.factors());
        Expr body = new Product(still.over(), still.under(), factors).build();
        g.replace(k, e.with(e.indices(), outer, body).withOrigin(e.origin().rewritten(name())));
    }
}
