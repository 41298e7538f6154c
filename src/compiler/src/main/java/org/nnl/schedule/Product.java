package org.nnl.schedule;

import java.util.List;
import java.util.Objects;

/**
 * A matrix product, {@code sum[row,column] = Σ_inner a[row,inner]·b[inner,column]}, all of them addressed with a
 * stride a direction, so that every transposition is one of these. Loops around it give batched products.
 *
 * <p>If {@code accumulate}, each sum starts at c's element instead of 0. For each element the epilogue runs, with the
 * finished sum in the local {@link #SUM} and the variables {@code row} and {@code column} in its addresses; it consists
 * of {@link Step.Let} and {@link Step.Store}, whose addresses have {@code column} with coefficient 0 (loads only) or 1.
 * An empty epilogue stores the sum in c; one that needs the sum in c stores it itself.
 *
 * @param rows    how many rows, called M
 * @param columns how many columns, called N
 * @param inner   how many products are summed, called K
 * @param row     the variable running through the rows, as the epilogue names it
 * @param column  the variable running through the columns
 */
public record Product(
        Operand a,
        Operand b,
        Operand c,
        Count rows,
        Count columns,
        Count inner,
        boolean accumulate,
        String row,
        String column,
        List<Step> epilogue)
        implements Step {

    /** The local that holds the finished sum in an epilogue. */
    public static final String SUM = "sum";

    /**
     * A matrix in an array: element (r, c) stands at {@code offset + r·rowStride + c·columnStride}. The offset may use
     * the variables of the loops around.
     */
    public record Operand(String array, Affine offset, Count rowStride, Count columnStride) {
        public Operand {
            Objects.requireNonNull(array);
        }

        @Override
        public String toString() {
            return array + "[" + offset + " + " + rowStride + "*row + " + columnStride + "*column]";
        }
    }

    public Product {
        epilogue = List.copyOf(epilogue);
    }
}
