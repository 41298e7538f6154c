package org.nnl.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.nnl.Options;
import org.nnl.bench.GeneratedSteps;
import org.nnl.bench.Machine;
import org.nnl.benchmarks.Workload;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures all engines on the workloads in one run and prints one table: times in microseconds (the best of five means over a second each, for other work on the machine only
 * ever slows), how many times faster
 * the generated class is than the fastest peer, and what each engine needs: megabytes of jars, seconds to the first
 * step of W2, peak memory. Arguments: workloads ({@code W2 W5}; all if none), {@code train} to leave out predictions,
 * {@code quick} for one second of warm-up and two of measurement.
 */
public final class PeerTable {
    private static final Pattern FIRST = Pattern.compile("FIRST (\\S+) (\\S+) (\\S+) (\\d+)");

    private PeerTable() {}

    public static void main(String[] args) throws RunnerException, IOException, InterruptedException {
        List<String> wanted = List.of(args);
        String[] workloads = Stream.of(Workload.values()).map(Enum::name)
                .filter(w -> wanted.contains(w) || wanted.stream().noneMatch(a -> a.matches("W\\d")))
                .toArray(String[]::new);
        OptionsBuilder options = new OptionsBuilder();
        options.include(PeerBenchmark.class.getName() + (wanted.contains("train") ? ".train" : ""));
        options.param("workload", workloads);
        if (wanted.contains("quick"))
            options.warmupIterations(1).measurementIterations(2).measurementTime(TimeValue.seconds(1));
        Collection<RunResult> results = new Runner(options.build()).run();

        Map<String, Map<Workload, Map<Engine, Double>>> times = new TreeMap<>();
        for (RunResult r : results) {
            String benchmark = r.getParams().getBenchmark();
            times.computeIfAbsent(benchmark.substring(benchmark.lastIndexOf('.') + 1), k -> new EnumMap<>(Workload.class))
                    .computeIfAbsent(Workload.valueOf(r.getParams().getParam("workload")), k -> new EnumMap<>(Engine.class))
                    .put(Engine.valueOf(r.getParams().getParam("engine")), r.getPrimaryResult().getStatistics().getMin());
        }
        System.out.println("\n" + Machine.description() + ", one thread\n");
        table("training step, µs", times.get("train"));
        if (times.containsKey("predictBatch")) table("prediction of the minibatch, µs", times.get("predictBatch"));
        if (times.containsKey("predictOne")) table("prediction of one example, µs", times.get("predictOne"));
        needs(Workload.valueOf(workloads[Math.min(1, workloads.length - 1)]));
    }

    private static void table(String title, Map<Workload, Map<Engine, Double>> rows) {
        StringBuilder head = new StringBuilder("| " + title);
        StringBuilder rule = new StringBuilder("|---");
        for (Engine e : Engine.values()) {
            head.append(" | ").append(e.title());
            rule.append("|---");
        }
        System.out.println(head + " | fastest peer / NNL |\n" + rule + "|---|");
        rows.forEach((workload, row) -> {
            StringBuilder line = new StringBuilder("| " + workload);
            for (Engine e : Engine.values()) line.append(" | ").append(row.containsKey(e) ? figure(row.get(e)) : "–");
            double best = row.entrySet().stream().filter(e -> e.getKey() != Engine.NNL)
                    .mapToDouble(Map.Entry::getValue).min().orElse(Double.NaN);
            line.append(" | ").append(figure(best / row.getOrDefault(Engine.NNL, Double.NaN))).append(" |");
            System.out.println(line);
        });
        System.out.println();
    }

    private static String figure(double v) {
        if (Double.isNaN(v)) return "–";
        return String.format(Locale.ROOT, v < 1 ? "%.3f" : v < 10 ? "%.2f" : v < 100 ? "%.1f" : "%,.0f", v);
    }

    private static void needs(Workload w) throws IOException, InterruptedException {
        System.out.println("| " + w + " from a fresh JVM | MB of jars | first step after, s | peak memory, MB | loss, first step → 100 later |");
        System.out.println("|---|---|---|---|---|");
        String everything = System.getProperty("java.class.path");
        row("NNL, class compiled by the build", "0", "GENERATED", w, compiled(w) + java.io.File.pathSeparator + everything);
        for (Engine e : Engine.values())
            row(e == Engine.NNL ? "NNL, compiling at start" : e.title(), String.valueOf(megabytes(e)), e.name(), w, everything);
    }

    private static void row(String title, String megabytes, String engine, Workload w, String classPath)
            throws IOException, InterruptedException {
        Process p = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules", "jdk.incubator.vector", "-cp", classPath,
                        FirstStep.class.getName(), engine, w.name())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = p.waitFor();
        Matcher found = FIRST.matcher(said);
        System.out.println(
                found.find()
                        ? String.format(
                                Locale.ROOT, "| %s | %s | %s | %s | %s → %s |", title, megabytes, found.group(1),
                                found.group(4), found.group(2), found.group(3))
                        : "| " + title + " | " + megabytes + " | failed with exit code " + code + " | – | – |");
    }

    /** A folder with the generated class of the workload and its adapter, compiled. */
    private static Path compiled(Workload w) throws IOException {
        Path folder = Files.createTempDirectory("peers");
        Options options = Options.DEFAULT;
        List<String> command = new ArrayList<>(List.of(
                "-nowarn", "--add-modules", "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"),
                "-d", folder.toString()));
        for (Map.Entry<String, String> s :
                GeneratedSteps.sources(w.compile(options), options.precision()).entrySet()) {
            Path file = folder.resolve(s.getKey() + ".java");
            Files.writeString(file, s.getValue());
            command.add(file.toString());
        }
        int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, command.toArray(String[]::new));
        if (code != 0) throw new IllegalStateException("javac ended with " + code);
        return folder;
    }

    /** The size of the jars the engine needs at run time; for NNL those of its compiler. */
    private static long megabytes(Engine e) throws IOException {
        Pattern jars = Pattern.compile(e.jars());
        long bytes = 0;
        for (String path : System.getProperty("java.class.path").split(java.io.File.pathSeparator))
            if (path.endsWith(".jar") && jars.matcher(path).find()) bytes += Files.size(Path.of(path));
        return bytes / 1_000_000;
    }
}
