package org.nnl.emit.kernel;

import java.util.List;
import java.util.stream.IntStream;
import org.nnl.Options.Precision;
import org.nnl.emit.formula.Dialect;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Product;

/**
 * A product in plain Java. HotSpot turns a loop into vector instructions only if its arrays are indexed by the bare loop
 * variable and one of them is written, so eight rows of the second factor and one row of sums are kept in arrays of
 * their own: {@code sums[j] += a0·b0[j] + … + a7·b7[j]}, 28 to 42 % of the peak where any other form reaches 18.
 */
final class BlockedProduct extends ProductText {
    private static final int DEPTH = 8;

    /** The arrays in a kernel's scratch: rows of the second factor, and a row of sums. */
    static final int ROWS = DEPTH + 1;

    /** The loop of the sum that goes in steps, within the others. */
    private final int stepping;

    /** How far a step goes. */
    private final int depth;

    private BlockedProduct(Parametrised general, String name, Surroundings around, Precision precision) {
        super(general, name, around, Dialect.scalar(precision), precision.java() + "[][]");
        stepping = stepping(p);
        depth = Math.min(DEPTH, steps(in()));
    }

    static Kernel of(Parametrised p, String name, Surroundings around, Precision precision) {
        BlockedProduct w = new BlockedProduct(p, name, around, precision);
        w.blocked();
        return w.kernel();
    }

    /** Whether rows are long enough, and used often enough, to be worth their copies; columns that lie in runs have to be copied. */
    static boolean suits(Product p) {
        return p.b().runs() != null
                || !p.columns().batch() && p.columns().factor() >= DEPTH
                && p.c().columnStride().isOne()
                && (p.rows().batch() || p.rows().factor() >= 4)
                && steps(p.inner().get(stepping(p))) >= (p.inner().size() == 1 ? 4 : 3);
    }

    /** The last loop of the sum with eight steps or more; the longest if there is none. */
    private static int stepping(Product p) {
        List<Product.Inner> all = p.inner();
        int best = all.size() - 1;
        for (int l = best - 1; l >= 0; l--) if (Math.min(DEPTH, steps(all.get(l))) > steps(all.get(best))) best = l;
        return best;
    }

    /** How often a loop runs; as many times as it takes where that is the number of examples. */
    private static int steps(Product.Inner in) {
        return in.count().batch() ? Integer.MAX_VALUE : in.count().factor();
    }

    private Product.Inner in() {
        return p.inner().get(stepping);
    }

    /** The variables of the loops around it, and its own if it has more than one step. */
    private String[] variables() {
        IntStream all = once() ? others() : IntStream.concat(others(), IntStream.of(stepping));
        return all.mapToObj(l -> l == stepping ? "k" : k(l)).toArray(String[]::new);
    }

    private boolean once() {
        return steps(in()) == depth;
    }

    /** Where a step begins. */
    private Affine k() {
        return once() ? Affine.ZERO : v("k");
    }

    private IntStream others() {
        return IntStream.range(0, p.inner().size()).filter(l -> l != stepping);
    }

    /** Where a factor's elements are at {@code k}, from the first on. */
    private Affine at(boolean ofA, Affine k) {
        return inner(ofA).substitute(x -> x.equals(k(stepping)) ? k : null);
    }

    /** All k in steps; for each, all rows; the sums stay in c meanwhile. */
    private void blocked() {
        scratch = p.columns().factor();
        boolean rest = in().count().batch() || in().count().factor() % depth != 0;
        add(depth);
        if (rest) add(1);
        if (!p.epilogue().isEmpty()) finish();
        Source s = new Source();
        if (!p.accumulate()) zero(s);
        others().forEach(l -> openLoop(s, l, p.inner().get(l)));
        if (once()) step(s, depth);
        else {
            s.line("int k = 0;");
            for (int high : rest ? new int[] {depth, 1} : new int[] {depth}) {
                s.open("for (; k <= " + count(in()) + " - " + high + "; k += " + high + ")");
                step(s, high);
                s.close();
            }
        }
        others().forEach(l -> s.close());
        if (!p.epilogue().isEmpty()) s.line(call(name + "_finish"));
        method(comment(), name, s);
    }

    /** Copies {@code high} rows of b, from k on, and adds what they give. */
    private void step(Source s, int high) {
        s.open("for (int l = 0; l < " + high + "; l++)");
        Affine from = b(Affine.ZERO).plus(at(false, once() ? v("l") : v("q")));
        s.line("final int " + (once() ? "" : "q = k + l, ") + "from = " + index(from) + ";");
        s.line("final " + real + "[] row = scratch[l];");
        Product.Runs runs = p.b().runs();
        if (runs != null) s.line("for (int run = 0; run < " + p.columns().factor() / runs.length() + "; run++) System.arraycopy(" + b()
                + ", from + " + runs.apart() + " * run, row, " + runs.length() + " * run, " + runs.length() + ");");
        else if (p.b().stride().isOne()) s.line("System.arraycopy(" + b() + ", from, row, 0, " + columns() + ");");
        else
            s.line("for (int j = 0; j < " + columns() + "; j++) row[j] = " + b() + "[from + j * "
                    + parenthesised(count(p.b().stride())) + "];");
        s.close();
        s.line(call(name + "_add" + high));
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
            Affine at = a(v("i")).plus(at(true, k().plus(r)));
            s.line("final " + real + " a" + r + " = " + a() + "[" + index(at) + "];");
            sum.append(r == 0 ? "" : " + ").append("a" + r + " * b" + r + "[j]");
        }
        s.line("for (int j = 0; j < " + columns() + "; j++) sums[j] += " + sum + ";");
        s.line("System.arraycopy(sums, 0, " + c() + ", from, " + columns() + ");");
        method("", name + "_add" + high, s.close(), variables());
    }
}
