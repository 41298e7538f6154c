package org.nnl.emit.kernel;

/**
 * A parameter of a kernel, or of another method that several routines share.
 *
 * @param name in the kernel's text
 * @param kind what is handed over
 */
public record Parameter(String name, Kind kind) {
    public enum Kind {
        /** An array of numbers. */
        REALS,
        /** An array of integers. */
        INTEGERS,
        /** A number. */
        REAL,
        /** A number in double precision whatever the class's. */
        WIDE,
        /** An integer: where an array's part begins, a row, the number of examples. */
        INTEGER,
        /** Where a kernel keeps copies: an array of numbers, or several where rows must be arrays of their own. */
        SCRATCH
    }

    static Parameter integer(String name) {
        return new Parameter(name, Kind.INTEGER);
    }

    public boolean isArray() {
        return kind == Kind.REALS || kind == Kind.INTEGERS;
    }

    /** As a method declares it. */
    public String declaration(String real, String scratch) {
        return switch (kind) {
            case REALS -> real + "[] ";
            case INTEGERS -> "int[] ";
            case REAL -> real + " ";
            case WIDE -> "double ";
            case INTEGER -> "int ";
            case SCRATCH -> scratch + " ";
        } + name;
    }
}
