package org.nnl.bench;

/** How far the cores of this machine are from each other. */
public final class Distance {
    private static final int END = -1, SOME = 64;

    /** 1 on its way there, 0 when it is back, {@link #END} when the play is over. */
    private static volatile int ball;

    private Distance() {}

    /**
     * Nanoseconds for a number to get from one core to another: about 30 within a chip, 200 and more from chip to chip. Where
     * cores are virtual, they may be placed anew at any time; what two threads gain depends on it.
     *
     * @return NaN if there is only one core
     */
    public static double nanos() {
        if (Runtime.getRuntime().availableProcessors() == 1) return Double.NaN;
        ball = 0;
        Thread other = new Thread(Distance::play, "distance");
        other.start();
        play(20_000_000); // until that is compiled
        double nanos = play(50_000_000);
        ball = END;
        return nanos;
    }

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
