package org.nnl.schedule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.nnl.equations.Equation;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Tensor;
import org.nnl.order.Access;

/**
 * The order of dimensions of tensors that live between products. Axes of a product that one factor has in common with
 * the target are rows, those of the other columns, those of both factors alone are summed over; of each kind those join to
 * one that stand side by side in memory:
 * <pre>q[b,h,i,a] += W[h,a,c]·x[b,i,c]</pre>
 * is one product of rows (b,i) and columns (h,a) where q lies as b, i, h, a, and one for each i and h where it lies as it
 * is written. Axes that all three have in common are loops around the product in any order.
 *
 * <p>The first dimension stays outermost and the last stays contiguous. Tensors that an equation takes element by element
 * have one order. A tensor that is used in any other way lies as it is written.
 */
final class JoinDimensions {
    /** Tensors of more dimensions lie as they are written. */
    private static final int MOST = 6;

    /** A tensor to those that lie like it, itself among them. */
    private final Map<String, Set<String>> alike = new TreeMap<>();

    private final Set<String> asWritten = new HashSet<>();

    /** For each use of a tensor in a product, which operands have the axis of a dimension, as bits; 0 for all three. */
    private final Map<String, List<int[]>> uses = new HashMap<>();

    private JoinDimensions() {}

    /**
     * Dimensions from the outermost to the innermost, for tensors where that is not the order in which they are written.
     *
     * @param free whether the layout of a graph's tensor may be chosen
     */
    static Map<String, List<Integer>> of(Collection<Graph> graphs, BiPredicate<Graph, String> free) {
        JoinDimensions all = new JoinDimensions();
        Map<String, Integer> ranks = new HashMap<>();
        for (Graph g : graphs)
            for (Tensor t : g.tensors().values()) {
                int rank = ranks.computeIfAbsent(t.name(), n -> t.rank());
                if (!free.test(g, t.name()) || rank != t.rank() || rank > MOST) all.asWritten.add(t.name());
            }
        for (Graph g : graphs) g.equations().forEach(all::equation);
        Map<String, List<Integer>> orders = new HashMap<>();
        for (Map.Entry<String, Set<String>> e : all.alike.entrySet()) {
            int rank = ranks.get(e.getKey());
            if (rank < 4 || e.getValue().stream().anyMatch(all.asWritten::contains)) continue;
            List<Integer> order = all.best(e.getValue(), rank);
            for (int d = 0; d < rank; d++) if (order.get(d) != d) orders.put(e.getKey(), order);
        }
        return orders;
    }

    private void equation(Equation e) {
        List<Access> operands = new ArrayList<>(List.of(new Access(e.target(), e.indices())));
        for (Access a : Access.reads(e)) if (!a.indices().isEmpty()) operands.add(a);
        operands.forEach(a -> alike.computeIfAbsent(a.tensor(), t -> new TreeSet<>(Set.of(t))));
        Set<String> tensors = new HashSet<>();
        operands.forEach(a -> tensors.add(a.tensor()));
        boolean product = e.fold() == Fold.SUM && operands.size() == 3 && tensors.size() == 3;
        for (Access a : operands) {
            if (!isPlain(a)) asWritten.add(a.tensor());
            else if (product) use(a, operands);
            else if (e.fold() == Fold.SET && a.indices().equals(e.indices())) join(a.tensor(), e.target());
            else asWritten.addAll(List.of(a.tensor(), e.target()));
        }
    }

    /** Whether every index is an axis of its own. */
    private static boolean isPlain(Access a) {
        Set<String> axes = new HashSet<>();
        return a.indices().stream().allMatch(i -> i.bareAxis() != null && axes.add(i.bareAxis()));
    }

    private void use(Access a, List<Access> operands) {
        int[] kinds = new int[a.indices().size()];
        for (int d = 0; d < kinds.length; d++) {
            String axis = a.indices().get(d).bareAxis();
            for (int o = 0; o < 3; o++)
                for (Index i : operands.get(o).indices()) if (i.mentions(axis)) kinds[d] |= 1 << o;
            if (kinds[d] == 7) kinds[d] = 0;
        }
        uses.computeIfAbsent(a.tensor(), t -> new ArrayList<>()).add(kinds);
    }

    private void join(String a, String b) {
        Set<String> both = alike.get(a);
        if (both == alike.get(b)) return;
        both.addAll(alike.get(b));
        for (String t : both) alike.put(t, both);
    }

    /** The order with the fewest runs of one kind, over all uses; of equals the first, beginning with what is written. */
    private List<Integer> best(Set<String> tensors, int rank) {
        List<int[]> all = new ArrayList<>();
        for (String t : tensors) all.addAll(uses.getOrDefault(t, List.of()));
        List<List<Integer>> orders = new ArrayList<>();
        orders(new ArrayList<>(List.of(0)), rank, orders);
        List<Integer> best = orders.get(0);
        for (List<Integer> o : orders) if (runs(o, all) < runs(best, all)) best = o;
        return best;
    }

    private static void orders(List<Integer> begun, int rank, List<List<Integer>> all) {
        if (begun.size() == rank - 1) {
            List<Integer> order = new ArrayList<>(begun);
            order.add(rank - 1);
            all.add(order);
            return;
        }
        for (int d = 1; d < rank - 1; d++)
            if (!begun.contains(d)) {
                List<Integer> more = new ArrayList<>(begun);
                more.add(d);
                orders(more, rank, all);
            }
    }

    private static int runs(List<Integer> order, List<int[]> uses) {
        int runs = 0;
        for (int[] kinds : uses) {
            int before = 0;
            for (int d : order) {
                if (kinds[d] != 0 && kinds[d] != before) runs++;
                before = kinds[d];
            }
        }
        return runs;
    }
}
