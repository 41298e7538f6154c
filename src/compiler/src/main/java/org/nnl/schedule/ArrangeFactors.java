package org.nnl.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A product in a loop over time, or over the steps of an input, whose second factor is a parameter lying the wrong way (k
 * contiguous, columns apart) would copy it together at every step. The parameter is transposed once before the loop instead:
 * <pre>U_columns[k, n] = U[n, k];   for t { c[m, n] = Σ_k a[m, k]·U_columns[k, n] }</pre>
 * Columns of rows that are multiples of 512 bytes apart lie in panels, one after the other, each as wide as a tile:
 * <pre>U_columns[J, k, n] = U[64*J + n, k];   for t { for J { c[m, 64*J + n] = Σ_k a[m, k]·U_columns[J, k, n] } }</pre>
 * so that what a tile reads is contiguous: rows such a distance apart fall on few places of the first cache. So do the
 * columns of a factor that the first cache does not hold: in a loop over time, where it is read at every step, one step goes
 * through the panels from the first to the last and the next one back, and begins with what is still in the cache.
 *
 * <p>A factor that lies the right way is copied into such panels too if the first cache does not hold it. What is added to a
 * result goes through a panel in pieces that the cache holds, for all rows of the result before the next piece.
 */
final class ArrangeFactors {
    /** Times from which a loop is worth a copy of a factor as a whole. */
    private static final int LONG = 4;

    /** Bytes of the first cache. */
    private static final int FIRST_CACHE = 32 << 10;

    /** Bytes of a factor of which the first cache holds so little that it does not matter where a step begins. */
    private static final int MOST_TO_AND_FRO = 4 * FIRST_CACHE;

    /** What a panel is wide. */
    private static final int PANEL_BYTES = 256;

    private final Function<String, Array> arrays;
    private final Function<Array, Array> declare;
    private final int panel;

    /** Transposed array to the steps that fill it. */
    private final Map<String, List<Step>> copies = new LinkedHashMap<>();

    /**
     * @param arrays  by name
     * @param declare adds an array to the class, or finds the one there with that tensor
     * @param panel   how many columns a tile has at most, which take {@link #PANEL_BYTES}; 0 if columns are not to lie in panels
     */
    ArrangeFactors(Function<String, Array> arrays, Function<Array, Array> declare, int panel) {
        this.arrays = arrays;
        this.declare = declare;
        this.panel = panel;
    }

    /** What must run before the graph's first loop over time: the filling of each array, by the name of a routine for it. */
    Map<String, List<Step>> copies() {
        return copies;
    }

    /** @param again whether the steps run again and again, in a loop over time around their routine */
    List<Step> of(List<Step> steps, boolean again) {
        return of(steps, again, again ? Step.Kind.TO_AND_FRO : Step.Kind.UP);
    }

    private List<Step> of(List<Step> steps, boolean again, Step.Kind panels) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            if (s instanceof Step.Loop l) out.add(l.with(of(l.body(), again || isLong(l), panels)));
            else if (s instanceof Step.When w) out.add(w.with(of(w.body(), again, panels)));
            else out.add(again && s instanceof Product p ? product(p, panels) : s);
        }
        return out;
    }

    private static boolean isLong(Step.Loop l) {
        Integer times = l.from().isZero() ? l.to().constant() : null;
        return times != null && times >= LONG;
    }

    private Step product(Product p, Step.Kind kind) {
        if (p.inner().size() != 1 || p.columns().batch() || p.depth().batch()) return p;
        Product.Inner in = p.inner().get(0);
        Array b = arrays.apply(p.b().array());
        Integer offset = p.b().offset().constant();
        if (b.kind() != Array.Kind.PARAMETER || offset == null || p.columns().isOne()) return p;
        int n = p.columns().factor(), k = p.depth().factor();
        boolean turned = !p.b().stride().isOne();
        if (!turned && (!inPanels(n, k) || bytes(n, k) <= FIRST_CACHE)) return p;
        int panels = inPanels(n, k) ? n / panel : 1, width = n / panels;
        List<Count> shape = panels > 1 ? List.of(Count.of(panels), Count.of(k), Count.of(width)) : List.of(Count.of(k), Count.of(n));
        String tensor = b.tensor() + (turned ? ".columns" : ".panels")
                + (offset == 0 && b.count().equals(Count.of(n * k)) ? "" : "." + offset + "." + n);
        Array t = declare.apply(Array.helper(
                tensor, shape, b.tensor() + (turned ? " with the columns of a product side by side" : " in panels of columns")));
        String block = p.column() + "_panel";
        Affine first = panels > 1 ? Affine.variable(block) : Affine.ZERO;
        copies.computeIfAbsent((turned ? "transpose_" : "copy_") + t.name(), x -> {
            Affine row = Affine.variable("k"), column = Affine.variable("n");
            Affine from = p.b().offset().plus(row.times(in.bStride()))
                    .plus(column.plus(first.times(Count.of(width))).times(p.b().stride()));
            Step store = new Step.Store(
                    t.name(), first.times(Count.of(k * width)).plus(row.times(Count.of(width))).plus(column), List.of(),
                    org.nnl.equations.Fold.SET, new Value.Load(b.name(), from, List.of(), 0));
            Step columns = loop("n", width, turned ? Step.Kind.UP : Step.Kind.VECTOR, store);
            return List.of(panels > 1 ? loop(block, panels, Step.Kind.UP, loop("k", k, columns)) : loop("k", k, columns));
        });
        int pieces = panels > 1 && p.accumulate() && p.epilogue().isEmpty() ? pieces(k) : 1;
        String piece = p.row() + "_piece";
        Affine deep = pieces > 1 ? Affine.variable(piece).times(Count.of(k / pieces)) : Affine.ZERO;
        Affine start = first.times(Count.of(width));
        Product part = new Product(
                new Product.Operand(p.a().array(), p.a().offset().plus(deep.times(in.aStride())), p.a().stride(), p.a().runs()),
                new Product.Operand(t.name(), first.times(Count.of(k * width)).plus(deep.times(Count.of(width))), Count.ONE),
                new Product.Result(
                        p.c().array(), p.c().offset().plus(start.times(p.c().columnStride())), p.c().rowStride(), p.c().columnStride()),
                p.rows(), Count.of(width),
                List.of(new Product.Inner(Count.of(k / pieces), in.aStride(), Count.of(width))),
                p.accumulate(), p.row(), p.column(),
                Steps.substitute(p.epilogue(), v -> v.equals(p.column()) ? Affine.variable(v).plus(start) : null));
        Step whole = pieces > 1 ? loop(piece, pieces, part) : part;
        return panels > 1 ? loop(block, panels, bytes(n, k) > MOST_TO_AND_FRO ? Step.Kind.UP : kind, whole) : whole;
    }

    /** Into how many equal pieces sums are cut so that the first cache holds one of a panel; 1 if there are no such pieces. */
    private static int pieces(int k) {
        for (int pieces = 1; pieces <= k / 32; pieces++)
            if (k % pieces == 0 && (long) k / pieces * PANEL_BYTES <= FIRST_CACHE) return pieces;
        return 1;
    }

    private boolean inPanels(int n, int k) {
        if (panel == 0 || n % panel != 0 || n < 2 * panel) return false;
        return n % (2 * panel) == 0 && n >= 4 * panel || bytes(n, k) > FIRST_CACHE;
    }

    /** How long n columns of k numbers are, if {@link #panel} of them next to one another take {@link #PANEL_BYTES}. */
    private long bytes(int n, int k) {
        return (long) n / panel * PANEL_BYTES * k;
    }

    private static Step.Loop loop(String variable, int to, Step body) {
        return loop(variable, to, Step.Kind.UP, body);
    }

    private static Step.Loop loop(String variable, int to, Step.Kind kind, Step body) {
        return new Step.Loop(variable, Affine.ZERO, Affine.of(to), kind, 1, List.of(body));
    }
}
