package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nnl.equations.Fold;

/**
 * The second factor of a product whose columns lie a picture apart, copied with its columns side by side, while the first factor
 * stays as it is: what it sums lies in a row there.
 * <pre>c[m, q] = Σ_i Σ_j a[m, 8·i + j]·x[100·q + 10·i + j]
 * becomes   x_last[p, q] = x[q, p];   c[m, q] = Σ_i Σ_j a[m, 8·i + j]·x_last[10·i + j, q]</pre>
 * So is the picture that a convolution reads, for the gradient of its kernels: its channels come last.
 *
 * @param product that reads the copy
 * @param copy    what fills it, before the loops around the product
 */
record ColumnsTogether(Product product, Step copy) {
    /** Fewer columns do not fill tiles: the product had better have rows and columns exchanged ({@link TurnNarrow}; measured: 32 by 16 takes 1.8 times as long, 64 by 32 two thirds). */
    private static final int FEWEST = 2 * TurnNarrow.LANES;

    /**
     * Null if it is no such product.
     *
     * @param around  the loops around it, outermost first
     * @param arrays  by name
     * @param declare adds an array to the class, or finds the one there with that tensor
     */
    static ColumnsTogether of(Product p, List<Step.Loop> around, Function<String, Array> arrays, Function<Array, Array> declare) {
        if (p.columns().batch() || p.columns().factor() < FEWEST || p.b().stride().batch() || p.b().stride().isOne() || !p.readsExamplesInOrder()) return null;
        Array b = arrays.apply(p.b().array());
        int d = b.strides().indexOf(p.b().stride());
        if (d < 0 || !b.strides().equals(plain(b))) return null;
        int plane = p.b().stride().factor(), channels = b.shape().get(d).factor(), all = plane * channels;
        if (b.shape().get(d).batch() || b.before().get(d) + b.after().get(d) > 0) return null;

        Turn turn = new Turn(plane, channels, all);
        List<Product.Inner> inner = new ArrayList<>();
        for (Product.Inner in : p.inner()) inner.add(new Product.Inner(in.count(), in.aStride(), turn.stride(in.bStride(), in.count()), in.part()));
        Affine offset = Affine.ZERO;
        for (Affine.Term t : p.b().offset().terms()) {
            Count values = Count.of(2);
            if (t.atom() instanceof Affine.Variable v) values = times(around, v.name());
            else if (!(t.atom() instanceof Affine.One)) return null;
            offset = offset.plus(new Affine(List.of(new Affine.Term(turn.stride(t.coefficient(), values), t.atom()))));
        }
        if (turn.fails || turn.reach >= plane) return null;

        List<Count> shape = new ArrayList<>(b.shape().subList(0, d));
        for (int k = d + 1; k < b.shape().size(); k++) shape.add(Count.of(b.shape().get(k).factor() + b.before().get(k) + b.after().get(k)));
        shape.add(Count.of(channels));
        Array last = declare.apply(Array.helper(b.tensor() + ".last", shape, b.tensor() + " with what a product has for columns as its last dimension"));
        Affine picture = Affine.variable("k").times(Count.of(all)), pixel = Affine.variable("p"), column = Affine.variable("q");
        Step copy = new Step.Store(last.name(), picture.plus(pixel.times(Count.of(channels))).plus(column), List.of(), Fold.SET,
                new Value.Load(b.name(), picture.plus(column.times(Count.of(plane))).plus(pixel), List.of(), 0));
        Count pictures = Count.ONE;
        for (Count c : b.shape().subList(0, d)) pictures = pictures.times(c);
        copy = loop("k", pictures, loop("p", Count.of(plane), loop("q", Count.of(channels), copy)));
        Product together = new Product(
                p.a(), new Product.Operand(last.name(), offset, Count.ONE), p.c(), p.rows(), p.columns(), inner,
                p.accumulate(), p.row(), p.column(), p.epilogue());
        return new ColumnsTogether(together, copy);
    }

    /** The strides of an array whose elements, and the room around them, lie in rows. */
    private static List<Count> plain(Array b) {
        List<Count> shape = new ArrayList<>();
        for (int k = 0; k < b.shape().size(); k++) {
            Count c = b.shape().get(k);
            shape.add(c.batch() ? c : Count.of(c.factor() + b.before().get(k) + b.after().get(k)));
        }
        return Array.rowMajor(shape);
    }

    /** How many values a variable has; none known if 0. */
    private static Count times(List<Step.Loop> around, String variable) {
        for (Step.Loop l : around)
            if (l.variable().equals(variable) && l.from().isZero() && l.to().constant() != null) return Count.of(l.to().constant());
        return Count.of(0);
    }

    private static Step loop(String variable, Count count, Step body) {
        return new Step.Loop(variable, Affine.ZERO, Affine.of(count), Step.Kind.UP, 1, List.of(body));
    }

    /** Strides in the copy. */
    private static final class Turn {
        private final int plane;
        private final int channels;
        private final int all;

        /** How far from its beginning pixels of a plane are read, at most. */
        private long reach;

        private boolean fails;

        Turn(int plane, int channels, int all) {
            this.plane = plane;
            this.channels = channels;
            this.all = all;
        }

        /**
         * @param values of what the stride multiplies, from 0 on
         */
        Count stride(Count stride, Count values) {
            if (!stride.batch() && stride.factor() % all == 0) return stride;
            if (stride.batch() || values.batch() || values.factor() == 0 || stride.factor() < 0 || stride.factor() >= plane) {
                fails = true;
                return stride;
            }
            reach += (long) stride.factor() * (values.factor() - 1);
            return stride.times(Count.of(channels));
        }
    }
}
