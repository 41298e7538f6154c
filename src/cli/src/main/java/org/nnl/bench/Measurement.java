package org.nnl.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.nnl.Compilation;
import org.nnl.Options;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What JMH found for one setting of a model, each benchmark in a JVM of its own.
 *
 * @param step       microseconds of a training step, the mean of the iterations
 * @param error      half the width of JMH's 99.9 % confidence interval of it
 * @param fastest    the fastest iteration, microseconds a step
 * @param batch      microseconds to predict a whole batch
 * @param one        microseconds to predict one example
 * @param allocated  bytes allocated a training step
 * @param operations arithmetic operations of a training step, by {@link Work}
 * @param compiled   seconds from the model to the loaded class, in this JVM
 */
public record Measurement(
        double step,
        double error,
        double fastest,
        double batch,
        double one,
        double allocated,
        double operations,
        double compiled) {

    /** Billions of arithmetic operations a second of a training step. */
    public double gigaflops() {
        return operations / step / 1e3;
    }

    /**
     * Runs JMH: {@code warmUp} and then {@code iterations} iterations of {@code seconds} each.
     *
     * @throws IOException if another benchmark runs on this machine
     */
    public static Measurement of(
            Path file,
            Options.Backend backend,
            Options.Precision precision,
            Map<String, Double> settings,
            int warmUp,
            int iterations,
            double seconds)
            throws RunnerException, IOException {
        StringJoiner joined = new StringJoiner(" ");
        new TreeMap<>(settings).forEach((name, value) -> joined.add(name + "=" + value));
        long start = System.nanoTime();
        Compilation c = ModelBenchmark.compilation(file, backend, precision, joined.toString());
        c.load();
        double compiled = (System.nanoTime() - start) / 1e9;
        TimeValue time = TimeValue.milliseconds(Math.max(10, Math.round(seconds * 1e3)));
        org.openjdk.jmh.runner.options.Options jmh = new OptionsBuilder()
                .include("^" + ModelBenchmark.class.getName().replace(".", "\\.") + "\\.")
                .param("file", file.toAbsolutePath().toString())
                .param("backend", backend.name())
                .param("precision", precision.name())
                .param("settings", joined.toString())
                .forks(1)
                .warmupIterations(warmUp)
                .warmupTime(time)
                .measurementIterations(iterations)
                .measurementTime(time)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
        Collection<RunResult> results = run(jmh);
        Map<String, RunResult> found = new TreeMap<>();
        for (RunResult r : results) {
            String name = r.getParams().getBenchmark();
            found.put(name.substring(name.lastIndexOf('.') + 1), r);
        }
        var train = found.get("train").getPrimaryResult();
        Result<?> bytes = found.get("train").getSecondaryResults().get("gc.alloc.rate.norm");
        if (bytes == null) bytes = found.get("train").getSecondaryResults().get("·gc.alloc.rate.norm");
        return new Measurement(
                train.getScore(),
                train.getScoreError(),
                train.getStatistics().getMin(),
                found.get("predictBatch").getPrimaryResult().getScore(),
                found.get("predictOne").getPrimaryResult().getScore(),
                bytes == null ? Double.NaN : bytes.getScore(),
                Work.operations(c.simplified()),
                compiled);
    }

    /** Even a silent JMH passes on what its JVMs say, such as that a module is incubating: that is shown if they fail. */
    private static Collection<RunResult> run(org.openjdk.jmh.runner.options.Options jmh) throws RunnerException, IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try {
            return new Runner(jmh, OutputFormatFactory.createFormatInstance(
                            new PrintStream(said, true, StandardCharsets.UTF_8), VerboseMode.SILENT))
                    .run();
        } catch (RunnerException e) {
            // JMH has no type of its own for this
            if (String.valueOf(e.getMessage()).contains("Another JMH instance"))
                throw new IOException("another benchmark runs on this machine, and each would measure the other; start this one when that has ended", e);
            System.err.print(said.toString(StandardCharsets.UTF_8));
            throw e;
        }
    }
}
