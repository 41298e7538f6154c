package org.nnl.emit.kernel;

import org.nnl.Options.Precision;
import org.nnl.emit.formula.Dialect;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;
import org.nnl.schedule.Product;

/**
 * A product whose result lies the other way, its rows side by side and its columns apart, from factors that are contiguous
 * in k: a layer with more units than there are examples, {@code h[b,i] = Σ_k W[i,k]·x[b,k]}, units as rows. Panels of
 * examples are turned as they are copied, so that they run through lanes, while weights are read in place; blocks of sums
 * are turned back in registers, and the epilogue runs along rows. The number of columns may be that of the examples: the
 * last panel starts early enough to be whole, and where there are fewer columns than lanes, lanes repeat the last one.
 */
final class TurnedProduct extends LaneProduct {
    /** Columns that are left are sums along k if there are fewer than this (measured: as long at 9 with 784×1024, at 12 with 784×128). */
    private static final int FEW = 10;

    private final Tiling tiling;

    /** Vectors of the widest panel. */
    private final int widest;

    private TurnedProduct(Parametrised general, Tiling tiling, String name, Surroundings around, Precision precision) {
        super(general, name, around, precision);
        this.tiling = tiling;
        this.widest = tiling.wide() ? Tiling.WIDE : 2;
    }

    static Kernel of(Parametrised p, Tiling tiling, String name, Surroundings around, Precision precision) {
        TurnedProduct w = new TurnedProduct(p, tiling, name, around, precision);
        w.include(DotProduct.rest(p, name + "_rest", around, precision));
        w.panels();
        return w.kernel();
    }

    // ---- the scratch array: a panel of b, a block of sums as tiles leave it, columns of it turned

    /** Rows of a block: so that columns are written several cache lines at a time, and tiles of any height fill it. */
    private int high() {
        return tiling.tall() * most;
    }

    private int block() {
        return tiling.depth() * widest * most;
    }

    private int turned() {
        return block() + high() * widest * most;
    }

    // ---- the loops around the tiles

    private void panels() {
        scratch = turned() + high() * most;
        store();
        for (int width = 1; width <= widest; width *= 2) {
            pack(width);
            tiles(width);
            panel(width);
        }
        Source s = new Source();
        s.line("int j = 0;");
        if (tiling.wide()) s.line("// vectors of 512 bits come with 32 registers");
        for (int width = widest; width > 1; width /= 2) {
            String when = width == Tiling.WIDE ? "if (LANES == " + most + ") " : "";
            s.open(when + "for (; j <= " + columns() + " - " + lanes(width) + "; j += " + lanes(width) + ")");
            s.line(call(name + "_packB" + width, "j", "j"));
            s.line(call(name + "_panel" + width, "j", "j"));
            s.close();
        }
        s.open("for (; j <= " + columns() + " - Math.min(" + FEW + ", LANES); j += LANES)");
        s.line("final int from = Math.max(0, Math.min(j, " + columns() + " - LANES));");
        s.line(call(name + "_packB1", "j", "from"));
        s.line(call(name + "_panel1", "j", "from", "finished", "j - from"));
        s.close();
        s.line("if (j < " + columns() + ") " + call(name + "_rest", DotProduct.FROM, "j"));
        method(comment(), name, s);
    }

    /** Columns of b as rows of {@code width} vectors. */
    private void pack(int width) {
        Source s = new Source();
        if (width == 1) {
            s.open("if (" + columns() + " < LANES)");
            s.open("for (int l = 0; l < LANES; l++)");
            s.line("final int column = Math.min(l, " + columns() + " - 1), from = " + index(b(v("column"))) + ";");
            s.line("for (int q = 0; q < " + count(p.depth()) + "; q++) scratch[q * LANES + l] = " + b() + "[from + q];");
            s.close();
            s.line("return;");
            s.close();
        }
        squares(s, width, x -> b(v("j").plus(lane(x))), count(p.depth()), p.depth().factor() % most == 0);
        method("", name + "_packB" + width, s, "j");
    }

    /** All rows of a panel, block by block. */
    private void panel(int width) {
        Source s = new Source();
        s.open("for (int i = first; i < last; i += " + high() + ")");
        s.line("final int rows = Math.min(" + high() + ", last - i);");
        s.line(call(name + "_tiles" + width, "i", "i", "rows", "rows"));
        for (int x = 0; x < width; x++)
            s.line(call(name + "_store", "i", "i", "rows", "rows", "j", "j" + (x == 0 ? "" : " + " + lanes(x)),
                    "from", block() + (x == 0 ? "" : " + " + lanes(x)), "width", lanes(width),
                    "start", width == 1 ? "finished" : "0", "end", width == 1 ? "Math.min(LANES, " + columns() + " - j)" : "LANES"));
        method("", name + "_panel" + width, s.close(), width == 1 ? new String[] {"j", "finished"} : new String[] {"j"});
    }

    /** Whether rows may end within a vector. */
    private boolean isRagged() {
        return p.rows().batch() || p.rows().factor() % most != 0;
    }

    /** Turns sums of a block, square by square, and finishes those of the columns from {@code start} to {@code end}, rows in lanes. */
    private void store() {
        functions.add(Dialect.AHEAD);
        functions.add(Dialect.TRANSPOSE);
        Source s = new Source();
        s.line("for (int r = 0; r < rows; r += LANES) transpose(scratch, from + r * width, width, scratch, " + turned() + " + r, " + high() + ");");
        s.open("for (int l = start; l < end; l++)");
        s.line("int r = 0;");
        Affine row = v("i").plus(v("r")), column = v("j").plus(v("l"));
        String sum = turned() + " + l * " + high() + " + r";
        s.open("for (; r <= rows - LANES; r += LANES)");
        s.line("final " + vector + " sum = " + vector + ".fromArray(SPECIES, scratch, " + sum + ");");
        s.lines(epilogue.write(row, column, "sum", true, "_v"));
        s.close();
        if (isRagged()) {
            s.open("for (; r < rows; r++)");
            s.line("final " + real + " sum = scratch[" + sum + "];");
            s.lines(epilogue.write(row, column, "sum", false, "_s"));
            s.close();
        }
        method("", name + "_store", s.close(), "i", "rows", "j", "from", "width", "start", "end");
    }

    // ---- the tiles of a block

    private void tiles(int width) {
        int high = tiling.high(width);
        Product.Inner in = p.inner().get(0);
        String w = lanes(width);
        Source s = new Source();
        if (isRagged() || most % high == 0) {
            s.open("for (int r = 0; r < rows; r += " + high + ")");
        } else {
            // rows of a tile stay a constant apart, which saves a register each: 0.89 of the time of rows that are each limited
            s.open("for (int next = 0; next < rows; next += " + high + ")");
            s.line("final int r = Math.min(next, rows - " + high + ");");
        }
        for (int r = 0; r < high; r++)
            for (int x = 0; x < width; x++) s.line(vector + " s" + r + x + " = " + vector + ".zero(SPECIES);");
        for (int r = 0; r < high; r++) {
            if (isRagged()) s.line("final int row" + r + " = i + Math.min(r" + (r == 0 ? "" : " + " + r) + ", rows - 1);");
            s.line("final int a" + r + " = " + index(a(isRagged() ? v("row" + r) : v("i").plus(v("r")).plus(r))) + ";");
        }
        s.open("for (int q = 0; q < " + count(p.depth()) + "; q++)");
        for (int x = 0; x < width; x++)
            s.line("final " + vector + " y" + x + " = " + vector + ".fromArray(SPECIES, scratch, q * " + parenthesised(w) + (x == 0 ? "" : " + " + lanes(x)) + ");");
        for (int r = 0; r < high; r++) {
            s.line("final " + vector + " x" + r + " = " + vector + ".broadcast(SPECIES, " + a() + "[" + index(v("a" + r).plus(v("q").times(in.aStride()))) + "]);");
            for (int x = 0; x < width; x++) s.line("s" + r + x + " = x" + r + ".fma(y" + x + ", s" + r + x + ");");
        }
        s.close();
        for (int r = 0; r < high; r++)
            for (int x = 0; x < width; x++)
                s.line("s" + r + x + ".intoArray(scratch, " + block() + " + " + (r == 0 ? "r" : "(r + " + r + ")") + " * " + parenthesised(w)
                        + (x == 0 ? "" : " + " + lanes(x)) + ");");
        method("", name + "_tiles" + width, s.close(), "i", "rows");
    }

    private static Affine lane(int x) {
        return Affine.variable("LANES").times(Count.of(x));
    }
}
