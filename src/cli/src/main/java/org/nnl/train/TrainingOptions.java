package org.nnl.train;

import java.nio.file.Path;

/**
 * How to train.
 *
 * @param epochs   in all, those before a resumption included
 * @param batch    examples a step
 * @param seed     of the order of examples
 * @param patience epochs without improvement after which to stop; 0 never
 * @param stateful whether state is carried from batch to batch
 * @param folder   where checkpoints and record go
 * @param resume   whether to go on from what is there
 * @param interval seconds between checkpoints, the most that an end without warning can cost; 0 keeps every epoch
 * @param rivals   whether several losses pull at the model: then none of them says which weights are best, and the
 *                 latest are
 */
public record TrainingOptions(
        int epochs, int batch, long seed, int patience, boolean stateful, Path folder, boolean resume, double interval, boolean rivals) {

    /** Seconds between checkpoints unless something else is wanted. */
    public static final double INTERVAL = 5;

    /** For a model with one loss. */
    public TrainingOptions(
            int epochs, int batch, long seed, int patience, boolean stateful, Path folder, boolean resume) {
        this(epochs, batch, seed, patience, stateful, folder, resume, INTERVAL, false);
    }
}
