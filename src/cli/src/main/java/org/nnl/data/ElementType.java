package org.nnl.data;

import java.nio.ByteBuffer;

/** How an element of a stored array is written; the byte order is the buffer's. */
public enum ElementType {
    BOOL(1, (b, i) -> b.get(i) != 0 ? 1 : 0, (b, i, v) -> b.put(i, (byte) (v != 0 ? 1 : 0))),
    U8(1, (b, i) -> b.get(i) & 0xff, (b, i, v) -> b.put(i, (byte) (int) v)),
    I8(1, (b, i) -> b.get(i), (b, i, v) -> b.put(i, (byte) v)),
    U16(2, (b, i) -> b.getChar(2 * i), (b, i, v) -> b.putChar(2 * i, (char) v)),
    I16(2, (b, i) -> b.getShort(2 * i), (b, i, v) -> b.putShort(2 * i, (short) v)),
    U32(4, (b, i) -> b.getInt(4 * i) & 0xffffffffL, (b, i, v) -> b.putInt(4 * i, (int) (long) v)),
    I32(4, (b, i) -> b.getInt(4 * i), (b, i, v) -> b.putInt(4 * i, (int) v)),
    U64(8, (b, i) -> unsigned(b.getLong(8 * i)), (b, i, v) -> b.putLong(8 * i, (long) v)),
    I64(8, (b, i) -> b.getLong(8 * i), (b, i, v) -> b.putLong(8 * i, (long) v)),
    /** The upper half of an IEEE single. */
    BF16(
            2,
            (b, i) -> Float.intBitsToFloat(b.getShort(2 * i) << 16),
            (b, i, v) -> b.putShort(2 * i, (short) (Float.floatToIntBits((float) v) >>> 16))),
    F16(2, (b, i) -> half(b.getShort(2 * i)), null),
    F32(4, (b, i) -> b.getFloat(4 * i), (b, i, v) -> b.putFloat(4 * i, (float) v)),
    F64(8, (b, i) -> b.getDouble(8 * i), (b, i, v) -> b.putDouble(8 * i, v));

    private final int bytes;
    private final Reader reader;
    private final Writer writer;

    ElementType(int bytes, Reader reader, Writer writer) {
        this.bytes = bytes;
        this.reader = reader;
        this.writer = writer;
    }

    private interface Reader {
        double read(ByteBuffer b, int i);
    }

    private interface Writer {
        void write(ByteBuffer b, int i, double v);
    }

    /** Bytes an element. */
    public int bytes() {
        return bytes;
    }

    public boolean isInteger() {
        return this != F16 && this != BF16 && this != F32 && this != F64;
    }

    /** The i-th element. */
    public double read(ByteBuffer b, int i) {
        return reader.read(b, i);
    }

    /** Stores the i-th element. */
    public void write(ByteBuffer b, int i, double v) {
        if (writer == null) throw new UnsupportedOperationException(this + " is only read");
        writer.write(b, i, v);
    }

    private static double unsigned(long v) {
        return v >= 0 ? v : (v >>> 1) * 2.0;
    }

    /** IEEE half precision: 1 sign, 5 exponent, 10 mantissa bits. */
    private static double half(short h) {
        int exponent = h >> 10 & 31, mantissa = h & 1023;
        double m;
        if (exponent == 0) m = mantissa * 0x1p-24;
        else if (exponent == 31) m = mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        else m = (1024 + mantissa) * Math.scalb(1.0, exponent - 25);
        return h < 0 ? -m : m;
    }
}
