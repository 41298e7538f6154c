package org.nnl.emit.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.nnl.emit.kernel.ProductClass.array;
import static org.nnl.emit.kernel.ProductClass.bits;
import static org.nnl.emit.kernel.ProductClass.fill;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnl.Options.Precision;
import org.nnl.ShorterVectorsJvm;
import org.nnl.equations.Fold;
import org.nnl.equations.Op;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;
import org.nnl.schedule.Product;
import org.nnl.schedule.Step;
import org.nnl.schedule.Value;

/** Products of every form, at awkward sizes, against sums in double precision. */
class ProductTest {
    private static final int PAD = 3;

    /**
     * c[M,N] from matrices whose contiguous direction {@code form} gives; leading dimensions exceed the size by a
     * little, and everything starts at an offset.
     *
     * @param batch which of M, N, K is the number of examples: 'M', 'K', or ' '
     */
    static Product product(String form, int m, int n, int k, char batch, boolean accumulate, int epilogue, int pad) {
        Count cm = batch == 'M' ? new Count(1, true) : Count.of(m);
        Count ck = batch == 'K' ? new Count(1, true) : Count.of(k);
        boolean at = form.charAt(0) == 'T', bt = form.charAt(1) == 'T';
        Count far = Count.of((at ? m : k) + pad), near = Count.ONE;
        Count farB = Count.of((bt ? k : n) + pad);
        if (at && batch == 'M') far = Count.of(m + pad);
        Product.Operand a = new Product.Operand("a", Affine.of(pad), at ? near : far);
        Product.Operand b = new Product.Operand("b", Affine.of(pad), bt ? farB : near);
        Product.Inner inner = new Product.Inner(ck, at ? far : near, bt ? near : farB);
        Product.Result c = new Product.Result("c", Affine.of(pad), Count.of(n + pad), Count.ONE);
        return new Product(a, b, c, cm, Count.of(n), List.of(inner), accumulate, "i", "j", epilogue(epilogue, n, pad));
    }

    private static Affine at(int n, int pad) {
        return Affine.variable("i").times(Count.of(n + pad)).plus(Affine.variable("j")).plus(pad);
    }

    private static List<Step> epilogue(int which, int n, int pad) {
        Value sum = new Value.Local(Product.SUM);
        Value bias = new Value.Load("d", Affine.variable("j"), List.of(), 0);
        Value.Apply shifted = new Value.Apply(Op.ADD, List.of(sum, bias));
        return switch (which) {
            case 1 -> List.of(
                    new Step.Let("z", shifted),
                    new Step.Store("c", at(n, pad), List.of(), Fold.SET,
                            new Value.Apply(Op.MAX, List.of(new Value.Local("z"), new Value.Number(0)))));
            case 2 -> List.of(new Step.Store("c", at(n, pad), List.of(), Fold.SET, new Value.Apply(Op.TANH, List.of(shifted))));
            case 3 -> List.of(new Step.Store("e", at(n, pad), List.of(), Fold.SUM, shifted));
            case 4 -> {
                Value mask = new Value.Load("e", at(n, pad), List.of(), 0);
                yield List.of(new Step.Store("c", at(n, pad), List.of(), Fold.SET, new Value.Apply(
                        Op.SELECT, List.of(new Value.Apply(Op.GT, List.of(mask, new Value.Number(0))), sum, new Value.Number(0)))));
            }
            default -> List.of();
        };
    }

    private static double finish(int which, double sum, double bias, double before) {
        return switch (which) {
            case 1 -> Math.max(sum + bias, 0);
            case 2 -> Math.tanh(sum + bias);
            case 3 -> before + sum + bias;
            case 4 -> before > 0 ? sum : 0;
            default -> sum;
        };
    }

    private static void check(Object instance, int index, Product p, int which, int examples, Precision precision) {
        int m = (int) p.rows().at(examples), n = p.columns().factor(), k = (int) p.depth().at(examples);
        Product.Inner in = p.inner().get(0);
        int pad = p.a().offset().constant();
        int sizeA = pad + last(m, p.a().stride()) + last(k, in.aStride()) + 1;
        int sizeB = pad + last(n, p.b().stride()) + last(k, in.bStride()) + 1;
        int sizeC = pad + (m - 1) * (n + pad) + n;
        Random random = new Random(index);
        double[] a = fill(random, sizeA), b = fill(random, sizeB), c = fill(random, sizeC), d = fill(random, n), e = fill(random, sizeC);
        ProductClass.set(instance, "a", array(a, precision));
        ProductClass.set(instance, "b", array(b, precision));
        Object cs = array(c, precision), es = array(e, precision);
        ProductClass.set(instance, "c", cs);
        ProductClass.set(instance, "d", array(d, precision));
        ProductClass.set(instance, "e", es);
        ProductClass.runner(instance, index, examples).run();
        Object out = which == 3 ? es : cs;
        double[] before = which == 3 ? e : c;
        double tolerance = precision == Precision.FLOAT ? 1e-5 : 1e-13;
        boolean[] touched = new boolean[sizeC];
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++) {
                double sum = p.accumulate() ? c[pad + i * (n + pad) + j] : 0;
                for (int q = 0; q < k; q++)
                    sum += a[pad + i * p.a().stride().factor() + q * in.aStride().factor()]
                            * b[pad + j * p.b().stride().factor() + q * in.bStride().factor()];
                int at = pad + i * (n + pad) + j;
                touched[at] = true;
                double want = finish(which, sum, d[j], e[at]);
                double got = precision == Precision.FLOAT ? ((float[]) out)[at] : ((double[]) out)[at];
                if (!(Math.abs(got - want) <= tolerance * (k + 3)))
                    throw new AssertionError("element " + i + "," + j + " of " + p + ": " + got + ", not " + want);
            }
        for (int at = 0; at < sizeC; at++)
            if (!touched[at]) {
                double got = precision == Precision.FLOAT ? ((float[]) out)[at] : ((double[]) out)[at];
                if (Math.abs(got - before[at]) > 1e-6) throw new AssertionError("written beside c, at " + at + ": " + p);
            }
    }

    private static int last(int size, Count stride) {
        return (size - 1) * stride.factor();
    }

    @TestFactory
    List<DynamicTest> everyFormAndSize() {
        int[][] sizes = {
            {1, 1, 1}, {1, 7, 9}, {7, 8, 13}, {8, 9, 7}, {9, 13, 31}, {13, 31, 8}, {31, 100, 9}, {100, 13, 1}, {1, 100, 31},
            {3, 17, 100}, {7, 33, 300}, {207, 31, 13}, {13, 207, 9}, {9, 49, 513}, {2, 16, 5}, {33, 600, 40}, {20, 70, 600},
            {17, 45, 1031}, {19, 10, 2070}
        };
        List<DynamicTest> tests = new ArrayList<>();
        for (Precision precision : Precision.values())
            for (String backend : List.of("vector", "scalar"))
                for (String form : List.of("NN", "NT", "TN", "TT"))
                    tests.add(DynamicTest.dynamicTest(backend + " " + precision + " " + form, () -> {
                        boolean vector = backend.equals("vector");
                        List<Product> products = new ArrayList<>();
                        List<Tiling> tilings = new ArrayList<>();
                        List<int[]> how = new ArrayList<>();
                        int turn = 0;
                        for (int[] s : sizes)
                            for (int variant = 0; variant < (precision == Precision.FLOAT && vector ? 2 : 1); variant++) {
                                char batch = "M K".charAt(turn % 3);
                                int which = (turn / 2) % 4;
                                boolean accumulate = turn % 5 == 1 && which != 3;
                                Product p = product(form, s[0], s[1], s[2], batch, accumulate, which, PAD);
                                products.add(p);
                                tilings.add(Tiling.of(p, precision, batch == 'K' ? s[2] : s[0]));
                                how.add(new int[] {which, batch == 'M' ? s[0] : s[2]});
                                turn++;
                            }
                        Object o = ProductClass.instance(products, tilings, vector, precision);
                        for (int x = 0; x < products.size(); x++)
                            check(o, x, products.get(x), how.get(x)[0], how.get(x)[1], precision);
                    }));
        return tests;
    }

    @TestFactory
    List<DynamicTest> anyNumberOfExamples() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String form : List.of("NN", "NT"))
            tests.add(DynamicTest.dynamicTest(form, () -> {
                List<Product> products = List.of(
                        product(form, 32, 40, 24, 'M', false, 1, PAD), product(form, 32, 10, 24, 'M', false, 2, PAD),
                        product(form, 32, 65, 300, 'M', true, 0, PAD), product(form, 32, 150, 29, 'M', false, 2, PAD),
                        product(form, 32, 33, 7, 'M', false, 3, PAD), product(form, 32, 16, 100, 'M', true, 1, PAD));
                Object o = ProductClass.instance(
                        products, products.stream().map(p -> Tiling.of(p, Precision.FLOAT, 32)).toList(), true, Precision.FLOAT);
                for (int examples : new int[] {1, 2, 3, 4, 5, 7, 8, 9, 32, 33, 50})
                    for (int x = 0; x < products.size(); x++)
                        check(o, x, products.get(x), new int[] {1, 2, 0, 2, 3, 1}[x], examples, Precision.FLOAT);
            }));
        return tests;
    }

    /** Layers with more units than examples: rows and columns exchanged, the result turned. */
    @TestFactory
    List<DynamicTest> turned() {
        int[][] sizes = {{16, 16}, {16, 33}, {40, 24}, {48, 100}, {70, 29}, {130, 64}, {17, 200}};
        List<DynamicTest> tests = new ArrayList<>();
        for (Precision precision : Precision.values())
            for (int batch : new int[] {16, 64})
                tests.add(DynamicTest.dynamicTest("vector " + precision + " " + batch, () -> {
                    List<Product> products = new ArrayList<>(), exchanged = new ArrayList<>();
                    List<Tiling> tilings = new ArrayList<>();
                    for (int[] s : sizes)
                        for (int which = 0; which < 4; which++) {
                            Product p = product("NT", batch, s[0], s[1], 'M', false, which, PAD);
                            products.add(p);
                            exchanged.add(p.exchanged());
                            tilings.add(Tiling.of(p.exchanged(), precision, batch));
                        }
                    assertThat(tilings).allMatch(t -> t.form() == Tiling.Form.TURNED && t.wide() == (batch >= 4 * precision.lanes()));
                    Object o = ProductClass.instance(exchanged, tilings, true, precision);
                    for (int examples : new int[] {1, 3, 9, 10, 15, 16, 17, 33, 47, 64, 65, 111})
                        for (int x = 0; x < products.size(); x++) {
                            check(o, x, products.get(x), x % 4, examples, precision);
                            // the platform's tanh in double is another once it has been compiled
                            if (x % 4 == 2 && precision == Precision.DOUBLE) continue;
                            int units = products.get(x).columns().factor();
                            List<Object> whole = inRanges(o, x, products.get(x), examples, precision, 0, units);
                            for (int cut = precision.lanes(); cut < units; cut += precision.lanes())
                                assertThat(inRanges(o, x, products.get(x), examples, precision, 0, cut, units))
                                        .as("%s of %d cut at %d", products.get(x), examples, cut)
                                        .isEqualTo(whole);
                        }
                }));
        return tests;
    }

    /** A mask is read from rows that lie far apart: sums of a block of rows wait for it. */
    @TestFactory
    List<DynamicTest> sumsThatWait() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Precision precision : Precision.values())
            for (String form : List.of("NN", "NT"))
                tests.add(DynamicTest.dynamicTest(precision + " " + form, () -> {
                    List<Product> products = List.of(
                            product(form, 64, 530, 260, 'M', false, 4, PAD), product(form, 64, 576, 300, 'M', false, 4, PAD));
                    List<Tiling> tilings = products.stream().map(p -> Tiling.of(p, precision, 64)).toList();
                    assertThat(ProductClass.text(products, tilings, true, precision)).contains("_tiles4(");
                    Object o = ProductClass.instance(products, tilings, true, precision);
                    for (int examples : new int[] {1, 3, 4, 5, 9, 63, 64, 65, 66, 67, 68, 131})
                        for (int x = 0; x < products.size(); x++) {
                            check(o, x, products.get(x), 4, examples, precision);
                            Object whole = inRanges(o, x, products.get(x), examples, precision, 0, examples);
                            for (int cut : new int[] {1, 2, examples / 2, examples - 1})
                                if (cut < examples) assertThat(inRanges(o, x, products.get(x), examples, precision, 0, cut, examples))
                                        .as("%s cut at %d", products.get(x), cut)
                                        .isEqualTo(whole);
                        }
                }));
        return tests;
    }

    /** Few columns and long sums: along the lanes, four rows at a time. */
    @TestFactory
    List<DynamicTest> longSums() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Precision precision : Precision.values())
            tests.add(DynamicTest.dynamicTest(precision.toString(), () -> {
                List<Product> products = new ArrayList<>();
                for (int columns : new int[] {1, 4, 5, 7})
                    for (int which : new int[] {0, 1, 2}) products.add(product("NT", 64, columns, 517, 'M', false, which, PAD));
                List<Tiling> tilings = products.stream().map(p -> Tiling.of(p, precision, 64)).toList();
                assertThat(tilings).allMatch(t -> t.form() == Tiling.Form.DOTS);
                Object o = ProductClass.instance(products, tilings, true, precision);
                for (int examples : new int[] {1, 3, 4, 6, 33})
                    for (int x = 0; x < products.size(); x++) {
                        check(o, x, products.get(x), x % 3, examples, precision);
                        Object whole = inRanges(o, x, products.get(x), examples, precision, 0, examples);
                        if (x % 3 == 2 && precision == Precision.DOUBLE) continue;
                        assertThat(inRanges(o, x, products.get(x), examples, precision, 0, examples / 2, examples)).isEqualTo(whole);
                    }
            }));
        return tests;
    }

    /** Processors with shorter vectors take other branches: squares of 8, tiles that are two vectors where there is one of 16 lanes. */
    @ParameterizedTest
    @CsvSource({"32, 8", "16, 4"})
    void shorterVectors(int bytes, int lanes) throws IOException, InterruptedException {
        assumeThat(lanes).as("vectors shorter than this machine's, with which all other cases run").isLessThan(ShorterVectors.lanes());
        assertThat(ShorterVectorsJvm.printed(ShorterVectors.class, bytes)).isEqualTo("right with " + lanes + " lanes");
    }

    /** What threads rely on: an element is the same to the last bit whichever range of rows it is computed in. */
    @TestFactory
    List<DynamicTest> rowsInRanges() {
        int[][] sizes = {{31, 100, 9}, {13, 10, 31}, {50, 20, 7}, {23, 40, 300}, {64, 13, 600}, {37, 600, 40}, {9, 4, 5}, {3, 31, 40}, {21, 100, 40}};
        List<DynamicTest> tests = new ArrayList<>();
        for (Precision precision : Precision.values())
            for (boolean vector : new boolean[] {true, false})
                for (String form : List.of("NN", "NT", "TN", "TT"))
                    tests.add(DynamicTest.dynamicTest((vector ? "vector " : "scalar ") + precision + " " + form, () -> {
                        List<Product> products = new ArrayList<>();
                        List<Integer> rows = new ArrayList<>();
                        for (int[] s : sizes)
                            for (int which = 0; which < 4; which++) {
                                char batch = "M ".charAt((which + s[0]) % 2);
                                for (boolean accumulate : which == 0 ? new boolean[] {true, false} : new boolean[] {false}) {
                                    products.add(product(form, s[0], s[1], s[2], batch, accumulate, which, PAD));
                                    rows.add(s[0]);
                                }
                            }
                        Object o = ProductClass.instance(
                                products, products.stream().map(p -> Tiling.of(p, precision, 32)).toList(), vector, precision);
                        for (int x = 0; x < products.size(); x++) {
                            int m = rows.get(x);
                            Object whole = inRanges(o, x, products.get(x), m, precision, 0, m);
                            for (int cut : new int[] {1, 2, m / 2, m - 1})
                                assertThat(inRanges(o, x, products.get(x), m, precision, 0, cut, m))
                                        .as("%s cut at %d", products.get(x), cut)
                                        .isEqualTo(whole);
                        }
                    }));
        return tests;
    }

    /** Results of the product computed from each of {@code cuts} to the next, the last range first: {@code c} and {@code e}. */
    private static List<Object> inRanges(Object instance, int index, Product p, int examples, Precision precision, int... cuts) {
        int m = (int) p.rows().at(examples), n = p.columns().factor(), k = p.depth().factor();
        Product.Inner in = p.inner().get(0);
        Random random = new Random(index);
        List<Object> arrays = new ArrayList<>();
        for (int size : new int[] {
            PAD + last(m, p.a().stride()) + last(k, in.aStride()) + 1, PAD + last(n, p.b().stride()) + last(k, in.bStride()) + 1,
            PAD + (m - 1) * (n + PAD) + n, n, PAD + (m - 1) * (n + PAD) + n}) arrays.add(array(fill(random, size), precision));
        for (int x = 0; x < 5; x++) ProductClass.set(instance, "abcde".substring(x, x + 1), arrays.get(x));
        for (int x = cuts.length - 2; x >= 0; x--) ProductClass.run(instance, index, examples, cuts[x], cuts[x + 1]);
        return List.of(bits(arrays.get(2)), bits(arrays.get(4)));
    }

    /** So that lists compare elements, and -0 is not 0. */
    @TestFactory
    List<DynamicTest> everyTiling() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String form : List.of("NN", "NT", "TN"))
            tests.add(DynamicTest.dynamicTest(form, () -> {
                List<Product> products = new ArrayList<>();
                List<Tiling> tilings = new ArrayList<>();
                List<Integer> which = new ArrayList<>();
                for (int rows : new int[] {4, 5, 6})
                    for (boolean packA : new boolean[] {false, true})
                        for (boolean packB : new boolean[] {false, true}) {
                            if (!packB && form.charAt(1) == 'T') continue;
                            for (int columns : new int[] {75, 23, 13})
                                for (int epilogue : new int[] {1, 0}) {
                                    if (!packB && columns < 16) continue;
                                    products.add(product(form, 103, columns, 70, ' ', epilogue == 0, epilogue, PAD));
                                    which.add(epilogue);
                                    tilings.add(new Tiling(Tiling.Form.TILES, rows, 8, columns >= 64, packA && form.charAt(0) == 'T', packB, 32, rows * 8));
                                }
                        }
                Object o = ProductClass.instance(products, tilings, true, Precision.FLOAT);
                for (int x = 0; x < products.size(); x++) check(o, x, products.get(x), which.get(x), 1, Precision.FLOAT);
            }));
        return tests;
    }
}
