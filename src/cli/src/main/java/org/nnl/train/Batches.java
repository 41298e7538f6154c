package org.nnl.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.nnl.data.Examples;

/**
 * Runs a model over examples batch by batch. The arrays handed to the model are the same for every batch, the last one
 * of an epoch being filled in part only.
 */
final class Batches {
    private final Trainable model;
    private final Examples examples;
    private final List<String> tensors;
    private final int batch;
    private final Object[] buffers;

    /** @param tensors inputs, then targets, in the order of the model */
    Batches(Trainable model, Examples examples, List<String> tensors, int batch) {
        this.model = model;
        this.examples = examples;
        this.tensors = tensors;
        this.batch = Math.max(1, Math.min(batch, examples.count()));
        this.buffers = tensors.stream().map(t -> examples.buffer(t, this.batch)).toArray();
    }

    int steps() {
        return (examples.count() + batch - 1) / batch;
    }

    /** An epoch of training steps; {@code after} is told the number of steps done and may stop by an exception. */
    Figures train(int[] order, IntConsumer after) {
        return run(order, true, after);
    }

    /** Loss and metrics without training. */
    Figures evaluate() {
        return run(inOrder(examples.count()), false, s -> {});
    }

    private Figures run(int[] order, boolean train, IntConsumer after) {
        double loss = 0;
        double[] metrics = new double[model.metricNames().size()];
        int step = 0;
        for (int from = 0; from < order.length; from += batch) {
            int n = Math.min(batch, order.length - from);
            for (int t = 0; t < buffers.length; t++) examples.gather(tensors.get(t), order, from, n, buffers[t]);
            loss += n * (train ? model.trainStep(buffers, n) : model.loss(buffers, n));
            for (int m = 0; m < metrics.length; m++) metrics[m] += n * model.metric(model.metricNames().get(m));
            if (Double.isNaN(loss)) break;
            after.accept(++step);
        }
        Map<String, Double> means = new LinkedHashMap<>();
        for (int m = 0; m < metrics.length; m++) means.put(model.metricNames().get(m), metrics[m] / order.length);
        return new Figures(loss / order.length, means);
    }

    static int[] inOrder(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) order[i] = i;
        return order;
    }

    /** An order that depends on seed and epoch alone, so that a resumed training sees the same. */
    static int[] shuffled(int n, long seed, int epoch) {
        int[] order = inOrder(n);
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + epoch);
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int o = order[i];
            order[i] = order[j];
            order[j] = o;
        }
        return order;
    }

    /**
     * Each place of a batch goes on where it was in the batch before: for states carried from batch to batch. What does
     * not fill a batch is left out.
     */
    static int[] streams(int n, int batch) {
        int steps = n / batch;
        int[] order = new int[steps * batch];
        for (int s = 0; s < steps; s++) for (int b = 0; b < batch; b++) order[s * batch + b] = b * steps + s;
        return order;
    }
}
