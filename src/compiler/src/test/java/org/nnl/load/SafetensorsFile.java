package org.nnl.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes a safetensors file as other tools do, and as none should. */
final class SafetensorsFile {
    private final List<String> entries = new ArrayList<>();
    private final List<double[]> numbers = new ArrayList<>();
    private final List<String> types = new ArrayList<>();
    private long end;

    SafetensorsFile add(String name, String type, List<Integer> shape, double... values) {
        int width = Integer.parseInt(type.replaceAll("\\D", "")) / 8;
        long begin = end;
        end += (long) width * values.length;
        entries.add("\"" + name + "\": {\"dtype\": \"" + type + "\", \"shape\": " + shape + ", \"data_offsets\": [" + begin
                + ", " + end + "]}");
        numbers.add(values);
        types.add(type);
        return this;
    }

    Path write(Path file) throws IOException {
        ByteBuffer data = ByteBuffer.allocate((int) end).order(ByteOrder.LITTLE_ENDIAN);
        for (int k = 0; k < numbers.size(); k++)
            for (double v : numbers.get(k))
                switch (types.get(k)) {
                    case "F64" -> data.putDouble(v);
                    case "F32" -> data.putFloat((float) v);
                    case "I64" -> data.putLong((long) v);
                    default -> throw new IllegalArgumentException(types.get(k));
                }
        return write(file, "{\"__metadata__\": {\"format\": \"pt\"}, " + String.join(", ", entries) + "}", data.array());
    }

    static Path write(Path file, String header, byte[] data) throws IOException {
        return write(file, header.getBytes(StandardCharsets.UTF_8), data);
    }

    static Path write(Path file, byte[] header, byte[] data) throws IOException {
        return Files.write(file, ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length).put(header).put(data).array());
    }
}
