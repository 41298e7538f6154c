package org.nnl.emit.kernel;

import java.util.stream.IntStream;
import org.nnl.Options.Precision;
import org.nnl.emit.formula.Dialect;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;

/**
 * A product as dot products: k in lanes, four columns at a time. For few rows or columns whose factors are contiguous
 * in k.
 */
final class DotProduct extends LaneProduct {
    /** The parameter for the first of the last columns. */
    static final String FROM = "from";

    /** Whether tiles are four rows by a column, where there may be a single column. */
    private final boolean tall;

    private DotProduct(Parametrised p, String name, Surroundings around, Precision precision) {
        super(p, name, around, precision);
        tall = p.product().columns().batch();
    }

    static Kernel of(Parametrised p, String name, Surroundings around, Precision precision) {
        DotProduct w = new DotProduct(p, name, around, precision);
        if (w.tall) w.tall("0");
        else w.wide();
        return w.kernel();
    }

    /** The columns from {@link #FROM} on, where their number is that of the examples. */
    static Kernel rest(Parametrised p, String name, Surroundings around, Precision precision) {
        DotProduct w = new DotProduct(p, name, around, precision);
        w.tall(FROM, FROM);
        return w.kernel();
    }

    /** Tiles of four rows by a column. */
    private void tall(String from, String... own) {
        functions.add(Dialect.AHEAD);
        Source s = new Source();
        s.line("int i = first;");
        for (int high = 4; high > 0; high -= 3) {
            s.open("for (; i <= last - " + high + "; i += " + high + ")");
            s.open("for (int j = " + from + "; j < " + columns() + "; j++)");
            sums(s, high);
            s.close().close();
        }
        method(own.length > 0 ? "" : comment(), name, s, own);
    }

    /** Tiles of a row by four columns. */
    private void wide() {
        functions.add(Dialect.AHEAD);
        Source s = new Source();
        s.open("for (int i = first; i < last; i++)");
        s.line("int j = 0;");
        if (p.columns().factor() >= 4) {
            s.open("for (; j <= " + columns() + " - 4; j += 4)");
            sums(s, 4);
            s.close();
        }
        if (p.columns().factor() % 4 != 0) {
            s.open("for (; j < " + columns() + "; j++)");
            sums(s, 1);
            s.close();
        }
        method(comment(), name, s.close());
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

    private Affine row(int x) {
        return tall ? v("i").plus(x) : v("i");
    }

    private Affine column(int x) {
        return tall ? v("j") : v("j").plus(x);
    }

    /** The sums of so many columns of a row, or rows of a column, which share a vector of one factor. */
    private void sums(Source s, int width) {
        int last = p.inner().size() - 1;
        String n = count(lastCount());
        for (int x = 0; x < width; x++) s.line(vector + " v" + x + " = " + vector + ".zero(SPECIES);");
        for (int x = 0; x < width; x++) s.line(real + " t" + x + " = " + start(row(x), column(x)) + ";");
        for (int l = 0; l < last; l++)
            s.open("for (int " + k(l) + " = 0; " + k(l) + " < " + count(p.inner().get(l).count()) + "; " + k(l) + "++)");
        Affine ka = Affine.ZERO, kb = Affine.ZERO;
        for (int l = 0; l < last; l++) {
            ka = ka.plus(v(k(l)).times(p.inner().get(l).aStride()));
            kb = kb.plus(v(k(l)).times(p.inner().get(l).bStride()));
        }
        String one = tall ? b() : a(), many = tall ? a() : b(), o = tall ? "b" : "a", m = tall ? "a" : "b";
        s.line("final int " + o + "0 = " + index(tall ? b(column(0)).plus(kb) : a(row(0)).plus(ka)) + ";");
        for (int x = 0; x < width; x++)
            s.line("final int " + m + x + " = " + index(tall ? a(row(x)).plus(ka) : b(column(x)).plus(kb)) + ";");
        s.line("int q = 0;");
        s.open("for (; q <= " + n + " - LANES; q += LANES)");
        s.line("final " + vector + " x = " + vector + ".fromArray(SPECIES, " + one + ", " + o + "0 + q);");
        for (int x = 0; x < width; x++)
            s.line("v" + x + " = x.fma(" + vector + ".fromArray(SPECIES, " + many + ", " + m + x + " + q), v" + x + ");");
        s.close();
        if (leavesMuch()) {
            s.open("if (q < " + n + ")");
            s.line("final VectorMask<" + (real.equals("float") ? "Float" : "Double") + "> old = " + vector
                    + ".zero(SPECIES).addIndex(1).compare(VectorOperators.LT, LANES - (" + n + " - q));");
            s.line("q = " + n + " - LANES;");
            s.line("final " + vector + " x = " + vector + ".fromArray(SPECIES, " + one + ", " + o + "0 + q).blend(0, old);");
            for (int x = 0; x < width; x++)
                s.line("v" + x + " = x.fma(" + vector + ".fromArray(SPECIES, " + many + ", " + m + x + " + q).blend(0, old), v" + x + ");");
            s.close();
        } else if (!isWhole()) {
            s.open("for (; q < " + n + "; q++)");
            for (int x = 0; x < width; x++) s.line("t" + x + " += " + one + "[" + o + "0 + q] * " + many + "[" + m + x + " + q];");
            s.close();
        }
        for (int l = 0; l < last; l++) s.close();
        s.lines(dialect.sumLanes(IntStream.range(0, width).mapToObj(x -> "v" + x).toArray(String[]::new)));
        for (int x = 0; x < width; x++) {
            s.line("final " + real + " sum" + x + " = t" + x + " + v" + x + ".lane(0);");
            s.lines(epilogue.write(row(x), column(x), "sum" + x, false, "_" + width + x));
        }
    }
}
