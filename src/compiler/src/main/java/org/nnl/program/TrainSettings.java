package org.nnl.program;

/**
 * What a {@code train} block says about running, all with defaults; the optimiser itself is in the graphs.
 *
 * @param batch      examples a step
 * @param epochs     passes over the training data
 * @param seed       of initial values, shuffling and noise
 * @param unroll     time steps a pass of the loop body; 0 lets the schedule choose, {@link #FULL} means all of them
 * @param threads    at most this many
 * @param stateful   whether recurrent state is carried from batch to batch
 * @param checkpoint time steps between kept states, for recomputation; 0 keeps all, {@link #CHOOSE} leaves it open
 * @param patience   epochs without improvement after which training stops; 0 never
 */
public record TrainSettings(
        int batch, int epochs, long seed, int unroll, int threads, boolean stateful, int checkpoint, int patience) {
    /** For {@code checkpoint}: a number of steps is to be chosen. */
    public static final int CHOOSE = -1;

    /** For {@code unroll}: no loop over time at all. */
    public static final int FULL = Integer.MAX_VALUE;

    /** A class starts its threads at once, so a slip in their number must not become as many of them. */
    public static final int MOST_THREADS = 1024;

    public static final TrainSettings DEFAULT = new TrainSettings(32, 10, 1, 0, 1, false, 0, 0);

    public TrainSettings withCheckpoint(int n) {
        return new TrainSettings(batch, epochs, seed, unroll, threads, stateful, n, patience);
    }
}
