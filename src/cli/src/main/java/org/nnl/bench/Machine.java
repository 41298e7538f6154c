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

    /** GFLOP/s of {@link Peak}, the best of twenty runs. */
    public static double peak() {
        int iterations = 200_000;
        double best = 0;
        float kept = 0;
        for (int i = 0; i < 20; i++) {
            long start = System.nanoTime();
            kept += Peak.run(iterations, 0.999f, 0.5f);
            best = Math.max(best, Peak.operations(iterations) / (System.nanoTime() - start));
        }
        return Float.isNaN(kept) ? Double.NaN : best;
    }
}
