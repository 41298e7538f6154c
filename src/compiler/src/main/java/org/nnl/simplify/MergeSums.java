package org.nnl.simplify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Tensor;

/**
 * Sums over no axis into the whole of one tensor, {@code y[i…] += f(i…)} and {@code y[k…] += g(k…)}, are one:
 * {@code y[i…] += f(i…) + g(i…)}. Beside such an equation, scattering one value a row,
 * {@code y[b, e(b)] += h(b)}, joins it as a {@link Mask}, {@code y[b,i] += select(i == e(b), h(b), 0)}: the elements are visited anyway.
 */
final class MergeSums implements Rule {
    private static final int LONGEST = 120;

    @Override
    public String name() {
        return "merged";
    }

    @Override
    public void apply(Draft g) {
        Set<String> done = new HashSet<>();
        for (int k : g.numbers()) {
            if (g.equation(k) == null || !done.add(g.equation(k).target())) continue;
            String target = g.equation(k).target();
            if (g.writers(target).size() > 1) merge(g, target);
        }
    }

    private void merge(Draft g, String target) {
        Tensor t = g.tensor(target);
        int into = -1;
        for (int k : List.copyOf(g.writers(target))) {
            Equation e = g.equation(k);
            if (e.fold() != Fold.SUM || !Axes.coversOnce(e, t)) continue;
            if (into < 0) {
                into = k;
                continue;
            }
            Map<String, Index> names = new HashMap<>();
            Equation first = g.equation(into);
            for (int d = 0; d < t.rank(); d++) {
                String axis = e.indices().get(d).bareAxis();
                if (axis != null) names.put(axis, first.indices().get(d));
            }
            into = join(g, into, k, e.body().substitute(names::get));
        }
        if (into < 0) return;
        for (int k : List.copyOf(g.writers(target))) {
            if (k == into) continue;
            if (Mask.is(g.equation(k), t)) into = join(g, into, k, Mask.at(g.equation(into).indices(), g.equation(k)));
        }
    }

    private int join(Draft g, int into, int k, Expr body) {
        Equation first = g.equation(into);
        if (first.body().nodes() + body.nodes() > LONGEST) return into;
        g.remove(k);
        g.replace(into, first.withBody(Algebra.simplify(first.body().plus(body))).withOrigin(first.origin().rewritten(name())));
        return into;
    }
}
