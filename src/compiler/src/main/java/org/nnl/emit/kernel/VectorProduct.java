package org.nnl.emit.kernel;

import java.util.ArrayList;
import java.util.List;
import org.nnl.Options.Precision;
import org.nnl.emit.formula.Cost;
import org.nnl.emit.formula.Dialect;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Product;

/**
 * A product in lanes. Columns run through lanes; the last vector of a row starts early enough to be whole, computing
 * some elements twice, or, where that would change the result, goes through a small buffer element by element, since
 * masked stores are slow on some platforms. No loop allocates.
 *
 * <p>The class must hold the constants {@code SPECIES} and {@code LANES}, the species of its precision and its length,
 * at most 16 lanes of {@code float} or 8 of {@code double}.
 */
public final class VectorProduct extends ProductText {
    private static final Affine LANES = Affine.variable("LANES");

    private final Tiling tiling;
    private final String vector;
    private final boolean narrow;
    private final boolean passes;
    private final boolean lateEpilogue;
    private final boolean repeatable;

    private VectorProduct(
            Product p, Tiling tiling, String name, List<String> variables, Surroundings around, Precision precision) {
        super(p, name, variables, around, Dialect.vector(precision));
        this.tiling = tiling;
        this.vector = dialect.realVector();
        this.narrow = !p.columns().batch() && p.columns().factor() < (precision == Precision.FLOAT ? 16 : 8);
        this.passes = tiling.form() == Tiling.Form.TILES && tiling.inPasses(p.depth());
        Cost cost = Cost.of(dialect, epilogue.values());
        this.lateEpilogue =
                !p.epilogue().isEmpty() && (passes || cost.transcendental() > 0 || cost.bytes() > 60);
        this.repeatable = !p.accumulate() && !passes && (lateEpilogue || epilogue.isRepeatable());
    }

    /**
     * The kernel of a product.
     *
     * @param name      of its method, unique in the class
     * @param variables of the loops around that it mentions
     */
    public static Kernel of(
            Product p, Tiling tiling, String name, List<String> variables, Surroundings around, Precision precision) {
        VectorProduct w = new VectorProduct(p, tiling, name, variables, around, precision);
        switch (tiling.form()) {
            case TILES -> w.tiles();
            case DOTS -> w.dots(name);
            case LOOPS -> w.plainMethod();
        }
        return w.kernel(w.epilogue.functions());
    }

    private boolean alongK() {
        Product.Inner last = p.inner().get(p.inner().size() - 1);
        return last.aStride().isOne() && last.bStride().isOne();
    }

    // ---- the loops around the tiles

    private void tiles() {
        boolean few = alongK() && tiling.packB() && (p.rows().batch() || p.rows().factor() < 4);
        if (few) dots(name + "Few");
        driver(few);
        if (tiling.packA()) packA();
        if (tiling.packB()) for (int width : new int[] {1, 2}) if (width == 1 || !narrow) packB(width);
        if (!narrow) {
            panel(2, false);
            panel(1, false);
        }
        if (narrow || !repeatable) panel(1, true);
        if (lateEpilogue) finish();
        if (tiling.packA()) buffer(name + "A", Integer.toString(tiling.depth() * tiling.block()));
        if (tiling.packB()) buffer(name + "B", tiling.depth() + " * 2 * LANES");
        if (narrow || !repeatable) buffer(name + "Last", "LANES");
    }

    /** Passes over k, blocks of rows, panels of columns. */
    private void driver(boolean few) {
        Source s = new Source().open("private void " + name + "(" + parameters() + ")");
        if (few) s.open("if (" + rows() + " < 4)").line(name + "Few(" + arguments() + ");").line("return;").close();
        if (passes) {
            if (!p.accumulate()) zero(s);
            s.open("for (int k = 0; k < " + around.count(p.depth()) + "; k += " + tiling.depth() + ")");
            s.line("final int depth = Math.min(" + tiling.depth() + ", " + around.count(p.depth()) + " - k);");
        } else if (tiling.packs()) {
            s.line("final int k = 0, depth = " + around.count(p.depth()) + ";");
        }
        String first = "0", last = rows();
        if (tiling.packA()) {
            s.open("for (int i = 0; i < " + rows() + "; i += " + tiling.block() + ")");
            s.line("final int end = Math.min(i + " + tiling.block() + ", " + rows() + ");");
            s.line(name + "PackA(" + arguments("k", "depth", "i", "end") + ");");
            first = "i";
            last = "end";
        }
        if (narrow) {
            panelCall(s, 1, true, "0", first, last);
        } else {
            String n = columns();
            s.line("int j = 0;");
            s.open("for (; j <= " + n + " - 2 * LANES; j += 2 * LANES)");
            panelCall(s, 2, false, "j", first, last);
            s.close();
            if (repeatable) {
                if (p.columns().factor() >= 32) {
                    s.open("if (" + n + " - j > LANES)");
                    panelCall(s, 2, false, n + " - 2 * LANES", first, last);
                    s.close();
                    s.open("else if (j < " + n + ")");
                } else {
                    s.open("if (j <= " + n + " - LANES)");
                    panelCall(s, 1, false, "j", first, last);
                    s.line("j += LANES;").close();
                    s.open("if (j < " + n + ")");
                }
                panelCall(s, 1, false, n + " - LANES", first, last);
                s.close();
            } else {
                s.open("if (j <= " + n + " - LANES)");
                panelCall(s, 1, false, "j", first, last);
                s.line("j += LANES;").close();
                s.open("if (j < " + n + ")");
                panelCall(s, 1, true, "j", first, last);
                s.close();
            }
        }
        if (tiling.packA()) s.close();
        if (passes) s.close();
        if (lateEpilogue) s.line(name + "Finish(" + arguments() + ");");
        methods.add(0, s.close().toString());
    }

    private String[] panelArguments(String j, String first, String last) {
        List<String> own = new ArrayList<>(List.of(j, first, last));
        if (tiling.packs()) own.addAll(List.of("k", "depth"));
        return own.toArray(String[]::new);
    }

    private void panelCall(Source s, int width, boolean part, String j, String first, String last) {
        if (tiling.packB()) s.line(name + "PackB" + width + "(" + arguments("k", "depth", part && !narrow ? columns() + " - LANES" : j) + ");");
        s.line(name + (part ? "Last" : "Panel" + width) + "(" + arguments(panelArguments(j, first, last)) + ");");
    }

    private void zero(Source s) {
        String c = "this." + around.array(p.c().array());
        s.open("for (int i = 0; i < " + rows() + "; i++)");
        s.line("java.util.Arrays.fill(" + c + ", " + index(c(v("i"), Affine.ZERO)) + ", "
                + index(c(v("i"), of(p.columns()))) + ", " + dialect.literal(0) + ");");
        s.close();
    }

    // ---- copying factors together

    /** Column l of a slab is row i + l, so that a tile reads its rows side by side. */
    private void packA() {
        Source s = new Source().open("private void " + name + "PackA(" + parameters("int k", "int depth", "int i", "int end") + ")");
        String a = local(p.a().array());
        s.line("final " + real + "[] " + a + " = this." + around.array(p.a().array()) + ", slab = this." + name + "A;");
        s.line("int to = 0;");
        s.open("for (int r = i; r < end; r += " + tiling.rows() + ")");
        s.line("final int high = Math.min(" + tiling.rows() + ", end - r);");
        s.open("for (int q = 0; q < depth; q++)");
        s.line("final int from = " + index(a(v("r"))) + " + (k + q) * " + parenthesised(around.count(p.inner().get(0).aStride())) + ";");
        s.line("for (int l = 0; l < high; l++) slab[to + l] = " + a + "[from + l];");
        s.line("to += high;");
        methods.add(s.close().close().close().toString());
    }

    private static String parenthesised(String e) {
        return e.matches("\\w+") ? e : "(" + e + ")";
    }

    /** Rows of {@code width} vectors, one after the other; contiguous rows by vectors, others transposed. */
    private void packB(int width) {
        Source s = new Source()
                .open("private void " + name + "PackB" + width + "(" + parameters("int k", "int depth", "int j") + ")");
        String b = local(p.b().array());
        s.line("final " + real + "[] " + b + " = this." + around.array(p.b().array()) + ", panel = this." + name + "B;");
        boolean contiguous = p.b().stride().isOne();
        boolean single = p.inner().size() == 1;
        String from;
        String w = width == 1 ? "LANES" : width + " * LANES";
        if (contiguous || !single) {
            if (single) {
                s.open("for (int q = 0; q < depth; q++)");
                s.line("final int from = " + index(b(v("j"))) + " + (k + q) * " + parenthesised(around.count(p.inner().get(0).bStride())) + ", to = q * " + w + ";");
            } else {
                s.line("int to = 0;");
                openInner(s);
                s.line("final int from = " + index(b(v("j")).plus(inner(false))) + ";");
            }
            if (contiguous && !narrow) {
                for (int x = 0; x < width; x++) {
                    String off = x == 0 ? "" : " + LANES";
                    s.line(vector + ".fromArray(SPECIES, " + b + ", from" + off + ").intoArray(panel, to" + off + ");");
                }
            } else {
                String many = narrow ? columns() : w;
                s.line("for (int l = 0; l < " + many + "; l++) panel[to + l] = " + b + "[from"
                        + (contiguous ? " + l" : " + l * " + parenthesised(around.count(p.b().stride()))) + "];");
            }
            if (!single) s.line("to += " + w + ";");
            if (single) s.close();
            else closeInner(s);
        } else {
            packTransposed(s, width, w);
        }
        methods.add(s.close().toString());
    }

    /**
     * Columns lie apart: where k is contiguous, a vector is gathered from as many columns, whose next elements then are
     * in the cache; not where columns would fall on the same cache lines, nor for a part of a vector.
     */
    private void packTransposed(Source s, int width, String w) {
        String b = local(p.b().array());
        org.nnl.schedule.Count stride = p.b().stride(), kStride = p.inner().get(0).bStride();
        if (kStride.isOne() && !narrow && !stride.batch() && stride.factor() % 1024 != 0) {
            String map = name + "Columns";
            if (width == 1)
                buffers.add("private final int[] " + map + " = java.util.stream.IntStream.range(0, LANES).map(l -> l * "
                        + stride + ").toArray();");
            s.line("final int[] columns = " + map + ";");
            s.line("final int from = " + index(b(v("j"))) + " + k;");
            s.open("for (int q = 0; q < depth; q++)");
            for (int x = 0; x < width; x++)
                s.line(vector + ".fromArray(SPECIES, " + b + ", from + q" + (x == 0 ? "" : " + LANES * " + stride)
                        + ", columns, 0).intoArray(panel, q * " + parenthesised(w) + (x == 0 ? "" : " + LANES") + ");");
            s.close();
            return;
        }
        s.open("for (int l = 0; l < " + (narrow ? columns() : w) + "; l++)");
        s.line("final int from = " + index(b(v("j"))) + " + l * " + parenthesised(around.count(stride)) + " + k * "
                + parenthesised(around.count(kStride)) + ";");
        s.line("for (int q = 0; q < depth; q++) panel[q * " + parenthesised(w) + " + l] = " + b + "[from"
                + (kStride.isOne() ? " + q" : " + q * " + parenthesised(around.count(kStride))) + "];");
        s.close();
    }

    // ---- tiles

    /** All rows from {@code first} to {@code last} of one panel of columns. */
    private void panel(int width, boolean part) {
        int high = width == 2 ? tiling.rows() : tiling.single();
        if (tiling.packA()) high = tiling.rows();
        if (!p.rows().batch()) high = Math.min(high, p.rows().factor());
        String method = name + (part ? "Last" : "Panel" + width);
        List<String> own = new ArrayList<>(List.of("int j", "int first", "int last"));
        if (tiling.packs()) own.addAll(List.of("int k", "int depth"));
        Source s = new Source().open("private void " + method + "(" + parameters(own.toArray(String[]::new)) + ")");
        String next = method + "Rest";
        boolean rest = p.rows().batch() || tiling.packA() || p.rows().factor() % high != 0;
        int left = p.rows().batch() || tiling.packA() ? 1 : p.rows().factor() % high;
        if (high == 1) left = 1;
        tileLoop(s, width, high, part, "first");
        if (rest && high > 1) s.line("if (i < last) " + next + "(" + arguments(panelArgumentsFrom("i")) + ");");
        methods.add(s.close().toString());
        if (rest && high > 1) {
            Source r = new Source().open("private void " + next + "(" + parameters(own.toArray(String[]::new)) + ")");
            tileLoop(r, width, left, part, "first");
            methods.add(r.close().toString());
        }
    }

    private String[] panelArgumentsFrom(String first) {
        List<String> own = new ArrayList<>(List.of("j", first, "last"));
        if (tiling.packs()) own.addAll(List.of("k", "depth"));
        return own.toArray(String[]::new);
    }

    private void tileLoop(Source s, int width, int high, boolean part, String first) {
        locals(s, true);
        if (tiling.packA()) s.line("final " + real + "[] slab = this." + name + "A;");
        if (tiling.packB()) s.line("final " + real + "[] panel = this." + name + "B;");
        if (part) s.line("final " + real + "[] row = this." + name + "Last;");
        s.line("int i = " + first + ";");
        s.open("for (; i <= last - " + high + "; i += " + high + ")");
        // where the tile begins in either factor
        if (tiling.packA()) {
            s.line("final int high = Math.min(" + tiling.rows() + ", last - i / " + tiling.rows() + " * " + tiling.rows() + ");");
        }
        sums(s, width, high, part);
        product(s, width, high, part);
        for (int r = 0; r < high; r++) stores(s, width, r, part);
        s.close();
    }

    private boolean fromMemory() {
        return p.accumulate() || passes;
    }

    /** Declares the accumulators. */
    private void sums(Source s, int width, int high, boolean part) {
        for (int r = 0; r < high; r++)
            for (int x = 0; x < width; x++) {
                String from = vector + ".zero(SPECIES)";
                if (fromMemory() && !part)
                    from = vector + ".fromArray(SPECIES, " + local(p.c().array()) + ", "
                            + index(c(v("i").plus(r), column(x))) + ")";
                s.line(vector + " " + sum(r, x) + " = " + from + ";");
            }
    }

    private static Affine column(int x) {
        return x == 0 ? v("j") : v("j").plus(LANES);
    }

    private static String sum(int r, int x) {
        return "s" + r + x;
    }

    private void product(Source s, int width, int high, boolean part) {
        String a = local(p.a().array()), b = local(p.b().array());
        boolean flatB = tiling.packB();
        String w = width == 1 ? "LANES" : width + " * LANES";
        boolean single = p.inner().size() == 1;
        Affine jb = part && !narrow ? of(p.columns()).plus(LANES.times(org.nnl.schedule.Count.of(-1))) : v("j");
        if (tiling.packs() && single) {
            // one loop; whatever is not copied is read at k + q
            Product.Inner in = p.inner().get(0);
            if (tiling.packA()) {
                s.line("int slabAt = i % " + tiling.block() + " / " + tiling.rows() + " * " + tiling.rows() + " * depth + i % " + tiling.block() + " % " + tiling.rows() + ";");
            } else {
                for (int r = 0; r < high; r++)
                    s.line("final int a" + r + " = " + index(a(v("i").plus(r)).plus(v("k").times(in.aStride()))) + ";");
            }
            if (!flatB) s.line("final int b0 = " + index(b(jb).plus(v("k").times(in.bStride()))) + ";");
            s.open("for (int q = 0; q < depth; q++)");
            String at = flatB ? "q * " + w : index(v("b0").plus(v("q").times(in.bStride())));
            loadB(s, width, flatB ? "panel" : b, at);
            for (int r = 0; r < high; r++)
                step(s, width, r, tiling.packA() ? "slab[slabAt" + (r == 0 ? "" : " + " + r) + "]"
                        : a + "[" + index(v("a" + r).plus(v("q").times(in.aStride()))) + "]");
            if (tiling.packA()) s.line("slabAt += high;");
            s.close();
            return;
        }
        if (flatB) s.line("int at = 0;");
        openInner(s);
        if (!flatB) s.line("final int at = " + index(b(jb).plus(inner(false))) + ";");
        loadB(s, width, flatB ? "panel" : b, "at");
        for (int r = 0; r < high; r++) step(s, width, r, a + "[" + index(a(v("i").plus(r)).plus(inner(true))) + "]");
        if (flatB) s.line("at += " + w + ";");
        closeInner(s);
    }

    private void loadB(Source s, int width, String array, String at) {
        for (int x = 0; x < width; x++)
            s.line("final " + vector + " y" + x + " = " + vector + ".fromArray(SPECIES, " + array + ", " + at + (x == 0 ? "" : " + LANES") + ");");
    }

    private void step(Source s, int width, int r, String element) {
        s.line("final " + vector + " x" + r + " = " + vector + ".broadcast(SPECIES, " + element + ");");
        for (int x = 0; x < width; x++) s.line(sum(r, x) + " = x" + r + ".fma(y" + x + ", " + sum(r, x) + ");");
    }

    private void stores(Source s, int width, int r, boolean part) {
        Affine row = v("i").plus(r);
        if (!part) {
            for (int x = 0; x < width; x++) {
                if (lateEpilogue)
                    s.line(sum(r, x) + ".intoArray(" + local(p.c().array()) + ", " + index(c(row, column(x))) + ");");
                else s.lines(epilogue.write(row, column(x), sum(r, x), true, "_" + r + x));
            }
            return;
        }
        s.line(sum(r, 0) + ".intoArray(row, 0);");
        String shift = narrow ? "" : " + j - (" + columns() + " - LANES)";
        s.open("for (int l = " + (narrow ? "0" : "j") + "; l < " + columns() + "; l++)");
        String at = narrow ? "l" : "l - (" + columns() + " - LANES)";
        String c = local(p.c().array()) + "[" + index(c(row, v("l"))) + "]";
        if (lateEpilogue) {
            s.line(c + (fromMemory() ? " += " : " = ") + "row[" + at + "];");
        } else {
            s.line("final " + real + " sum" + r + " = row[" + at + "]" + (fromMemory() ? " + " + c : "") + ";");
            s.lines(epilogue.write(row, v("l"), "sum" + r, false, "_" + r));
        }
        s.close();
    }

    /** The epilogue in loops of its own, over sums that stand in c. */
    private void finish() {
        Source s = new Source().open("private void " + name + "Finish(" + parameters() + ")");
        locals(s, false);
        String c = local(p.c().array());
        s.open("for (int i = 0; i < " + rows() + "; i++)");
        s.line("int j = 0;");
        s.open("for (; j <= " + columns() + " - LANES; j += LANES)");
        s.line("final " + vector + " sum = " + vector + ".fromArray(SPECIES, " + c + ", " + index(c(v("i"), v("j"))) + ");");
        s.lines(epilogue.write(v("i"), v("j"), "sum", true, "_v"));
        s.close();
        s.open("for (; j < " + columns() + "; j++)");
        s.line("final " + real + " sum = " + c + "[" + index(c(v("i"), v("j"))) + "];");
        s.lines(epilogue.write(v("i"), v("j"), "sum", false, "_s"));
        methods.add(s.close().close().close().toString());
    }

    // ---- sums along the lanes

    /** Four columns at a time, k in lanes. */
    private void dots(String method) {
        Source s = new Source().open("private void " + method + "(" + parameters() + ")");
        locals(s, true);
        s.open("for (int i = 0; i < " + rows() + "; i++)");
        s.line("int j = 0;");
        if (p.columns().batch() || p.columns().factor() >= 4) {
            s.open("for (; j <= " + columns() + " - 4; j += 4)");
            dotColumns(s, 4);
            s.close();
        }
        if (p.columns().batch() || p.columns().factor() % 4 != 0) {
            s.open("for (; j < " + columns() + "; j++)");
            dotColumns(s, 1);
            s.close();
        }
        methods.add(s.close().close().toString());
    }

    /** Whether whole vectors may leave so much of k that a vector half as long pays. */
    private boolean leavesHalf() {
        org.nnl.schedule.Count n = p.inner().get(p.inner().size() - 1).count();
        int most = real.equals("float") ? 16 : 8;
        return !n.batch() && n.factor() % most >= most / 2;
    }

    private void dotColumns(Source s, int width) {
        String a = local(p.a().array()), b = local(p.b().array());
        int last = p.inner().size() - 1;
        String n = around.count(p.inner().get(last).count());
        for (int x = 0; x < width; x++) s.line(vector + " v" + x + " = " + vector + ".zero(SPECIES);");
        boolean halves = leavesHalf();
        String half = name + "Half";
        String declaration = "private static final VectorSpecies<" + (real.equals("float") ? "Float" : "Double") + "> " + half
                + " = SPECIES.withShape(VectorShape.forBitSize(Math.max(128, SPECIES.vectorBitSize() / 2)));";
        if (halves && !buffers.contains(declaration)) buffers.add(declaration);
        if (halves) for (int x = 0; x < width; x++) s.line(vector + " w" + x + " = " + vector + ".zero(" + half + ");");
        for (int x = 0; x < width; x++) s.line(real + " t" + x + " = " + start(v("i"), v("j").plus(x)) + ";");
        for (int l = 0; l < last; l++)
            s.open("for (int " + k(l) + " = 0; " + k(l) + " < " + around.count(p.inner().get(l).count()) + "; " + k(l) + "++)");
        Affine ka = Affine.ZERO, kb = Affine.ZERO;
        for (int l = 0; l < last; l++) {
            ka = ka.plus(v(k(l)).times(p.inner().get(l).aStride()));
            kb = kb.plus(v(k(l)).times(p.inner().get(l).bStride()));
        }
        s.line("final int a0 = " + index(a(v("i")).plus(ka)) + ";");
        for (int x = 0; x < width; x++) s.line("final int b" + x + " = " + index(b(v("j").plus(x)).plus(kb)) + ";");
        s.line("int q = 0;");
        s.open("for (; q <= " + n + " - LANES; q += LANES)");
        s.line("final " + vector + " x = " + vector + ".fromArray(SPECIES, " + a + ", a0 + q);");
        for (int x = 0; x < width; x++)
            s.line("v" + x + " = x.fma(" + vector + ".fromArray(SPECIES, " + b + ", b" + x + " + q), v" + x + ");");
        s.close();
        if (halves) {
            s.open("if (" + half + ".length() < LANES && q <= " + n + " - " + half + ".length())");
            s.line("final " + vector + " x = " + vector + ".fromArray(" + half + ", " + a + ", a0 + q);");
            for (int x = 0; x < width; x++)
                s.line("w" + x + " = x.fma(" + vector + ".fromArray(" + half + ", " + b + ", b" + x + " + q), w" + x + ");");
            s.line("q += " + half + ".length();");
            s.close();
        }
        s.open("for (; q < " + n + "; q++)");
        for (int x = 0; x < width; x++) s.line("t" + x + " += " + a + "[a0 + q] * " + b + "[b" + x + " + q];");
        s.close();
        for (int l = 0; l < last; l++) s.close();
        for (int x = 0; x < width; x++) {
            s.line("final " + real + " sum" + x + " = t" + x + " + v" + x + ".reduceLanes(VectorOperators.ADD)"
                    + (halves ? " + w" + x + ".reduceLanes(VectorOperators.ADD)" : "") + ";");
            s.lines(epilogue.write(v("i"), v("j").plus(x), "sum" + x, false, "_" + width + x));
        }
    }
}
