package org.nnl.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A column of a table: its cells as text, each distinct text kept once and read as a number once. Missing are the empty
 * cell, {@code NA}, {@code N/A}, {@code NaN}, {@code null} and {@code ?}.
 */
final class Column {
    private static final Set<String> MISSING = Set.of("", "NA", "N/A", "NaN", "nan", "null", "NULL", "?");

    private static final Pattern GROUPED = Pattern.compile("[+-]?\\d{1,3}(\\.\\d{3})+(,\\d+)?");

    /** Beyond this many, texts are hardly repeated (a column of measurements): no more are looked up. */
    private static final int LOOKED_UP = 1 << 16;

    final String name;
    private final boolean comma;
    private final List<String> texts = new ArrayList<>();
    private final Map<String, Integer> known = new HashMap<>();
    private int[] codes = new int[64];
    private double[] numbers;
    private int size;

    /** @param comma whether its numbers have a decimal comma */
    Column(String name, boolean comma) {
        this.name = name;
        this.comma = comma;
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
        if (numbers == null) numbers = texts.stream().mapToDouble(t -> parse(t, comma)).toArray();
        return numbers[codes[row]];
    }

    static boolean isMissing(String text) {
        return MISSING.contains(text);
    }

    /** Whether it is no number as it stands, but is one with a decimal comma. */
    boolean wantsComma(int row) {
        return !comma && !Double.isNaN(parse(text(row), true));
    }

    /** A decimal number; with a comma for the decimal point, and points in front of every three digits, if so wanted. */
    static double parse(String text, boolean comma) {
        if (!comma) return parse(text);
        if (text.indexOf('.') < 0) return parse(text.replace(',', '.'));
        boolean grouped = GROUPED.matcher(text).matches();
        return grouped ? parse(text.replace(".", "").replace(',', '.')) : Double.NaN;
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
