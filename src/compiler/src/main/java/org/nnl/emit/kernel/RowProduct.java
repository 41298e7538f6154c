package org.nnl.emit.kernel;

import org.nnl.Options.Precision;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Product;

/**
 * A product row by row. Columns run through lanes, so many vectors side by side that the multiply-adder always has work
 * that waits for nothing; a row shorter than that has its sum in parts. For few rows, where rows of the second factor are
 * contiguous.
 */
final class RowProduct extends LaneProduct {
    /** Multiply-adds that must be under way at once: four cycles each, two begun a cycle. */
    private static final int UNDER_WAY = 8;

    private final boolean late;

    private RowProduct(Parametrised p, String name, Surroundings around, Precision precision) {
        super(p, name, around, precision);
        late = isLate(super.p.accumulate());
    }

    static Kernel of(Parametrised p, String name, Surroundings around, Precision precision) {
        RowProduct w = new RowProduct(p, name, around, precision);
        w.rows();
        return w.kernel();
    }

    private void rows() {
        if (late) finish();
        int wide = Math.min(UNDER_WAY, n() / most);
        Source s = new Source();
        s.open("for (int i = first; i < last; i++)");
        s.line("int j = 0;");
        s.open("for (; j <= " + columns() + " - " + lanes(wide) + "; j += " + lanes(wide) + ")");
        vectors(s, wide, v("j"));
        s.close();
        boolean repeatable = !p.accumulate() && (late || epilogue.isRepeatable());
        if (repeatable && n() % (wide * most) != 0) {
            s.open("for (; j < " + columns() + "; j += LANES)");
            s.line("final int from = Math.min(j, " + columns() + " - LANES);");
            vectors(s, 1, v("from"));
            s.close();
        } else {
            if (wide > 1 && n() % (wide * most) >= most) {
                s.open("for (; j <= " + columns() + " - LANES; j += LANES)");
                vectors(s, 1, v("j"));
                s.close();
            }
            if (n() % most != 0) {
                s.open("for (; j < " + columns() + "; j++)");
                element(s);
                s.close();
            }
        }
        s.close();
        if (late) s.line(call(name + "_finish"));
        method(comment(), name, s);
    }

    /** How many parts a sum has: a power of two, 1 where the sum has several loops. */
    private int parts(int width) {
        if (p.inner().size() > 1) return 1;
        int parts = 1;
        while (2 * parts * width <= UNDER_WAY && (p.depth().batch() || 4 * parts <= p.depth().factor())) parts *= 2;
        return parts;
    }

    private static String sum(int part, int x) {
        return "s" + part + x;
    }

    /** So many vectors of a row, from a column on. */
    private void vectors(Source s, int width, Affine column) {
        int parts = parts(width);
        for (int part = 0; part < parts; part++)
            for (int x = 0; x < width; x++)
                s.line(vector + " " + sum(part, x) + " = " + (part == 0 && p.accumulate()
                        ? vector + ".fromArray(SPECIES, " + c() + ", " + index(c(v("i"), at(column, x))) + ")"
                        : vector + ".zero(SPECIES)") + ";");
        if (p.inner().size() > 1) {
            openInner(s);
            step(s, 0, width, inner(true), column, inner(false));
            closeInner(s);
        } else {
            s.line("int k0 = 0;");
            s.open("for (; k0 " + (parts == 1 ? "< " + depthOfSum() + "; k0++)" : "<= " + depthOfSum() + " - " + parts + "; k0 += " + parts + ")"));
            for (int part = 0; part < parts; part++) step(s, part, width, v("k0").plus(part), column);
            s.close();
            if (p.depth().batch() && parts > 1 || p.depth().factor() % parts != 0) {
                s.open("for (; k0 < " + depthOfSum() + "; k0++)");
                step(s, 0, width, v("k0"), column);
                s.close();
            }
        }
        for (int n = parts / 2; n > 0; n /= 2)
            for (int part = 0; part < n; part++)
                for (int x = 0; x < width; x++)
                    s.line(sum(part, x) + " = " + sum(part, x) + ".add(" + sum(part + n, x) + ");");
        for (int x = 0; x < width; x++) {
            if (late) s.line(sum(0, x) + ".intoArray(" + c() + ", " + index(c(v("i"), at(column, x))) + ");");
            else s.lines(epilogue.write(v("i"), at(column, x), sum(0, x), true, "_" + width + x));
        }
    }

    private static Affine at(Affine column, int x) {
        for (int n = 0; n < x; n++) column = column.plus(v("LANES"));
        return column;
    }

    /** One element of the first factor times a row of the second. */
    private void step(Source s, int part, int width, Affine k, Affine column) {
        Product.Inner in = p.inner().get(0);
        step(s, part, width, k.times(in.aStride()), column, k.times(in.bStride()));
    }

    private void step(Source s, int part, int width, Affine inA, Affine column, Affine inB) {
        s.line("final " + vector + " x" + part + " = " + vector + ".broadcast(SPECIES, " + a() + "[" + index(a(v("i")).plus(inA)) + "]);");
        s.line("final int b" + part + " = " + index(b(column).plus(inB)) + ";");
        for (int x = 0; x < width; x++)
            s.line(sum(part, x) + " = x" + part + ".fma(" + vector + ".fromArray(SPECIES, " + b() + ", b" + part
                    + (x == 0 ? "" : x == 1 ? " + LANES" : " + " + x + " * LANES") + "), " + sum(part, x) + ");");
    }

    /** A single element. */
    private void element(Source s) {
        s.line(real + " sum = " + start(v("i"), v("j")) + ";");
        openInner(s);
        s.line("sum += " + a() + "[" + index(a(v("i")).plus(inner(true))) + "] * " + b() + "["
                + index(b(v("j")).plus(inner(false))) + "];");
        closeInner(s);
        if (late) s.line(c() + "[" + index(c(v("i"), v("j"))) + "] = sum;");
        else s.lines(epilogue.write(v("i"), v("j"), "sum", false, "_"));
    }
}
