package org.nnl.bench;

/** What is measured of a model, on one minibatch that stays in memory. */
public interface Steps {

    /** Forward, loss, backward, update; the loss. */
    double train();

    /** The outputs of the whole minibatch. */
    void predictBatch();

    /** The outputs of its first example. */
    void predictOne();
}
