package org.nnl.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.nnl.Compilation;
import org.nnl.Options;
import org.nnl.bench.Growth;
import org.nnl.bench.Machine;
import org.nnl.bench.Measurement;
import org.nnl.bench.Nests;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "bench",
        description = {
            "Measures compilation, training steps and predictions of a model on random data, with JMH, each in a JVM of"
                    + " its own.",
            "Varies the batch size, or what --vary names; prints a table and draws a plot."
        })
final class BenchCommand implements Callable<Integer> {
    @Mixin
    private ModelFile model;

    @Option(
            names = "--vary",
            paramLabel = "NAME=V1,V2,...",
            description = "Values of a model parameter or train setting to measure (default: batch, from 1 to four times"
                    + " the model's).")
    private String vary;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "1",
            description = "Of each of five warm-up and five measuring iterations (default: 1).")
    private double seconds;

    @Option(
            names = "--nests",
            description = "Shows instead where the time of a training step goes: each loop nest of the schedule, measured,"
                    + " beside what the schedule expects of it.")
    private boolean nests;

    @Option(names = "--plot", paramLabel = "PNG", description = "The plot's file (default: STEM-bench.png here).")
    private Path plot;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, RunnerException {
        if (!(seconds > 0 && seconds < 3600))
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "'--seconds' is more than 0 and below 3600, not " + number(seconds));
        long start = System.nanoTime();
        Compilation c = model.compileWithLoss();
        c.java();
        double written = since(start);
        c.load();
        double loaded = since(start);
        Options options = model.options("");
        if (nests) {
            System.out.println(c.className() + ", " + Machine.description() + "\n");
            System.out.print(Nests.table(Nests.of(c, options.precision(), 3 * seconds)));
            return ExitCode.OK;
        }
        String setting = vary == null ? "batch" : name();
        List<Double> values = vary == null ? batches(c.simplified().train().batch()) : values();
        for (double value : values) model.vary(setting, value); // an error in one of them is told before anything is measured
        Path file = Output.file(plot == null ? Path.of(model.stem() + "-bench.png") : plot);
        double age = uptime(), peak = Machine.peak();
        Locale l = Locale.ROOT;
        System.out.printf(l, "%s, %s, %s; %s%n", c.className(), options.backend(),
                options.precision().java(), Machine.description());
        System.out.printf(l, "compiled to Java in %.2f s, that to a class in %.2f s; since the JVM began %.1f s%n%n", written, loaded - written, age);
        System.out.printf(l, "%10s %10s %8s %13s %8s %8s %10s %10s %11s %11s%n", setting, "step", "+-", "examples/s",
                "GFLOP/s", "of peak", "predict", "for one", "bytes/step", "compiling");
        Map<Double, Double> steps = new TreeMap<>(), batch = new TreeMap<>(), one = new TreeMap<>();
        for (double value : values) {
            Map<String, Double> settings = new LinkedHashMap<>(options.overrides());
            settings.put(setting, value);
            Measurement m = Measurement.of(model.file, options.backend(), options.precision(), settings, 5, 5, seconds);
            double examples = setting.equals("batch") ? value : c.simplified().train().batch();
            System.out.printf(l, "%10s %10s %8s %13s %8.1f %7.0f%% %10s %10s %11.0f %9.2f s%n", number(value), time(m.step()),
                    time(m.error()), String.format(l, "%,.0f", examples / m.step() * 1e6), m.gigaflops(),
                    100 * m.gigaflops() / peak, time(m.batch()), time(m.one()), m.allocated(), m.compiled());
            steps.put(value, m.step());
            batch.put(value, m.batch());
            one.put(value, m.one());
        }
        Growth growth = new Growth(c.className() + " against " + setting, setting);
        growth.line("training step", steps);
        growth.line("prediction of a batch", batch);
        growth.line("prediction of one example", one);
        growth.write(file);
        System.out.println("\ntimes in microseconds, +- half of the 99.9% confidence interval; plot: " + file);
        return ExitCode.OK;
    }

    /** One example, a quarter, the model's batch and four times it. */
    private static List<Double> batches(int batch) {
        List<Double> all = new ArrayList<>();
        for (double b : new double[] {1, batch / 4, batch, 4.0 * batch}) if (b >= 1 && !all.contains(b)) all.add(b);
        return all;
    }

    private String name() {
        int equals = vary.indexOf('=');
        if (equals < 1) throw wrong();
        return vary.substring(0, equals);
    }

    private List<Double> values() {
        List<Double> all = new ArrayList<>();
        try {
            for (String v : vary.substring(vary.indexOf('=') + 1).split(",")) all.add(Double.valueOf(v.strip()));
        } catch (NumberFormatException e) {
            throw wrong();
        }
        return all;
    }

    private CommandLine.ParameterException wrong() {
        return new CommandLine.ParameterException(
                spec.commandLine(), "--vary wants a name and numbers, as in --vary hidden=32,64,128, not '" + vary + "'");
    }

    private static String number(double v) {
        return v == Math.rint(v) ? String.valueOf((long) v) : String.valueOf(v);
    }

    private static String time(double microseconds) {
        return String.format(Locale.ROOT, microseconds < 10 ? "%.3f" : microseconds < 1000 ? "%.1f" : "%,.0f", microseconds);
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Seconds since the JVM started. */
    private static double uptime() {
        return java.lang.management.ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
    }
}
