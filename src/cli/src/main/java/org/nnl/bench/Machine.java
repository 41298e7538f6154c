package org.nnl.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import jdk.incubator.vector.FloatVector;

/** The machine a table comes from. */
public final class Machine {
    private Machine() {}

    /** Processor, cores, vector width, JVM, and the peak of one core and the distance of two measured just now. */
    public static String description() {
        int cores = Runtime.getRuntime().availableProcessors();
        return String.format(
                Locale.ROOT, "%s, %d cores%s, %d-bit vectors, peak %.0f GFLOP/s a core, Java %s",
                processor(), cores, cores > 1 ? String.format(Locale.ROOT, " %.0f ns apart", Distance.nanos()) : "",
                FloatVector.SPECIES_PREFERRED.vectorBitSize(), peak(), Runtime.version().feature());
    }

    private static String processor() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo")))
                if (line.startsWith("model name")) return line.substring(line.indexOf(':') + 1).strip();
        } catch (IOException e) {
            // not Linux: the architecture will do
        }
        return System.getProperty("os.arch");
    }

    /** How long the peak is looked for, since HotSpot has to compile the loop first, and a neighbour may be busy: in runs and nanoseconds. */
    private static final int RUNS = 200;
    private static final long NANOS = 200_000_000;

    /** GFLOP/s of {@link Peak}, the best run of many. */
    public static double peak() {
        int iterations = 20_000;
        double best = 0;
        float kept = 0;
        long begin = System.nanoTime();
        for (int run = 0; run < RUNS || System.nanoTime() - begin < NANOS; run++) {
            long start = System.nanoTime();
            kept += Peak.run(iterations, 0.999f, 0.5f);
            best = Math.max(best, Peak.operations(iterations) / (System.nanoTime() - start));
        }
        return Float.isNaN(kept) ? Double.NaN : best;
    }
}
