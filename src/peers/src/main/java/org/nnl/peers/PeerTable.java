package org.nnl.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.nnl.Options;
import org.nnl.bench.GeneratedSteps;
import org.nnl.bench.Machine;
import org.nnl.benchmarks.Workload;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures the engines on the workloads and writes one table, {@code target/peers.md}: times in microseconds, the best
 * iteration's mean, for other work on the machine only ever slows; how many times faster the generated class is than the
 * fastest peer; and what each engine needs: megabytes of jars, seconds to the first step of W2, peak memory.
 *
 * <p>Arguments, all optional: workloads ({@code W2 W5}), engines ({@code NNL DJL}), benchmarks ({@code train predictBatch
 * predictOne}), {@code needs} for what the engines need; {@code quick} for one second of warm-up and two half seconds of
 * measurement. None of a kind means all of it. {@code target/peers.csv} keeps the numbers, so that the table may be made
 * in several runs; remove it to begin anew.
 */
public final class PeerTable {
    private static final Pattern FIRST = Pattern.compile("FIRST (\\S+) (\\S+) (\\S+) (\\d+)");
    private static final Path FOLDER = Path.of(System.getProperty("nnl.folder", "target"));

    /** Benchmarks by the methods of {@link PeerBenchmark}, with the headings of their tables. */
    private static final Map<String, String> BENCHMARKS = new java.util.TreeMap<>(Map.of(
            "train", "training step, µs",
            "predictBatch", "prediction of the minibatch, µs",
            "predictOne", "prediction of one example, µs"));

    private PeerTable() {}

    public static void main(String[] args) throws RunnerException, IOException, InterruptedException {
        List<String> wanted = List.of(args);
        List<String> workloads = chosen(wanted, Stream.of(Workload.values()).map(Enum::name).toList());
        List<String> engines = chosen(wanted, Stream.of(Engine.values()).map(Enum::name).toList());
        List<String> benchmarks = chosen(wanted, List.copyOf(BENCHMARKS.keySet()));
        for (String a : wanted)
            if (!workloads.contains(a) && !engines.contains(a) && !benchmarks.contains(a) && !List.of("needs", "quick").contains(a))
                throw new IllegalArgumentException("unknown argument " + a);
        Results results = Results.in(FOLDER.resolve("peers.csv"));
        if (wanted.isEmpty() || wanted.contains("needs")) needs(results);
        if (!wanted.equals(List.of("needs"))) measure(results, workloads, engines, benchmarks, wanted.contains("quick"));
        results.save();
        String table = table(results);
        Results.write(FOLDER.resolve("peers.md"), table);
        System.out.println("\n" + table);
    }

    private static List<String> chosen(List<String> wanted, List<String> all) {
        List<String> some = all.stream().filter(wanted::contains).toList();
        return some.isEmpty() ? all : some;
    }

    /** Engines one after the other for each number, since a machine with neighbours is another one some minutes later. */
    private static void measure(
            Results results, List<String> workloads, List<String> engines, List<String> benchmarks, boolean quick)
            throws RunnerException {
        for (String workload : workloads)
            for (String benchmark : benchmarks)
                for (String engine : engines) {
                    Workload w = Workload.valueOf(workload);
                    Engine e = Engine.valueOf(engine);
                    if (e.can(w)) results.put(benchmark, w, e, fastest(w, e, benchmark, quick));
                }
    }

    private static double fastest(Workload w, Engine e, String benchmark, boolean quick) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .param("engine", e.name())
                .param("workload", w.name())
                .include("^" + Pattern.quote(PeerBenchmark.class.getName() + "." + benchmark) + "$");
        if (quick)
            options.warmupIterations(2).warmupTime(TimeValue.milliseconds(500))
                    .measurementIterations(2).measurementTime(TimeValue.milliseconds(500));
        return new Runner(options.build()).runSingle().getPrimaryResult().getStatistics().getMin();
    }

    private static String table(Results results) {
        StringBuilder s = new StringBuilder(Machine.description()).append(", one thread\n\n");
        for (String b : List.of("train", "predictBatch", "predictOne")) {
            if (results.workloads(b).isEmpty()) continue;
            StringBuilder head = new StringBuilder("| " + BENCHMARKS.get(b)), rule = new StringBuilder("|---");
            for (Engine e : Engine.values()) {
                head.append(" | ").append(e.title());
                rule.append("|--:");
            }
            s.append(head).append(" |\n").append(rule).append("|\n");
            for (Workload w : results.workloads(b)) {
                double own = results.get(b, w, Engine.NNL);
                OptionalDouble best = results.bestPeer(b, w);
                s.append("| ").append(w);
                for (Engine e : Engine.values()) {
                    double time = results.get(b, w, e);
                    s.append(" | ").append(figure(time));
                    if (e == Engine.NNL || Double.isNaN(time) || Double.isNaN(own)) continue;
                    String ratio = figure(time / own) + "×";
                    s.append(" (").append(time == best.getAsDouble() ? "**" + ratio + "**" : ratio).append(")");
                }
                s.append(" |\n");
            }
            s.append('\n');
        }
        if (results.workloads("seconds").isEmpty()) return s.toString();
        Workload w = results.workloads("seconds").get(0);
        s.append("| ").append(w).append(" from a fresh JVM | MB of jars | first step after, s | peak memory, MB |\n|---|--:|--:|--:|\n");
        for (Engine e : Engine.values()) {
            String form = e == Engine.NNL ? "NNL, compiling at start" : e.title();
            if (e == Engine.NNL)
                s.append(need("NNL, class compiled by the build", results, w, e, "built "));
            s.append(need(form, results, w, e, ""));
        }
        return s.toString();
    }

    private static String need(String title, Results r, Workload w, Engine e, String form) {
        return "| " + title + " | " + figure(r.get(form + "megabytes", w, e)) + " | " + figure(r.get(form + "seconds", w, e))
                + " | " + figure(r.get(form + "memory", w, e)) + " |\n";
    }

    private static String figure(double v) {
        if (Double.isNaN(v)) return "–";
        if (v == 0) return "0";
        return String.format(Locale.ROOT, v < 1 ? "%.3f" : v < 10 ? "%.2f" : v < 100 ? "%.1f" : "%,.0f", v);
    }

    /** What a fresh JVM needs to train W2, with every engine. */
    private static void needs(Results results) throws IOException, InterruptedException {
        Workload w = Workload.W2;
        String everything = System.getProperty("java.class.path");
        results.put("built megabytes", w, Engine.NNL, 0);
        run(results, "built ", Engine.NNL, "GENERATED", w, compiled(w) + java.io.File.pathSeparator + everything);
        for (Engine e : Engine.values()) {
            results.put("megabytes", w, e, megabytes(e));
            run(results, "", e, e.name(), w, everything);
        }
    }

    private static void run(Results results, String form, Engine e, String argument, Workload w, String classPath)
            throws IOException, InterruptedException {
        Process p = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules", "jdk.incubator.vector", "-cp", classPath,
                        FirstStep.class.getName(), argument, w.name())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = p.waitFor();
        Matcher found = FIRST.matcher(said);
        if (!found.find()) throw new IllegalStateException(argument + " ended with " + code + ": " + said);
        if (Double.parseDouble(found.group(3)) >= Double.parseDouble(found.group(2)))
            throw new IllegalStateException(argument + " did not learn: " + said);
        results.put(form + "seconds", w, e, Double.parseDouble(found.group(1)));
        results.put(form + "memory", w, e, Double.parseDouble(found.group(4)));
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
