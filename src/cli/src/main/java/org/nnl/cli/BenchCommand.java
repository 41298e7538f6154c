package org.nnl.cli;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.nnl.Compilation;
import org.nnl.check.RandomData;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "bench", description = "Measures compilation and training steps of a model on random data.")
final class BenchCommand implements Callable<Integer> {
    @Mixin
    private ModelFile model;

    @Option(names = "--seconds", defaultValue = "5", description = "To measure for, after as long to warm up (default: 5).")
    private double seconds;

    @Override
    public Integer call() {
        long start = System.nanoTime();
        Compilation c = model.compile();
        c.java();
        double compiled = since(start);
        Class<?> type = c.load();
        double loaded = since(start);
        Program p = c.simplified();
        Instance instance = new Instance(type, p.train().seed());
        int batch = p.train().batch();
        Map<String, double[]> random = RandomData.of(p, batch, 1);
        Object[] data = ModelFile.tensors(p).stream()
                .map(t -> ArrayOf.values(random.get(t), integer(p, t), model.isPrecise()))
                .toArray();
        double first = time(instance, data, batch, 0)[0];
        time(instance, data, batch, seconds);
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        double[] steps = time(instance, data, batch, seconds);
        allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocated;
        Arrays.sort(steps);
        double median = steps[steps.length / 2];
        Locale l = Locale.ROOT;
        System.out.printf(l, "model to Java source   %.2f s%n", compiled);
        System.out.printf(l, "Java source to class   %.2f s%n", loaded - compiled);
        System.out.printf(l, "first step             %.3f ms%n", first * 1e3);
        System.out.printf(l, "training step          %.2f us (median of %d; fastest %.2f)%n", median * 1e6, steps.length, steps[0] * 1e6);
        System.out.printf(l, "examples a second      %,.0f (batch of %d)%n", batch / median, batch);
        System.out.printf(l, "allocated a step       %d bytes, calling by reflection included%n", allocated / steps.length);
        return ExitCode.OK;
    }

    private static boolean integer(Program p, String name) {
        return java.util.stream.Stream.concat(p.inputs().stream(), p.targets().stream())
                .anyMatch(t -> t.name().equals(name) && t.isInteger());
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Seconds of each step, in no more than a million steps. */
    private static double[] time(Instance instance, Object[] data, int batch, double seconds) {
        double[] each = new double[1_000_000];
        long begin = System.nanoTime(), last = begin;
        int n = 0;
        do {
            instance.trainStep(data, batch);
            long now = System.nanoTime();
            each[n++] = (now - last) / 1e9;
            last = now;
        } while (n < each.length && (last - begin) / 1e9 < seconds);
        return Arrays.copyOf(each, n);
    }
}
