package org.nnl.benchmarks;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.nnl.Options;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Graph;
import org.nnl.program.Program;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the workloads and prints one table: time, GFLOP/s, share of the peak measured in the same run, bytes allocated a
 * step. Arguments: workloads ({@code W2 W5}; all if none), {@code threads=2}, {@code scalar}.
 */
public final class BenchmarkTable {
    private BenchmarkTable() {}

    public static void main(String[] args) throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        options.include("PeakBenchmark").include("StepBenchmark").addProfiler(GCProfiler.class);
        String[] workloads = java.util.Arrays.stream(args).filter(a -> a.matches("W\\d")).toArray(String[]::new);
        if (workloads.length > 0) options.param("workload", workloads);
        for (String a : args) {
            if (a.startsWith("threads=")) options.param("threads", a.substring(8));
            if (a.equals("scalar")) options.param("backend", "SCALAR");
        }
        Collection<RunResult> results = new Runner(options.build()).run();
        double peak = 0;
        Map<String, Map<String, RunResult>> rows = new TreeMap<>();
        for (RunResult r : results) {
            String benchmark = r.getParams().getBenchmark();
            if (benchmark.contains("PeakBenchmark"))
                peak = Peak.operations(PeakBenchmark.ITERATIONS) / r.getPrimaryResult().getScore() / 1e3;
            else
                rows.computeIfAbsent(r.getParams().getParam("workload"), w -> new TreeMap<>())
                        .put(benchmark.substring(benchmark.lastIndexOf('.') + 1), r);
        }
        System.out.printf(Locale.ROOT, "%nPeak of one core in this run: %.1f GFLOP/s%n%n", peak);
        System.out.println("| workload | step, µs | ± | GFLOP/s | of peak | batch, µs | one example, µs | bytes a step |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        for (var row : rows.entrySet()) {
            RunResult train = row.getValue().get("train");
            double time = train.getPrimaryResult().getScore();
            double flops = flops(Workload.valueOf(row.getKey()));
            Result<?> bytes = train.getSecondaryResults().get("gc.alloc.rate.norm");
            if (bytes == null) bytes = train.getSecondaryResults().get("·gc.alloc.rate.norm");
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.2f | %.2f | %.1f | %.0f %% | %.2f | %.3f | %.0f |%n",
                    row.getKey(),
                    time,
                    train.getPrimaryResult().getScoreError(),
                    flops / time / 1e3,
                    100 * flops / time / 1e3 / peak,
                    row.getValue().get("predictBatch").getPrimaryResult().getScore(),
                    row.getValue().get("predictOne").getPrimaryResult().getScore(),
                    bytes == null ? Double.NaN : bytes.getScore());
        }
    }

    /** Arithmetic operations of a step: for every equation, its box times the operations of its body and fold. */
    static double flops(Workload workload) {
        Program p = GeneratedSteps.compile(workload, Options.DEFAULT).simplified();
        double sum = 0;
        for (String name : new String[] {"gradient", "update"}) {
            Graph g = p.graph(name);
            for (Equation e : g.equations()) {
                double box = 1;
                for (Axis a : e.box()) box *= a.size().at(p.train().batch());
                sum += box * (operations(e.body()) + (e.fold() == org.nnl.equations.Fold.SET ? 0 : 1));
            }
        }
        return sum;
    }

    private static int operations(Expr e) {
        int n = e instanceof Expr.Apply ? 1 : 0;
        for (Expr c : e.children()) n += operations(c);
        return n;
    }
}
