package org.nnl.maven;

import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.nnl.Options;

/**
 * Configuration of a single model, what is left out being as for all:
 * <pre>{@code
 * <models>
 *   <model>
 *     <model>com/acme/Churn.nnl</model>
 *     <backend>scalar</backend>
 *     <batch>64</batch>
 *     <settings><hidden>128</hidden></settings>
 *   </model>
 * </models>
 * }</pre>
 */
public class ModelConfiguration {
    /** The model's file, relative to the source folder. */
    String model;

    /** {@code vector} or {@code scalar}. */
    String backend;

    /** {@code float} or {@code double}. */
    String precision;

    /** Package of the class. */
    String packageName;

    /** Examples a step. */
    String batch;

    /** At most so many threads. */
    String threads;

    /** Train settings and model parameters. */
    Map<String, String> settings;

    /** Made by Maven, which sets the fields. */
    public ModelConfiguration() {}

    /** This configuration, with what it leaves out taken from another. */
    ModelConfiguration over(ModelConfiguration all) {
        ModelConfiguration c = new ModelConfiguration();
        c.backend = backend == null ? all.backend : backend;
        c.precision = precision == null ? all.precision : precision;
        c.packageName = packageName == null ? all.packageName : packageName;
        c.batch = batch == null && !sets("batch") ? all.batch : batch;
        c.threads = threads == null && !sets("threads") ? all.threads : threads;
        c.settings = new TreeMap<>();
        if (all.settings != null) c.settings.putAll(all.settings);
        if (settings != null) c.settings.putAll(settings);
        return c;
    }

    private boolean sets(String name) {
        return settings != null && settings.containsKey(name);
    }

    /** @throws IllegalArgumentException that says which element is wrong, and what it may be */
    Options options() {
        Map<String, Double> overrides = new TreeMap<>();
        if (settings != null) settings.forEach((name, text) -> overrides.put(name, number(name, text)));
        if (batch != null) overrides.put("batch", number("batch", batch));
        if (threads != null) overrides.put("threads", number("threads", threads));
        return new Options(
                packageName,
                "",
                choice(Options.Backend.class, backend, "backend"),
                choice(Options.Precision.class, precision, "precision"),
                overrides);
    }

    private static double number(String name, String text) {
        try {
            double value = Double.parseDouble(text.strip());
            if (Double.isFinite(value)) return value;
        } catch (NullPointerException | NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("<" + name + "> is a number, not '" + (text == null ? "" : text) + "'");
    }

    private static <E extends Enum<E>> E choice(Class<E> type, String text, String parameter) {
        StringJoiner all = new StringJoiner("' or '", "'", "'");
        for (E e : type.getEnumConstants()) {
            if (e.name().equalsIgnoreCase(text.strip())) return e;
            all.add(e.name().toLowerCase(Locale.ROOT));
        }
        throw new IllegalArgumentException("<" + parameter + "> is " + all + ", not '" + text + "'");
    }
}
