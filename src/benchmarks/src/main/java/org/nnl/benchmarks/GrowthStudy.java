package org.nnl.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nnl.Options;
import org.nnl.bench.Growth;
import org.nnl.bench.Machine;
import org.nnl.bench.Measurement;
import org.openjdk.jmh.runner.RunnerException;

/**
 * How times grow with the size of the batch, the width of layers, the number of layers and the number of time steps: a
 * table, and a plot for each, {@code growth-*.png}, in the folder of the property {@code nnl.folder}. What to look for are
 * cliffs, where methods become too long for HotSpot or arrays too large for a cache: there GFLOP/s fall and the line of the
 * plot bends.
 *
 * <p>Arguments: studies ({@code batch width depth steps}; all if none).
 */
public final class GrowthStudy {
    /** Half seconds before those that are measured: after four of them HotSpot had not compiled W3's shape. */
    private static final int WARM_UP = 16;

    private static final Path FOLDER = Path.of(System.getProperty("nnl.folder", "target"));

    /** The models have a parameter for what is varied. */
    private enum Study {
        BATCH("a network of W3's shape against the batch", 1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
        WIDTH("a network of two hidden layers against their width", 8, 16, 32, 64, 128, 256, 512, 1024),
        DEPTH("a network 64 wide against its number of layers", 1, 2, 4, 8, 16, 32, 64),
        STEPS("an LSTM of 64 units against the number of time steps", 4, 8, 16, 32, 64, 128, 256, 512, 1024);

        private final String title;
        private final int[] values;

        Study(String title, int... values) {
            this.title = title;
            this.values = values;
        }

        private String setting() {
            return name().toLowerCase(Locale.ROOT);
        }

        private String model(int value) {
            return switch (this) {
                case BATCH -> Workload.W3.text().replace("batch 64", "batch " + value);
                case WIDTH -> layers(2, value);
                case DEPTH -> layers(value, 64);
                case STEPS -> """
                        model Sequence {
                            axis   t = %d
                            input  x[t, 8]
                            target y[t] : class(16)
                            h[t], c[t] = lstm(x[t], h[t-1], c[t-1], m = 64)
                            output p[t] = softmax(dense(h[t], 16))
                            loss   mean[t] crossEntropy(p[t], y[t])
                            train  { optimizer adam, batch 16 }
                        }
                        """.formatted(value);
            };
        }

        private static String layers(int depth, int width) {
            return "model Layers {\n    input  x[64]\n    target y : class(10)\n    h0 = dense(x, " + width + ", relu)\n"
                    + IntStream.range(1, depth)
                            .mapToObj(k -> "    h" + k + " = dense(h" + (k - 1) + ", " + width + ", relu)\n")
                            .collect(Collectors.joining())
                    + "    output p = softmax(dense(h" + (depth - 1)
                    + ", 10))\n    loss   crossEntropy(p, y)\n    train  { optimizer adam, batch 64 }\n}\n";
        }
    }

    private GrowthStudy() {}

    public static void main(String[] args) throws RunnerException, IOException {
        List<String> wanted = List.of(args);
        double peak = Machine.peak();
        System.out.println(Machine.description() + "\n");
        for (Study s : Study.values()) if (wanted.isEmpty() || wanted.contains(s.setting())) run(s, peak);
    }

    private static void run(Study s, double peak) throws RunnerException, IOException {
        System.out.println("| " + s.setting() + " | step, µs | GFLOP/s | of a core's peak | batch, µs | one example, µs | compiling, s |");
        System.out.println("|--:|--:|--:|--:|--:|--:|--:|");
        Map<Double, Double> steps = new TreeMap<>(), batch = new TreeMap<>(), one = new TreeMap<>(), compiling = new TreeMap<>();
        Path folder = Files.createTempDirectory("growth");
        Path file = folder.resolve("growth.nnl");
        for (int value : s.values) {
            Files.writeString(file, s.model(value));
            Measurement m = Measurement.of(file, Options.Backend.VECTOR, Options.Precision.FLOAT, Map.of(), WARM_UP, 4, 0.5);
            System.out.printf(
                    Locale.ROOT, "| %d | %.2f | %.1f | %.0f %% | %.2f | %.2f | %.2f |%n",
                    value, m.step(), m.gigaflops(), 100 * m.gigaflops() / peak, m.batch(), m.one(), m.compiled());
            steps.put((double) value, m.step());
            batch.put((double) value, m.batch());
            one.put((double) value, m.one());
            compiling.put((double) value, m.compiled() * 1e6);
        }
        Files.delete(file);
        Files.delete(folder);
        Growth growth = new Growth(s.title, s.setting());
        growth.line("training step", steps);
        growth.line("prediction of a batch", batch);
        growth.line("prediction of one example", one);
        growth.line("compilation", compiling);
        Path plot = FOLDER.resolve("growth-" + s.setting() + ".png");
        growth.write(plot);
        System.out.println("\nplot: " + plot + "\n");
    }
}
