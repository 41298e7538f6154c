package org.nnl;

import java.util.Locale;

/** Where the way from text to Java can be stopped and looked at. */
public enum Stage {
    /** The syntax tree. */
    SYNTAX,
    /** Names, shapes and roles of all tensors. */
    MODEL,
    /** The model as index equations. */
    EQUATIONS,
    /** The same with stable forms and the gradient. */
    GRADIENT,
    /** The same values with less work. */
    SIMPLIFIED,
    /** What is computed after what: equations in turn, and loops around the recurrent ones. */
    ORDER,
    /** Loop nests, products, buffers. */
    SCHEDULE,
    /** The class. */
    JAVA;

    /** Whether it consists of graphs, one of which can be shown alone. */
    public boolean hasGraphs() {
        return this == EQUATIONS || this == GRADIENT || this == SIMPLIFIED || this == ORDER;
    }

    /** As on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
