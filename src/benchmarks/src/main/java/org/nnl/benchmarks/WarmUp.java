package org.nnl.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.nnl.Options;
import org.nnl.bench.GeneratedSteps;
import org.nnl.bench.Steps;

/**
 * How long the JVM takes to compile a step: code in vectors is hundreds of times slower until then, so that short trainings
 * wait for little else. Each workload trains in two JVMs, one as it comes and one with the options of the launcher
 * {@code nnl}; a step is fast when five in a row take at most 1.5 times as long as those of the last quarter.
 *
 * <p>Arguments: workloads ({@code W3 W8}; W2 to W9 if none).
 */
public final class WarmUp {
    /** What the launcher {@code nnl} tells the JVM. */
    private static final List<String> LAUNCHER = List.of(
            "-XX:Tier3MinInvocationThreshold=5", "-XX:Tier4MinInvocationThreshold=10", "-XX:Tier4CompileThreshold=4000",
            "-XX:Tier4BackEdgeThreshold=300000");

    private static final double SECONDS = 10;

    private WarmUp() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length == 1 && args[0].startsWith("in:")) {
            System.out.print(measured(Workload.valueOf(args[0].substring(3))));
            return;
        }
        System.out.println("| workload | first step, s | until fast, s | first step with the launcher's options, s | until fast, s |");
        System.out.println("|---|--:|--:|--:|--:|");
        for (Workload w : Workload.values())
            if (args.length == 0 ? w != Workload.W1 : Arrays.asList(args).contains(w.name()))
                System.out.println("| " + w + inJvm(w, List.of()) + inJvm(w, LAUNCHER) + " |");
    }

    /** The cells of a JVM of its own. */
    private static String inJvm(Workload w, List<String> options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options);
        command.addAll(List.of("-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector",
                "-cp", System.getProperty("java.class.path"), WarmUp.class.getName(), "in:" + w));
        Process p = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (p.waitFor() != 0) throw new IOException(String.join(" ", command) + " ended with " + p.exitValue());
        return out;
    }

    /** Seconds from the beginning of the first step, after the class has been compiled and loaded. */
    private static String measured(Workload w) {
        Steps steps = GeneratedSteps.of(w.compile(Options.DEFAULT), Options.Precision.FLOAT);
        List<long[]> times = new ArrayList<>(); // end since the beginning, duration
        long start = System.nanoTime(), now = start;
        while (now - start < SECONDS * 1e9) {
            steps.train();
            long end = System.nanoTime();
            times.add(new long[] {end - start, end - now});
            now = end;
        }
        long[] late = times.subList(times.size() * 3 / 4, times.size()).stream().mapToLong(t -> t[1]).sorted().toArray();
        double usual = late[late.length / 2];
        for (int k = 4; k < times.size(); k++) {
            double five = times.subList(k - 4, k + 1).stream().mapToLong(t -> t[1]).sum() / 5.0;
            if (five <= 1.5 * usual) return String.format(Locale.ROOT, " | %.2f | %.2f", times.get(0)[0] / 1e9, times.get(k)[0] / 1e9);
        }
        return String.format(Locale.ROOT, " | %.2f | over %.0f", times.get(0)[0] / 1e9, SECONDS);
    }
}
