package org.nnl.emit.formula;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.nnl.Options.Precision;

/** What moves lanes within vectors and between them, for vectors of at most 512 bits: members of a class, and statements. */
final class Lanes {
    private Lanes() {}

    /** Half the lanes of the longest vector, a quarter, ..., 1. */
    private static IntStream distances(Precision precision) {
        return IntStream.iterate(precision.lanes() / 2, n -> n > 0, n -> n / 2);
    }

    private static String box(Precision precision) {
        return precision == Precision.FLOAT ? "Float" : "Double";
    }

    /** The mask {@link Dialect#REST}. */
    static String rest(Precision precision, String name, String size) {
        return "/** The lanes of a last vector that belong to a row of " + size + ". */\nprivate static final VectorMask<" + box(precision) + "> "
                + name + " = SPECIES.indexInRange(SPECIES.loopBound(" + size + "), " + size + ");\n";
    }

    /** The array {@link Dialect#BEHIND}. */
    static String behind(Precision precision) {
        return "/** A vector that reaches over the end of an array, before what belongs there is copied. */\nprivate final "
                + precision.java() + "[] behind = new " + precision.java() + "[LANES];\n";
    }

    /** The members {@link Dialect#EVERY_SECOND}. */
    static String everySecond(Precision precision) {
        String shuffle = "private static final VectorShuffle<" + box(precision) + "> ";
        return "/** The lower half of the lanes get the even ones. */\n" + shuffle + "EVEN = VectorShuffle.iota(SPECIES, 0, 2, true);\n"
                + "\n/** The upper half of the lanes get the odd ones. */\n" + shuffle + "ODD = VectorShuffle.iota(SPECIES, 1, 2, true);\n"
                + "\n/** The upper half of the lanes. */\nprivate static final VectorMask<" + box(precision)
                + "> UPPER = VectorMask.fromLong(SPECIES, -1L << LANES / 2);\n";
    }

    /** The shuffles of {@link #sum}. */
    static String ahead(Precision precision) {
        StringBuilder s = new StringBuilder("/** Each lane gets the one so many ahead, around the end. */\n");
        distances(precision).forEach(n -> s.append("private static final VectorShuffle<" + box(precision) + "> AHEAD_" + n
                + " = VectorShuffle.iota(SPECIES, " + n + ", 1, true);\n"));
        return s.toString();
    }

    /** Statements after which lane 0 of each vector holds the sum of all its lanes; they need {@link #ahead}. */
    static List<String> sum(Precision precision, List<String> vectors) {
        List<String> lines = new ArrayList<>();
        distances(precision).forEach(n -> {
            List<String> adds = vectors.stream().map(v -> v + " = " + v + ".add(" + v + ".rearrange(AHEAD_" + n + "));").toList();
            String test = "if (LANES > " + n + ") ";
            if (adds.size() == 1) {
                lines.add(test + adds.get(0));
                return;
            }
            lines.add(test + "{");
            adds.forEach(x -> lines.add("    " + x));
            lines.add("}");
        });
        return lines;
    }

    /**
     * The method {@code transpose}, which needs {@link #ahead}. For n = 1, 2, 4, ... vectors n apart exchange lanes: the
     * first gives those whose number has the bit n, the second those that lack it (Eklundh, A Fast Computer Method for
     * Matrix Transposing, IEEE Transactions on Computers, 1972). Written out for the two longest vectors; with shorter
     * ones elements go one by one.
     */
    static String transpose(Precision precision) {
        StringBuilder s = new StringBuilder("/** Each lane gets the one so many before, around the end. */\n");
        distances(precision).forEach(n -> s.append("private static final VectorShuffle<" + box(precision) + "> BACK_" + n
                + " = VectorShuffle.iota(SPECIES, LANES - " + n + ", 1, true);\n"));
        s.append("\n/** Lanes whose number has this bit. */\n");
        distances(precision).forEach(n -> s.append("private static final VectorMask<" + box(precision) + "> BIT_" + n
                + " = VectorMask.fromLong(SPECIES, " + String.format("0x%xL", bits(n, precision.lanes())) + ");\n"));
        String real = precision.java();
        s.append("\n/** b[to + width*q + l] = a[from + stride*l + q] for l, q < LANES. */\n");
        s.append("private static void transpose(" + real + "[] a, int from, int stride, " + real + "[] b, int to, int width) {\n");
        for (int lanes : new int[] {precision.lanes(), precision.lanes() / 2}) {
            s.append((lanes == precision.lanes() ? "    if" : " else if") + " (LANES == " + lanes + ") {\n");
            square(lanes, box(precision) + "Vector", s);
            s.append("    }");
        }
        s.append(" else {\n        for (int q = 0; q < LANES; q++)\n");
        s.append("            for (int l = 0; l < LANES; l++) b[to + width * q + l] = a[from + stride * l + q];\n    }\n}\n");
        return s.toString();
    }

    private static void square(int lanes, String vector, StringBuilder s) {
        String[] now = new String[lanes];
        for (int l = 0; l < lanes; l++) {
            now[l] = "a" + l;
            s.append("        final " + vector + " a" + l + " = " + vector + ".fromArray(SPECIES, a, from" + times(l, "stride") + ");\n");
        }
        for (int n = 1, stage = 1; n < lanes; n *= 2, stage++)
            for (int l = 0; l < lanes; l++) {
                if ((l & n) != 0) continue;
                String first = now[l], second = now[l + n], letter = "abcde".substring(stage, stage + 1);
                now[l] = letter + l;
                now[l + n] = letter + (l + n);
                s.append("        final " + vector + " " + now[l] + " = " + first + ".blend(" + second + ".rearrange(BACK_" + n + "), BIT_" + n + ");\n");
                s.append("        final " + vector + " " + now[l + n] + " = " + first + ".rearrange(AHEAD_" + n + ").blend(" + second + ", BIT_" + n + ");\n");
            }
        for (int l = 0; l < lanes; l++) s.append("        " + now[l] + ".intoArray(b, to" + times(l, "width") + ");\n");
    }

    private static String times(int l, String stride) {
        return l == 0 ? "" : l == 1 ? " + " + stride : " + " + l + " * " + stride;
    }

    /** Of the numbers below {@code lanes}, those that have the bit {@code n}, as bits. */
    private static long bits(int n, int lanes) {
        return IntStream.range(0, lanes).filter(l -> (l & n) != 0).mapToLong(l -> 1L << l).sum();
    }
}
