package org.nnl.syntax;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Shows diagnostics to people:
 *
 * <pre>
 * fruit.nnl:6:20: error: unknown name 'sigmod'; did you mean 'sigmoid'?
 *     p = sigmod(sum[i] m[i] * x[i] + c)
 *         ^~~~~~
 *   note: …
 * </pre>
 */
public final class Diagnostics {
    private static final int WIDEST = 160;

    /** More errors than a person works through at once; usually the file is no model at all. */
    private static final int MOST = 40;

    private Diagnostics() {}

    /**
     * The report for several diagnostics: in order of place within a file, files in order of first mention, each
     * diagnostic once, {@value #MOST} of them at most and the number of the others.
     *
     * @param texts the text of each file, by its name in {@link Span#file()}; a file that is missing is not quoted
     */
    public static String report(List<Diagnostic> diagnostics, Map<String, String> texts) {
        return report("error", diagnostics, texts);
    }

    /** The same for what is no error. */
    public static String warnings(List<Diagnostic> diagnostics, Map<String, String> texts) {
        return report("warning", diagnostics, texts);
    }

    private static String report(String kind, List<Diagnostic> diagnostics, Map<String, String> texts) {
        StringBuilder out = new StringBuilder();
        List<Diagnostic> all = sorted(diagnostics);
        for (Diagnostic d : all.subList(0, Math.min(all.size(), MOST))) {
            if (out.length() > 0) out.append('\n');
            append(out, kind, d, texts.get(d.span().file()));
        }
        if (all.size() > MOST) out.append("\nand ").append(all.size() - MOST).append(" more ").append(kind).append("s\n");
        return out.toString();
    }

    /** The exception for these diagnostics, with its report. */
    public static SourceException exception(List<Diagnostic> diagnostics, Map<String, String> texts) {
        return new SourceException(sorted(diagnostics), report(diagnostics, texts));
    }

    private static List<Diagnostic> sorted(List<Diagnostic> diagnostics) {
        List<String> files = diagnostics.stream().map(d -> d.span().file()).distinct().toList();
        List<Diagnostic> all = new ArrayList<>(new LinkedHashSet<>(diagnostics));
        all.sort(Comparator.<Diagnostic>comparingInt(d -> files.indexOf(d.span().file()))
                .thenComparingInt(d -> d.span().line())
                .thenComparingInt(d -> d.span().column()));
        return all;
    }

    private static void append(StringBuilder out, String kind, Diagnostic d, String text) {
        Span span = d.span();
        if (!span.file().isEmpty()) out.append(span.file()).append(':');
        if (span.line() > 0) out.append(span.line()).append(':').append(span.column()).append(':');
        if (out.length() > 0 && out.charAt(out.length() - 1) == ':') out.append(' ');
        out.append(kind).append(": ").append(d.message()).append('\n');
        if (text != null && span.line() > 0) excerpt(out, span, text);
        for (String note : d.notes()) out.append("  note: ").append(note).append('\n');
    }

    /** The source line and {@code ^~~~} below the span; a long line is cut around it. */
    private static void excerpt(StringBuilder out, Span span, String text) {
        String[] lines = text.split("\r\n|\r|\n", -1);
        if (span.line() > lines.length) return;
        String line = lines[span.line() - 1];
        if (line.isBlank()) return; // a caret below nothing points at nothing
        int start = Math.min(span.column() - 1, line.length());
        int length = Math.max(1, Math.min(span.length(), line.length() - start));
        int from = start > WIDEST - 20 ? start - WIDEST / 2 : 0;
        int to = Math.min(line.length(), from + WIDEST);
        length = Math.max(1, Math.min(length, to - start));
        String mark = from > 0 ? "..." : "";
        out.append("    ").append(mark).append(visible(line.substring(from, to)));
        out.append(to < line.length() ? "...\n" : "\n");
        out.append("    ").append(" ".repeat(mark.length()));
        for (int i = from; i < start; i++) out.append(line.charAt(i) == '\t' ? '\t' : ' ');
        out.append('^').append("~".repeat(length - 1)).append('\n');
    }

    /** Control characters would hide or move what follows on a terminal. */
    private static String visible(String s) {
        StringBuilder out = new StringBuilder();
        for (char c : s.toCharArray()) out.append(c != '\t' && Character.isISOControl(c) ? '\uFFFD' : c);
        return out.toString();
    }
}
