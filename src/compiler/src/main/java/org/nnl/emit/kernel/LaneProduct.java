package org.nnl.emit.kernel;

import java.util.function.IntFunction;
import org.nnl.Options.Precision;
import org.nnl.emit.formula.Cost;
import org.nnl.emit.formula.Dialect;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;

/**
 * What kernels in lanes say alike. The class must hold the constants {@code SPECIES} and {@code LANES}, the species of
 * its precision and its length, at most {@link Precision#lanes} lanes.
 */
abstract class LaneProduct extends ProductText {
    final String vector;

    /** The most lanes that a vector of the kernel has. */
    final int most;

    LaneProduct(Parametrised p, String name, Surroundings around, Precision precision) {
        super(p, name, around, Dialect.vector(precision), precision.java() + "[]");
        vector = dialect.realVector();
        most = precision.lanes();
    }

    int n() {
        return p.columns().factor();
    }

    /**
     * Whether the epilogue runs in loops of its own, after all sums: where they wait in c, where no element may run
     * through it twice, and where its length does not suit a tile.
     */
    boolean isLate(boolean fromMemory) {
        return !p.epilogue().isEmpty()
                && (fromMemory || !epilogue.isRepeatable() || isCostly() || Cost.of(dialect, epilogue.values()).bytes() > 60);
    }

    /** So many vectors' length. */
    static String lanes(int vectors) {
        return vectors == 1 ? "LANES" : vectors + " * LANES";
    }

    /**
     * Copies columns of b that are contiguous in k, turning them square by square into rows of {@code width} vectors; the
     * last square of a column starts early.
     *
     * @param column address of the first element of the x-th vector of columns
     * @param depth  how many elements of each, at least as many as a vector has
     * @param whole  whether that is whole vectors
     */
    void squares(Source s, int width, IntFunction<Affine> column, String depth, boolean whole) {
        functions.add(Dialect.AHEAD);
        functions.add(Dialect.TRANSPOSE);
        Affine row = v(whole ? "q" : "row");
        String w = lanes(width);
        for (int x = 0; x < width; x++) {
            s.open("for (int q = 0; q < " + depth + "; q += LANES)");
            if (!whole) s.line("final int row = Math.min(q, " + depth + " - LANES);");
            s.line("transpose(" + b() + ", " + index(column.apply(x).plus(row)) + ", " + count(p.b().stride()) + ", scratch, "
                    + index(row) + " * " + parenthesised(w) + (x == 0 ? "" : " + " + lanes(x)) + ", " + w + ");");
            s.close();
        }
    }

    /** Whether the epilogue has functions that should be computed in lanes. */
    boolean isCostly() {
        return Cost.of(dialect, epilogue.values()).transcendental() > 0;
    }

    /** The late epilogue, in lanes. */
    @Override
    void finish() {
        finish("0");
    }

    /**
     * The same for the columns from one on, along rows or columns, whichever lie side by side.
     *
     * @param from a number, or a parameter of the method
     */
    void finish(String from) {
        boolean rows = p.contiguous().equals(p.row());
        String along = rows ? "i" : "j", to = rows ? "last" : columns();
        Count size = rows ? p.rows() : p.columns();
        Source s = new Source();
        s.open(rows ? "for (int j = " + from + "; j < " + columns() + "; j++)" : "for (int i = first; i < last; i++)");
        s.line("int " + along + " = " + (rows ? "first" : from) + ";");
        s.open("for (; " + along + " <= " + to + " - LANES; " + along + " += LANES)");
        s.line("final " + vector + " sum = " + vector + ".fromArray(SPECIES, " + c() + ", " + index(c(v("i"), v("j"))) + ");");
        s.lines(epilogue.write(v("i"), v("j"), "sum", true, "_v"));
        s.close();
        if (size.batch() || size.factor() % most != 0) {
            s.open("for (; " + along + " < " + to + "; " + along + "++)");
            s.line("final " + real + " sum = " + c() + "[" + index(c(v("i"), v("j"))) + "];");
            s.lines(epilogue.write(v("i"), v("j"), "sum", false, "_s"));
            s.close();
        }
        method("", name + "_finish", s.close(), from.equals("0") ? new String[0] : new String[] {from});
    }
}
