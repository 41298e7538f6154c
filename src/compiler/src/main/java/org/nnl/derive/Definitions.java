package org.nnl.derive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;

/** What the elements of tensors are defined by: a read y[φ] of {@code y[i…] = body} means body with φ put for i…. */
final class Definitions {
    private final Graph graph;
    private final Map<String, List<Equation>> writers = new HashMap<>();

    Definitions(Graph graph) {
        this.graph = graph;
        for (Equation e : graph.equations())
            writers.computeIfAbsent(e.target(), x -> new ArrayList<>()).add(e);
    }

    /** The only equation that writes a tensor, if it does so element by element for all of it; else null. */
    Equation whole(String tensor, Fold fold) {
        List<Equation> all = writers.getOrDefault(tensor, List.of());
        if (all.size() != 1 || all.get(0).fold() != fold) return null;
        Equation e = all.get(0);
        Set<String> seen = new HashSet<>();
        List<Size> shape = graph.tensor(tensor).shape();
        for (int d = 0; d < shape.size(); d++) {
            String axis = e.indices().get(d).bareAxis();
            if (axis == null || !seen.add(axis) || !e.axis(axis).size().equals(shape.get(d))) return null;
        }
        return fold != Fold.SET || seen.size() == e.box().size() ? e : null;
    }

    /** The body that a read stands for, at the read's position; null if it has no such definition or may lie outside. */
    Expr of(Expr.Read read, List<Axis> box) {
        Equation e = whole(read.tensor(), Fold.SET);
        if (e == null || !isInside(read, box) || e.body().tensors().contains(read.tensor())) return null;
        return e.body().substitute(at(e, read));
    }

    /** For the axes of a {@link #whole} equation the position at which its target is read. */
    static Function<String, Index> at(Equation e, Expr.Read read) {
        Map<String, Index> at = new HashMap<>();
        for (int d = 0; d < e.indices().size(); d++) at.put(e.indices().get(d).bareAxis(), read.indices().get(d));
        return at::get;
    }

    /** Whether the position lies within the tensor, for every point of the box. */
    boolean isInside(Expr.Read read, List<Axis> box) {
        Tensor t = graph.tensor(read.tensor());
        for (int d = 0; d < t.rank(); d++) {
            Index i = read.indices().get(d);
            if (t.shape().get(d) instanceof Size.Fixed f) {
                long[] range = range(i, box);
                if (range == null || range[0] < 0 || range[1] >= f.count()) return false;
            } else if (i.bareAxis() == null || box.stream().noneMatch(a -> a.name().equals(i.bareAxis()) && a.size().isBatch())) {
                return false;
            }
        }
        return true;
    }

    /** Least and greatest value, or null if unknown. */
    private long[] range(Index index, List<Axis> box) {
        long least = index.constant();
        long greatest = index.constant();
        for (Index.Term t : index.terms()) {
            long last = -1;
            if (t.atom() instanceof Index.AxisAtom x) {
                for (Axis a : box) if (a.name().equals(x.axis()) && a.size() instanceof Size.Fixed f) last = f.count() - 1;
            } else if (graph.tensor(((Index.Lookup) t.atom()).tensor()).classes() > 0) {
                last = graph.tensor(((Index.Lookup) t.atom()).tensor()).classes() - 1;
            }
            if (last < 0) return null;
            least += Math.min(0, t.coefficient() * last);
            greatest += Math.max(0, t.coefficient() * last);
        }
        return new long[] {least, greatest};
    }

    /** The tensors that no value below 0 can reach. */
    Set<String> notNegative() {
        Set<String> found = new HashSet<>();
        for (int size = -1; size < found.size(); ) {
            size = found.size();
            Signs signs = new Signs(found);
            writers.forEach((tensor, all) -> {
                if (graph.tensor(tensor).boundary() >= 0 && all.stream().allMatch(e -> signs.isNotNegative(e.body())))
                    found.add(tensor);
            });
        }
        return found;
    }
}
