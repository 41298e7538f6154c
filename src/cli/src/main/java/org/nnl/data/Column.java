package org.nnl.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A column of a table: its cells as text, each distinct text kept once and read as a number once. Missing are the empty
 * cell, {@code NA}, {@code N/A}, {@code NaN}, {@code null} and {@code ?}.
 */
final class Column {
    private static final Set<String> MISSING = Set.of("", "NA", "N/A", "NaN", "nan", "null", "NULL", "?");

    /** Beyond this many, texts are hardly repeated (a column of measurements): no more are looked up. */
    private static final int LOOKED_UP = 1 << 16;

    final String name;
    private final List<String> texts = new ArrayList<>();
    private final Map<String, Integer> known = new HashMap<>();
    private int[] codes = new int[64];
    private double[] numbers;
    private int size;

    Column(String name) {
        this.name = name;
    }

    void add(String text) {
        Integer code = known.get(text);
        if (code == null) {
            code = texts.size();
            texts.add(text);
            if (code < LOOKED_UP) known.put(text, code);
        }
        if (size == codes.length) codes = Arrays.copyOf(codes, 2 * size);
        codes[size++] = code;
    }

    int size() {
        return size;
    }

    String text(int row) {
        return texts.get(codes[row]);
    }

    boolean missing(int row) {
        return MISSING.contains(text(row));
    }

    /** The number in a row, NaN for anything that is not a finite number. */
    double number(int row) {
        if (numbers == null) numbers = texts.stream().mapToDouble(Column::parse).toArray();
        return numbers[codes[row]];
    }

    static boolean isMissing(String text) {
        return MISSING.contains(text);
    }

    /** A decimal number, else NaN; unlike Java's own parser without hexadecimal forms, suffixes and words. */
    static double parse(String text) {
        int n = text.length();
        if (n == 0 || n > 400) return Double.NaN;
        for (int i = 0; i < n; i++) if ("0123456789.+-eE".indexOf(text.charAt(i)) < 0) return Double.NaN;
        try {
            double v = Double.parseDouble(text);
            return Double.isInfinite(v) ? Double.NaN : v;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
