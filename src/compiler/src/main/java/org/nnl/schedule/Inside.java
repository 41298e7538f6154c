package org.nnl.schedule;

import java.util.List;

/**
 * A test at run time that an index lies in its dimension: {@code 0 <= index} if {@code low}, {@code index < size} if
 * {@code high}; at least one of them, the other is known to hold.
 */
public record Inside(Affine index, Count size, boolean low, boolean high) {
    public Inside {
        if (!low && !high) throw new IllegalArgumentException("nothing to test about " + index);
    }

    /** The tests one by one, of which each is of one side. */
    List<Inside> halves() {
        if (low && high) return List.of(new Inside(index, size, true, false), new Inside(index, size, false, true));
        return List.of(this);
    }

    /** The test that holds where this one, which is of one side, does not. */
    Inside opposite() {
        Count minus = Count.of(-1);
        return new Inside(low ? index.times(minus).plus(-1) : index.plus(Affine.of(size).times(minus)), size, true, false);
    }

    @Override
    public String toString() {
        return (low ? "0 <= " : "") + index + (high ? " < " + size : "");
    }
}
