package org.nnl.peers;

import java.util.concurrent.TimeUnit;
import org.nnl.bench.Steps;
import org.nnl.benchmarks.Workload;
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

/** Training steps, batch prediction and one-example prediction of the workloads, by every engine that can. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class PeerBenchmark {

    @Param({"NNL", "TENSORFLOW", "DJL", "DL4J"})
    public Engine engine;

    @Param({"W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9"})
    public Workload workload;

    private Steps steps;

    @Setup
    public void start() {
        steps = engine.start(workload)
                .orElseThrow(() -> new IllegalStateException(engine.title() + " has no means for " + workload));
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
