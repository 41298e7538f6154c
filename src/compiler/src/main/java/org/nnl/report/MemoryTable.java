package org.nnl.report;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.nnl.schedule.Array;
import org.nnl.schedule.Schedule;

/** What the generated class keeps in memory: every array, and how much of it there is at the batch size compiled for. */
final class MemoryTable {
    private static final Map<Array.Kind, String> WORDS = new EnumMap<>(Map.of(
            Array.Kind.PARAMETER, "parameters",
            Array.Kind.STATE, "states",
            Array.Kind.COMPUTED, "computed"));

    private MemoryTable() {}

    static String of(Schedule schedule, int bytesOfReal) {
        long largest = 1;
        Map<Array.Kind, Long> sums = new EnumMap<>(Array.Kind.class);
        long anExample = 0;
        for (Array a : schedule.arrays().values()) {
            if (!WORDS.containsKey(a.kind())) continue;
            long bytes = bytes(a, schedule.batch(), bytesOfReal);
            largest = Math.max(largest, bytes);
            sums.merge(a.kind(), bytes, Long::sum);
            anExample += bytes(a, schedule.batch() + 1, bytesOfReal) - bytes;
        }
        StringBuilder s = new StringBuilder("<p>");
        WORDS.forEach((kind, word) -> s.append(word).append(" <b>").append(size(sums.getOrDefault(kind, 0L))).append("</b> · "));
        s.append("together <b>").append(size(sums.values().stream().mapToLong(v -> v).sum()))
                .append("</b> for ").append(schedule.batch()).append(" examples a step, ").append(size(anExample))
                .append(" more for each further one. Allocated once; inputs and targets are the caller's arrays.</p>\n")
                .append("<div class=\"wide\"><table class=\"memory\"><tr><th>tensor</th><th>field</th><th>shape</th><th>kind</th><th>bytes</th>"
                        + "<th></th></tr>\n");
        for (Array a : schedule.arrays().values()) {
            if (!WORDS.containsKey(a.kind())) continue;
            long bytes = bytes(a, schedule.batch(), bytesOfReal);
            s.append("<tr><td>").append(Html.escape(name(a.tensor()))).append("</td><td><code>").append(a.name())
                    .append("</code></td><td>").append(a.shape()).append(a.integer() ? " int" : "").append("</td><td>")
                    .append(WORDS.get(a.kind()).replaceFirst("s$", "")).append("</td><td class=\"number\">")
                    .append(String.format(Locale.ROOT, "%,d", bytes)).append("</td><td><span class=\"bar\" style=\"width:")
                    .append(Math.max(1, 100 * bytes / largest)).append("px\"></span></td></tr>\n");
        }
        return s.append("</table></div>\n").toString();
    }

    private static String name(String tensor) {
        return tensor.startsWith("d_") ? "∂" + tensor.substring(2) : tensor;
    }

    private static long bytes(Array a, int examples, int bytesOfReal) {
        return a.count().at(examples) * (a.integer() ? Integer.BYTES : bytesOfReal);
    }

    private static String size(long bytes) {
        if (bytes < 10_000) return String.format(Locale.ROOT, "%,d B", bytes);
        double kilo = bytes / 1024.0;
        return kilo < 10_000
                ? String.format(Locale.ROOT, "%.1f KiB", kilo)
                : String.format(Locale.ROOT, "%.1f MiB", kilo / 1024);
    }
}
