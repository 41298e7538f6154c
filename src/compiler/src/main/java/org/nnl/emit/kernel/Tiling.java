package org.nnl.emit.kernel;

import org.nnl.Options.Precision;
import org.nnl.schedule.Count;
import org.nnl.schedule.Product;

/**
 * How a product is cut. Measured (float, one core, 16 registers): tiles of 6, 5 or 4 rows by two vectors reach 94 % of the
 * peak and more, wider ones spill registers, narrower ones wait for the adder; of these, 4 by two is the one that HotSpot
 * keeps in registers every time (some of 6 by two allocated a vector a step on Java 17 with 512-bit vectors). With 32
 * registers, which come with vectors of 512 bits, 4 by four reaches 86 to 95 %, by Java and JVM, where 4 by two reaches
 * 57 to 87. Where a core does two such multiply-adds a cycle, 6 by four are better still: 0.94 to 0.96 of a step's time
 * with 4 by four (W3, W4, W9), 0.81 of the time of 1024×1024×256 turned.
 *
 * <p>The second factor is read in place where a row of it is contiguous, rows lie close and few rows of the product use it;
 * else panels of it, as wide as a tile, are copied together. A first factor whose rows are contiguous the wrong way and far
 * apart is copied into slabs as high as a tile.
 *
 * @param form   which kernel
 * @param rows   rows of a tile two vectors wide
 * @param single rows of a tile one vector wide
 * @param wide   whether there are columns for tiles four vectors wide, which a class uses where vectors have 512 bits
 * @param packA  whether blocks of the first factor are copied into slabs
 * @param packB  whether panels of the second factor are copied
 * @param depth  how much of the sum is done at a time where something is copied; longer sums come back for the rest
 * @param block  rows of the first factor copied at a time, a multiple of {@code rows} and {@code single}
 * @param tall   rows of a tile four vectors wide
 */
record Tiling(Form form, int rows, int single, boolean wide, boolean packA, boolean packB, int depth, int block, int tall) {

    /** The same height for tiles of any width. */
    Tiling(Form form, int rows, int single, boolean wide, boolean packA, boolean packB, int depth, int block) {
        this(form, rows, single, wide, packA, packB, depth, block, rows);
    }

    /** Which kernel serves the product. */
    enum Form {
        /** Register tiles over rows and columns. */
        TILES,
        /** Tiles of a result whose rows lie side by side: columns in lanes, sums turned on their way to c. */
        TURNED,
        /** A sum along the lanes for each element: few columns, or few rows, and factors that are contiguous in k. */
        DOTS,
        /** Row by row, columns in lanes: few rows, and a second factor whose rows are contiguous. */
        ROWS,
        /** Plain Java over copies of some rows of the second factor, columns innermost. */
        BLOCKED,
        /** Plain Java, some sums at a time, for whatever else. */
        LOOPS
    }

    /** Rows of a slab where tiles have {@link #rows} or {@link #tall} rows, several of either. */
    static final int SLAB = 12;

    /** Vectors of a wide tile. */
    static final int WIDE = 4;

    /** More distant rows of a factor than this lie on different pages and fall on the same cache lines. */
    static final int FAR = 512;

    /** For so many rows a panel of contiguous rows is worth its copy, which costs as much as two rows of the product. */
    private static final int OFTEN = 64;

    /** So many vectors of a factor (32 kB) stay in the first cache wherever they lie; copying them gains nothing. */
    private static final int NEAR = 512;

    /** A panel so deep stays in the second cache, from where it comes fast enough. */
    private static final int DEEP = 1024;

    /**
     * So deep at most where the sum runs through steps of time: the slabs of some hundred rows stay in the second cache, too, and
     * what a recurrence has written comes from farther away (measured: W5's step 0.97 to 0.99). At least so deep with any batch.
     */
    private static final int SHALLOW = 256;

    /** For so many rows, windows of examples are worth a copy, however short the loops that it saves. */
    private static final int WINDOWS = 16;

    /** Windows of fewer pixels are not worth a loop. */
    private static final int SHORT = 8;

    /** A form that has nothing to choose. */
    Tiling(Form form) {
        this(form, 1, 1, false, false, false, 0, 0);
    }

    /** What there is without vectors. */
    static Tiling inPlainJava(Product p) {
        return new Tiling(BlockedProduct.suits(p) ? Form.BLOCKED : Form.LOOPS);
    }

    /**
     * The tiling for a product.
     *
     * @param batch the number of examples it should suit best
     */
    static Tiling of(Product p, Precision precision, int batch) {
        int lanes = precision.lanes();
        Product.Inner last = p.inner().get(p.inner().size() - 1);
        boolean alongK = last.aStride().isOne() && last.bStride().isOne();
        boolean contiguous = p.c().columnStride().isOne();
        long m = p.rows().at(batch), k = p.depth().at(batch);
        if (turns(p, alongK, lanes)) return new Tiling(Form.TURNED, 4, Math.min(8, lanes), p.columns().at(batch) >= WIDE * lanes, false, true, (int) k, 0, tall((int) m, 4, false));
        Tiling other = new Tiling(alongK ? Form.DOTS : Form.LOOPS);
        if (!contiguous || p.columns().batch()) return other;
        int n = p.columns().factor();
        if (n < 4 || areLong(p, lanes)) return other;
        boolean single = p.inner().size() == 1 || stepsOfTime(p);
        boolean far = single && (last.bStride().batch() || last.bStride().factor() > FAR) && m >= 16;
        boolean often = single && m >= OFTEN && n > 2 * lanes && k * last.bStride().at(batch) > NEAR * lanes;
        boolean packB = p.b().runs() != null || !p.b().stride().isOne() || n < lanes || (far || often) && k > 32;
        boolean packA = single
                && p.a().stride().isOne()
                && (last.aStride().batch() || last.aStride().factor() > FAR / 2)
                && n > 4 * lanes && m >= 16;
        if (stepsOfTime(p)) packA = packB = true; // HotSpot would not keep sums in registers around two loops
        if (windowsOfExamples(p) && m >= WINDOWS) {
            int window = p.depth().factor(), examples = even(batch, Math.max(1, DEEP / window)), low = height((int) m, p.accumulate());
            return new Tiling(Form.TILES, low, 8, n >= WIDE * lanes, false, true, examples * window, 0, lanes > 8 ? tall((int) m, low, false) : low);
        }
        if (packB && !single && p.depth().batch()) return other;
        int rows = p.rows().batch() ? (int) Math.min(4, Math.max(1, m)) : height(p.rows().factor(), p.accumulate());
        int deep = stepsOfTime(p) ? SHALLOW : DEEP;
        int depth = !packA && !packB ? 0 : single ? p.depth().batch() ? Math.max(SHALLOW, even(k, deep)) : even(k, deep) : (int) k;
        return new Tiling(Form.TILES, rows, 8, n >= WIDE * lanes, packA, packB, depth, packA ? block(p.rows(), depth, precision) : 0,
                lanes > 8 && rows > 2 ? tall((int) m, rows, packA) : rows);
    }

    /**
     * Whether there are so few columns, and so long sums, that sums along the lanes are better than tiles whose lanes are
     * not filled (measured: 256×1024×10 takes 110 µs instead of 150).
     */
    static boolean areLong(Product p, int lanes) {
        Product.Inner last = p.inner().get(p.inner().size() - 1);
        return last.aStride().isOne() && last.bStride().isOne() && p.inner().size() == 1 && p.b().runs() == null
                && !p.columns().batch() && p.columns().factor() < lanes && !p.depth().batch() && p.depth().factor() >= 512;
    }

    /**
     * Rows of a tile where there are so many: 4, or 3 if that computes clearly fewer twice. Three by four vectors of 512 bits
     * keep the multiplier busy; with 16 registers 3 by two wait for the adder about as long as 4 by two would compute twice.
     * What is added to c is not computed twice: two rows that are left are a tile of their own (measured with 16 registers, 6 rows:
     * 4 and 2 take 0.82 to 0.9 of the time of 3 and 3).
     */
    private static int height(int rows, boolean added) {
        if (added && rows % 4 == 2) return Math.min(4, rows);
        return rows > 4 && 8 * whole(rows, 3) < 7 * whole(rows, 4) ? 3 : Math.min(4, rows);
    }

    /** Rows of a tile four vectors wide where there are so many: 6, unless that computes clearly more twice than lower ones, or 5. */
    private static int tall(int rows, int low, boolean packA) {
        if (rows >= 6 && 25 * whole(rows, 6) <= 26 * whole(rows, low)) return 6;
        return rows % 5 == 0 && !packA ? 5 : low;
    }

    /** Rows computed in tiles. */
    private static int whole(int rows, int high) {
        return (rows + high - 1) / high * high;
    }

    private static boolean turns(Product p, boolean alongK, int lanes) {
        return alongK && p.contiguous().equals(p.row()) && !p.rows().batch() && p.rows().factor() >= lanes && !p.accumulate()
                && p.inner().size() == 1 && !p.depth().batch() && p.depth().factor() >= lanes && p.depth().factor() <= Product.DEEPEST;
    }

    /**
     * How few rows are multiplied, where tiles do not pay: without copying the second factor.
     *
     * @param below the number of rows from which tiles are better
     */
    record Few(Tiling tiling, int below) {}

    /**
     * What serves few rows of a product; null if nothing does better than its tiles. Measured: sums along the lanes take as
     * long as copying and tiles at 8 rows (784×128).
     */
    Few few(Product p, Precision precision) {
        if (form == Form.BLOCKED && !p.b().stride().isOne()) return new Few(new Tiling(Form.LOOPS), 4);
        if (form != Form.TILES || p.b().runs() != null || stepsOfTime(p)) return null;
        Product.Inner last = p.inner().get(p.inner().size() - 1);
        if (packB && last.aStride().isOne() && last.bStride().isOne()) return new Few(new Tiling(Form.DOTS), 8);
        if (p.b().stride().isOne() && p.columns().factor() >= precision.lanes()) return new Few(new Tiling(Form.ROWS), 4);
        return null;
    }

    /** The depth of as few passes as will do, all alike. */
    private static int even(long k, int deep) {
        long passes = Math.max(1, (k + deep - 1) / deep);
        return (int) Math.max(1, (k + passes - 1) / passes);
    }

    /**
     * Rows whose slabs take a mebibyte, if there are so many. They are read one after the other and need not stay in the second
     * cache, beside a panel that does; the more they are, the less often panels are copied (measured: 1024×256×1024 in 5.15 ms,
     * with half of it 5.25).
     */
    private static int block(Count rows, int depth, Precision precision) {
        int elements = precision == Precision.FLOAT ? 1 << 18 : 1 << 17;
        int most = Math.max(64, elements / depth / 16 * 16);
        return rows.batch() ? most : Math.min(most, whole(rows.factor(), 16));
    }

    /** Rows of a tile so many vectors wide. */
    int high(int width) {
        if (width == WIDE) return tall;
        if (width > 1) return rows;
        return !packA ? single : tall == rows ? rows : SLAB;
    }

    /** In words, for who reads the schedule. */
    String words() {
        return switch (form) {
            case LOOPS -> "some sums at a time";
            case BLOCKED -> "columns innermost, some rows of the second factor at a time, copied";
            case DOTS -> "sums along the lanes, several columns at a time";
            case ROWS -> "row by row, columns in lanes";
            case TURNED -> "tiles of " + rows + " rows by two vectors" + four()
                    + ", columns turned into panels, sums turned back";
            case TILES -> "tiles of " + rows + (rows == 1 ? " row" : " rows") + " by two vectors" + four()
                    + (packB ? ", columns copied in panels " + depth + " deep" : "")
                    + (packA ? ", rows copied in slabs, " + block + " at a time" : "");
        };
    }

    private String four() {
        return !wide ? "" : ", " + (tall == rows ? "" : tall + " by ") + "four of 512 bits";
    }

    /**
     * Whether a product sums over some examples of every step of time, which lie side by side, and can copy them together: rows
     * of both factors are contiguous.
     */
    private static boolean stepsOfTime(Product p) {
        return p.inner().size() == 2 && p.inner().get(1).part() != null && p.inner().get(1).count().factor() == 1
                && p.a().stride().isOne() && p.b().stride().isOne() && p.b().runs() == null;
    }

    /**
     * Whether a product sums over windows of every example through which the first factor runs from end to end, while rows of the
     * second, which are contiguous, lie in several loops: copied together, a few examples at a time, they are one.
     */
    private static boolean windowsOfExamples(Product p) {
        return p.readsExamplesInOrder() && !p.rows().batch() && !p.columns().batch() && p.b().stride().isOne() && p.b().runs() == null
                && p.depth().factor() >= SHORT;
    }

    /** Examples of which a pass takes the windows; 0 if passes are none over examples. */
    int examples(Product p) {
        return packB && !isFlat(p) && p.depth().batch() ? depth / p.depth().factor() : 0;
    }

    /** Whether what is copied is one loop over all of the sum. */
    boolean isFlat(Product p) {
        return p.inner().size() == 1 || stepsOfTime(p);
    }

    boolean packs() {
        return packA || packB;
    }

    /** Whether a sum may take several passes. */
    boolean inPasses(Count k) {
        return packs() && (k.batch() || k.factor() > depth);
    }
}
