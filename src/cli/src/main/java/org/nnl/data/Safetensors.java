package org.nnl.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file (https://github.com/huggingface/safetensors): the length of the header as 8 bytes, little-endian;
 * the header, a JSON object of dtype, shape and data_offsets per tensor; the bytes, little-endian and row-major. Files
 * may come from anywhere, so everything is checked before a byte of data is read: the header's length, unknown types,
 * shapes against sizes, and that the tensors fill the rest of the file without overlap or gap.
 *
 * @param metadata the {@code __metadata__} entry; empty if there is none
 * @param tensors  by name, in order of their bytes
 */
public record Safetensors(Map<String, String> metadata, Map<String, NdArray> tensors) {
    private static final int LONGEST_HEADER = 100_000_000;

    public Safetensors {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    private record Entry(String name, ElementType type, List<Integer> shape, long begin, long end) {}

    public static Safetensors read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() < 8) throw new DataException("shorter than the 8 bytes of its header's length");
            long length = fill(channel, 0, 8).getLong(0);
            if (length < 2 || length > LONGEST_HEADER || length > channel.size() - 8)
                throw new DataException("its header claims " + Long.toUnsignedString(length) + " bytes, the file has "
                        + channel.size());
            ByteBuffer header = fill(channel, 8, (int) length);
            Object parsed;
            try {
                parsed = Json.parse(StandardCharsets.UTF_8.newDecoder().decode(header).toString());
            } catch (java.nio.charset.CharacterCodingException e) {
                throw new DataException("its header is not UTF-8 text");
            }
            if (!(parsed instanceof Map<?, ?> object)) throw new DataException("its header is not a JSON object");
            long start = 8 + length;
            List<Entry> entries = entries(object, channel.size() - start);
            Map<String, NdArray> tensors = new LinkedHashMap<>();
            for (Entry e : entries)
                tensors.put(e.name, new NdArray(e.type, e.shape, fill(channel, start + e.begin, (int) (e.end - e.begin))));
            return new Safetensors(metadata(object), tensors);
        } catch (DataException e) {
            throw new DataException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw Content.failure(file, e);
        }
    }

    private static Map<String, String> metadata(Map<?, ?> header) {
        Map<String, String> metadata = new LinkedHashMap<>();
        Object found = header.get("__metadata__");
        if (found == null) return metadata;
        if (!(found instanceof Map<?, ?> m)) throw new DataException("__metadata__ is not an object");
        m.forEach((k, v) -> {
            if (!(v instanceof String s)) throw new DataException("__metadata__ entry '" + k + "' is not a text");
            metadata.put((String) k, s);
        });
        return metadata;
    }

    private static List<Entry> entries(Map<?, ?> header, long bytes) {
        List<Entry> entries = new ArrayList<>();
        header.forEach((key, value) -> {
            if (!key.equals("__metadata__")) entries.add(entry((String) key, value));
        });
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long at = 0;
        String before = "the header";
        for (Entry e : entries) {
            if (e.begin < at) throw new DataException("tensor '" + e.name + "' overlaps " + before);
            if (e.begin > at)
                throw new DataException((e.begin - at) + " unused bytes before tensor '" + e.name + "'");
            at = e.end;
            before = "tensor '" + e.name + "'";
        }
        if (at > bytes)
            throw new DataException("ends too early: " + before + " needs " + at + " bytes of data, there are " + bytes);
        if (at < bytes) throw new DataException((bytes - at) + " unused bytes at its end");
        return entries;
    }

    private static Entry entry(String name, Object value) {
        String of = "tensor '" + name + "': ";
        if (!(value instanceof Map<?, ?> m)) throw new DataException(of + "its entry is not an object");
        if (!(m.get("dtype") instanceof String dtype)) throw new DataException(of + "has no dtype");
        ElementType type;
        try {
            type = ElementType.valueOf(dtype);
        } catch (IllegalArgumentException e) {
            throw new DataException(of + "unknown dtype '" + dtype + "'");
        }
        List<Integer> shape = new ArrayList<>();
        for (long s : longs(m.get("shape"), of + "shape")) {
            if (s > Integer.MAX_VALUE) throw new DataException(of + "the size " + s + " is too large");
            shape.add((int) s);
        }
        List<Long> offsets = longs(m.get("data_offsets"), of + "data_offsets");
        if (offsets.size() != 2) throw new DataException(of + "data_offsets are not two numbers");
        long begin = offsets.get(0), end = offsets.get(1), wanted;
        try {
            wanted = NdArray.elements(shape) * type.bytes();
        } catch (DataException e) {
            throw new DataException(of + e.getMessage());
        }
        if (end - begin != wanted || wanted > Integer.MAX_VALUE)
            throw new DataException(of + "shape " + shape + " of " + dtype + " needs " + wanted
                    + " bytes, data_offsets give " + (end - begin));
        return new Entry(name, type, shape, begin, end);
    }

    private static List<Long> longs(Object value, String what) {
        if (!(value instanceof List<?> l)) throw new DataException(what + " is not a list of numbers");
        List<Long> numbers = new ArrayList<>();
        for (Object o : l) {
            if (!(o instanceof Long n) || n < 0)
                throw new DataException(what + ": " + Json.printCompact(o) + " is not a size");
            numbers.add(n);
        }
        return numbers;
    }

    private static ByteBuffer fill(FileChannel channel, long from, int length) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (b.hasRemaining()) {
            int n = channel.read(b, from + b.position());
            if (n < 0) throw new DataException("ends too early");
        }
        return b.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Writes the file: first under a temporary name beside it, forced to the disk, then moved, so that a reader finds
     * either the old file or the whole new one.
     */
    public void write(Path file) throws IOException {
        Map<String, Object> header = new LinkedHashMap<>();
        if (!metadata.isEmpty()) header.put("__metadata__", metadata);
        long at = 0;
        for (Map.Entry<String, NdArray> e : tensors.entrySet()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("dtype", e.getValue().type().name());
            entry.put("shape", e.getValue().shape());
            entry.put("data_offsets", List.of(at, at += e.getValue().bytes().limit()));
            header.put(e.getKey(), entry);
        }
        byte[] json = Json.printCompact(header).getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + 7) / 8 * 8;
        ByteBuffer head = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(padded).put(json);
        while (head.hasRemaining()) head.put((byte) ' ');
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel out = FileChannel.open(
                temporary,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            write(out, head.flip());
            for (NdArray a : tensors.values()) write(out, littleEndian(a));
            out.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void write(FileChannel out, ByteBuffer b) throws IOException {
        while (b.hasRemaining()) out.write(b);
    }

    private static ByteBuffer littleEndian(NdArray a) {
        ByteBuffer from = a.bytes().duplicate().rewind();
        if (a.bytes().order() == ByteOrder.LITTLE_ENDIAN || a.type().bytes() == 1) return from;
        ByteBuffer to = ByteBuffer.allocate(from.limit());
        int w = a.type().bytes();
        for (int i = 0; i < from.limit(); i++) to.put(i / w * w + w - 1 - i % w, from.get(i));
        return to;
    }
}
