package org.nnl.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What the training loop needs of a model: the interface of a generated class. Data are inputs, then targets. */
public interface Trainable {
    /** A step; the loss before it. */
    double trainStep(Object[] data, int examples);

    /** The loss as used for evaluation; {@link #metric} then gives the metrics of the same examples. */
    double loss(Object[] data, int examples);

    double metric(String name);

    List<String> metricNames();

    /** Everything that a later step depends on: parameters, states and settings, copied. */
    Snapshot snapshot();

    void restore(Snapshot snapshot);

    void save(Path file) throws IOException;

    void load(Path file) throws IOException;

    /** Values at some moment, in no particular form. */
    interface Snapshot {}
}
