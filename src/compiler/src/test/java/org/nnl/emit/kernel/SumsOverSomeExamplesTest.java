package org.nnl.emit.kernel;

import static org.nnl.emit.kernel.ProductClass.array;
import static org.nnl.emit.kernel.ProductClass.fill;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nnl.Options.Precision;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;
import org.nnl.schedule.Product;

/** Products whose sum runs over some of the examples: halves of a gradient. */
class SumsOverSomeExamplesTest {
    /** The gradient of a weight from some of the examples, of which each step of time has a row, or each example its steps. */
    @TestFactory
    List<DynamicTest> sumsOverSomeExamples() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Precision precision : Precision.values())
            for (boolean vector : new boolean[] {true, false})
                tests.add(DynamicTest.dynamicTest((vector ? "vector " : "scalar ") + precision, () -> {
                    int[][] sizes = {{5, 7, 9}, {16, 33, 4}, {65, 128, 6}, {192, 64, 32}, {520, 70, 3}, {103, 20, 1}, {3, 40, 5}};
                    int[][] examples = {{9, 0, 5}, {9, 5, 9}, {32, 16, 32}, {700, 1, 699}, {1500, 100, 1400}, {9, 4, 4}};
                    List<Product> products = new ArrayList<>();
                    List<int[]> how = new ArrayList<>();
                    for (int[] s : sizes)
                        for (int[] e : examples)
                            for (boolean together : new boolean[] {false, true}) {
                                if ((long) s[0] * s[1] * s[2] * e[0] > 1e8) continue;
                                products.add(ofSome(s[0], s[1], s[2], e[1], e[2], together));
                                how.add(new int[] {s[0], s[1], s[2], e[0], e[1], e[2], together ? 1 : 0});
                            }
                    List<Tiling> tilings = new ArrayList<>();
                    for (int x = 0; x < products.size(); x++) tilings.add(Tiling.of(products.get(x), precision, how.get(x)[3]));
                    Object o = ProductClass.instance(products, tilings, vector, precision);
                    for (int x = 0; x < products.size(); x++) checkOfSome(o, x, how.get(x), precision);
                }));
        return tests;
    }

    private static Product ofSome(int m, int n, int steps, int from, int to, boolean together) {
        Product.Part part = new Product.Part(Affine.of(from), Affine.of(to));
        List<Product.Inner> inner = together
                ? List.of(new Product.Inner(new Count(steps, true), Count.of(m), Count.of(n), part))
                : List.of(new Product.Inner(Count.of(steps), new Count(m, true), new Count(n, true)),
                        new Product.Inner(new Count(1, true), Count.of(m), Count.of(n), part));
        return new Product(
                new Product.Operand("a", Affine.ZERO, Count.ONE), new Product.Operand("b", Affine.ZERO, Count.ONE),
                new Product.Result("c", Affine.ZERO, Count.of(n), Count.ONE), Count.of(m), Count.of(n), inner, false, "i", "j", List.of());
    }

    private static void checkOfSome(Object instance, int index, int[] how, Precision precision) {
        int m = how[0], n = how[1], steps = how[2], examples = how[3];
        Random random = new Random(index);
        double[] a = fill(random, m * steps * examples), b = fill(random, n * steps * examples);
        double[] before = new double[m * n];
        Arrays.fill(before, 7); // of another minibatch
        Object c = array(before, precision);
        ProductClass.set(instance, "a", array(a, precision));
        ProductClass.set(instance, "b", array(b, precision));
        ProductClass.set(instance, "c", c);
        ProductClass.runner(instance, index, examples).run();
        double[] want = new double[m * n];
        for (int row = 0; row < steps * examples; row++) {
            int example = how[6] == 1 ? row / steps : row % examples;
            if (example < how[4] || example >= how[5]) continue;
            for (int i = 0; i < m; i++) for (int j = 0; j < n; j++) want[n * i + j] += a[m * row + i] * b[n * row + j];
        }
        double tolerance = (precision == Precision.FLOAT ? 1e-5 : 1e-13) * (steps * (how[5] - how[4]) + 3);
        for (int at = 0; at < m * n; at++) {
            double got = precision == Precision.FLOAT ? ((float[]) c)[at] : ((double[]) c)[at];
            if (!(Math.abs(got - want[at]) <= tolerance))
                throw new AssertionError(at + " of " + Arrays.toString(how) + ": " + got + ", not " + want[at]);
        }
    }
}
