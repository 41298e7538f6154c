package org.nnl.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NumPy's NPY format, versions 1 to 3 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): the
 * magic string, a Python dictionary of descr, fortran_order and shape, the elements.
 */
public final class Npy {
    private static final Map<String, ElementType> TYPES = Map.ofEntries(
            Map.entry("b1", ElementType.BOOL),
            Map.entry("u1", ElementType.U8),
            Map.entry("i1", ElementType.I8),
            Map.entry("u2", ElementType.U16),
            Map.entry("i2", ElementType.I16),
            Map.entry("u4", ElementType.U32),
            Map.entry("i4", ElementType.I32),
            Map.entry("u8", ElementType.U64),
            Map.entry("i8", ElementType.I64),
            Map.entry("f2", ElementType.F16),
            Map.entry("f4", ElementType.F32),
            Map.entry("f8", ElementType.F64));
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([<>|=])(\\w\\d+)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d,\\s]*)\\)");

    private Npy() {}

    public static NdArray read(Path file) {
        ByteBuffer b = ByteBuffer.wrap(Content.bytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        if (b.limit() < 12 || b.get(0) != (byte) 0x93 || !ascii(b, 1, 5).equals("NUMPY"))
            throw new DataException(file + ": not an NPY file (its magic string is missing)");
        int version = b.get(6);
        if (version < 1 || version > 3) throw new DataException(file + ": unknown NPY version " + version);
        int start = version == 1 ? 10 : 12;
        long length = version == 1 ? b.getChar(8) : b.getInt(8) & 0xffffffffL;
        if (start + length > b.limit()) throw new DataException(file + ": ends within its header");
        String header = ascii(b, start, (int) length);
        Matcher descr = DESCR.matcher(header), order = ORDER.matcher(header), shape = SHAPE.matcher(header);
        if (!descr.find() || !order.find() || !shape.find())
            throw new DataException(file + ": cannot read the NPY header " + header.strip());
        ElementType type = TYPES.get(descr.group(2));
        if (type == null) throw new DataException(file + ": element type " + descr.group(2) + " is not supported");
        if (descr.group(1).equals(">")) b.order(ByteOrder.BIG_ENDIAN);
        List<Integer> sizes = new ArrayList<>();
        for (String s : shape.group(1).split(","))
            if (!s.isBlank()) {
                if (s.strip().length() > 9) throw new DataException(file + ": the size " + s.strip() + " is too large");
                sizes.add(Integer.parseInt(s.strip()));
            }
        ByteBuffer body = b.position(start + (int) length).slice().order(b.order());
        try {
            NdArray a = new NdArray(type, sizes, body);
            return order.group(1).equals("True") && sizes.size() > 1 ? rowMajor(a) : a;
        } catch (DataException e) {
            throw new DataException(file + ": " + e.getMessage(), e);
        }
    }

    /** The same array with the last index running fastest. */
    private static NdArray rowMajor(NdArray a) {
        int rank = a.shape().size(), w = a.type().bytes();
        ByteBuffer to = ByteBuffer.allocate(a.bytes().limit()).order(a.bytes().order());
        int[] index = new int[rank];
        for (int i = 0; i < a.size(); i++) {
            int from = 0;
            for (int d = rank - 1; d >= 0; d--) from = from * a.shape().get(d) + index[d];
            for (int k = 0; k < w; k++) to.put(i * w + k, a.bytes().get(from * w + k));
            for (int d = rank - 1; d >= 0 && ++index[d] == a.shape().get(d); d--) index[d] = 0;
        }
        return new NdArray(a.type(), a.shape(), to);
    }

    private static String ascii(ByteBuffer b, int from, int length) {
        byte[] s = new byte[length];
        for (int i = 0; i < length; i++) s[i] = b.get(from + i);
        return new String(s, StandardCharsets.ISO_8859_1);
    }
}
