package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nnl.equations.Fold;

/**
 * A product whose first factor is a parameter of which neither rows nor what a row sums are contiguous would read every number
 * of it from a place of its own, and, where loops around it do not move the factor, again and again. The parameter is copied once
 * before all, in the order in which it is read:
 * <pre>K_rows[v, m, k] = K[k, m, v];   for b { for v { c[m, n] += Σ_k K_rows[v, m, k]·b[k, n] } }</pre>
 * So are the kernels of a convolution for its adjoint in the input, which sums over what a row of kernels gives.
 */
final class ArrangeRows {
    private final Function<String, Array> arrays;
    private final Function<Array, Array> declare;

    /** Array in the new order to the steps that fill it. */
    private final Map<String, List<Step>> copies = new LinkedHashMap<>();

    /** Orders of each parameter. */
    private final Map<String, List<Order>> orders = new HashMap<>();

    /** Where elements are found that are read one after the other, as many in each direction. */
    private record Order(List<Count> shape, Affine from) {}

    /**
     * @param arrays  by name
     * @param declare adds an array to the class, or finds the one there with that tensor
     */
    ArrangeRows(Function<String, Array> arrays, Function<Array, Array> declare) {
        this.arrays = arrays;
        this.declare = declare;
    }

    /** What must run before the graph: the filling of each array, by the name of a routine for it. */
    Map<String, List<Step>> copies() {
        return copies;
    }

    List<Step> of(List<Step> steps) {
        return of(steps, List.of());
    }

    private List<Step> of(List<Step> steps, List<Step.Loop> around) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            if (s instanceof Step.Loop l) {
                List<Step.Loop> inner = new ArrayList<>(around);
                inner.add(l);
                out.add(l.with(of(l.body(), inner)));
            } else if (s instanceof Step.When w) out.add(w.with(of(w.body(), around)));
            else out.add(s instanceof Product p ? product(p, around) : s);
        }
        return out;
    }

    private Product product(Product p, List<Step.Loop> around) {
        Array a = arrays.apply(p.a().array());
        if (a.kind() != Array.Kind.PARAMETER || p.rows().batch() || p.rows().isOne() || p.depth().batch()) return p;
        if (p.a().stride().isOne() || p.inner().stream().anyMatch(i -> i.aStride().isOne())) return p;
        if (around.stream().noneMatch(l -> l.to().usesBatch() && !p.a().offset().mentions(l.variable()))) return p;

        // the loops that move the factor, outermost first, then its rows, then the loops of the sum
        Map<String, Count> moving = new LinkedHashMap<>();
        Affine from = Affine.ZERO;
        for (Step.Loop l : around) {
            String v = l.variable();
            Count stride = p.a().offset().coefficient(v);
            if (!p.a().offset().mentions(v)) continue;
            if (p.a().offset().looksUpBy(v) || !l.from().isZero() || l.to().constant() == null) return p;
            moving.put(v, Count.of(l.to().constant()));
            from = from.plus(Affine.variable(v).times(stride));
        }
        Integer start = p.a().offset().plus(from.times(Count.of(-1))).constant();
        if (start == null) return p;
        moving.put(p.row(), p.rows());
        from = p.a().offset().plus(Affine.variable(p.row()).times(p.a().stride()));
        for (int k = 0; k < p.inner().size(); k++) {
            moving.put("k" + k, p.inner().get(k).count());
            from = from.plus(Affine.variable("k" + k).times(p.inner().get(k).aStride()));
        }
        List<Count> shape = List.copyOf(moving.values()), strides = Array.rowMajor(shape);
        Array rows = declare.apply(Array.helper(name(a.tensor(), new Order(shape, from)), shape, a.tensor() + " in the order in which a product reads it"));
        Map<String, Count> distance = new LinkedHashMap<>();
        for (String v : moving.keySet()) distance.put(v, strides.get(distance.size()));
        Affine to = Affine.ZERO, offset = Affine.ZERO;
        for (String v : moving.keySet()) {
            to = to.plus(Affine.variable(v).times(distance.get(v)));
            if (p.a().offset().mentions(v)) offset = offset.plus(Affine.variable(v).times(distance.get(v)));
        }
        Step copy = new Step.Store(rows.name(), to, List.of(), Fold.SET, new Value.Load(a.name(), from, List.of(), 0));
        List<String> variables = List.copyOf(moving.keySet());
        for (int d = variables.size() - 1; d >= 0; d--)
            copy = new Step.Loop(variables.get(d), Affine.ZERO, Affine.of(shape.get(d)), Step.Kind.UP, 1, List.of(copy));
        copies.putIfAbsent("arrange_" + rows.name(), List.of(copy));
        List<Product.Inner> inner = new ArrayList<>();
        for (int k = 0; k < p.inner().size(); k++)
            inner.add(new Product.Inner(p.inner().get(k).count(), distance.get("k" + k), p.inner().get(k).bStride()));
        return new Product(
                new Product.Operand(rows.name(), offset, distance.get(p.row())), p.b(), p.c(), p.rows(), p.columns(), inner,
                p.accumulate(), p.row(), p.column(), p.epilogue());
    }

    /** The tensor that has a parameter's elements in an order: another for each. */
    private String name(String tensor, Order order) {
        List<Order> known = orders.computeIfAbsent(tensor, x -> new ArrayList<>());
        if (!known.contains(order)) known.add(order);
        int n = known.indexOf(order);
        return tensor + ".arranged" + (n == 0 ? "" : n + 1);
    }
}
