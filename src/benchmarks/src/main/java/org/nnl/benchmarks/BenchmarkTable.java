package org.nnl.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.nnl.Options;
import org.nnl.bench.Distance;
import org.nnl.bench.Machine;
import org.nnl.bench.Measurement;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs the workloads and prints one table: time, GFLOP/s, share of the peak measured in the same run, bytes allocated a
 * step; vectors with one thread, with two, and plain Java. Arguments: workloads ({@code W2 W5}; all if none), {@code
 * vector}, {@code threads} and {@code scalar} for some of the three forms only.
 */
public final class BenchmarkTable {
    /**
     * Seconds before those that are measured. With two threads HotSpot, which compiles on their cores, needs longer: W8's step
     * took 888 µs after 6 seconds, 650 after 20.
     */
    private static final int WARM_UP = 10, WARM_UP_OF_THREADS = 30;

    private BenchmarkTable() {}

    public static void main(String[] args) throws RunnerException, IOException {
        List<String> wanted = List.of(args);
        boolean everything = Stream.of("vector", "threads", "scalar").noneMatch(wanted::contains);
        double peak = Machine.peak();
        System.out.printf("%s%n%n", Machine.description());
        System.out.println("| workload | form | step, µs | ± | fastest | GFLOP/s | of a core's peak | batch, µs | one example, µs | bytes a step |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        for (Workload w : Workload.values()) {
            if (!wanted.contains(w.name()) && wanted.stream().anyMatch(a -> a.matches("W\\d"))) continue;
            Path file = Files.createTempDirectory("workload").resolve(w.file());
            Files.writeString(file, w.text());
            if (everything || wanted.contains("vector")) row(w, "vector", file, Options.Backend.VECTOR, 1, peak);
            if (everything || wanted.contains("threads")) row(w, "vector, 2 threads", file, Options.Backend.VECTOR, 2, peak);
            if (everything || wanted.contains("scalar")) row(w, "scalar", file, Options.Backend.SCALAR, 1, peak);
            Files.delete(file);
            Files.delete(file.getParent());
        }
    }

    private static void row(Workload w, String form, Path file, Options.Backend backend, int threads, double peak)
            throws RunnerException, IOException {
        double before = threads > 1 ? Distance.nanos() : 0;
        Measurement m = Measurement.of(
                file, backend, Options.Precision.FLOAT, Map.of("threads", (double) threads), threads > 1 ? WARM_UP_OF_THREADS : WARM_UP, 5, 1);
        if (threads > 1) form += String.format(Locale.ROOT, ", %.0f to %.0f ns apart", before, Distance.nanos());
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %.2f | %.2f | %.2f | %.1f | %.0f %% | %.2f | %.3f | %.0f |%n",
                w, form, m.step(), m.error(), m.fastest(), m.gigaflops(), 100 * m.gigaflops() / peak, m.batch(), m.one(),
                m.allocated());
    }
}
