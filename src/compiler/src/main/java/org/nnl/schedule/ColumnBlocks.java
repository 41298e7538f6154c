package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nnl.Options.Precision;

/**
 * A product with more columns than rows, of which the rows are examples, in blocks of columns:
 * <pre>for J < 4 { c[i, 32*J + j] = Σ_k a[i,k]·b[k, 32*J + j]   for i < B, j < 32 }</pre>
 * Threads that divide rows all read the whole second factor, a layer's weights, copy it into panels, and fetch again what
 * the others' updates have changed. Threads that divide blocks read a part each, the same at every step; what all read is
 * the smaller factor.
 */
final class ColumnBlocks {
    /** Blocks at most, and so threads that have work. */
    private static final int MOST = 8;

    private ColumnBlocks() {}

    /** Whether a routine is such a product, divided over its blocks. */
    static boolean divides(Routine r) {
        return r.division() != null && r.steps().size() == 1 && r.steps().get(0) instanceof Step.Loop l
                && l.variable().equals(r.division().variable()) && l.body().get(0) instanceof Product p
                && l.variable().equals(variable(p));
    }

    private static String variable(Product p) {
        return p.column() + "_block";
    }

    /** How many blocks of whole panels the columns make. */
    private static int blocks(int n, int panel) {
        int blocks = MOST;
        while (blocks > 1 && n % (blocks * panel) != 0) blocks--;
        return blocks;
    }

    /** The loop over blocks; null if the steps are no such product. */
    static Step.Loop of(List<Step> steps, Precision precision, int batch) {
        if (steps.size() != 1 || !(steps.get(0) instanceof Product p)) return null;
        if (p.b().runs() != null || !p.rows().batch() || p.columns().batch() || p.columns().factor() <= p.rows().at(batch)) return null;
        // tiles are four vectors wide where there are registers for them, else two
        int n = p.columns().factor(), blocks = blocks(n, 4 * precision.lanes());
        if (blocks == 1) blocks = blocks(n, 2 * precision.lanes());
        if (blocks == 1) return null;
        Count width = Count.of(n / blocks);
        String block = variable(p);
        Affine start = Affine.variable(block).times(width);
        Function<String, Affine> moved =
                v -> v.equals(p.column()) ? Affine.variable(v).plus(start) : null;
        List<Step> epilogue = new ArrayList<>(Steps.substitute(p.epilogue(), moved));
        Product part = new Product(
                p.a(),
                new Product.Operand(p.b().array(), p.b().offset().plus(start.times(p.b().stride())), p.b().stride()),
                new Product.Result(
                        p.c().array(), p.c().offset().plus(start.times(p.c().columnStride())), p.c().rowStride(), p.c().columnStride()),
                p.rows(), width, p.inner(), p.accumulate(), p.row(), p.column(), epilogue);
        return new Step.Loop(block, Affine.ZERO, Affine.of(blocks), Step.Kind.UP, 1, List.of(part));
    }
}
