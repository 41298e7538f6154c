package org.nnl.emit.kernel;

import java.util.List;
import org.nnl.Options.Precision;
import org.nnl.emit.formula.Dialect;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Product;

/**
 * A product in plain Java. HotSpot turns a loop into vector instructions only if its arrays are indexed by the bare loop
 * variable and one of them is written, so eight rows of the second factor and one row of sums are kept in arrays of
 * their own: {@code sums[j] += a0·b0[j] + … + a7·b7[j]}, 28 to 42 % of the peak where any other form reaches 18.
 */
public final class ScalarProduct extends ProductText {
    private static final int DEPTH = 8;

    private ScalarProduct(Product p, String name, List<String> variables, Surroundings around, Precision precision) {
        super(p, name, variables, around, Dialect.scalar(precision));
    }

    /**
     * The kernel of a product.
     *
     * @param name      of its method, unique in the class
     * @param variables of the loops around that it mentions
     */
    public static Kernel of(
            Product p, String name, List<String> variables, Surroundings around, Precision precision) {
        ScalarProduct w = new ScalarProduct(p, name, variables, around, precision);
        boolean blocked = p.inner().size() == 1
                && !p.columns().batch()
                && p.columns().factor() >= 8
                && p.c().columnStride().isOne()
                && (p.rows().batch() || p.rows().factor() >= 4)
                && (p.depth().batch() || p.depth().factor() >= 4);
        if (blocked) w.blocked();
        else w.plainMethod();
        return w.kernel(w.epilogue.functions());
    }

    /** All k in steps of eight; for each, all rows; the sums stay in c meanwhile. */
    private void blocked() {
        Product.Inner in = p.inner().get(0);
        String c = local(p.c().array()), b = local(p.b().array());
        Source s = new Source().open("private void " + name + "(" + parameters() + ")");
        s.line("if (" + rows() + " == 0) return;");
        locals(s, true);
        String bRow = index(b(Affine.ZERO).plus(v("q").times(in.bStride())));
        s.line("int k = 0;");
        if (!p.accumulate()) {
            s.open("for (int i = 0; i < " + rows() + "; i++)");
            s.line("java.util.Arrays.fill(" + c + ", " + index(c(v("i"), Affine.ZERO)) + ", "
                    + index(c(v("i"), of(p.columns()))) + ", " + dialect.literal(0) + ");");
            s.close();
        }
        for (int high : new int[] {DEPTH, 1}) {
            if (high == 1 && !p.depth().batch() && p.depth().factor() % DEPTH == 0) continue;
            s.open("for (; k <= " + around.count(p.depth()) + " - " + high + "; k += " + high + ")");
            s.open("for (int l = 0; l < " + high + "; l++)");
            s.line("final int q = k + l, from = " + bRow + ";");
            s.line("final " + real + "[] row = " + name + "Rows[l];");
            if (p.b().stride().isOne()) s.line("System.arraycopy(" + b + ", from, row, 0, " + columns() + ");");
            else
                s.line("for (int j = 0; j < " + columns() + "; j++) row[j] = " + b + "[from + j * ("
                        + around.count(p.b().stride()) + ")];");
            s.close();
            s.line(name + "Add" + high + "(" + arguments("k") + ");");
            s.close();
        }
        if (!p.epilogue().isEmpty()) s.line(name + "Finish(" + arguments() + ");");
        methods.add(s.close().toString());
        add(DEPTH);
        if (p.depth().batch() || p.depth().factor() % DEPTH != 0) add(1);
        if (!p.epilogue().isEmpty()) finish();
        buffers.add("private final " + real + "[][] " + name + "Rows = new " + real + "[" + (DEPTH + 1) + "][" + columns() + "];");
    }

    /** Every row of c with {@code high} rows of b, from k on. */
    private void add(int high) {
        Product.Inner in = p.inner().get(0);
        String c = local(p.c().array()), a = local(p.a().array());
        Source s = new Source().open("private void " + name + "Add" + high + "(" + parameters("int k") + ")");
        locals(s, true);
        s.line("final " + real + "[] sums = " + name + "Rows[" + DEPTH + "];");
        for (int r = 0; r < high; r++) s.line("final " + real + "[] b" + r + " = " + name + "Rows[" + r + "];");
        s.open("for (int i = 0; i < " + rows() + "; i++)");
        s.line("final int from = " + index(c(v("i"), Affine.ZERO)) + ";");
        s.line("System.arraycopy(" + c + ", from, sums, 0, " + columns() + ");");
        StringBuilder sum = new StringBuilder();
        for (int r = 0; r < high; r++) {
            Affine at = a(v("i")).plus(v("k").times(in.aStride())).plus(Affine.of(in.aStride()).times(org.nnl.schedule.Count.of(r)));
            s.line("final " + real + " a" + r + " = " + a + "[" + index(at) + "];");
            sum.append(r == 0 ? "" : " + ").append("a" + r + " * b" + r + "[j]");
        }
        s.line("for (int j = 0; j < " + columns() + "; j++) sums[j] += " + sum + ";");
        s.line("System.arraycopy(sums, 0, " + c + ", from, " + columns() + ");");
        methods.add(s.close().close().toString());
    }

    private void finish() {
        Source s = new Source().open("private void " + name + "Finish(" + parameters() + ")");
        locals(s, false);
        s.open("for (int i = 0; i < " + rows() + "; i++)").open("for (int j = 0; j < " + columns() + "; j++)");
        s.line("final " + real + " sum = " + local(p.c().array()) + "[" + index(c(v("i"), v("j"))) + "];");
        s.lines(epilogue.write(v("i"), v("j"), "sum", false, ""));
        methods.add(s.close().close().close().toString());
    }
}
