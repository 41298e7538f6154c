package org.nnl.schedule;

import java.util.List;

/**
 * A product of few columns that will be computed the other way round ({@link TurnNarrow}), where columns need not be contiguous:
 * the longest axis among the loops around that moves the second factor and the result alone becomes its columns, and they a loop.
 * <pre>for q < 32 { c[m, q, v] = Σ_k a[m, k]·b[k, q, v], columns v < 3 }
 * becomes   for v < 3 { c[m, q, v] = Σ_k a[m, k]·b[k, q, v], columns q < 32 }</pre>
 * So a convolution goes over the adjoint once for each pixel of its window, not once for each channel and row of it.
 */
final class LongerColumns {
    private LongerColumns() {}

    /** The nest with columns and a loop around exchanged; the step itself if there is no longer axis, or no such nest. */
    static Step of(Step s) {
        if (!(s instanceof Step.Loop outer)) return s;
        List<Step.Loop> loops = Steps.perfect(outer);
        List<Step> body = loops.get(loops.size() - 1).body();
        if (body.size() != 1 || !(body.get(0) instanceof Product p) || !TurnNarrow.hasFewColumns(p)) return s;
        int best = -1, most = p.columns().factor();
        for (int k = 0; k < loops.size(); k++) {
            Step.Loop l = loops.get(k);
            Integer times = l.from().isZero() && l.kind() == Step.Kind.UP ? l.to().constant() : null;
            if (times == null || times <= most || !isColumn(l.variable(), p)) continue;
            best = k;
            most = times;
        }
        if (best < 0) return s;
        String column = loops.get(best).variable();
        Affine before = Affine.variable(p.column());
        Product longer = new Product(
                p.a(),
                new Product.Operand(p.b().array(), without(p.b().offset(), column).plus(before.times(p.b().stride())),
                        p.b().offset().coefficient(column)),
                new Product.Result(p.c().array(), without(p.c().offset(), column).plus(before.times(p.c().columnStride())),
                        p.c().rowStride(), p.c().offset().coefficient(column)),
                p.rows(), Count.of(most), p.inner(), false, p.row(), column, List.of());
        Step nest = longer;
        for (int k = loops.size() - 1; k >= 0; k--)
            nest = k == best ? new Step.Loop(p.column(), Affine.ZERO, Affine.of(p.columns()), Step.Kind.UP, 1, List.of(nest)) : loops.get(k).with(List.of(nest));
        return nest;
    }

    /** Whether a variable of the loops around moves the second factor and the result, and nothing else. */
    private static boolean isColumn(String v, Product p) {
        return !p.a().offset().mentions(v) && !p.b().offset().looksUpBy(v) && !p.c().offset().looksUpBy(v)
                && p.b().offset().coefficient(v).factor() > 0 && p.c().offset().coefficient(v).factor() > 0
                && p.inner().stream().allMatch(i -> i.part() == null);
    }

    private static Affine without(Affine at, String v) {
        return at.substitute(x -> x.equals(v) ? Affine.ZERO : null);
    }
}
