package org.nnl.benchmarks;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.nnl.Options;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Training steps, batch prediction and one-example prediction of the workloads. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class StepBenchmark {

    @Param({"W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9"})
    public Workload workload;

    @Param("VECTOR")
    public Options.Backend backend;

    @Param("1")
    public int threads;

    private Steps steps;

    @Setup
    public void compile() {
        Options options =
                new Options("", "", backend, Options.Precision.FLOAT, Map.of("threads", (double) threads));
        steps = GeneratedSteps.of(workload, options);
    }

    @Benchmark
    public double train() {
        return steps.train();
    }

    @Benchmark
    public void predictBatch() {
        steps.predictBatch();
    }

    @Benchmark
    public void predictOne() {
        steps.predictOne();
    }
}
