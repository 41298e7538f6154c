package org.nnl.train;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.nnl.data.DataException;
import org.nnl.data.DataSets;
import org.nnl.data.Examples;

/**
 * The training loop: epochs of shuffled batches, validation after each, an early stop, checkpoints on the way. The
 * order of examples depends on seed and epoch, so that a training resumed from a checkpoint takes the steps an
 * uninterrupted one would have taken.
 */
public final class Training {
    private final Trainable model;
    private final DataSets data;
    private final List<String> tensors;
    private final TrainingOptions options;
    private final Listener listener;
    private final TrainingRecord record;
    private volatile boolean stopping;

    /**
     * @param tensors inputs, then targets, in the order of the model
     * @param record  without epochs, or the one to go on with
     */
    public Training(
            Trainable model,
            DataSets data,
            List<String> tensors,
            TrainingOptions options,
            TrainingRecord record,
            Listener listener) {
        this.model = model;
        this.data = data;
        this.tensors = List.copyOf(tensors);
        this.options = options;
        this.record = record;
        this.listener = listener;
    }

    /**
     * How a training ended.
     *
     * @param epochs      done in all
     * @param interrupted whether it was stopped from outside
     * @param best        figures of the best weights, by the name of the data: train or validation, test
     */
    public record Result(int epochs, boolean interrupted, Map<String, Figures> best) {}

    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Asks a running training to stop; it keeps the end of the last whole epoch. */
    public void stop() {
        stopping = true;
    }

    /**
     * Trains; the model then has its best values, which are also in the folder. An interruption of the process (Ctrl-C)
     * stops the training as {@link #stop} does, and lets it write its checkpoint.
     */
    public Result run() throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            stop();
            try {
                done.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return train();
        } finally {
            done.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the JVM is already going down: the hook was what stopped this training
            }
        }
    }

    private Result train() throws IOException {
        if (options.resume()) resume();
        Checkpoints checkpoints = new Checkpoints(options.folder(), model, record);
        if (record.epochs() == 0) checkpoints.keep(0, true); // no epoch at all is a training, too
        int batch = options.stateful() ? Math.min(options.batch(), data.train().count()) : options.batch();
        Batches training = new Batches(model, data.train(), tensors, batch);
        Batches validation =
                data.validation() == null ? null : new Batches(model, data.validation(), tensors, options.batch());
        double least = record.get("best") instanceof Map<?, ?> b && b.get("loss") instanceof Number n
                ? n.doubleValue()
                : Double.POSITIVE_INFINITY;
        int bestEpoch = record.get("best") instanceof Map<?, ?> b && b.get("epoch") instanceof Number n ? n.intValue() : 0;
        double written = now();
        boolean interrupted = false;
        while (record.epochs() < options.epochs()) {
            int epoch = record.epochs() + 1;
            if (options.patience() > 0 && epoch - 1 - bestEpoch >= options.patience()) {
                listener.say("no improvement for " + options.patience() + " epochs: stopped");
                break;
            }
            double start = now();
            Figures trained;
            try {
                listener.epoch(epoch, options.epochs(), training.steps());
                trained = training.train(order(epoch, batch), step -> {
                    listener.step(step);
                    if (stopping) throw new Interrupted();
                });
            } catch (Interrupted e) {
                interrupted = true;
                break;
            }
            Figures validated = validation == null ? null : validation.evaluate();
            double watched = (validated == null ? trained : validated).loss();
            if (!Double.isFinite(trained.loss()) || Double.isNaN(watched)) {
                if (record.epochs() > 0) checkpoints.write();
                throw new DataException("the loss is not finite any more in epoch " + epoch
                        + "; a smaller rate or 'clip' may help" + (bestEpoch > 0 ? " (checkpoints of before are kept)" : ""));
            }
            // held-back rows may have an infinite loss in every epoch: the first is then as good as any
            boolean best = watched < least || bestEpoch == 0 || options.rivals();
            if (best) {
                least = watched;
                bestEpoch = epoch;
                record.put("best", best(epoch, watched));
            }
            record.add(trained, validated, now() - start);
            checkpoints.keep(epoch, best);
            listener.figures(epoch, trained, validated, best, now() - start);
            if (now() - written >= options.interval()) {
                checkpoints.write();
                written = now();
            }
        }
        if (interrupted) {
            // without a whole epoch there is nothing new, and what an earlier training left in the folder stays whole
            if (record.epochs() > 0) checkpoints.write();
            listener.interrupted(record.epochs(), options.folder());
            return new Result(record.epochs(), true, Map.of());
        }
        checkpoints.write();
        checkpoints.restoreBest();
        Result result = new Result(record.epochs(), false, finalFigures());
        Map<String, Object> figures = new LinkedHashMap<>();
        result.best.forEach((name, f) -> figures.put(name, TrainingRecord.entries(f, "")));
        record.put("figures", figures);
        record.write(options.folder());
        return result;
    }

    private void resume() throws IOException {
        if (!(record.get("last") instanceof String name))
            throw new DataException(options.folder() + ": there is no checkpoint to resume from");
        model.load(options.folder().resolve(name));
        listener.say("resumed after epoch " + record.epochs());
    }

    private static Map<String, Object> best(int epoch, double loss) {
        Map<String, Object> best = new LinkedHashMap<>();
        best.put("epoch", (long) epoch);
        best.put("loss", loss);
        best.put("file", Checkpoints.BEST);
        return best;
    }

    private int[] order(int epoch, int batch) {
        int n = data.train().count();
        if (options.stateful()) return Batches.streams(n, batch);
        return data.shuffle() ? Batches.shuffled(n, options.seed(), epoch) : Batches.inOrder(n);
    }

    private Map<String, Figures> finalFigures() {
        Map<String, Figures> all = new LinkedHashMap<>();
        evaluate(data.train(), "train", all);
        evaluate(data.validation(), "validation", all);
        evaluate(data.test(), "test", all);
        return all;
    }

    private void evaluate(Examples examples, String name, Map<String, Figures> all) {
        if (examples != null) all.put(name, new Batches(model, examples, tensors, options.batch()).evaluate());
    }

    private static double now() {
        return System.nanoTime() / 1e9;
    }
}
