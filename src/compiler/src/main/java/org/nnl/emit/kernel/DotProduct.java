package org.nnl.emit.kernel;

import java.util.stream.IntStream;
import org.nnl.Options.Precision;
import org.nnl.emit.formula.Dialect;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;

/**
 * A product as dot products: k in lanes, some columns and up to four rows at a time. For few rows or columns whose factors
 * are contiguous in k.
 */
final class DotProduct extends LaneProduct {
    /** The parameter for the first of the last columns. */
    static final String FROM = "from";

    /** Whether the epilogue runs in a loop of its own, in lanes. */
    private final boolean late;

    private DotProduct(Parametrised general, String name, Surroundings around, Precision precision) {
        super(general, name, around, precision);
        boolean rows = p.contiguous().equals(p.row());
        Count side = rows ? p.c().rowStride() : p.c().columnStride(), size = rows ? p.rows() : p.columns();
        late = isCostly() && side.isOne() && !size.batch() && size.factor() >= most;
    }

    static Kernel of(Parametrised p, String name, Surroundings around, Precision precision) {
        DotProduct w = new DotProduct(p, name, around, precision);
        if (p.product().columns().batch()) w.tall("0");
        else w.wide();
        return w.kernel();
    }

    /** The columns from {@link #FROM} on, where their number is that of the examples. */
    static Kernel rest(Parametrised p, String name, Surroundings around, Precision precision) {
        DotProduct w = new DotProduct(p, name, around, precision);
        w.tall(FROM, FROM);
        return w.kernel();
    }

    /** Tiles of four rows by a column, for there may be a single column. */
    private void tall(String from, String... own) {
        functions.add(Dialect.AHEAD);
        if (late) finish(from);
        Source s = new Source();
        s.line("int i = first;");
        for (int high = 4; high > 0; high -= 3) {
            s.open("for (; i <= last - " + high + "; i += " + high + ")");
            s.open("for (int j = " + from + "; j < " + columns() + "; j++)");
            tile(s, high, 1);
            s.close().close();
        }
        if (late) s.line(call(name + "_finish"));
        method(own.length > 0 ? "" : comment(), name, s, own);
    }

    /** Tiles of one row or several by some columns. */
    private void wide() {
        functions.add(Dialect.AHEAD);
        if (late) finish();
        int high = high();
        Source s = new Source();
        if (high > 1) {
            boolean higher = most > 8 && high == 2 && p.rows().factor() % 3 == 0;
            if (higher) rows(3);
            rows(high);
            rows(1);
            s.line("int i = first;");
            if (higher) {
                s.line("// vectors of 512 bits come with 32 registers");
                s.line("if (LANES == " + most + ") for (; i <= last - 3; i += 3) " + call(name + "_rows3", "i", "i"));
            }
            s.line("for (; i <= last - " + high + "; i += " + high + ") " + call(name + "_rows" + high, "i", "i"));
            s.line((high == 2 ? "if (i < last) " : "for (; i < last; i++) ") + call(name + "_rows1", "i", "i"));
        } else {
            s.open("for (int i = first; i < last; i++)");
            row(s, 1);
            s.close();
        }
        if (late) s.line(call(name + "_finish"));
        method(comment(), name, s);
    }

    /** So many rows at a time, which share what is read of the columns. */
    private void rows(int high) {
        Source s = new Source();
        row(s, high);
        method("", name + "_rows" + high, s, "i");
    }

    /** All columns of some rows. */
    private void row(Source s, int high) {
        int wide = width(high);
        s.line("int j = 0;");
        if (p.columns().factor() >= wide) {
            s.open("for (; j <= " + columns() + " - " + wide + "; j += " + wide + ")");
            tile(s, high, wide);
            s.close();
        }
        if (p.columns().factor() % wide != 0) {
            s.open("for (; j < " + columns() + "; j++)");
            tile(s, high, 1);
            s.close();
        }
    }

    /** Rows at a time: four of any number, if sums are so long that tiles of columns do no better; two of a few, three with 32 registers. */
    private int high() {
        if (Tiling.areLong(p, most)) return 4;
        return !p.rows().batch() && p.rows().factor() > 1 ? 2 : 1;
    }

    /** Columns at a time: four, or all of a few more, two with four rows. They leave 16 registers some for the factors. */
    private int width(int high) {
        if (high == 4) return 2;
        return p.columns().factor() == 5 || p.columns().factor() == 6 ? p.columns().factor() : 4;
    }

    private Count lastCount() {
        return p.inner().get(p.inner().size() - 1).count();
    }

    /** Whether k is whole vectors. */
    private boolean isWhole() {
        return !lastCount().batch() && lastCount().factor() % most == 0;
    }

    /** Whether whole vectors may leave so much of k that a vector more, which starts early, pays. */
    private boolean leavesMuch() {
        int k = lastCount().factor();
        return !lastCount().batch() && k > most && k % most >= most / 4;
    }

    /** The sums of some rows and columns. */
    private void tile(Source s, int high, int width) {
        int last = p.inner().size() - 1;
        String n = count(p.inner().get(last));
        for (int r = 0; r < high; r++)
            for (int x = 0; x < width; x++) s.line(vector + " " + sum("v", r, x) + " = " + vector + ".zero(SPECIES);");
        for (int r = 0; r < high; r++)
            for (int x = 0; x < width; x++)
                s.line(real + " " + sum("t", r, x) + " = " + start(v("i").plus(r), v("j").plus(x)) + ";");
        for (int l = 0; l < last; l++)
            s.open("for (int " + k(l) + " = 0; " + k(l) + " < " + count(p.inner().get(l)) + "; " + k(l) + "++)");
        Affine ka = Affine.ZERO, kb = Affine.ZERO;
        for (int l = 0; l < last; l++) {
            ka = ka.plus(v(k(l)).times(p.inner().get(l).aStride()));
            kb = kb.plus(v(k(l)).times(p.inner().get(l).bStride()));
        }
        for (int r = 0; r < high; r++) s.line("final int a" + r + " = " + index(a(v("i").plus(r)).plus(ka)) + ";");
        for (int x = 0; x < width; x++) s.line("final int b" + x + " = " + index(b(v("j").plus(x)).plus(kb)) + ";");
        s.line("int q = 0;");
        s.open("for (; q <= " + n + " - LANES; q += LANES)");
        vectors(s, high, width, "");
        s.close();
        if (leavesMuch()) {
            s.open("if (q < " + n + ")");
            s.line("final VectorMask<" + (real.equals("float") ? "Float" : "Double") + "> old = " + vector
                    + ".zero(SPECIES).addIndex(1).compare(VectorOperators.LT, LANES - (" + n + " - q));");
            s.line("q = " + n + " - LANES;");
            vectors(s, high, width, ".blend(0, old)");
            s.close();
        } else if (!isWhole()) {
            s.open("for (; q < " + n + "; q++)");
            for (int r = 0; r < high; r++)
                for (int x = 0; x < width; x++)
                    s.line(sum("t", r, x) + " += " + a() + "[a" + r + " + q] * " + b() + "[b" + x + " + q];");
            s.close();
        }
        for (int l = 0; l < last; l++) s.close();
        if (width == 1) s.lines(dialect.sumLanes(IntStream.range(0, high).mapToObj(r -> sum("v", r, 0)).toArray(String[]::new)));
        else
            for (int r = 0; r < high; r++) {
                int row = r;
                s.lines(dialect.sumLanes(IntStream.range(0, width).mapToObj(x -> sum("v", row, x)).toArray(String[]::new)));
            }
        for (int r = 0; r < high; r++)
            for (int x = 0; x < width; x++) {
                String sum = sum("sum", r, x);
                s.line("final " + real + " " + sum + " = " + sum("t", r, x) + " + " + sum("v", r, x) + ".lane(0);");
                Affine row = v("i").plus(r), column = v("j").plus(x);
                if (late) s.line(c() + "[" + index(c(row, column)) + "] = " + sum + ";");
                else s.lines(epilogue.write(row, column, sum, false, "_" + width + (r == 0 ? "" : r) + x));
            }
    }

    /** A vector more of each sum. */
    private void vectors(Source s, int high, int width, String kept) {
        for (int r = 0; r < high; r++)
            s.line("final " + vector + " " + row(high, r) + " = " + vector + ".fromArray(SPECIES, " + a() + ", a" + r + " + q)" + kept + ";");
        for (int x = 0; x < width; x++) {
            String y = vector + ".fromArray(SPECIES, " + b() + ", b" + x + " + q)" + kept;
            if (high > 1) s.line("final " + vector + " y" + x + " = " + y + ";");
            for (int r = 0; r < high; r++)
                s.line(sum("v", r, x) + " = " + row(high, r) + ".fma(" + (high > 1 ? "y" + x : y) + ", " + sum("v", r, x) + ");");
        }
    }

    private static String row(int high, int r) {
        return high > 1 ? "x" + r : "x";
    }

    private static String sum(String kind, int row, int column) {
        return kind + (row == 0 ? "" : "_" + row + "_") + column;
    }
}
