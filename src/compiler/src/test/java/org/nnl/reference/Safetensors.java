package org.nnl.reference;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reader of safetensors files for tests, independent of the product's: eight bytes of header length, a JSON header,
 * the numbers. Trusts its file.
 */
public final class Safetensors {
    private final String json;
    private int at;

    private Safetensors(String json) {
        this.json = json;
    }

    /** All tensors of a file (F64, F32, I64, I32) by name, row-major, as doubles. */
    public static Map<String, double[]> read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int length = Math.toIntExact(bytes.getLong(0));
        Object header = new Safetensors(new String(bytes.array(), 8, length, StandardCharsets.UTF_8)).value();
        Map<String, double[]> tensors = new LinkedHashMap<>();
        ((Map<?, ?>) header).forEach((name, entry) -> {
            if (!name.equals("__metadata__")) tensors.put((String) name, numbers(bytes, 8 + length, (Map<?, ?>) entry));
        });
        return tensors;
    }

    private static double[] numbers(ByteBuffer bytes, int start, Map<?, ?> entry) {
        String type = (String) entry.get("dtype");
        List<?> offsets = (List<?>) entry.get("data_offsets");
        int width = Integer.parseInt(type.substring(1)) / 8;
        int from = start + ((Double) offsets.get(0)).intValue();
        double[] numbers = new double[(start + ((Double) offsets.get(1)).intValue() - from) / width];
        for (int i = 0; i < numbers.length; i++) {
            int p = from + i * width;
            numbers[i] = type.equals("F64")
                    ? bytes.getDouble(p)
                    : type.equals("F32") ? bytes.getFloat(p) : type.equals("I64") ? bytes.getLong(p) : bytes.getInt(p);
        }
        return numbers;
    }

    private char next() {
        while (Character.isWhitespace(json.charAt(at))) at++;
        return json.charAt(at);
    }

    private Object value() {
        char c = next();
        if (c == '{') return object();
        if (c == '[') return array();
        if (c == '"') return string();
        int from = at;
        while (at < json.length() && "+-.0123456789eE".indexOf(json.charAt(at)) >= 0) at++;
        return Double.valueOf(json.substring(from, at));
    }

    private Map<String, Object> object() {
        Map<String, Object> object = new LinkedHashMap<>();
        at++;
        while (next() != '}') {
            if (json.charAt(at) == ',') at++;
            next();
            String name = string();
            next();
            at++; // the colon
            object.put(name, value());
        }
        at++;
        return object;
    }

    private List<Object> array() {
        List<Object> array = new ArrayList<>();
        at++;
        while (next() != ']') {
            if (json.charAt(at) == ',') at++;
            else array.add(value());
        }
        at++;
        return array;
    }

    private String string() {
        StringBuilder s = new StringBuilder();
        at++;
        for (; json.charAt(at) != '"'; at++) {
            if (json.charAt(at) == '\\') {
                at++;
                if (json.charAt(at) == 'u') {
                    s.append((char) Integer.parseInt(json.substring(at + 1, at + 5), 16));
                    at += 4;
                    continue;
                }
            }
            s.append(json.charAt(at));
        }
        at++;
        return s.toString();
    }
}
