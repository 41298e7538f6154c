package org.nnl.schedule;

import java.util.List;
import java.util.Objects;

/**
 * A matrix product, {@code sum[row,column] = Σ_k a[row,k]·b[k,column]}, every operand addressed with a stride a
 * direction, so that every transposition is one of these. k runs through one loop or several nested ones ({@link
 * Inner}, outermost first): a convolution without padding is a product whose k runs through channels and window. Loops
 * around a product give batched products.
 *
 * <p>If {@code accumulate}, each sum starts at c's element instead of 0. For each element the epilogue runs, with the
 * finished sum in the local {@link #SUM} and the variables {@code row} and {@code column} in its addresses; it consists
 * of {@link Step.Let} and {@link Step.Store}, whose addresses have {@link #contiguous()} with coefficient 0 (loads only) or 1.
 * An empty epilogue stores the sum in c; one that needs the sum in c stores it itself.
 *
 * @param rows    how many rows, called M
 * @param columns how many columns, called N
 * @param row     the variable running through the rows, as the epilogue names it
 * @param column  the variable running through the columns
 */
public record Product(
        Operand a,
        Operand b,
        Result c,
        Count rows,
        Count columns,
        List<Inner> inner,
        boolean accumulate,
        String row,
        String column,
        List<Step> epilogue)
        implements Step {

    /** The local that holds the finished sum in an epilogue. */
    public static final String SUM = "sum";

    /** The longest sums for which {@link #exchanged} roles pay: panels of 16 or 32 columns so deep stay in the second cache. */
    public static final int DEEPEST = 2048;

    /**
     * A factor. Its element stands at {@code offset + stride·(row of a, column of b) + Σ of the inner strides}; the
     * offset may use the variables of the loops around.
     *
     * @param runs where columns of b lie; null if that is no more than their stride
     */
    public record Operand(String array, Affine offset, Count stride, Runs runs) {
        public Operand {
            Objects.requireNonNull(array);
        }

        /** An operand whose rows or columns lie {@code stride} apart throughout. */
        public Operand(String array, Affine offset, Count stride) {
            this(array, offset, stride, null);
        }
    }

    /**
     * Columns of a factor that are contiguous in parts: {@code length} of them, the next as many {@code apart} elements
     * behind. So lie the rows of a picture that a window moves over.
     */
    public record Runs(int length, int apart) {}

    /** Where the sums go: {@code offset + row·rowStride + column·columnStride}. */
    public record Result(String array, Affine offset, Count rowStride, Count columnStride) {}

    /**
     * A loop of the sum: how often, and how far a step moves in either factor.
     *
     * @param part the examples over which it runs, if not all: {@code count} has a multiple of their number
     */
    public record Inner(Count count, Count aStride, Count bStride, Part part) {
        public Inner {
            if (part != null && !count.batch()) throw new IllegalArgumentException("a part of no examples");
        }

        /** A loop over all there is. */
        public Inner(Count count, Count aStride, Count bStride) {
            this(count, aStride, bStride, null);
        }

        /** Where a step begins in a factor: not at its offset, if the loop leaves out what comes before its part. */
        Affine start(Count stride) {
            return part == null ? Affine.ZERO : part.from.times(Count.of(count.factor())).times(stride);
        }
    }

    /** Some examples, from one to before another. */
    public record Part(Affine from, Affine to) {
        /** How many. */
        public Affine size() {
            return to.plus(from.times(Count.of(-1)));
        }
    }

    public Product {
        inner = List.copyOf(inner);
        epilogue = List.copyOf(epilogue);
    }

    /** Where a sum over some examples begins in the first factor: as far from its offset. */
    public Affine startA() {
        return inner.stream().map(i -> i.start(i.aStride())).reduce(Affine.ZERO, Affine::plus);
    }

    /** The same in the second factor. */
    public Affine startB() {
        return inner.stream().map(i -> i.start(i.bStride())).reduce(Affine.ZERO, Affine::plus);
    }

    /** K, the number of products summed in an element; with all examples, if only some are summed. */
    public Count depth() {
        Count k = Count.ONE;
        for (Inner i : inner) k = k.times(i.count());
        return k;
    }

    /** Whether it sums over some examples only. */
    public boolean isOfPart() {
        return inner.stream().anyMatch(i -> i.part() != null);
    }

    /** Whether the sum goes through all examples, and within each through the first factor from one element to the next, maybe in several loops. */
    public boolean readsExamplesInOrder() {
        Count next = Count.ONE;
        for (int k = inner.size() - 1; k > 0; k--) {
            Inner in = inner.get(k);
            if (in.count().batch() || !in.aStride().equals(next)) return false;
            next = next.times(in.count());
        }
        return inner.size() > 1 && inner.get(0).count().equals(new Count(1, true));
    }

    /** The variable along which elements of c are neighbours: columns, or rows where those lie side by side. */
    public String contiguous() {
        return c.columnStride().isOne() || !c.rowStride().isOne() ? column : row;
    }

    /** The same with the roles of rows and columns exchanged: {@code cᵀ = bᵀ·aᵀ}. */
    public Product exchanged() {
        List<Inner> loops = inner.stream().map(i -> new Inner(i.count(), i.bStride(), i.aStride(), i.part())).toList();
        Result turned = new Result(c.array(), c.offset(), c.columnStride(), c.rowStride());
        return new Product(b, a, turned, columns, rows, loops, accumulate, column, row, epilogue);
    }
}
