package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.nnl.equations.Fold;

/**
 * Products that could be one ({@link JoinRuns}) if what they write had no gaps are given an array that has none, and what follows
 * each sum takes it up there:
 * <pre>for i { y[12·i + j, m] = f(Σ_k a[m, k]·b[12·i + j, k]), columns j < 8 }
 * becomes   for i { sums[m, 8·i + j] = Σ_k …, columns j < 8 };   for m, i, j { y[12·i + j, m] = f(sums[m, 8·i + j]) }</pre>
 * So are the pictures that a convolution leaves for another whose window reaches over their edges. The array has room for every
 * value of the loops around, so that threads may divide these.
 */
final class CloseGaps {
    /** Sums of fewer terms are done sooner than copied. */
    private static final int SHALLOW = 64;

    private final BiPredicate<Step.Loop, Product> joins;
    private final String tensor;
    private final Function<Array, Array> declare;
    private final List<Step.Loop> around = new ArrayList<>();

    private CloseGaps(BiPredicate<Step.Loop, Product> joins, String tensor, Function<Array, Array> declare) {
        this.joins = joins;
        this.tensor = tensor;
        this.declare = declare;
    }

    /**
     * @param joins   whether a loop of nothing but a product will be one product
     * @param tensor  that is written
     * @param declare adds an array to the class, or finds the one there with that tensor
     */
    static List<Step> of(List<Step> steps, BiPredicate<Step.Loop, Product> joins, String tensor, Function<Array, Array> declare) {
        return new CloseGaps(joins, tensor, declare).of(steps);
    }

    private List<Step> of(List<Step> steps) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            if (!(s instanceof Step.Loop l)) {
                out.add(s);
                continue;
            }
            List<Step> closed = l.body().size() == 1 && l.body().get(0) instanceof Product p && !joins.test(l, p) ? closed(l, p) : null;
            if (closed == null) {
                around.add(l);
                closed = List.of(l.with(of(l.body())));
                around.remove(around.size() - 1);
            }
            out.addAll(closed);
        }
        return out;
    }

    /** The loop over a product, and what follows the sums; null if it could not be one product then, either. */
    private List<Step> closed(Step.Loop l, Product p) {
        if (l.to().constant() == null || p.rows().batch() || p.columns().batch() || p.accumulate()) return null;
        if (!p.depth().batch() && p.depth().factor() < SHALLOW) return null;
        List<Count> shape = new ArrayList<>();
        for (Step.Loop a : around) {
            if (!a.from().isZero() || a.to().terms().size() != 1 || !(a.to().terms().get(0).atom() instanceof Affine.One)) return null;
            shape.add(a.to().terms().get(0).coefficient());
        }
        if (shape.stream().filter(Count::batch).count() > 1) return null;
        int n = p.columns().factor();
        shape.addAll(List.of(p.rows(), Count.of(l.to().constant()), p.columns()));
        List<Count> strides = Array.rowMajor(shape);
        Affine place = Affine.ZERO;
        for (int d = 0; d < around.size(); d++) place = place.plus(Affine.variable(around.get(d).variable()).times(strides.get(d)));
        Affine of = place.plus(Affine.variable(l.variable()).times(p.columns()));
        Count row = Count.of(n * l.to().constant());
        Array wanted = Array.helper(tensor + ".compact", shape, "sums for " + tensor + ", without room around them");
        if (!joins.test(l, product(p, wanted, of, row))) return null;
        Array sums = declare.apply(wanted);
        Affine from = of.plus(Affine.variable(p.row()).times(row)).plus(Affine.variable(p.column()));
        Value sum = new Value.Load(sums.name(), from, List.of(), 0);
        List<Step> rest = new ArrayList<>();
        if (p.epilogue().isEmpty()) {
            Affine to = p.c().offset().plus(Affine.variable(p.row()).times(p.c().rowStride()))
                    .plus(Affine.variable(p.column()).times(p.c().columnStride()));
            rest.add(new Step.Store(p.c().array(), to, List.of(), Fold.SET, sum));
        } else {
            rest.add(new Step.Let(Product.SUM, sum));
            rest.addAll(p.epilogue());
        }
        Step columns = new Step.Loop(p.column(), Affine.ZERO, Affine.of(p.columns()), Step.Kind.UP, 1, rest);
        Step copy = new Step.Loop(p.row(), Affine.ZERO, Affine.of(p.rows()), Step.Kind.UP, 1, List.of(l.with(List.of(columns))));
        return List.of(l.with(List.of(product(p, sums, of, row))), copy);
    }

    private static Product product(Product p, Array sums, Affine at, Count row) {
        Product.Result c = new Product.Result(sums.name(), at, row, Count.ONE);
        return new Product(p.a(), p.b(), c, p.rows(), p.columns(), p.inner(), false, p.row(), p.column(), List.of());
    }
}
