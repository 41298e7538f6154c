package org.nnl;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a compilation can be told beside the model.
 *
 * @param packageName of the generated class, empty for none
 * @param className   of the generated class, and the model that is meant where a file has several; empty for the model's name
 * @param backend     which Java is written
 * @param precision   of all real numbers in the generated class
 * @param overrides   values for model parameters ({@code hidden}) and for train settings ({@code batch}, {@code unroll},
 *                    {@code threads}, {@code seed}, {@code epochs}), by name
 */
public record Options(
        String packageName, String className, Backend backend, Precision precision, Map<String, Double> overrides) {

    public static final Options DEFAULT = new Options("", "", Backend.VECTOR, Precision.FLOAT, Map.of());

    /** Which Java is written. */
    public enum Backend {
        /** {@code jdk.incubator.vector}. */
        VECTOR,
        /** Plain Java, for where the incubator module is unwelcome. */
        SCALAR;

        /** As on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The type of all real numbers in the generated class. */
    public enum Precision {
        FLOAT("float", 16),
        DOUBLE("double", 8);

        private final String java;
        private final int lanes;

        Precision(String java, int lanes) {
            this.java = java;
            this.lanes = lanes;
        }

        /** The most lanes that a vector of a generated class has: those of 512 bits. Shorter ones have half as many, or a quarter. */
        public int lanes() {
            return lanes;
        }

        /** The Java primitive type. */
        public String java() {
            return java;
        }

        /** As on the command line. */
        @Override
        public String toString() {
            return java;
        }
    }

    public Options {
        overrides = Map.copyOf(overrides);
    }

    public Options withClassName(String newName) {
        return new Options(packageName, newName, backend, precision, overrides);
    }

    /** Without the value for a parameter or setting. */
    Options without(String setting) {
        Map<String, Double> fewer = new TreeMap<>(overrides);
        fewer.remove(setting);
        return new Options(packageName, className, backend, precision, fewer);
    }

    public Options with(Backend newBackend, Precision newPrecision) {
        return new Options(packageName, className, newBackend, newPrecision, overrides);
    }
}
