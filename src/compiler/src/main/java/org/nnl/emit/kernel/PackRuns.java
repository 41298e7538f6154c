package org.nnl.emit.kernel;

import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;
import org.nnl.schedule.Product;

/**
 * Copies columns that lie in runs together. A vector of the panel is made of the runs that it covers: each is read where
 * it falls on its lanes, and blended over the one before.
 */
final class PackRuns {
    private final ProductText text;
    private final Product p;
    private final String vector;
    private final int most;
    private final int length;
    private final int gap;

    PackRuns(ProductText text, String vector, int most) {
        this.text = text;
        this.p = text.p;
        this.vector = vector;
        this.most = most;
        this.length = p.b().runs().length();
        this.gap = p.b().runs().apart() - length;
    }

    /** Most runs that a vector covers. */
    private int pieces() {
        boolean aligned = p.columns().factor() % most == 0 && most % length == 0;
        return aligned ? most / length : (most + length - 2) / length + 1;
    }

    /** How far the last element of a sum is from the first. */
    private int reach() {
        int reach = 0;
        for (Product.Inner i : p.inner()) reach += (i.count().factor() - 1) * i.bStride().factor();
        return reach;
    }

    private String at(String start) {
        return text.index(Affine.variable(start).plus(text.inner(false)));
    }

    /**
     * @param width vectors of a row of the panel
     * @param w     the same in elements, as Java
     */
    void write(Source s, int width, String w) {
        s.open("for (int x = 0; x < " + w + "; x += LANES)");
        s.line("final int run = (j + x) / " + length + ", in = (j + x) % " + length + ", more = (in + LANES - 1) / " + length + ";");
        Affine from = p.b().offset().plus(Affine.variable("run").times(Count.of(p.b().runs().apart()))).plus(Affine.variable("in"));
        s.line("final int from = " + text.index(from) + ";");
        s.line("int to = x;");
        s.open("if (from + more * " + gap + " + " + reach() + " + LANES > " + text.b() + ".length)");
        s.line("// vectors would end behind the array");
        text.openInner(s);
        s.line("final int at = " + at("from") + ";");
        s.line("for (int l = 0; l < LANES; l++) scratch[to + l] = " + text.b() + "[at + l + (in + l) / " + length + " * " + gap + "];");
        s.line("to += " + w + ";");
        text.closeInner(s);
        s.close();
        if (length >= most) {
            s.open("else if (more == 0)");
            copy(s, w, 1);
            s.close();
        }
        s.open("else");
        int pieces = pieces();
        String mask = "VectorMask<" + (text.real.equals("float") ? "Float" : "Double") + ">";
        for (int k = 1; k < pieces; k++) {
            s.line("final int from" + k + " = from + Math.min(" + k + ", more) * " + gap + ";");
            s.line("final " + mask + " run" + k + " = " + vector + ".zero(SPECIES).addIndex(1).compare(VectorOperators.GE, "
                    + k * length + " - in);");
        }
        copy(s, w, pieces);
        s.close();
        s.close();
    }

    private void copy(Source s, String w, int pieces) {
        text.openInner(s);
        StringBuilder y = new StringBuilder();
        for (int k = 0; k < pieces; k++) {
            String piece = vector + ".fromArray(SPECIES, " + text.b() + ", " + at(k == 0 ? "from" : "from" + k) + ")";
            y.append(k == 0 ? piece : ".blend(" + piece + ", run" + k + ")");
        }
        s.line(y + ".intoArray(scratch, to);");
        s.line("to += " + w + ";");
        text.closeInner(s);
    }
}
