package org.nnl.emit.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nnl.Options.Precision;
import org.nnl.emit.Compiled;
import org.nnl.schedule.Product;

/**
 * A command: speed of products of the sizes that the nine workloads of the speed table have, as a share of what the
 * processor reaches with multiply-adds between registers in the same run. Arguments choose lines by a part of their
 * name; {@code own} leaves out tilings that the compiler would not choose.
 */
final class ProductBenchmark {
    private ProductBenchmark() {}

    private static final String PEAK =
            """
            import jdk.incubator.vector.*;
            final class Peak {
                static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
                static float run(float[] a, int n) {
                    FloatVector x = FloatVector.fromArray(S, a, 0), y = FloatVector.fromArray(S, a, S.length());
                    FloatVector c0 = x, c1 = x, c2 = x, c3 = x, c4 = x, c5 = x, c6 = x, c7 = x, c8 = x, c9 = x;
                    for (int i = 0; i < n; i++) {
                        c0 = x.fma(y, c0); c1 = x.fma(y, c1); c2 = x.fma(y, c2); c3 = x.fma(y, c3); c4 = x.fma(y, c4);
                        c5 = x.fma(y, c5); c6 = x.fma(y, c6); c7 = x.fma(y, c7); c8 = x.fma(y, c8); c9 = x.fma(y, c9);
                    }
                    return c0.add(c1).add(c2).add(c3).add(c4).add(c5).add(c6).add(c7).add(c8).add(c9).lane(0);
                }
                static double measure() {
                    float[] a = new float[64];
                    Arrays.fill(a, 1e-3f);
                    long best = Long.MAX_VALUE;
                    for (int k = 0; k < 400; k++) {
                        long t = System.nanoTime();
                        run(a, 20000);
                        best = Math.min(best, System.nanoTime() - t);
                    }
                    return 20000.0 * 10 * 2 * S.length() / best;
                }
            }
            """.replace("Arrays.", "java.util.Arrays.");

    private record Shape(String name, String form, int m, int n, int k) {}

    private static final List<Shape> SHAPES = List.of(
            new Shape("W2 forward", "NT", 32, 32, 64), new Shape("W2 forward 2", "NT", 32, 10, 32),
            new Shape("W2 backward", "NN", 32, 32, 10), new Shape("W2 weights", "TN", 32, 64, 32),
            new Shape("W3 forward", "NT", 64, 128, 784), new Shape("W3 forward 2", "NT", 64, 64, 128),
            new Shape("W3 backward", "NN", 64, 128, 64), new Shape("W3 weights", "TN", 128, 784, 64),
            new Shape("W4 forward", "NT", 256, 1024, 1024), new Shape("W4 backward", "NN", 256, 1024, 1024),
            new Shape("W4 weights", "TN", 1024, 1024, 256), new Shape("W5 gates", "NT", 32, 512, 128),
            new Shape("W5 backward", "NN", 32, 128, 512), new Shape("W5 weights", "TN", 512, 128, 2048),
            new Shape("W6 gates", "NT", 16, 192, 64), new Shape("W9 project", "NT", 512, 64, 64),
            new Shape("W9 feed", "NT", 512, 256, 64), new Shape("W9 back", "NN", 512, 64, 256),
            new Shape("W9 scores", "NT", 32, 32, 16), new Shape("W9 mix", "NN", 32, 16, 32));

    public static void main(String[] arguments) {
        boolean own = List.of(arguments).contains("own");
        List<String> chosen = Arrays.stream(arguments).filter(x -> !x.equals("own")).toList();
        double peak = (Double) Compiled.run(Compiled.of("Peak", PEAK), "measure");
        System.out.printf("Java %s, peak %.1f GFLOP/s%n", System.getProperty("java.version"), peak);
        for (Shape s : SHAPES) {
            if (!chosen.isEmpty() && chosen.stream().noneMatch(s.name::contains)) continue;
            Product p = ProductTest.product(s.form, s.m, s.n, s.k, ' ', false, 0, 0);
            List<Tiling> tilings = new ArrayList<>();
            Tiling compilers = Tiling.of(p, Precision.FLOAT, s.m);
            tilings.add(compilers);
            for (int rows : own ? new int[0] : new int[] {4, 6, 8})
                for (boolean packB : new boolean[] {false, true}) {
                    if (!packB && (s.form.charAt(1) == 'T' || s.n < 16)) continue;
                    tilings.add(new Tiling(Tiling.Form.TILES, rows, 8, s.n >= 64, false, packB, packB ? 256 : 0, 0));
                    if (s.form.charAt(0) == 'T')
                        tilings.add(new Tiling(Tiling.Form.TILES, rows, 8, s.n >= 64, true, packB, 256, rows * 16));
                }
            StringBuilder line = new StringBuilder(String.format("%-14s %s %dx%dx%d:", s.name, s.form, s.m, s.n, s.k));
            for (Tiling t : tilings) {
                Object o = ProductClass.instance(List.of(p), List.of(t), true, Precision.FLOAT);
                for (String array : List.of("a", "b", "c")) {
                    float[] x = new float[array.equals("a") ? s.m * s.k : array.equals("b") ? s.k * s.n : s.m * s.n];
                    Arrays.fill(x, 1e-2f);
                    ProductClass.set(o, array, x);
                }
                Runnable run = ProductClass.runner(o, 0, s.m);
                long best = Long.MAX_VALUE, until = System.nanoTime() + (own ? 1_200_000_000L : 1_000_000_000L);
                for (int k = 0; k < 60 || System.nanoTime() < until; k++) {
                    long from = System.nanoTime();
                    run.run();
                    best = Math.min(best, System.nanoTime() - from);
                }
                double flops = 2.0 * s.m * s.n * s.k / best;
                line.append(String.format("  %s%d%s%s %.0f%% (%.1f µs)", t == compilers ? "*" : "", t.rows(), t.packA() ? "a" : "", t.packB() ? "b" : "", 100 * flops / peak, best / 1e3));
            }
            System.out.println(line);
        }
    }
}
