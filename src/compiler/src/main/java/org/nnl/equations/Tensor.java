package org.nnl.equations;

import java.util.List;
import java.util.Objects;

/**
 * A named array of numbers. A read outside its shape gives {@link #boundary}; a write outside is dropped.
 *
 * @param name     unique in its graph; {@code h.W}, {@code d_h.W}, {@code W.m}
 * @param role     where its values come from
 * @param shape    a size per dimension; {@link Size#BATCH} only as the first
 * @param classes  0 for real numbers; k for integers from 0 to k-1; {@link #ANY_INTEGER} for integers without bound
 * @param boundary what a read outside gives
 */
public record Tensor(String name, Role role, List<Size> shape, int classes, double boundary) {

    /** {@link #classes} of an integer tensor whose values have no stated bound (a step counter, a seed). */
    public static final int ANY_INTEGER = -1;

    /** Where a tensor's values come from. */
    public enum Role {
        /** Given with every call, known also when predicting. */
        INPUT,
        /** Given with every call that needs the loss. */
        TARGET,
        /** Trained. */
        PARAM,
        /** Kept from step to step, saved with the weights: moments of an optimiser, running averages, carried states. */
        STATE,
        /** A scalar that the caller may change between steps: learning rate, step, seed. */
        SETTING,
        /** Computed by equations. */
        VALUE;

        /** As in the text form of a graph. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    public Tensor {
        Objects.requireNonNull(name);
        Objects.requireNonNull(role);
        shape = List.copyOf(shape);
        for (int d = 1; d < shape.size(); d++)
            if (shape.get(d).isBatch())
                throw new IllegalArgumentException(name + ": only the first dimension may be the batch");
        if (role == Role.SETTING && !shape.isEmpty())
            throw new IllegalArgumentException(name + ": a setting is a scalar");
    }

    public static Tensor real(String name, Role role, List<Size> shape) {
        return new Tensor(name, role, shape, 0, 0);
    }

    public boolean isInteger() {
        return classes != 0;
    }

    public int rank() {
        return shape.size();
    }

    public boolean isBatched() {
        return !shape.isEmpty() && shape.get(0).isBatch();
    }

    /** Number of elements, at a number of examples. */
    public long elements(int batch) {
        long n = 1;
        for (Size s : shape) n = Math.multiplyExact(n, (long) s.at(batch));
        return n;
    }

    @Override
    public String toString() {
        StringBuilder s = new StringBuilder(role.word()).append(' ').append(name);
        if (!shape.isEmpty()) s.append(shape);
        if (classes > 0) s.append(" : class(").append(classes).append(')');
        if (classes == ANY_INTEGER) s.append(" : integer");
        if (boundary != 0) s.append(" outside ").append(ExprPrinter.number(boundary));
        return s.toString();
    }
}
