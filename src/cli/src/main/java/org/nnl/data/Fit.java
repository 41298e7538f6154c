package org.nnl.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What was learnt from the training data before training: label names, vocabularies, means and deviations, by the text
 * of the expression that needs them. Kept with the training record, so that a later prediction treats its data alike.
 */
public final class Fit {
    private final Map<String, List<String>> labels = new LinkedHashMap<>();
    private final Map<String, double[][]> scales = new LinkedHashMap<>();

    /** The names of the labels of {@code expression}, found by {@code from} when asked for the first time. */
    List<String> labels(String expression, Supplier<List<String>> from) {
        List<String> l = labels.get(expression);
        if (l == null) labels.put(expression, l = List.copyOf(from.get()));
        return l;
    }

    /** The shift and scale of {@code expression}, element by element. */
    double[][] scale(String expression, Supplier<double[][]> from) {
        double[][] s = scales.get(expression);
        if (s == null) scales.put(expression, s = from.get());
        return s;
    }

    /** The label names of a tensor, null if it has none: {@code y} for a target read from a column of text. */
    public List<String> labels(String tensor) {
        return labels.get(tensor);
    }

    /** As JSON values. */
    public Map<String, Object> toJson() {
        Map<String, Object> s = new LinkedHashMap<>();
        scales.forEach((k, v) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("shift", list(v[0]));
            one.put("scale", list(v[1]));
            s.put(k, one);
        });
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("labels", labels);
        all.put("scales", s);
        return all;
    }

    /** @throws DataException if {@code json} is not what {@link #toJson} gives */
    public static Fit fromJson(Object json) {
        Fit fit = new Fit();
        try {
            Map<?, ?> all = (Map<?, ?>) json;
            ((Map<?, ?>) all.get("labels")).forEach((k, v) -> {
                List<String> names = new ArrayList<>();
                for (Object o : (List<?>) v) names.add((String) o);
                fit.labels.put((String) k, names);
            });
            ((Map<?, ?>) all.get("scales")).forEach((k, v) -> {
                Map<?, ?> one = (Map<?, ?>) v;
                fit.scales.put((String) k, new double[][] {array(one.get("shift")), array(one.get("scale"))});
            });
        } catch (ClassCastException | NullPointerException e) {
            throw new DataException("the training record does not hold the labels and scales of its data", e);
        }
        return fit;
    }

    private static List<Double> list(double[] v) {
        List<Double> l = new ArrayList<>();
        for (double d : v) l.add(d);
        return l;
    }

    private static double[] array(Object list) {
        return ((List<?>) list).stream().mapToDouble(o -> ((Number) o).doubleValue()).toArray();
    }
}
