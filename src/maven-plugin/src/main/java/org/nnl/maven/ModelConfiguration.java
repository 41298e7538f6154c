package org.nnl.maven;

import java.util.Map;

/**
 * Configuration of a single model, what is left out being as for all:
 * <pre>{@code
 * <models>
 *   <model>
 *     <model>com/acme/Churn.nnl</model>
 *     <backend>scalar</backend>
 *     <settings><batch>64</batch></settings>
 *   </model>
 * </models>
 * }</pre>
 */
public class ModelConfiguration {
    /** The model's file, relative to the source folder. */
    String model;

    /** {@code vector} or {@code scalar}. */
    String backend;

    /** {@code float} or {@code double}. */
    String precision;

    /** Package of the class. */
    String packageName;

    /** Train settings and model parameters. */
    Map<String, String> settings;
}
