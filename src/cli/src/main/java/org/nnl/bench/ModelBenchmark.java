package org.nnl.bench;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Training steps and predictions of a model in a file, compiled in the JVM that measures. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ModelBenchmark {

    /** The model's path. */
    @Param("")
    public String file;

    @Param("VECTOR")
    public Options.Backend backend;

    @Param("FLOAT")
    public Options.Precision precision;

    /** Model parameters and train settings: {@code batch=32 hidden=64}. */
    @Param("")
    public String settings;

    private Steps steps;

    @Setup
    public void compile() {
        steps = GeneratedSteps.of(compilation(Path.of(file), backend, precision, settings), precision);
    }

    static Compilation compilation(Path file, Options.Backend backend, Options.Precision precision, String settings) {
        Map<String, Double> overrides = new TreeMap<>();
        for (String s : settings.split(" "))
            if (!s.isEmpty()) overrides.put(s.substring(0, s.indexOf('=')), Double.valueOf(s.substring(s.indexOf('=') + 1)));
        String cache = System.getProperty("nnl.cache");
        return Compiler.compile(
                file, new Options("", "", backend, precision, overrides), cache == null ? null : Path.of(cache));
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
