package org.nnl.cli;

import java.util.Map;

/** Something that computes what a model says, to be compared with reference values. Data go by name, examples first. */
interface Subject {
    /** Sets a parameter. */
    void set(String parameter, double[] values);

    double[] parameter(String name);

    /** The loss as used for evaluation. */
    double loss(Map<String, double[]> data, int examples);

    Map<String, double[]> outputs(Map<String, double[]> data, int examples);

    /** The gradient of the loss as trained, by parameter. */
    Map<String, double[]> gradient(Map<String, double[]> data, int examples);

    void trainStep(Map<String, double[]> data, int examples);
}
