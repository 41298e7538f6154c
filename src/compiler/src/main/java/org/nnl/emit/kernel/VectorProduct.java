package org.nnl.emit.kernel;

import java.util.ArrayList;
import java.util.List;
import org.nnl.Options.Precision;
import org.nnl.emit.formula.Dialect;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Product;

/**
 * A product in register tiles. Columns run through lanes. The last tile of rows and the last vector of a row start early
 * enough to be whole; what is computed twice comes out the same. Where sums start from what c holds, the vector keeps
 * the lanes that were finished before, and rows that are left go in lower tiles and one by one. Rows shorter than the longest vector go
 * through the scratch array, since masked stores are slow on some platforms; shorter vectors beside long ones would be
 * worse, for HotSpot boxes vectors where it has seen two lengths. An element is the same chain of multiply-adds whatever
 * tile computes it, so rows may be divided in any way.
 */
final class VectorProduct extends PackedProduct {
    /** Rows whose sums wait together for an epilogue {@link #isApart apart}: about so many, and whole tiles. */
    private static final int BLOCK = 64;

    /** Whether the panel being written is of the first of several passes and starts from 0. */
    private boolean first;
    private final boolean lateEpilogue;

    private VectorProduct(Parametrised general, Tiling tiling, String name, Surroundings around, Precision precision) {
        super(general, tiling, name, around, precision);
        this.lateEpilogue = isLate(fromMemory);
    }

    static Kernel of(Parametrised p, Tiling tiling, String name, Surroundings around, Precision precision) {
        VectorProduct w = new VectorProduct(p, tiling, name, around, precision);
        w.tiles();
        return w.kernel();
    }

    // ---- the loops around the tiles

    /** Passes over k, blocks of rows, panels of columns. */
    private void tiles() {
        boolean two = overlapping || n() >= 2 * most;
        boolean one = !overlapping && n() % (2 * most) != 0 && (fromMemory || n() < 8 * most);
        if (tiling.packA()) packA();
        if (one) panelMethods(1);
        if (two) panelMethods(2);
        if (tiling.wide()) panelMethods(Tiling.WIDE);
        if (lateEpilogue) finish();
        scratch = rowsAt() + (narrow ? Math.max(tiling.rows(), tiling.single()) * most : 0)
                + (tiling.wide() && isApart(Tiling.WIDE) ? (block(tiling.tall()) + tiling.tall()) * Tiling.WIDE * most : 0);

        Source s = new Source();
        if (passes && p.isOfPart() && !p.accumulate()) {
            // no examples, no pass: their sum is 0 all the same
            s.open("if (" + Kernel.OWN + " == 0)");
            zero(s);
            s.close();
        }
        if (passes) {
            int examples = tiling.examples(p), most = examples > 0 ? examples : tiling.depth();
            String all = examples > 0 ? count(p.inner().get(0)) : depthOfSum();
            s.open("for (int k = 0; k < " + all + "; k += " + most + ")");
            s.line("final int depth = Math.min(" + most + ", " + all + " - k);");
        }
        String first = "first", last = "last";
        if (tiling.packA()) {
            s.open("for (int i = first; i < last; i += " + tiling.block() + ")");
            s.line("final int end = Math.min(i + " + tiling.block() + ", last);");
            first = "i";
            last = "end";
            s.line(call(name + "_packA", "first", first, "last", last));
        }
        if (tiling.wide()) widePanels(s, first, last);
        panels(s, two, one, first, last);
        if (tiling.packA()) s.close();
        if (passes) s.close();
        if (lateEpilogue) s.line(call(name + "_finish"));
        method(comment(), name, s);
    }

    /** The methods for panels of a width. */
    private void panelMethods(int width) {
        if (tiling.packB()) packB(width);
        first = passes && !p.accumulate();
        if (first) panel(width);
        first = false;
        panel(width);
    }

    /** As many columns as make whole panels of four vectors, where the platform has the registers and there are rows for a tile. */
    private void widePanels(Source s, String first, String last) {
        int high = high(Tiling.WIDE);
        String enough = startsEarly(high) ? " && last - first >= " + high : "";
        s.line("int j = 0;");
        s.line("// vectors of 512 bits come with 32 registers");
        s.open("if (LANES == " + most + enough + ") for (; j <= " + columns() + " - " + lanes(Tiling.WIDE) + "; j += " + lanes(Tiling.WIDE) + ")");
        panelCalls(s, Tiling.WIDE, "j", first, last);
        s.close();
    }

    /** The columns from 0 or, behind wide panels, from {@code j} on. */
    private void panels(Source s, boolean two, boolean one, String first, String last) {
        String n = columns();
        if (two && !one) {
            // every panel is two vectors wide; the last starts early
            String width = overlapping ? "LANES + Math.min(LANES, " + n + " - LANES)" : "2 * LANES";
            boolean whole = n() % (2 * most) == 0;
            s.open("for (" + (tiling.wide() ? "" : "int j = 0") + "; j < " + n + "; j += 2 * LANES)");
            panelCalls(s, 2, whole ? "j" : "Math.min(j, " + n + " - " + (overlapping ? "(" + width + ")" : width) + ")", first, last);
            s.close();
            return;
        }
        if (!tiling.wide()) s.line("int j = 0;");
        if (two) {
            s.open("for (; j <= " + n + " - 2 * LANES; j += 2 * LANES)");
            panelCalls(s, 2, "j", first, last);
            s.close();
        }
        if (two && one && !fromMemory) {
            s.open("if (" + n + " - j > LANES)");
            panelCalls(s, 2, n + " - 2 * LANES", first, last);
            s.close();
            s.open("else if (j < " + n + ")");
            panelCalls(s, 1, n + " - LANES", first, last);
            s.close();
        } else if (one) {
            s.open("for (; j < " + n + "; j += LANES)");
            panelCalls(s, 1, n() <= most ? "j" : "Math.min(j, " + n + " - LANES)", first, last);
            s.close();
        }
    }

    private void panelCalls(Source s, int width, String at, String first, String last) {
        String panel = name + "_panel" + width;
        boolean finished = hasFinished(width);
        if (!at.equals("j") && (tiling.packB() || finished)) {
            s.line("final int from = " + at + ";");
            at = "from";
        }
        if (tiling.packB()) s.line(call(name + "_packB" + width, "j", at));
        String more = call(panel, "j", at, "first", first, "last", last, "finished", at.equals("j") ? "0" : "j - from");
        if (passes && !p.accumulate()) {
            s.line("if (k == 0) " + call(panel + "_first", "j", at, "first", first, "last", last));
            s.line("else " + more);
        } else {
            s.line(more);
        }
    }

    /** Whether a panel may begin with columns that have been finished before and must not be added to again. */
    private boolean hasFinished(int width) {
        return fromMemory && !first && width == 1 && n() > most;
    }

    // ---- tiles

    /** Rows of a tile. */
    private int high(int width) {
        int high = tiling.high(width);
        return p.rows().batch() || tiling.packA() ? high : Math.min(high, p.rows().factor());
    }

    /** All rows of one panel of columns, tile by tile. */
    private void panel(int width) {
        int high = high(width);
        String method = name + "_panel" + width + (first ? "_first" : "");
        String[] own = hasFinished(width) ? own("j", "finished") : own("j");
        if (isApart(width)) {
            blocks(width, high, method);
            return;
        }
        if (isClamped()) {
            Source s = new Source();
            prepare(s, width);
            s.open("for (int i = first; i < last; i += " + high + ")");
            for (int r = 1; r < high; r++) s.line("final int i" + r + " = Math.min(i + " + r + ", last - 1);");
            tile(s, width, high);
            method("", method, s.close(), own);
            return;
        }
        if (high > 1 && !(width == Tiling.WIDE && startsEarly(high))) {
            Source s = new Source();
            prepare(s, width);
            int less = startsEarly(high) ? 1 : width == Tiling.WIDE ? 2 : high / 2;
            if (less > 1) {
                s.line("int i = first;");
                s.open("for (; i <= last - " + less + "; i += " + less + ")");
                tile(s, width, less);
                s.close();
            }
            s.open("for (" + (less > 1 ? "" : "int i = first") + "; i < last; i++)");
            tile(s, width, 1);
            method("", method + "_rows", s.close(), own);
        }
        Source s = new Source();
        prepare(s, width);
        if (startsEarly(high)) {
            if (width != Tiling.WIDE) s.line("if (last - first < " + high + ") " + call(method + "_rows"));
            s.open((width != Tiling.WIDE ? "else " : "") + "for (int next = first; next < last; next += " + high + ")");
            s.line("final int i = Math.min(next, last - " + high + ");");
            tile(s, width, high);
            s.close();
        } else {
            s.line("int i = first;");
            s.open("for (; i <= last - " + high + "; i += " + high + ")");
            tile(s, width, high);
            s.close();
            if (high > 1) s.line("if (i < last) " + call(method + "_rows", "first", "i"));
        }
        method("", method, s, own);
    }

    /**
     * Whether sums of a block wait in the scratch array: where rows of c lie far apart and the epilogue reads another array
     * at the same places. At the end of every tile it would wait for what it reads; in a loop of its own, many reads are
     * under way (measured: 256×1024×1024 with a mask in 5.1 ms instead of 5.3, of which 4.6 are multiply-adds at full speed).
     */
    private boolean isApart(int width) {
        if (width != Tiling.WIDE || isClamped() || fromMemory || lateEpilogue || p.inner().size() > 1) return false;
        boolean far = p.c().rowStride().batch() || p.c().rowStride().factor() > Tiling.FAR;
        return far && p.depth().at(1) >= 256 && epilogue.readsPlaces();
    }

    /** All rows of one panel, block by block: tiles, then the epilogue along rows. */
    private void blocks(int width, int high, String method) {
        String tiles = method.replace("_panel", "_tiles");
        int sumsAt = slabs() + high * width * most; // the last tile may begin before the block
        Source s = new Source();
        s.open("for (int next = first; next < last; next += " + high + ")");
        s.line("final int i = Math.min(next, last - " + high + ");");
        sums(s, width, high);
        product(s, width, high);
        s.line("final int to = " + sumsAt + " + (i - first) * " + parenthesised(lanes(width)) + ";");
        for (int r = 0; r < high; r++)
            for (int x = 0; x < width; x++)
                s.line(sum(r, x) + ".intoArray(scratch, to" + (r + x == 0 ? "" : " + " + lanes(r * width + x)) + ");");
        method("", tiles, s.close(), own("j"));
        s = new Source();
        s.open("for (int i = first; i < last; i += " + block(high) + ")");
        s.line("final int end = Math.min(i + " + block(high) + ", last);");
        s.line(call(tiles, "first", "i", "last", "end"));
        s.open("for (int r = i; r < end; r++)").open("for (int l = 0; l < " + lanes(width) + "; l += LANES)");
        s.line("final " + vector + " sum = " + vector + ".fromArray(SPECIES, scratch, " + sumsAt
                + " + (r - i) * " + parenthesised(lanes(width)) + " + l);");
        s.lines(epilogue.write(v("r"), v("j").plus(v("l")), "sum", true, "_"));
        method("", method, s.close().close().close(), own("j"));
    }

    private static int block(int high) {
        return (BLOCK + high - 1) / high * high;
    }

    /** Whether the last tile starts early enough to be whole. */
    private boolean startsEarly(int high) {
        return !isClamped() && !fromMemory && high > 1;
    }

    /** Whether the last tile takes the last row several times: where rows are copied together, on the way in or out. */
    private boolean isClamped() {
        return narrow || tiling.packA();
    }

    private void prepare(Source s, int width) {
        prepareColumns(s, width);
        if (hasFinished(width)) {
            boolean isFloat = real.equals("float");
            s.line("final VectorMask<" + (isFloat ? "Float" : "Double") + "> old = " + vector
                    + ".zero(SPECIES).addIndex(1).compare(VectorOperators.LT, " + "finished);");
        }
    }

    private void tile(Source s, int width, int high) {
        sums(s, width, high);
        product(s, width, high);
        if (narrow) shortRows(s, high);
        else for (int r = 0; r < high; r++) stores(s, width, r);
    }

    private Affine row(int r) {
        return isClamped() && r > 0 ? v("i" + r) : v("i").plus(r);
    }

    private static String sum(int r, int x) {
        return "s" + r + x;
    }

    /** Declares the accumulators. */
    private void sums(Source s, int width, int high) {
        boolean fromMemory = this.fromMemory && !first;
        if (narrow && fromMemory) {
            s.open("for (int r = 0; r < " + high + "; r++)");
            s.line("final int row = Math.min(i + r, last - 1), to = " + rowsAt() + " + r * LANES;");
            s.line("for (int l = 0; l < width; l++) scratch[to + l] = " + c() + "[" + index(c(v("row"), v("j").plus(v("l")))) + "];");
            s.close();
        }
        for (int r = 0; r < high; r++)
            for (int x = 0; x < width; x++)
                s.line(vector + " " + sum(r, x) + " = " + (fromMemory ? ofC(r, x) : vector + ".zero(SPECIES)") + ";");
    }

    private String ofC(int r, int x) {
        if (narrow) return vector + ".fromArray(SPECIES, scratch, " + rowsAt() + (r == 0 ? "" : " + " + r + " * LANES") + ")";
        return vector + ".fromArray(SPECIES, " + c() + ", " + index(c(row(r), column(x))) + ")";
    }

    private void product(Source s, int width, int high) {
        boolean flatB = tiling.packB();
        String w = lanes(width);
        if (tiling.packs() && tiling.isFlat(p)) {
            // whatever is not copied is read at k + q
            boolean one = p.inner().size() == 1 || tiling.packA() && flatB;
            Product.Inner in = p.inner().get(0);
            if (tiling.packA()) s.line("int slab = " + (slabs() == 0 ? "" : slabs() + " + ") + "(i - first) / " + slabRows() + " * " + parenthesised(slab()) + " + (i - first) % " + slabRows() + ";");
            else
                for (int r = 0; r < startsA(high); r++)
                    s.line("final int a" + r + " = " + index(a(row(r)).plus(one ? k().times(in.aStride()) : Affine.ZERO)) + ";");
            if (!flatB) s.line("final int b0 = " + index(b(v("j")).plus(one ? k().times(in.bStride()) : Affine.ZERO)) + ";");
            if (one) s.open("for (int q = 0; q < " + depth() + "; q++)");
            else openPass(s);
            Affine inA = one ? v("q").times(in.aStride()) : ofPass(true), inB = one ? v("q").times(in.bStride()) : ofPass(false);
            loadB(s, width, flatB ? "scratch" : b(), flatB ? (one ? "q" : numberInPass()) + " * " + parenthesised(w) : index(v("b0").plus(inB)), !flatB);
            for (int r = 0; r < high; r++)
                step(s, width, r, tiling.packA() ? "scratch[slab" + (r == 0 ? "" : " + " + r) + "]" : a() + "[" + index(startA(r).plus(inA)) + "]");
            if (tiling.packA()) s.line("slab += " + slabRows() + ";");
            if (one) s.close();
            else closePass(s);
            return;
        }
        if (startsA(high) > 1) for (int r = 0; r < high; r++) s.line("final int a" + r + " = " + index(a(row(r)).plus(startOfPass(true))) + ";");
        if (flatB) s.line("int at = 0;");
        else s.line("final int b0 = " + index(b(v("j"))) + ";");
        List<Product.Inner> loops = flatB ? joinedInA() : p.inner();
        openPass(s, loops);
        if (!flatB) s.line("final int at = " + index(v("b0").plus(inner(false))) + ";");
        loadB(s, width, flatB ? "scratch" : b(), "at", !flatB);
        for (int r = 0; r < high; r++) step(s, width, r, a() + "[" + index((startsA(high) > 1 ? startA(r) : a(row(r)).plus(startOfPass(true))).plus(inner(loops, true))) + "]");
        if (flatB) s.line("at += " + w + ";");
        loops.forEach(l -> s.close());
    }

    /** The loops of the sum, joined where elements of the first factor follow one another: those of a panel always do. */
    private List<Product.Inner> joinedInA() {
        List<Product.Inner> all = new ArrayList<>();
        for (Product.Inner in : p.inner()) {
            Product.Inner before = all.isEmpty() ? null : all.get(all.size() - 1);
            boolean joins = before != null && before.aStride().equals(in.aStride().times(in.count()));
            if (joins) all.set(all.size() - 1, new Product.Inner(before.count().times(in.count()), in.aStride(), in.bStride()));
            else all.add(in);
        }
        return all;
    }

    /** How many rows of a have a start of their own; others lie at a fixed distance, which makes one address do for all. */
    private int startsA(int high) {
        return isClamped() || p.a().stride().batch() || tiling.packs() ? high : 1;
    }

    private Affine startA(int r) {
        return startsA(r + 1) > r ? v("a" + r) : v("a0").plus(r * p.a().stride().factor());
    }

    private void loadB(Source s, int width, String array, String at, boolean inPlace) {
        for (int x = 0; x < width; x++)
            s.line("final " + vector + " y" + x + " = " + vector + ".fromArray(SPECIES, " + array + ", " + at
                    + (x == 0 ? "" : " + " + (inPlace ? vectors(x) : lanes(x))) + ");");
    }

    private void step(Source s, int width, int r, String element) {
        s.line("final " + vector + " x" + r + " = " + vector + ".broadcast(SPECIES, " + element + ");");
        for (int x = 0; x < width; x++) s.line(sum(r, x) + " = x" + r + ".fma(y" + x + ", " + sum(r, x) + ");");
    }

    private void stores(Source s, int width, int r) {
        for (int x = 0; x < width; x++) {
            if (!fromMemory && !lateEpilogue) {
                s.lines(epilogue.write(row(r), column(x), sum(r, x), true, "_" + r + x));
                continue;
            }
            String kept = hasFinished(width) ? ".blend(" + ofC(r, x) + ", old)" : "";
            s.line(sum(r, x) + kept + ".intoArray(" + c() + ", " + index(c(row(r), column(x))) + ");");
        }
    }

    /** Stores the tile through the scratch array. */
    private void shortRows(Source s, int high) {
        for (int r = 0; r < high; r++)
            s.line(sum(r, 0) + ".intoArray(scratch, " + rowsAt() + (r == 0 ? "" : " + " + r + " * LANES") + ");");
        s.open("for (int r = 0; r < " + high + "; r++)");
        s.line("final int row = Math.min(i + r, last - 1), from = " + rowsAt() + " + r * LANES;");
        s.open("for (int l = 0; l < width; l++)");
        Affine column = v("j").plus(v("l"));
        if (fromMemory || lateEpilogue) {
            s.line(c() + "[" + index(c(v("row"), column)) + "] = scratch[from + l];");
        } else {
            s.line("final " + real + " sum = scratch[from + l];");
            s.lines(epilogue.write(v("row"), column, "sum", false, "_"));
        }
        s.close().close();
    }
}
