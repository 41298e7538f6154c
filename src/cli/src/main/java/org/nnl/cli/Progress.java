package org.nnl.cli;

import java.nio.file.Path;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.nnl.train.Figures;
import org.nnl.train.Listener;

/**
 * A line an epoch; on a terminal also a bar within epochs that take their time. Of many short epochs only some are
 * shown: about forty in all.
 */
final class Progress implements Listener {
    private static final double PATIENCE = 0.5;
    private final boolean quiet;
    private ProgressBar bar;
    private int epoch;
    private int epochs;
    private int steps;
    private long begun;
    private long shown;

    Progress(boolean quiet) {
        this.quiet = quiet;
    }

    @Override
    public void epoch(int e, int all, int n) {
        epoch = e;
        epochs = all;
        steps = n;
        begun = System.nanoTime();
    }

    @Override
    public void step(int step) {
        if (bar != null) bar.stepTo(step);
        else if (!quiet && Terminal.isInteractive() && seconds(begun) > PATIENCE) {
            bar = new ProgressBarBuilder()
                    .setTaskName("epoch " + epoch + "/" + epochs)
                    .setInitialMax(steps)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(100)
                    .setConsumer(new BarLine(System.err, 79))
                    .startsFrom(step, java.time.Duration.ofNanos(System.nanoTime() - begun))
                    .build();
        }
    }

    @Override
    public void figures(int e, Figures train, Figures validation, boolean best, double seconds) {
        close();
        boolean due = e == 1 || e == epochs || seconds(shown) > 1 || e % Math.max(1, epochs / 40) == 0;
        if (quiet || !due) return;
        shown = System.nanoTime();
        int width = Integer.toString(epochs).length();
        System.out.printf(
                Locale.ROOT,
                "epoch %" + width + "d/%d  %s%s  %.2f s%s%n",
                e,
                epochs,
                train,
                validation == null ? "" : "  | held back: " + validation,
                seconds,
                best ? " *" : "");
    }

    @Override
    public void interrupted(int done, Path folder) {
        close();
        System.out.println(done == 0
                ? "interrupted in the first epoch; nothing was written"
                : "interrupted; epoch " + done + " is kept in " + folder + ", --resume goes on from there");
        System.out.flush();
    }

    @Override
    public void say(String text) {
        close();
        if (!quiet) System.out.println(text);
    }

    private void close() {
        if (bar != null) bar.close();
        bar = null;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
