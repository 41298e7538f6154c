package org.nnl.schedule;

import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Where a tensor lives in the generated class: one flat primitive array, or a plain field for a scalar.
 *
 * @param name     the Java field
 * @param tensor   the tensor's name in the model
 * @param kind     who owns it
 * @param integer  whether it holds {@code int}s rather than real numbers
 * @param shape    number of elements by dimension
 * @param before   elements left free before each dimension, and {@code after} each: bounds need no test there
 * @param strides  distance of neighbours by dimension; a layout other than row-major is a decision like any other. 0 where
 *                 each element takes the place of the one before
 * @param classes  0, or the number of classes of an integer input, whose values are checked on entry
 * @param holds    what is in it, in words, if the schedule has made it and no equation knows it; else empty
 */
public record Array(
        String name,
        String tensor,
        Kind kind,
        boolean integer,
        List<Count> shape,
        List<Integer> before,
        List<Integer> after,
        List<Count> strides,
        int classes,
        String holds) {

    /** Who owns an array, and how it is declared. */
    public enum Kind {
        /** Handed in by the caller: a field set on entry. */
        GIVEN,
        /** Trained, fixed size. */
        PARAMETER,
        /** Saved with the parameters, fixed size. */
        STATE,
        /** A scalar that the caller may set: a {@code double} field, no array. */
        SETTING,
        /** Computed; grown with the number of examples where its shape says so. */
        COMPUTED,
        /** A computed scalar: a plain field, no array. */
        SCALAR
    }

    public Array {
        Objects.requireNonNull(kind);
        shape = List.copyOf(shape);
        strides = List.copyOf(strides);
        before = List.copyOf(before);
        after = List.copyOf(after);
        if (shape.size() != strides.size()) throw new IllegalArgumentException(name + ": a stride a dimension");
    }

    /** An array without room around its elements. */
    public Array(
            String name, String tensor, Kind kind, boolean integer, List<Count> shape, List<Count> strides, int classes) {
        this(name, tensor, kind, integer, shape, Collections.nCopies(shape.size(), 0),
                Collections.nCopies(shape.size(), 0), strides, classes, "");
    }

    /** A row-major array of real numbers that no equation knows. */
    static Array helper(String tensor, List<Count> shape, String holds) {
        List<Integer> room = Collections.nCopies(shape.size(), 0);
        return new Array(ClassNames.identifier(tensor), tensor, Kind.COMPUTED, false, shape, room, room, rowMajor(shape), 0, holds);
    }

    /** Row-major strides. */
    public static List<Count> rowMajor(List<Count> shape) {
        Count[] strides = new Count[shape.size()];
        Count s = Count.ONE;
        for (int d = shape.size() - 1; d >= 0; d--) {
            strides[d] = s;
            if (d > 0) s = s.times(shape.get(d));
        }
        return List.of(strides);
    }

    /** The same array as another field. */
    public Array named(String newName) {
        return new Array(newName, tensor, kind, integer, shape, before, after, strides, classes, holds);
    }

    /** Number of elements, free ones included. */
    public Count count() {
        Count n = Count.ONE;
        for (int d = 0; d < shape.size(); d++)
            if (strides.get(d).factor() != 0)
                n = n.times(shape.get(d).batch() ? shape.get(d) : Count.of(shape.get(d).factor() + before.get(d) + after.get(d)));
        return n;
    }

    /** Whether some elements take the place of others, which are needed no more. */
    public boolean isReused() {
        return strides.stream().anyMatch(s -> s.factor() == 0);
    }

    /** Whether elements are left free before or after a dimension. */
    public boolean hasRoom() {
        return before.stream().anyMatch(n -> n > 0) || after.stream().anyMatch(n -> n > 0);
    }

    /** Whether no equation knows it. */
    public boolean isHelper() {
        return !holds.isEmpty();
    }

    /** Whether it is a plain field. */
    public boolean isField() {
        return kind == Kind.SETTING || kind == Kind.SCALAR;
    }

    @Override
    public String toString() {
        String dims = shape.isEmpty() ? "" : shape.toString();
        String layout = strides.equals(rowMajor(shape)) ? "" : " strides " + strides;
        if (hasRoom())
            layout += " free before " + before + " after " + after;
        return kind.name().toLowerCase(java.util.Locale.ROOT) + " " + name + dims + (integer ? " int" : "") + layout
                + (name.equals(tensor) && holds.isEmpty() ? "" : "  # " + tensor + (holds.isEmpty() ? "" : ": " + holds));
    }
}
