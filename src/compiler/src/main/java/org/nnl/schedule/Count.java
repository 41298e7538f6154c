package org.nnl.schedule;

import org.nnl.equations.Size;

/**
 * A number of elements or iterations: {@code factor}, times the number of examples of the call if {@code batch}.
 */
public record Count(int factor, boolean batch) {
    public static final Count ONE = new Count(1, false);

    public static Count of(int factor) {
        return new Count(factor, false);
    }

    public static Count of(Size size) {
        return size instanceof Size.Fixed f ? of(f.count()) : new Count(1, true);
    }

    public Count times(Count other) {
        if (batch && other.batch) throw new IllegalArgumentException("the number of examples squared");
        return new Count(Math.multiplyExact(factor, other.factor), batch || other.batch);
    }

    /** The number of elements at a number of examples. */
    public long at(int examples) {
        return batch ? (long) factor * examples : factor;
    }

    public boolean isOne() {
        return factor == 1 && !batch;
    }

    @Override
    public String toString() {
        return !batch ? Integer.toString(factor) : factor == 1 ? "B" : factor + "*B";
    }
}
