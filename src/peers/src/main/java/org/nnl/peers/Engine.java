package org.nnl.peers;

import java.util.Map;
import java.util.Optional;
import org.nnl.Options;
import org.nnl.bench.GeneratedSteps;
import org.nnl.bench.Steps;
import org.nnl.benchmarks.Workload;

/** What trains a workload. */
public enum Engine {
    NNL("NNL", "nnl-compiler|matheclipse|symja|antlr|javapoet|apfloat|hipparchus|jas|guava|elk|eclipse|log4j|fastutil|fastexcel|picocli") {
        @Override
        Optional<Steps> start(Workload w) {
            Options options = new Options(
                    "", "", Options.Backend.VECTOR, Options.Precision.FLOAT, Map.of("threads", 1.0));
            return Optional.of(GeneratedSteps.of(w.compile(options), options.precision()));
        }
    },
    TENSORFLOW("TensorFlow-Java, graph", "tensorflow|ndarray|javacpp|protobuf") {
        @Override
        Optional<Steps> start(Workload w) {
            return TensorFlowSteps.of(w);
        }
    },
    DJL("DJL, LibTorch", "ai.djl|/djl/|pytorch|gson|jna|commons-compress") {
        @Override
        Optional<Steps> start(Workload w) {
            return DjlSteps.of(w);
        }
    },
    DL4J("DeepLearning4J", "deeplearning4j|nd4j|openblas|javacpp|jackson|datavec|mkl|commons|fastutil") {
        @Override
        Optional<Steps> start(Workload w) {
            return Dl4jSteps.of(w);
        }
    };

    private final String title;
    private final String jars;

    Engine(String title, String jars) {
        this.title = title;
        this.jars = jars;
    }

    /** The engine's name in the table. */
    public String title() {
        return title;
    }

    /** A regular expression found in the paths of the jars it needs. */
    String jars() {
        return jars;
    }

    /** Whether the engine has means for the workload: DeepLearning4J has neither GRU nor layer normalisation over time. */
    boolean can(Workload w) {
        return this != DL4J || w != Workload.W6 && w != Workload.W9;
    }

    /** The workload, ready for its first step; nothing where the engine has no means for it. */
    abstract Optional<Steps> start(Workload w);
}
