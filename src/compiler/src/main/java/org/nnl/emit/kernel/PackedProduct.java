package org.nnl.emit.kernel;

import java.util.ArrayList;
import java.util.List;
import org.nnl.Options.Precision;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;
import org.nnl.schedule.Product;

/**
 * A product whose factors are copied together before tiles read them, as its {@link Tiling} says: panels of the second as
 * wide as a tile, slabs of the first as high as one. The scratch array holds a panel, then slabs, then short rows.
 */
abstract class PackedProduct extends LaneProduct {
    static final Affine LANES = Affine.variable("LANES");

    /** So many elements of a factor, or of a block of it, are near enough to be turned faster than they come. */
    private static final int CACHED = 1 << 16;

    final Tiling tiling;

    /** Whether the sum takes several passes. */
    final boolean passes;

    /** Whether sums are left in c and tiles start from what c holds. */
    final boolean fromMemory;

    /** Rows are shorter than the longest vector. */
    final boolean narrow;

    /** Two vectors lie less than a vector apart: they are a whole row. */
    final boolean overlapping;

    PackedProduct(Parametrised general, Tiling tiling, String name, Surroundings around, Precision precision) {
        super(general, name, around, precision);
        this.tiling = tiling;
        this.passes = tiling.inPasses(p.depth());
        this.fromMemory = p.accumulate() || passes;
        this.narrow = n() < most;
        this.overlapping = !fromMemory && n() > most && n() < 2 * most;
    }

    /** Where a pass begins in k. */
    Affine k() {
        return passes ? v("k") : Affine.ZERO;
    }

    /** How much of k a pass takes. */
    String depth() {
        return passes ? "depth" : depthOfSum();
    }

    /** Parameters of a method within a pass. */
    String[] own(String... names) {
        List<String> all = new ArrayList<>(List.of(names));
        if (passes) all.addAll(List.of("k", "depth"));
        return all.toArray(String[]::new);
    }

    /** The first column of the {@code x}th vector of a panel. */
    Affine column(int x) {
        return v("j").plus(x == 1 && overlapping ? v("second") : LANES.times(Count.of(x)));
    }

    /** How far the {@code x}th vector of a panel is from the first, in columns. */
    String vectors(int x) {
        return overlapping ? "second" : lanes(x);
    }

    /** What the vectors of a panel need to know of the row they are in. */
    void prepareColumns(Source s, int width) {
        if (width == 2 && overlapping) s.line("final int second = Math.min(LANES, " + columns() + " - LANES);");
        if (narrow) s.line("final int width = Math.min(LANES, " + columns() + " - j);");
    }

    // ---- where copies lie

    /** Where slabs of a begin in the scratch array, behind the panel of b. */
    int slabs() {
        return tiling.packB() ? tiling.depth() * (tiling.wide() ? Tiling.WIDE : 2) * most : 0;
    }

    /** Rows of a slab: about as many as the longest vector has lanes, and whole tiles. */
    int slabRows() {
        int both = tiling.tall() == tiling.rows() ? tiling.rows() : Tiling.SLAB;
        return Math.max(1, most / both) * both;
    }

    /**
     * Room behind a slab: for what the vector that copies its last column writes there, and a vector more, since slabs a
     * multiple of 4 kB apart, into which a column is copied, fall on the same places of the caches (measured: W5's step 0.97).
     */
    private int behind() {
        return Math.max(0, most - slabRows()) + most;
    }

    /** Elements from one slab to the next. */
    String slab() {
        return slabRows() + " * " + depth() + " + " + behind();
    }

    /** Where short rows begin in the scratch array. */
    int rowsAt() {
        int slabs = (tiling.block() + slabRows() - 1) / slabRows();
        return slabs() + (tiling.packA() ? (tiling.depth() * slabRows() + behind()) * slabs : 0);
    }

    // ---- copying

    /** Opens the loops of a sum; the first of them, over examples, goes through those of a pass. */
    final void openPass(Source s, List<Product.Inner> loops) {
        for (int l = 0; l < loops.size(); l++)
            if (l == 0 && passes) s.open("for (int " + k(0) + " = 0; " + k(0) + " < " + index(v("depth").times(Count.of(loops.get(0).count().factor()))) + "; " + k(0) + "++)");
            else openLoop(s, l, loops.get(l));
    }

    /** Where a pass begins in a factor whose sum has several loops. */
    final Affine startOfPass(boolean a) {
        return k().times(a ? p.inner().get(0).aStride() : p.inner().get(0).bStride());
    }

    /**
     * Opens the loop over what a pass takes of a sum: over {@code q}, or, where it runs through some examples of every step of
     * time, over {@code some} of each step, after those {@code done}.
     */
    final void openPass(Source s) {
        if (p.inner().size() == 1) {
            s.open("for (int q = 0; q < " + depth() + "; q++)");
            return;
        }
        s.open("for (int k0 = k / own; k0 <= (k + depth - 1) / own; k0++)");
        s.line("final int k1 = Math.max(0, k - k0 * own), some = Math.min(own, k + depth - k0 * own) - k1, done = k0 * own + k1 - k;");
        s.open("for (int q = 0; q < some; q++)");
    }

    /** Where in a factor an element of the loop is, from the first on. */
    final Affine ofPass(boolean a) {
        Product.Inner in = p.inner().get(p.inner().size() - 1);
        if (p.inner().size() == 1) return k().plus(v("q")).times(a ? in.aStride() : in.bStride());
        return inner(a).plus(v("q").times(a ? in.aStride() : in.bStride()));
    }

    /** Which of a pass the element is. */
    final String numberInPass() {
        return p.inner().size() == 1 ? "q" : "(done + q)";
    }

    final void closePass(Source s) {
        s.close();
        if (p.inner().size() > 1) s.close();
    }

    /**
     * Columns of slabs of rows: of each column, a tile reads the few elements that are its own. The last row stands for those
     * that a slab has too few. What all slabs have of a column lies side by side in a, and is read from end to end.
     */
    void packA() {
        Source s = new Source();
        openPass(s);
        s.line("int i = first, to = " + (slabs() == 0 ? "" : slabs() + " + ") + numberInPass() + " * " + slabRows() + ";");
        s.open("for (; i <= last - " + most + "; i += " + slabRows() + ")");
        copyColumn(s, "for (int l = 0; l < " + most + "; l += LANES) " + vector + ".fromArray(SPECIES, " + a() + ", from + l).intoArray(scratch, to + l);");
        s.close();
        s.open("for (; i < last; i += " + slabRows() + ")");
        copyColumn(s, "for (int l = 0; l < " + slabRows() + "; l++) scratch[to + l] = " + a() + "[from + Math.min(l, last - 1 - i)];");
        s.close();
        closePass(s);
        method("", name + "_packA", s, own());
    }

    private void copyColumn(Source s, String copy) {
        s.line("final int from = " + index(a(v("i")).plus(ofPass(true))) + ";");
        s.line(copy);
        s.line("to += " + slab() + ";");
    }

    /** Rows of {@code width} vectors, one after the other; contiguous rows by vectors, others transposed. */
    void packB(int width) {
        Source s = new Source();
        boolean contiguous = p.b().stride().isOne();
        boolean single = tiling.isFlat(p);
        String w = lanes(width);
        if (p.b().runs() != null) {
            new PackRuns(this, vector, most).write(s, width, w);
            method("", name + "_packB" + width, s, own("j"));
            return;
        }
        prepareColumns(s, width);
        if (!contiguous && single) {
            packTransposed(s, width, w);
        } else {
            if (single) {
                openPass(s);
                s.line("final int from = " + index(b(v("j")).plus(ofPass(false))) + ", to = " + numberInPass() + " * " + parenthesised(w) + ";");
            } else {
                s.line("int to = 0;");
                openPass(s, p.inner());
                s.line("final int from = " + index(b(v("j")).plus(startOfPass(false)).plus(inner(false))) + ";");
            }
            for (int x = 0; x < width; x++) {
                String from = "from" + (x == 0 ? "" : " + " + vectors(x)), to = "to" + (x == 0 ? "" : " + " + lanes(x));
                if (contiguous && !narrow) s.line(vector + ".fromArray(SPECIES, " + b() + ", " + from + ").intoArray(scratch, " + to + ");");
                else
                    s.line("for (int l = 0; l < " + (narrow ? "width" : "LANES") + "; l++) scratch[" + to + " + l] = " + b() + "[from + "
                            + (x == 0 ? "l" : "(" + vectors(x) + " + l)") + " * "
                            + parenthesised(count(p.b().stride())) + "];");
            }
            if (single) {
                closePass(s);
            } else {
                s.line("to += " + w + ";");
                closeInner(s);
            }
        }
        method("", name + "_packB" + width, s, own("j"));
    }

    /** Columns lie apart: squares of them are transposed, or eight are read side by side, so that what is written is together. */
    private void packTransposed(Source s, int width, String w) {
        if (hasSquares()) {
            squares(s, width, x -> b(column(x)).plus(k()), depth(), !passes && p.depth().factor() % most == 0);
            return;
        }
        int blocks = overlapping ? width : 1;
        for (int x = 0; x < blocks; x++) {
            String lanes = narrow ? "width" : blocks > 1 ? "LANES" : w;
            Affine to = v("l").plus(LANES.times(Count.of(x)));
            Affine column = column(x).plus(v("l"));
            boolean eight = n() >= Math.min(8, most);
            if (eight) {
                s.line((x == 0 ? "int " : "") + "l = 0;");
                s.open("for (; l <= " + lanes + " - 8; l += 8)");
                packColumns(s, w, to, column, 8);
                s.close();
            }
            s.open("for (" + (eight ? "" : "int l = 0") + "; l < " + lanes + "; l++)");
            packColumns(s, w, to, column, 1);
            s.close();
        }
    }

    /**
     * Whether columns are contiguous in k, there are whole squares of them in every pass, and panels are wide or the factor
     * does not come from so far that fetching it takes longer than turning it (measured: in panels two vectors wide, squares
     * take 0.85 of the time of a step's copies with 128×784 weights, and 1.1 to 1.2 with 1024×1024; four wide 0.65).
     */
    private boolean hasSquares() {
        if (narrow || p.depth().batch() || !p.inner().get(0).bStride().isOne()) return false;
        int k = p.depth().factor(), last = passes ? (k - 1) % tiling.depth() + 1 : k;
        return last >= most && (tiling.wide() || (long) n() * k <= CACHED);
    }

    private void packColumns(Source s, String w, Affine to, Affine column, int count) {
        Count kStride = p.inner().get(0).bStride();
        s.line("final int from = " + index(b(column).plus(k().times(kStride))) + ";");
        s.open("for (int q = 0; q < " + depth() + "; q++)");
        s.line("final int at = q * " + parenthesised(w) + " + " + index(to) + ";");
        for (int l = 0; l < count; l++)
            s.line("scratch[at" + (l == 0 ? "" : " + " + l) + "] = " + b() + "["
                    + index(v("from").plus(v("q").times(kStride)).plus(Affine.of(p.b().stride()).times(Count.of(l)))) + "];");
        s.close();
    }
}
