package org.nnl.equations;

/** How an equation combines the values that its box sends to one element of its target. */
public enum Fold {
    /** {@code =}: exactly one value arrives. */
    SET("=", 0),
    /** {@code +=}: their sum. */
    SUM("+=", 0),
    /** {@code max=}: their maximum. */
    MAX("max=", Double.NEGATIVE_INFINITY),
    /**
     * {@code argmax=}: the value of the equation's {@link Equation#position() position axis} at the first maximum, in
     * the order of the box (last axis fastest). The target is an integer tensor.
     */
    ARGMAX("argmax=", 0);

    private final String symbol;
    private final double start;

    Fold(String symbol, double start) {
        this.symbol = symbol;
        this.start = start;
    }

    public String symbol() {
        return symbol;
    }

    /** What an element holds before any value has arrived, and keeps if none does. */
    public double start() {
        return start;
    }
}
