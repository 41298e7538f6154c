package org.nnl.schedule;

import java.util.List;
import org.nnl.Options;

/**
 * A layer with more units than there are examples, as a product whose rows are the units:
 * <pre>h[b,i] = Σ_k x[b,k]·W[i,k]   becomes   hᵀ[i,b] = Σ_k W[i,k]·xᵀ[k,b]</pre>
 * Tiles need one factor copied, since k is contiguous in both. That is now x, the smaller one, and what is turned back are
 * the sums; W is read in place. Threads divide units, and each reads its own part of the weights.
 */
final class Exchange {
    private Exchange() {}

    /** The product with its roles exchanged; null if the steps are no such product, or if less is copied as it is. */
    static Product of(List<Step> steps, Options options, int batch) {
        if (options.backend() != Options.Backend.VECTOR) return null;
        if (steps.size() != 1 || !(steps.get(0) instanceof Product p)) return null;
        if (!p.rows().batch() || p.columns().batch() || p.depth().batch() || p.accumulate() || p.inner().size() != 1) return null;
        Product.Inner in = p.inner().get(0);
        if (!in.aStride().isOne() || !in.bStride().isOne() || !p.c().columnStride().isOne() || p.c().rowStride().isOne()) return null;
        long m = p.rows().at(batch), n = p.columns().factor(), k = p.depth().factor();
        int lanes = options.precision().lanes();
        if (n <= m || n < lanes || k < lanes || k > Product.DEEPEST) return null;
        return m * k + m * n <= n * k ? p.exchanged() : null;
    }
}
