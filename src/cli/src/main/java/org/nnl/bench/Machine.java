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
                processor(), cores, cores > 1 ? String.format(Locale.ROOT, " %.0f ns apart", distance()) : "",
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

    private static volatile int ball;

    /**
     * Nanoseconds for a number to get from one core to another: about 30 within a chip, 200 and more from chip to chip. Where
     * cores are virtual, they may be placed anew at any time; what two threads gain depends on it.
     *
     * @return NaN if there is only one core
     */
    public static double distance() {
        if (Runtime.getRuntime().availableProcessors() == 1) return Double.NaN;
        ball = 0;
        Thread other = new Thread(Machine::play, "distance");
        other.start();
        play(20_000_000); // until that is compiled
        double nanos = play(50_000_000);
        ball = END;
        return nanos;
    }

    private static final int END = -1, SOME = 64;

    /** Serves for so many nanoseconds; returns how many a way takes. */
    private static double play(long nanos) {
        long start = System.nanoTime(), time = 0;
        int rounds = 0;
        while (time < nanos) {
            for (int k = 0; k < SOME; k++) {
                ball = 1;
                while (ball == 1) Thread.onSpinWait();
            }
            rounds += SOME;
            time = System.nanoTime() - start;
        }
        return time / 2.0 / rounds;
    }

    /** Returns the ball until there is none. */
    private static void play() {
        for (int b = ball; b != END; b = ball) {
            if (b == 1) ball = 0;
            else Thread.onSpinWait();
        }
    }
}
