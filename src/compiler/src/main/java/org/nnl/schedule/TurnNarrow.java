package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nnl.equations.Fold;

/**
 * A product of few columns and many rows would leave most lanes empty. It is computed the other way round, into an array
 * of its own, and turned as it is copied to its place:
 * <pre>c[m, n] = Σ_k a[m, k]·b[k, n]   becomes   turned[n, m] = Σ_k b[k, n]·a[m, k];   c[m, n] = turned[n, m]</pre>
 * A factor a whose rows are not contiguous is turned as well, before the loops around the product that do not move it.
 * The array has room for every value of the loops around, so that threads may divide these.
 * So are the gradients of a recurrence with few inputs, and of a convolution's window. Which axis is the
 * few columns, {@link LongerColumns} has chosen before; where columns are then many, in pictures of which the second factor is one
 * a channel, only that factor is turned ({@link ColumnsTogether}), and rows and columns stay what they are.
 */
final class TurnNarrow {
    /** The most lanes of a vector. */
    static final int LANES = 16;

    private final String tensor;
    private final Function<String, Array> arrays;
    private final Function<Array, Array> declare;
    private final List<Step> before = new ArrayList<>();
    private final List<Step.Loop> around = new ArrayList<>();

    /** Whether the nest's product has been given longer columns, and is turned whatever they are. */
    private final boolean exchanged;

    private TurnNarrow(String tensor, Function<String, Array> arrays, Function<Array, Array> declare, boolean exchanged) {
        this.tensor = tensor;
        this.exchanged = exchanged;
        this.arrays = arrays;
        this.declare = declare;
    }

    /**
     * @param tensor  that is written
     * @param arrays  by name
     * @param declare adds an array to the class, or finds the one there with that tensor
     */
    static List<Step> of(
            List<Step> steps, String tensor, Function<String, Array> arrays, Function<Array, Array> declare) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            Step nest = LongerColumns.of(s);
            TurnNarrow t = new TurnNarrow(tensor, arrays, declare, nest != s);
            List<Step> turned = t.step(nest);
            out.addAll(t.before);
            out.addAll(turned);
        }
        return out;
    }

    private List<Step> step(Step s) {
        if (s instanceof Step.Loop l) {
            List<Step> body = new ArrayList<>();
            around.add(l);
            for (Step x : l.body()) body.addAll(step(x));
            around.remove(around.size() - 1);
            return List.of(new Step.Loop(l.variable(), l.from(), l.to(), l.kind(), l.unroll(), body));
        }
        return s instanceof Product p && (exchanged || isNarrow(p)) ? turned(p) : List.of(s);
    }

    private static boolean isNarrow(Product p) {
        return hasFewColumns(p) && p.b().stride().isOne() && p.c().columnStride().isOne();
    }

    /** Whether it has few columns, wherever they lie, and many rows, which can lie side by side. */
    static boolean hasFewColumns(Product p) {
        if (p.columns().batch() || p.rows().batch() || p.accumulate() || !p.epilogue().isEmpty()) return false;
        if (p.columns().factor() >= LANES || p.rows().factor() < LANES) return false;
        return p.a().stride().isOne() || p.a().offset().constant() != null && p.inner().stream().skip(1).noneMatch(i -> i.count().batch());
    }

    /** The product in an array of its own, and the copy to its place. */
    private List<Step> turned(Product p) {
        ColumnsTogether together = exchanged ? ColumnsTogether.of(p, around, arrays, declare) : null;
        if (together != null) {
            before.add(together.copy());
            return inOwnArray(p, together.product());
        }
        return inOwnArray(p, turnedRound(p));
    }

    /** The product with rows and columns exchanged, but for its result. */
    private Product turnedRound(Product p) {
        int m = p.rows().factor();
        Product.Operand columns = p.a();
        List<Product.Inner> inner = new ArrayList<>();
        for (Product.Inner i : p.inner()) inner.add(new Product.Inner(i.count(), i.bStride(), i.aStride()));
        if (!p.a().stride().isOne()) {
            columns = rows(p);
            Count stride = Count.of(m);
            for (int k = inner.size() - 1; k >= 0; k--) {
                Product.Inner i = inner.get(k);
                inner.set(k, new Product.Inner(i.count(), i.aStride(), stride));
                stride = stride.times(i.count());
            }
        }
        return new Product(p.b(), columns, p.c(), p.columns(), p.rows(), inner, false, p.column(), p.row(), List.of());
    }

    /** A product that fills an array of its own, from which the result of another is copied. */
    private List<Step> inOwnArray(Product p, Product other) {
        List<Count> shape = new ArrayList<>();
        List<String> variables = new ArrayList<>();
        for (Step.Loop l : around)
            if (l.from().isZero() && l.to().constant() != null) {
                shape.add(Count.of(l.to().constant()));
                variables.add(l.variable());
            }
        shape.addAll(List.of(other.rows(), other.columns()));
        Array sums = declare.apply(Array.helper(tensor + ".turned", shape,
                tensor + " with " + (other.row().equals(p.row()) ? "rows of columns that lie apart" : "rows and columns of the product exchanged")));
        Affine place = Affine.ZERO;
        for (int d = 0; d < variables.size(); d++)
            place = place.plus(Affine.variable(variables.get(d)).times(sums.strides().get(d)));
        Product whole = new Product(
                other.a(), other.b(), new Product.Result(sums.name(), place, other.columns(), Count.ONE),
                other.rows(), other.columns(), other.inner(), false, other.row(), other.column(), List.of());
        Affine to = p.c().offset().plus(Affine.variable(p.row()).times(p.c().rowStride()))
                .plus(Affine.variable(p.column()).times(p.c().columnStride()));
        Affine from = place.plus(Affine.variable(other.row()).times(other.columns())).plus(Affine.variable(other.column()));
        Step copy = new Step.Store(p.c().array(), to, List.of(), Fold.SET, new Value.Load(sums.name(), from, List.of(), 0));
        return List.of(whole, loop(p.row(), p.rows(), loop(p.column(), p.columns(), copy)));
    }

    /** The first factor's rows as contiguous columns, filled before the loops around the product. */
    private Product.Operand rows(Product p) {
        int m = p.rows().factor();
        Array a = arrays.apply(p.a().array());
        List<Count> shape = new ArrayList<>();
        for (Product.Inner i : p.inner()) shape.add(i.count());
        shape.add(Count.of(m));
        List<Count> strides = Array.rowMajor(shape);
        Array rows = declare.apply(Array.helper(a.tensor() + ".rows", shape,
                a.tensor() + " with the rows of a product side by side"));
        Affine from = p.a().offset().plus(Affine.variable(p.row()).times(p.a().stride()));
        Affine to = Affine.variable(p.row());
        for (int k = 0; k < p.inner().size(); k++) {
            from = from.plus(Affine.variable("k" + k).times(p.inner().get(k).aStride()));
            to = to.plus(Affine.variable("k" + k).times(strides.get(k)));
        }
        Step copy = new Step.Store(rows.name(), to, List.of(), Fold.SET, new Value.Load(a.name(), from, List.of(), 0));
        for (int k = p.inner().size() - 1; k >= 0; k--) {
            if (k == 0) copy = loop(p.row(), Count.of(m), copy);
            copy = loop("k" + k, p.inner().get(k).count(), copy);
        }
        before.add(copy);
        return new Product.Operand(rows.name(), Affine.ZERO, Count.ONE);
    }

    private static Step loop(String variable, Count count, Step body) {
        return new Step.Loop(variable, Affine.ZERO, Affine.of(count), Step.Kind.UP, 1, List.of(body));
    }
}
