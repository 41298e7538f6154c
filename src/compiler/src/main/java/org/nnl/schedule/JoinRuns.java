package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Products whose columns do not fill vectors, one after the other in the target, as one product. The columns of the second
 * factor need not follow one another: a kernel copies what it needs of them, and takes them from where they lie.
 * <pre>for i < 8 { c[8·i + j] = Σ_k a[k]·b[12·i + j, k], columns j < 8 }
 * becomes   c[j] = Σ_k a[k]·b[j, k], columns j < 64, of b in runs of 8, 12 apart</pre>
 * So the rows of a convolution's picture fill vectors together, and without vectors make long loops.
 */
final class JoinRuns {
    /** Shorter runs would need more reads than a copy is worth. */
    private static final int SHORTEST = 4;

    /** A deeper panel does not stay in the second cache where vectors are short (measured: 256 channels, 3 by 3, 1.7 to 2.1 times as fast together). */
    private static final int DEEPEST = 8192;

    /** From so many vectors on, a row of columns wastes little by a last vector that is not full. */
    private static final int MANY = 4;

    /** Loops of fewer steps are more beginning and end than loop. */
    private static final int SHORT = 8;

    /** For so many rows, columns that fill vectors as they are may be copied. */
    private static final int OFTEN = 16;

    /** Without vectors, loops over so many columns are long enough. */
    private static final int LONG = 64;

    /** Without vectors, rows of so many columns stay in the second cache, all that are copied at a time. */
    private static final int LONGEST = 4096;

    /** Whether columns, {@code n} and {@code all} of them, are better together. */
    @FunctionalInterface
    private interface Gain {
        boolean is(Product p, int n, int all);
    }

    private final Gain gain;

    private JoinRuns(Gain gain) {
        this.gain = gain;
    }

    /**
     * @param lanes the most of a vector
     */
    static JoinRuns inLanes(int lanes) {
        return new JoinRuns((p, n, all) -> (n % lanes != 0 || hasShortLoops(p)) && n <= MANY * lanes && all >= (n < lanes ? 1 : 2) * lanes);
    }

    /** The same for plain Java. */
    static JoinRuns inPlainJava() {
        return new JoinRuns((p, n, all) -> n < LONG && all <= LONGEST);
    }

    /** Whether the sum goes through a window of few pixels: one loop through columns that are copied together is faster, for enough rows. */
    private static boolean hasShortLoops(Product p) {
        int last = p.inner().size() - 1;
        return last > 0 && p.inner().get(last).count().factor() < SHORT && p.rows().factor() >= OFTEN;
    }

    /** Whether a loop of nothing but a product will be one product. */
    boolean joins(Step.Loop l, Product p) {
        return joined(l, p) != null;
    }

    List<Step> of(List<Step> steps) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            if (!(s instanceof Step.Loop l)) {
                out.add(s);
                continue;
            }
            Product joined = l.body().size() == 1 && l.body().get(0) instanceof Product p ? joined(l, p) : null;
            out.add(joined != null ? joined
                    : new Step.Loop(l.variable(), l.from(), l.to(), l.kind(), l.unroll(), of(l.body())));
        }
        return out;
    }

    /** The loop and the product as one; null if they cannot be, or nothing is gained. */
    private Product joined(Step.Loop l, Product p) {
        String v = l.variable();
        Count times = l.to().constant() == null ? null : Count.of(l.to().constant());
        if (times == null || !l.from().isZero() || l.kind() != Step.Kind.UP) return null;
        if (p.columns().batch() || p.depth().batch() || p.rows().batch() || p.accumulate() || p.b().runs() != null) return null;
        int n = p.columns().factor(), all = Math.multiplyExact(n, times.factor());
        if (n < SHORTEST || !gain.is(p, n, all)) return null;
        if (p.depth().factor() > DEEPEST || p.rows().factor() < 4) return null;
        if (!p.b().stride().isOne() || !p.c().columnStride().isOne()) return null;
        if (p.a().offset().mentions(v)) return null;
        Count apart = p.b().offset().coefficient(v);
        if (apart.batch() || apart.factor() < n || p.b().offset().looksUpBy(v)) return null;
        if (p.inner().stream().anyMatch(i -> i.bStride().batch() || i.bStride().factor() < 0)) return null;
        List<Affine> targets = new ArrayList<>(Steps.addresses(p.epilogue()));
        targets.add(p.c().offset().plus(Affine.variable(p.column())));
        for (Affine at : targets)
            if (at.looksUpBy(v) || !at.coefficient(v).equals(at.coefficient(p.column()).times(p.columns()))) return null;
        if (Steps.integers(p.epilogue()).stream().anyMatch(i -> i.mentions(v))) return null;
        return new Product(
                p.a(),
                new Product.Operand(p.b().array(), without(p.b().offset(), v), Count.ONE, new Product.Runs(n, apart.factor())),
                new Product.Result(p.c().array(), without(p.c().offset(), v), p.c().rowStride(), Count.ONE),
                p.rows(), Count.of(all), p.inner(), false, p.row(), p.column(),
                Steps.substitute(p.epilogue(), x -> x.equals(v) ? Affine.ZERO : null));
    }

    private static Affine without(Affine at, String v) {
        return at.substitute(x -> x.equals(v) ? Affine.ZERO : null);
    }
}
