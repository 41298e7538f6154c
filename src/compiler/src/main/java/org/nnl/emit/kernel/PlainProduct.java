package org.nnl.emit.kernel;

import org.nnl.Options.Precision;
import org.nnl.emit.formula.Dialect;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;

/**
 * A product in plain Java, for whatever fits nothing better: some rows by some columns at a time, each sum a local of its own.
 * A sum alone would wait for every addition; eight keep the adders busy, and each number read is used several times.
 */
final class PlainProduct extends ProductText {
    /** Sums at a time. */
    private static final int SUMS = 8;

    /** Columns at a time where there are several rows. */
    private static final int WIDEST = 4;

    private PlainProduct(Parametrised p, String name, Surroundings around, Precision precision) {
        super(p, name, around, Dialect.scalar(precision), precision.java() + "[]");
        if (this.p.b().runs() != null) throw new IllegalArgumentException("columns in runs: " + this.p);
    }

    static Kernel of(Parametrised p, String name, Surroundings around, Precision precision) {
        PlainProduct w = new PlainProduct(p, name, around, precision);
        w.write();
        return w.kernel();
    }

    private void write() {
        if (!p.epilogue().isEmpty()) finish();
        int high = high();
        Source s = new Source();
        if (high == 1) {
            s.open("for (int i = first; i < last; i++)");
            row(s, 1, width(SUMS));
            s.close();
        } else {
            rows(high, width(WIDEST));
            rows(1, width(SUMS));
            s.line("int i = first;");
            s.line("for (; i <= last - " + high + "; i += " + high + ") " + call(name + "_rows" + high, "i", "i"));
            s.line("for (; i < last; i++) " + call(name + "_rows1", "i", "i"));
        }
        if (!p.epilogue().isEmpty()) s.line(call(name + "_finish"));
        method(comment(), name, s);
    }

    /** Rows at a time: as many as make eight sums, about. */
    private int high() {
        int high = Math.round((float) SUMS / width(WIDEST));
        return p.rows().batch() ? high : Math.min(high, p.rows().factor());
    }

    /** Columns at a time, at most {@code most}: parts of a row that are about even. */
    private int width(int most) {
        if (p.columns().batch()) return most;
        int n = p.columns().factor(), parts = (n + most - 1) / most;
        return (n + parts - 1) / parts;
    }

    private void rows(int high, int width) {
        Source s = new Source();
        row(s, high, width);
        method("", name + "_rows" + high, s, "i");
    }

    /** {@code high} rows from i on, {@code width} columns at a time. */
    private void row(Source s, int high, int width) {
        Count n = p.columns();
        if (n.batch()) {
            s.line("int j = 0;");
            for (int w : new int[] {width, 1}) {
                s.open("for (; j <= " + columns() + " - " + w + "; j += " + w + ")");
                tile(s, high, w, v("j"));
                s.close();
            }
            return;
        }
        int whole = n.factor() / width * width;
        if (n.factor() == width) tile(s, high, width, Affine.ZERO);
        else {
            s.open("for (int j = 0; j < " + whole + "; j += " + width + ")");
            tile(s, high, width, v("j"));
            s.close();
            if (whole < n.factor()) tile(s, high, n.factor() - whole, Affine.of(Count.of(whole)));
        }
    }

    private void tile(Source s, int high, int width, Affine column) {
        for (int r = 0; r < high; r++)
            for (int x = 0; x < width; x++) s.line(real + " " + sum(r, x) + " = " + start(v("i").plus(r), column.plus(x)) + ";");
        openInner(s);
        for (int r = 0; r < high; r++)
            s.line("final " + real + " a" + r + " = " + a() + "[" + index(a(v("i").plus(r)).plus(inner(true))) + "];");
        for (int x = 0; x < width; x++) {
            String b = b() + "[" + index(b(column.plus(x)).plus(inner(false))) + "]";
            if (high > 1) s.line("final " + real + " b" + x + " = " + b + ";");
            for (int r = 0; r < high; r++) s.line(sum(r, x) + " += a" + r + " * " + (high > 1 ? "b" + x : b) + ";");
        }
        closeInner(s);
        for (int r = 0; r < high; r++)
            for (int x = 0; x < width; x++)
                s.line(c() + "[" + index(c(v("i").plus(r), column.plus(x))) + "] = " + sum(r, x) + ";");
    }

    private static String sum(int row, int column) {
        return "s" + row + "_" + column;
    }
}
