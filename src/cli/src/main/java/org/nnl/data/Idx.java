package org.nnl.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The IDX format of the MNIST files (http://yann.lecun.com/exdb/mnist): two zero bytes, element type, number of
 * dimensions, the sizes as big-endian 32-bit integers, the elements.
 */
public final class Idx {
    private static final Map<Integer, ElementType> TYPES = Map.of(
            0x08, ElementType.U8,
            0x09, ElementType.I8,
            0x0b, ElementType.I16,
            0x0c, ElementType.I32,
            0x0d, ElementType.F32,
            0x0e, ElementType.F64);

    private Idx() {}

    public static NdArray read(Path file) {
        ByteBuffer b = ByteBuffer.wrap(Content.bytes(file));
        if (b.limit() < 4 || b.getShort(0) != 0)
            throw new DataException(file + ": not an IDX file (it does not begin with two zero bytes)");
        ElementType type = TYPES.get(b.get(2) & 0xff);
        if (type == null) throw new DataException(file + ": unknown IDX element type " + (b.get(2) & 0xff));
        int rank = b.get(3) & 0xff;
        if (b.limit() < 4 + 4 * rank) throw new DataException(file + ": ends within its header");
        List<Integer> shape = new ArrayList<>();
        for (int d = 0; d < rank; d++) shape.add(b.getInt(4 + 4 * d));
        long wanted;
        try {
            wanted = NdArray.elements(shape) * type.bytes();
        } catch (DataException e) {
            throw new DataException(file + ": " + e.getMessage(), e);
        }
        int there = b.limit() - 4 - 4 * rank;
        if (wanted != there)
            throw new DataException(file + ": its header announces " + wanted + " bytes for shape " + shape + ", but "
                    + there + " follow");
        return new NdArray(type, shape, b.position(4 + 4 * rank).slice());
    }
}
