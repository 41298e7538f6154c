package org.nnl.evaluate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Equation;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.order.Order;
import org.nnl.order.Step;

/** Computes every tensor of a graph, in double precision, from the tensors that are given. */
public final class Evaluator {
    private final Graph graph;
    private final int batch;
    private final Map<String, double[]> values = new LinkedHashMap<>();

    /** The greatest value so far of each element of an {@code argmax=} target. */
    private final Map<Equation, double[]> greatest = new HashMap<>();

    private Evaluator(Graph graph, int batch) {
        this.graph = graph;
        this.batch = batch;
    }

    /**
     * Computes all tensors.
     *
     * @param given values of every tensor that no equation writes, row-major; one that is written by nothing and not
     *              given is an error unless it is a {@code VALUE}, which then is zero (a sum of nothing)
     * @param batch number of examples
     * @return the given and the computed tensors by name; commits are not applied
     * @throws IllegalArgumentException if a given tensor has the wrong length or is missing
     * @throws org.nnl.order.CycleException if equations need each other without delay
     */
    public static Map<String, double[]> evaluate(Graph graph, Map<String, double[]> given, int batch) {
        if (!graph.derivatives().isEmpty())
            throw new IllegalArgumentException("graph " + graph.name() + " has derivatives not yet taken");
        Evaluator e = new Evaluator(graph, batch);
        e.allocate(given);
        e.run(Order.of(graph).steps(), new int[0]);
        return e.values;
    }

    /** {@link #evaluate}, then every commit applied: the state after the step. */
    public static Map<String, double[]> step(Graph graph, Map<String, double[]> given, int batch) {
        Map<String, double[]> values = evaluate(graph, given, batch);
        Map<String, double[]> after = new LinkedHashMap<>(values);
        graph.commits().forEach((state, next) -> after.put(state, values.get(next).clone()));
        return after;
    }

    private void allocate(Map<String, double[]> given) {
        Map<String, Fold> folds = new HashMap<>();
        Set<String> read = new HashSet<>(graph.results());
        for (Equation e : graph.equations()) {
            folds.put(e.target(), e.fold());
            read.addAll(e.reads());
        }
        for (Tensor t : graph.tensors().values()) {
            int length = Math.toIntExact(t.elements(batch));
            // what is only set for a later step needs no value now
            if (graph.commits().containsKey(t.name()) && !read.contains(t.name())) continue;
            double[] value = given.get(t.name());
            if (folds.containsKey(t.name())) {
                value = new double[length];
                Arrays.fill(value, folds.get(t.name()).start());
            } else if (value == null && t.role() == Tensor.Role.VALUE) {
                value = new double[length];
            } else if (value == null) {
                throw new IllegalArgumentException("no value given for " + t);
            } else if (value.length != length) {
                throw new IllegalArgumentException(
                        t + " has " + length + " elements with " + batch + " examples, given are " + value.length);
            }
            values.put(t.name(), value);
        }
    }

    private void run(List<Step> steps, int[] serial) {
        for (Step step : steps) {
            if (step instanceof Step.Run r) {
                run(r, serial);
                continue;
            }
            Step.Loop loop = (Step.Loop) step;
            int n = loop.size().at(batch);
            int[] inner = Arrays.copyOf(serial, serial.length + 1);
            for (int k = 0; k < n; k++) {
                inner[serial.length] = loop.down() ? n - 1 - k : k;
                run(loop.body(), inner);
            }
        }
    }

    private void run(Step.Run run, int[] serial) {
        Equation e = run.equation();
        int rank = e.box().size();
        int[] from = new int[rank];
        int[] to = new int[rank];
        Map<String, Integer> slots = new HashMap<>();
        for (int a = 0; a < rank; a++) {
            slots.put(e.box().get(a).name(), a);
            to[a] = e.box().get(a).size().at(batch);
            int depth = run.serial().indexOf(e.box().get(a).name());
            if (depth < 0) continue;
            if (serial[depth] >= to[a]) return;
            from[a] = serial[depth];
            to[a] = from[a] + 1;
        }
        Closures closures = new Closures(graph, values, slots, batch);
        Closures.Position target = closures.position(graph.tensor(e.target()), e.indices());
        Closures.Scalar body = closures.scalar(e.body());
        double[] out = values.get(e.target());
        double[] best = null;
        int position = -1;
        if (e.fold() == Fold.ARGMAX) {
            position = slots.get(e.position());
            best = greatest.computeIfAbsent(e, k -> {
                double[] b = new double[out.length];
                Arrays.fill(b, Double.NEGATIVE_INFINITY);
                return b;
            });
        }
        int[] point = from.clone();
        for (int a = 0; a < rank; a++) if (from[a] >= to[a]) return;
        while (true) {
            int at = target.of(point);
            if (at >= 0) {
                double v = body.of(point);
                switch (e.fold()) {
                    case SET -> out[at] = v;
                    case SUM -> out[at] += v;
                    case MAX -> out[at] = Math.max(out[at], v);
                    case ARGMAX -> {
                        if (v > best[at]) {
                            best[at] = v;
                            out[at] = point[position];
                        }
                    }
                }
            }
            int a = rank - 1;
            while (a >= 0 && ++point[a] == to[a]) {
                point[a] = from[a];
                a--;
            }
            if (a < 0) return;
        }
    }
}
