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
    private DotProduct(Parametrised p, String name, Surroundings around, Precision precision) {
        super(p, name, around, precision);
    }

    static Kernel of(Parametrised p, String name, Surroundings around, Precision precision) {
        DotProduct w = new DotProduct(p, name, around, precision);
        w.dots();
        return w.kernel();
    }

    private void dots() {
        functions.add(Dialect.AHEAD);
        Source s = new Source();
        s.open("for (int i = first; i < last; i++)");
        s.line("int j = 0;");
        if (p.columns().batch() || p.columns().factor() >= 4) {
            s.open("for (; j <= " + columns() + " - 4; j += 4)");
            columns(s, 4);
            s.close();
        }
        if (p.columns().batch() || p.columns().factor() % 4 != 0) {
            s.open("for (; j < " + columns() + "; j++)");
            columns(s, 1);
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

    private void columns(Source s, int width) {
        int last = p.inner().size() - 1;
        String n = count(lastCount());
        for (int x = 0; x < width; x++) s.line(vector + " v" + x + " = " + vector + ".zero(SPECIES);");
        for (int x = 0; x < width; x++) s.line(real + " t" + x + " = " + start(v("i"), v("j").plus(x)) + ";");
        for (int l = 0; l < last; l++)
            s.open("for (int " + k(l) + " = 0; " + k(l) + " < " + count(p.inner().get(l).count()) + "; " + k(l) + "++)");
        Affine ka = Affine.ZERO, kb = Affine.ZERO;
        for (int l = 0; l < last; l++) {
            ka = ka.plus(v(k(l)).times(p.inner().get(l).aStride()));
            kb = kb.plus(v(k(l)).times(p.inner().get(l).bStride()));
        }
        s.line("final int a0 = " + index(a(v("i")).plus(ka)) + ";");
        for (int x = 0; x < width; x++) s.line("final int b" + x + " = " + index(b(v("j").plus(x)).plus(kb)) + ";");
        s.line("int q = 0;");
        s.open("for (; q <= " + n + " - LANES; q += LANES)");
        s.line("final " + vector + " x = " + vector + ".fromArray(SPECIES, " + a() + ", a0 + q);");
        for (int x = 0; x < width; x++)
            s.line("v" + x + " = x.fma(" + vector + ".fromArray(SPECIES, " + b() + ", b" + x + " + q), v" + x + ");");
        s.close();
        if (leavesMuch()) {
            s.open("if (q < " + n + ")");
            s.line("final VectorMask<" + (real.equals("float") ? "Float" : "Double") + "> old = " + vector
                    + ".zero(SPECIES).addIndex(1).compare(VectorOperators.LT, LANES - (" + n + " - q));");
            s.line("q = " + n + " - LANES;");
            s.line("final " + vector + " x = " + vector + ".fromArray(SPECIES, " + a() + ", a0 + q).blend(0, old);");
            for (int x = 0; x < width; x++)
                s.line("v" + x + " = x.fma(" + vector + ".fromArray(SPECIES, " + b() + ", b" + x + " + q).blend(0, old), v" + x + ");");
            s.close();
        } else if (!isWhole()) {
            s.open("for (; q < " + n + "; q++)");
            for (int x = 0; x < width; x++) s.line("t" + x + " += " + a() + "[a0 + q] * " + b() + "[b" + x + " + q];");
            s.close();
        }
        for (int l = 0; l < last; l++) s.close();
        s.lines(dialect.sumLanes(IntStream.range(0, width).mapToObj(x -> "v" + x).toArray(String[]::new)));
        for (int x = 0; x < width; x++) {
            s.line("final " + real + " sum" + x + " = t" + x + " + v" + x + ".lane(0);");
            s.lines(epilogue.write(v("i"), v("j").plus(x), "sum" + x, false, "_" + width + x));
        }
    }
}
