package org.nnl.syntax;

import java.util.Arrays;

/** The lines of a source text: from code points, which ANTLR counts in, to lines and columns. */
final class Lines {
    private final String file;
    private final String text;
    private final int[] starts;
    private final boolean plain;

    Lines(String file, String text) {
        this.file = file;
        this.text = text;
        int[] found = new int[16];
        int count = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean ends = c == '\n' || c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n');
            if (!ends) continue;
            if (count == found.length) found = Arrays.copyOf(found, 2 * count);
            found[count++] = i + 1;
        }
        starts = Arrays.copyOf(found, count);
        plain = text.codePointCount(0, text.length()) == text.length();
    }

    /** The place from code point {@code first} to code point {@code last}, both included; only its first line counts. */
    Span span(int first, int last) {
        int from = unit(first);
        int to = Math.max(from, unit(last + 1) - 1);
        int line = line(from);
        int end = line < starts.length ? starts[line] : text.length();
        while (end > starts[line - 1] && "\r\n".indexOf(text.charAt(end - 1)) >= 0) end--;
        return new Span(file, line, from - starts[line - 1] + 1, Math.max(1, Math.min(to + 1, end) - from));
    }

    /** From code point {@code first} to code point {@code last}, both included, every space and line break as one space. */
    String text(int first, int last) {
        return text.substring(unit(first), unit(last + 1)).replaceAll("\\s+", " ");
    }

    /** The line, from 1, of a code point. */
    int lineOf(int codePoint) {
        return line(unit(codePoint));
    }

    /** Whether nothing but space stands before the code point on its line. */
    boolean firstOnLine(int codePoint) {
        int at = unit(codePoint);
        return text.substring(starts[line(at) - 1], at).isBlank();
    }

    private int line(int unit) {
        int found = Arrays.binarySearch(starts, unit);
        return found >= 0 ? found + 1 : -found - 1;
    }

    private int unit(int codePoint) {
        if (plain) return Math.min(codePoint, text.length());
        return codePoint >= text.codePointCount(0, text.length())
                ? text.length()
                : text.offsetByCodePoints(0, codePoint);
    }
}
