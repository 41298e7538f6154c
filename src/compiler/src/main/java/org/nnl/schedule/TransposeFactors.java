package org.nnl.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A product in a time loop whose second factor is a parameter lying the wrong way (k contiguous, columns apart) would
 * copy it together at every step. The parameter is transposed once before the loop instead:
 * <pre>U_columns[k, n] = U[n, k];   for t { c[m, n] = Σ_k a[m, k]·U_columns[k, n] }</pre>
 */
final class TransposeFactors {
    private final Function<String, Array> arrays;
    private final Function<Array, Array> declare;

    /** Transposed array to the steps that fill it. */
    private final Map<String, List<Step>> copies = new LinkedHashMap<>();

    /**
     * @param arrays  by name
     * @param declare adds an array to the class, or finds the one there with that tensor
     */
    TransposeFactors(Function<String, Array> arrays, Function<Array, Array> declare) {
        this.arrays = arrays;
        this.declare = declare;
    }

    /** What must run before the graph's first loop over time: the filling of each transposed array. */
    Map<String, List<Step>> copies() {
        return copies;
    }

    List<Step> of(List<Step> steps) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            if (s instanceof Step.Loop l)
                out.add(l.with(of(l.body())));
            else if (s instanceof Step.When w) out.add(w.with(of(w.body())));
            else out.add(s instanceof Product p ? product(p) : s);
        }
        return out;
    }

    private Product product(Product p) {
        if (p.inner().size() != 1 || p.columns().batch() || p.depth().batch()) return p;
        Product.Inner in = p.inner().get(0);
        Array b = arrays.apply(p.b().array());
        Integer offset = p.b().offset().constant();
        if (b.kind() != Array.Kind.PARAMETER || offset == null || p.b().stride().isOne() || p.columns().isOne()) return p;
        int n = p.columns().factor(), k = p.depth().factor();
        List<Count> shape = List.of(Count.of(k), Count.of(n));
        String tensor = b.tensor() + ".columns" + (offset == 0 && b.count().equals(Count.of(n * k)) ? "" : "." + offset + "." + n);
        Array t = declare.apply(
                new Array(b.name() + "_columns", tensor, Array.Kind.COMPUTED, false, shape, Array.rowMajor(shape), 0));
        copies.computeIfAbsent(t.name(), x -> {
            Affine row = Affine.variable("k"), column = Affine.variable("n");
            Affine from = p.b().offset().plus(row.times(in.bStride())).plus(column.times(p.b().stride()));
            Step store = new Step.Store(
                    t.name(), row.times(Count.of(n)).plus(column), List.of(), org.nnl.equations.Fold.SET,
                    new Value.Load(b.name(), from, List.of(), 0));
            Step columns = new Step.Loop("n", Affine.ZERO, Affine.of(n), Step.Kind.UP, 1, List.of(store));
            return List.of(new Step.Loop("k", Affine.ZERO, Affine.of(k), Step.Kind.UP, 1, List.of(columns)));
        });
        return new Product(
                p.a(),
                new Product.Operand(t.name(), Affine.ZERO, Count.ONE),
                p.c(), p.rows(), p.columns(),
                List.of(new Product.Inner(in.count(), in.aStride(), Count.of(n))),
                p.accumulate(), p.row(), p.column(), p.epilogue());
    }
}
