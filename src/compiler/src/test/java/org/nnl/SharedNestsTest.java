package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnl.elaborate.Sources;
import org.nnl.program.Program;
import org.nnl.reference.ReferenceCase;
import org.nnl.schedule.MakeSchedule;
import org.nnl.schedule.RareLoops;
import org.nnl.schedule.Schedule;

/** Nests that are alike share a method: fewer loops, and the same numbers to the bit. */
class SharedNestsTest {
    /** Layers of one width, with dropout, which has a stream of random numbers of its own in each, and normalised. */
    private static String deep(int layers) {
        return """
                model Deep {
                    input  x[12]
                    target y : class(3)
                    h = dense(x, 16, tanh)
                    repeat %d { h = layerNorm(h + dropout(dense(h, 16, relu), 0.2)) }
                    output p = softmax(dense(h, 3))
                    loss   crossEntropy(p, y)
                    train  { optimizer adam(rate = 0.01), batch 5 }
                }
                """
                .formatted(layers);
    }

    private static Compilation compile(String text, Options options) {
        return Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", options);
    }

    private static long count(String java, String what) {
        return java.lines().filter(l -> l.contains(what)).count();
    }

    @ParameterizedTest
    @EnumSource(Options.Backend.class)
    void deeperMeansMoreCallsAndNotMoreLoops(Options.Backend backend) {
        Options options = Options.DEFAULT.with(backend, Options.Precision.FLOAT);
        // fewer layers have too little work for their gradients to be divided together
        String some = compile(deep(12), options).java(), more = compile(deep(18), options).java();
        assertThat(count(more, "for (int ")).isEqualTo(count(some, "for (int "));
        assertThat(count(more, "void nest_")).isEqualTo(count(some, "void nest_"));
        assertThat(count(more, "        nest_")).isGreaterThan(count(some, "        nest_") + 6 * 6);
        assertThat(compile(deep(18), options).java()).isEqualTo(more);
    }

    @Test
    void aDeepNetworkGivesWhatTheEvaluatorGives() {
        for (Options.Backend backend : Options.Backend.values())
            for (Options.Precision precision : Options.Precision.values())
                RandomModelsTest.agrees(deep(4), Options.DEFAULT.with(backend, precision), 7);
    }

    /** Layers that have nothing but weights and biases. */
    private static String plain(int layers) {
        return deep(layers).replace("layerNorm(h + dropout(dense(h, 16, relu), 0.2))", "dense(h, 16, tanh)");
    }

    @Test
    void aMethodSaysWhatItComputesAndForWhich() {
        assertThat(compile(plain(3), Options.DEFAULT).java())
                .contains(
                        """
                            private static void nest_d_b_16xB(float[] d_sum, float[] d_b, int examples) {
                                // for i < 16 vector
                                //   start d_b_i = 0
                                //   for b < B
                                //     d_b_i += d_sum[16*b + i]
                                //   d_b[i] = d_b_i
                                // For d_h4.b, d_h3.b, d_h2.b, d_h.b.
                        """)
                .contains(
                        """
                                // d_h2.b[i] += d_h2.sum[b,i]    m.nnl:5  ∂loss/∂h2.b through h2[b,i]
                                nest_d_b_16xB(d_h2_sum, d_h2_b, examples);
                        """);
    }

    @Test
    void aSumIsReturned() {
        assertThat(compile(plain(3).replace("batch 5", "batch 5, clip 1"), Options.DEFAULT).java().replaceAll("(optimizers.nnl):\\d+", "$1"))
                .containsOnlyOnce("clip_total_value_lanes = FloatVector.zero(SPECIES);")
                .contains("    private static float nest_sum_d(float[] d, int start, int end) {\n")
                .contains(
                        """
                                // clip.total += d_h2.W[i,j]*d_h2.W[i,j]    std:optimizers.nnl
                                float clip_total_value = nest_sum_d(d_h2_W, 0, 256);
                                clip_total += clip_total_value;
                        """);
    }

    @Test
    void whatTwoLayersHaveIsWrittenOut() {
        assertThat(compile(deep(0), Options.DEFAULT).java()).doesNotContain("nest_d_");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp_relu", "lstm", "gru", "lenet", "attention"})
    void referenceModelsGiveTheSameWithAndWithout(String name) throws IOException {
        sameWithAndWithout(ReferenceCase.model(name), Options.Precision.FLOAT);
    }

    static LongStream seeds() {
        return LongStream.range(400, 408);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomModelsGiveTheSameWithAndWithout(long seed) {
        sameWithAndWithout(RandomModel.text(seed, seed % 2 == 0), Options.Precision.values()[(int) (seed % 2)]);
    }

    static Stream<String> deepModels() {
        return Stream.of(deep(4), deep(3).replace("batch 5", "batch 5, threads 2"), deep(4).replace("batch 5", "batch 5, clip 1"));
    }

    @ParameterizedTest
    @MethodSource("deepModels")
    void deepModelsGiveTheSameWithAndWithout(String text) {
        sameWithAndWithout(text, Options.Precision.FLOAT);
    }

    /** Also where all is divided, and where every nest has a method. */
    private static void sameWithAndWithout(String text, Options.Precision precision) {
        sameWithAndWithout(text, Options.DEFAULT.with(Options.Backend.VECTOR, precision), 0, List.of(1, 2));
        sameWithAndWithout(text, Options.DEFAULT.with(Options.Backend.VECTOR, precision), Double.MAX_VALUE, List.of(2));
        sameWithAndWithout(text, Options.DEFAULT.with(Options.Backend.SCALAR, precision), Double.MAX_VALUE, List.of(1));
    }

    /**
     * @param enough nanoseconds of work from which threads divide it
     * @param alike  so many nests that are alike have a method
     */
    private static void sameWithAndWithout(String text, Options options, double enough, List<Integer> alike) {
        Program p = compile(text, options).simplified();
        Schedule s = MakeSchedule.of(p, options, enough);
        Map<String, Object> without = Outcome.written(p, s, options, Integer.MAX_VALUE, RareLoops.PATIENCE, 1);
        for (int n : alike)
            Outcome.same(without, Outcome.written(p, s, options, n, RareLoops.PATIENCE, 1), options + "\n" + text);
    }
}
