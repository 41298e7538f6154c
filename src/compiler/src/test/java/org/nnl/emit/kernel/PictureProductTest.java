package org.nnl.emit.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.nnl.emit.kernel.ProductClass.array;
import static org.nnl.emit.kernel.ProductClass.bits;
import static org.nnl.emit.kernel.ProductClass.fill;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nnl.Options.Precision;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;
import org.nnl.schedule.Product;

/** Products whose columns are pixels: sums over channels and windows, rows of pictures side by side. */
class PictureProductTest {
    /** A convolution: the sum runs through channels and window, rows are output channels, columns pixels. */
    @TestFactory
    List<DynamicTest> convolution() {
        List<DynamicTest> tests = new ArrayList<>();
        for (boolean vector : new boolean[] {true, false})
            for (int[] shape : new int[][] {{3, 5}, {1, 5}, {8, 3}, {20, 3}, {2, 2}, {9, 1}}) tests.add(DynamicTest.dynamicTest((vector ? "vector " : "scalar ") + shape[0] + " channels, window " + shape[1], () -> {
                int channels = shape[0], out = 7, k = shape[1], width = 28, high = 24;
                Product p = new Product(
                        new Product.Operand("a", Affine.ZERO, Count.of(channels * k * k)),
                        new Product.Operand("b", Affine.ZERO, Count.ONE),
                        new Product.Result("c", Affine.ZERO, Count.of(high), Count.ONE),
                        Count.of(out), Count.of(high),
                        List.of(
                                new Product.Inner(Count.of(channels), Count.of(k * k), Count.of(width * width)),
                                new Product.Inner(Count.of(k), Count.of(k), Count.of(width)),
                                new Product.Inner(Count.of(k), Count.ONE, Count.ONE)),
                        false, "o", "j", List.of());
                Object o = ProductClass.instance(List.of(p), List.of(Tiling.of(p, Precision.FLOAT, 1)), vector, Precision.FLOAT);
                Random r = new Random(5);
                double[] a = fill(r, out * channels * k * k), b = fill(r, channels * width * width);
                float[] c = new float[out * high];
                ProductClass.set(o, "a", array(a, Precision.FLOAT));
                ProductClass.set(o, "b", array(b, Precision.FLOAT));
                ProductClass.set(o, "c", c);
                ProductClass.runner(o, 0, 1).run();
                for (int i = 0; i < out; i++)
                    for (int j = 0; j < high; j++) {
                        double sum = 0;
                        for (int q = 0; q < channels; q++)
                            for (int u = 0; u < k; u++)
                                for (int v = 0; v < k; v++)
                                    sum += a[((i * channels + q) * k + u) * k + v] * b[(q * width + u) * width + v + j];
                        assertThat((double) c[i * high + j]).isCloseTo(sum, offset(1e-4));
                    }
            }));
        return tests;
    }

    /** Columns in runs, as {@code b} holds a picture's rows; it ends with the last element that is read. */
    @TestFactory
    List<DynamicTest> runs() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Precision precision : Precision.values())
            for (boolean vector : new boolean[] {true, false}) tests.add(DynamicTest.dynamicTest((vector ? "vector " : "scalar ") + precision, () -> {
                List<Product> products = new ArrayList<>();
                List<Tiling> tilings = new ArrayList<>();
                for (int length : new int[] {4, 5, 7, 8, 12, 17, 24, 31})
                    for (int times : new int[] {8, 10, 23})
                        for (int apart : new int[] {length + 1, length + 4}) {
                            Product p = runs(length, times, apart);
                            products.add(p);
                            tilings.add(Tiling.of(p, precision, 1));
                        }
                Object o = ProductClass.instance(products, tilings, vector, precision);
                for (int x = 0; x < products.size(); x++) checkRuns(o, x, products.get(x), precision);
            }));
        return tests;
    }

    private static final int OUT = 6, CHANNELS = 2, WINDOW = 3;

    private static Product runs(int length, int times, int apart) {
        int plane = times * apart + 2 * apart;
        return new Product(
                new Product.Operand("a", Affine.ZERO, Count.of(CHANNELS * WINDOW)),
                new Product.Operand("b", Affine.ZERO, Count.ONE, new Product.Runs(length, apart)),
                new Product.Result("c", Affine.ZERO, Count.of(times * length), Count.ONE),
                Count.of(OUT), Count.of(times * length),
                List.of(
                        new Product.Inner(Count.of(CHANNELS), Count.of(WINDOW), Count.of(plane)),
                        new Product.Inner(Count.of(WINDOW), Count.ONE, Count.ONE)),
                false, "i", "j", List.of());
    }

    private static void checkRuns(Object o, int index, Product p, Precision precision) {
        int n = p.columns().factor(), length = p.b().runs().length(), apart = p.b().runs().apart();
        int plane = p.inner().get(0).bStride().factor();
        Random r = new Random(index);
        double[] a = fill(r, OUT * CHANNELS * WINDOW);
        double[] b = fill(r, (CHANNELS - 1) * plane + (n / length - 1) * apart + length + WINDOW - 1);
        ProductClass.set(o, "a", array(a, precision));
        ProductClass.set(o, "b", array(b, precision));
        List<Object> results = new ArrayList<>();
        for (int cut : new int[] {0, 1, 3}) {
            Object c = array(new double[OUT * n], precision);
            ProductClass.set(o, "c", c);
            ProductClass.run(o, index, 1, 0, cut);
            ProductClass.run(o, index, 1, cut, OUT);
            results.add(bits(c));
            for (int i = 0; i < OUT; i++)
                for (int j = 0; j < n; j++) {
                    double sum = 0;
                    for (int q = 0; q < CHANNELS; q++)
                        for (int v = 0; v < WINDOW; v++)
                            sum += a[(i * CHANNELS + q) * WINDOW + v] * b[q * plane + j / length * apart + j % length + v];
                    double x = c instanceof float[] f ? f[i * n + j] : ((double[]) c)[i * n + j];
                    assertThat(x).as("%s, row %d, column %d", p, i, j)
                            .isCloseTo(sum, offset(precision == Precision.FLOAT ? 1e-5 : 1e-13));
                }
        }
        assertThat(results.get(1)).as("%s, other ranges", p).isEqualTo(results.get(0));
        assertThat(results.get(2)).as("%s, other ranges", p).isEqualTo(results.get(0));
    }
}
