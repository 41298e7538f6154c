package org.nnl.schedule;

/**
 * A test at run time that an index lies in its dimension: {@code 0 <= index} if {@code low}, {@code index < size} if
 * {@code high}; at least one of them, the other is known to hold.
 */
public record Inside(Affine index, Count size, boolean low, boolean high) {
    public Inside {
        if (!low && !high) throw new IllegalArgumentException("nothing to test about " + index);
    }

    @Override
    public String toString() {
        return (low ? "0 <= " : "") + index + (high ? " < " + size : "");
    }
}
