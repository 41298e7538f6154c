package org.nnl.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A stored array, row-major, still in the bytes of its file.
 *
 * @param type  of an element
 * @param shape a size per dimension; empty for a single number
 * @param bytes exactly the elements, in the buffer's byte order
 */
public record NdArray(ElementType type, List<Integer> shape, ByteBuffer bytes) {
    public NdArray {
        shape = List.copyOf(shape);
        long n = elements(shape);
        if (n * type.bytes() != bytes.limit())
            throw new DataException("an array of shape " + shape + " and type " + type + " has " + n * type.bytes()
                    + " bytes, not " + bytes.limit());
    }

    public static NdArray of(double[] values, int... shape) {
        ByteBuffer b = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        b.asDoubleBuffer().put(values);
        return new NdArray(ElementType.F64, Arrays.stream(shape).boxed().toList(), b);
    }

    public static NdArray of(float[] values, int... shape) {
        ByteBuffer b = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        b.asFloatBuffer().put(values);
        return new NdArray(ElementType.F32, Arrays.stream(shape).boxed().toList(), b);
    }

    public static NdArray of(int[] values, int... shape) {
        ByteBuffer b = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        b.asIntBuffer().put(values);
        return new NdArray(ElementType.I32, Arrays.stream(shape).boxed().toList(), b);
    }

    /** The number of elements of a shape. */
    static long elements(List<Integer> shape) {
        long n = 1;
        for (int s : shape) {
            if (s < 0) throw new DataException("a negative size in the shape " + shape);
            try {
                n = Math.multiplyExact(n, (long) s);
            } catch (ArithmeticException e) {
                throw new DataException("the shape " + shape + " is too large");
            }
        }
        if (n > Integer.MAX_VALUE) throw new DataException("the shape " + shape + " is too large: at most 2^31-1 elements");
        return n;
    }

    public int size() {
        return (int) elements(shape);
    }

    /** The i-th element in row-major order. */
    public double get(int i) {
        return type.read(bytes, i);
    }

    public double[] toDoubles() {
        double[] v = new double[size()];
        for (int i = 0; i < v.length; i++) v[i] = get(i);
        return v;
    }

    /** All elements as integers; one with a fraction is an error. */
    public int[] toInts() {
        int[] v = new int[size()];
        for (int i = 0; i < v.length; i++) {
            double d = get(i);
            v[i] = (int) d;
            if (v[i] != d) throw new DataException("element " + i + " is " + d + ", not an integer");
        }
        return v;
    }
}
