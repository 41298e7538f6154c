package org.nnl.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.nnl.bench.Steps;
import org.nnl.benchmarks.Workload;

/**
 * Run as a process of its own: builds a workload, trains a hundred steps and prints the seconds from the start of the
 * JVM to the end of the first step, the loss of the first and of the last step, and the peak resident memory in
 * megabytes. Arguments: engine, workload; {@code GENERATED} as the engine stands for a class on the class path that the
 * build has compiled.
 */
public final class FirstStep {
    private FirstStep() {}

    public static void main(String[] args) throws IOException, ReflectiveOperationException {
        long born = java.lang.management.ManagementFactory.getRuntimeMXBean().getStartTime();
        Workload workload = Workload.valueOf(args[1]);
        Steps steps = args[0].equals("GENERATED") ? generated(workload) : Engine.valueOf(args[0]).start(workload).orElseThrow();
        double first = steps.train();
        double seconds = (System.currentTimeMillis() - born) / 1e3;
        double last = first;
        for (int i = 0; i < 100; i++) last = steps.train();
        steps.predictBatch();
        steps.predictOne();
        System.out.printf(Locale.ROOT, "FIRST %.2f %.5f %.5f %d%n", seconds, first, last, peakMemory());
        System.exit(0); // some engines keep threads that would hold the JVM
    }

    private static Steps generated(Workload w) throws ReflectiveOperationException {
        Minibatch data = Minibatch.of(w);
        Object x = w == Workload.W5 ? Minibatch.integers(data.x()) : data.x();
        Object y = data.classes() > 2 ? Minibatch.integers(data.y()) : data.y();
        Object p = new float[data.y().length * Math.max(1, data.classes() > 2 ? data.classes() : 1)];
        return (Steps) Class.forName("Adapter").getConstructor(Object[].class).newInstance((Object) new Object[] {x, y, p});
    }

    private static long peakMemory() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) return 0;
        for (String line : Files.readAllLines(status))
            if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
        return 0;
    }
}
