package org.nnl.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Loss and metrics, the mean over examples.
 *
 * @param metrics by name
 */
public record Figures(double loss, Map<String, Double> metrics) {
    public Figures {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** {@code loss 0.1234  accuracy 0.9700}. */
    @Override
    public String toString() {
        StringBuilder s = new StringBuilder("loss ").append(number(loss));
        metrics.forEach((name, value) -> s.append("  ").append(name).append(' ').append(number(value)));
        return s.toString();
    }

    private static String number(double v) {
        String format = v != 0 && (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5) ? "%.3e" : "%.4f";
        return String.format(java.util.Locale.ROOT, format, v);
    }
}
