package org.nnl.emit.kernel;

import java.util.ArrayList;
import java.util.List;
import org.nnl.Options.Precision;
import org.nnl.emit.formula.Dialect;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;
import org.nnl.schedule.Product;

/**
 * A product in plain Java. HotSpot turns a loop into vector instructions only if its arrays are indexed by the bare loop
 * variable and one of them is written, so eight rows of the second factor and one row of sums are kept in arrays of
 * their own: {@code sums[j] += a0·b0[j] + … + a7·b7[j]}, 28 to 42 % of the peak where any other form reaches 18.
 */
final class ScalarProduct extends ProductText {
    private static final int DEPTH = 8;

    /** The arrays in a kernel's scratch: rows of the second factor, and a row of sums. */
    static final int ROWS = DEPTH + 1;

    private ScalarProduct(Parametrised p, String name, Surroundings around, Precision precision) {
        super(p, name, around, Dialect.scalar(precision), precision.java() + "[][]");
    }

    static Kernel of(Parametrised general, String name, Surroundings around, Precision precision) {
        ScalarProduct w = new ScalarProduct(general, name, around, precision);
        Product p = general.product();
        Count last = p.inner().get(p.inner().size() - 1).count();
        boolean blocked = (p.inner().size() == 1 || last.batch() || last.factor() >= DEPTH)
                && !p.columns().batch()
                && p.columns().factor() >= 8
                && p.c().columnStride().isOne()
                && (p.rows().batch() || p.rows().factor() >= 4)
                && (last.batch() || last.factor() >= 4);
        if (blocked) w.blocked();
        else w.plainMethod();
        return w.kernel();
    }

    /** The loop of the sum that runs in steps of eight, within the others. */
    private Product.Inner in() {
        return p.inner().get(p.inner().size() - 1);
    }

    /** The variables of the loops around it, and its own. */
    private String[] variables() {
        List<String> all = new ArrayList<>();
        for (int l = 0; l < p.inner().size() - 1; l++) all.add(k(l));
        all.add("k");
        return all.toArray(String[]::new);
    }

    /** Where a factor's elements are at {@code k}, from the first on. */
    private Affine at(boolean ofA, Affine k) {
        String own = k(p.inner().size() - 1);
        return inner(ofA).substitute(x -> x.equals(own) ? k : null);
    }

    /** All k in steps of eight; for each, all rows; the sums stay in c meanwhile. */
    private void blocked() {
        scratch = p.columns().factor();
        boolean rest = in().count().batch() || in().count().factor() % DEPTH != 0;
        add(DEPTH);
        if (rest) add(1);
        if (!p.epilogue().isEmpty()) finish();
        Source s = new Source();
        String bRow = index(b(Affine.ZERO).plus(at(false, v("q"))));
        if (!p.accumulate()) zero(s);
        for (int l = 0; l < p.inner().size() - 1; l++)
            s.open("for (int " + k(l) + " = 0; " + k(l) + " < " + count(p.inner().get(l)) + "; " + k(l) + "++)");
        s.line("int k = 0;");
        for (int high : rest ? new int[] {DEPTH, 1} : new int[] {DEPTH}) {
            s.open("for (; k <= " + count(in()) + " - " + high + "; k += " + high + ")");
            s.open("for (int l = 0; l < " + high + "; l++)");
            s.line("final int q = k + l, from = " + bRow + ";");
            s.line("final " + real + "[] row = scratch[l];");
            if (p.b().stride().isOne()) s.line("System.arraycopy(" + b() + ", from, row, 0, " + columns() + ");");
            else
                s.line("for (int j = 0; j < " + columns() + "; j++) row[j] = " + b() + "[from + j * "
                        + parenthesised(count(p.b().stride())) + "];");
            s.close();
            s.line(call(name + "_add" + high));
            s.close();
        }
        for (int l = 0; l < p.inner().size() - 1; l++) s.close();
        if (!p.epilogue().isEmpty()) s.line(call(name + "_finish"));
        method(comment(), name, s);
    }

    /** Every row of c with {@code high} rows of b, from k on. */
    private void add(int high) {
        Source s = new Source();
        s.line("final " + real + "[] sums = scratch[" + DEPTH + "];");
        for (int r = 0; r < high; r++) s.line("final " + real + "[] b" + r + " = scratch[" + r + "];");
        s.open("for (int i = first; i < last; i++)");
        s.line("final int from = " + index(c(v("i"), Affine.ZERO)) + ";");
        s.line("System.arraycopy(" + c() + ", from, sums, 0, " + columns() + ");");
        StringBuilder sum = new StringBuilder();
        for (int r = 0; r < high; r++) {
            Affine at = a(v("i")).plus(at(true, v("k").plus(r)));
            s.line("final " + real + " a" + r + " = " + a() + "[" + index(at) + "];");
            sum.append(r == 0 ? "" : " + ").append("a" + r + " * b" + r + "[j]");
        }
        s.line("for (int j = 0; j < " + columns() + "; j++) sums[j] += " + sum + ";");
        s.line("System.arraycopy(sums, 0, " + c() + ", from, " + columns() + ");");
        method("", name + "_add" + high, s.close(), variables());
    }

    private void finish() {
        Source s = new Source();
        s.open("for (int i = first; i < last; i++)").open("for (int j = 0; j < " + columns() + "; j++)");
        s.line("final " + real + " sum = " + c() + "[" + index(c(v("i"), v("j"))) + "];");
        s.lines(epilogue.write(v("i"), v("j"), "sum", false, ""));
        method("", name + "_finish", s.close().close());
    }
}
