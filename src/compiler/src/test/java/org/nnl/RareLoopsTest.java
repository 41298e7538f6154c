package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnl.elaborate.Sources;
import org.nnl.emit.WriteClass;
import org.nnl.program.Program;
import org.nnl.reference.ReferenceCase;
import org.nnl.schedule.MakeSchedule;
import org.nnl.schedule.RareLoops;
import org.nnl.schedule.Schedule;

/** Rows that are methods where steps are long: the same numbers to the bit. */
class RareLoopsTest {
    private static String classifier(int width, int batch) {
        return """
                model Large {
                    input  x[%1$d]
                    target y : class(10)
                    output p = softmax(dense(dense(x, %1$d, relu), 10))
                    loss   crossEntropy(p, y)
                    train  { optimizer adam, batch %2$d }
                }
                """
                .formatted(width, batch);
    }

    private static Program compile(String text, Options options) {
        return Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", options).simplified();
    }

    private static String java(String text) {
        return WriteClass.of(compile(text, Options.DEFAULT), Options.DEFAULT);
    }

    @Test
    void onlyLongStepsHaveMethodsForRows() {
        assertThat(java(classifier(4000, 100)))
                .contains(
                        """
                                for (int b = from; b < to; b++) compute_p_e_row(examples, to, b);
                            }

                            private void compute_p_e_row(int examples, int to, int b) {
                                // p.e[b,i] = exp(p.z[b,i] - p.top.max[b])    std:activations.nnl:43
                                // One row of it: HotSpot compiles soon what is called once a row.
                        """);
        assertThat(java(classifier(100, 100))).doesNotContain("_row(examples");
    }

    @Test
    void whatIsComputedOnceIsNotWorthIt() {
        assertThat(java(classifier(4000, 100))).doesNotContain("start_row(");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp_relu", "lstm", "gru", "lenet", "attention"})
    void referenceModelsGiveTheSameWithAndWithout(String name) throws IOException {
        Program p = compile(ReferenceCase.model(name), Options.DEFAULT);
        assertThat(WriteClass.of(p, MakeSchedule.of(p, Options.DEFAULT), Options.DEFAULT, Integer.MAX_VALUE, 0)).contains("_row(examples");
        sameWithAndWithout(ReferenceCase.model(name), Options.Precision.FLOAT);
    }

    static LongStream seeds() {
        return LongStream.range(500, 506);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomModelsGiveTheSameWithAndWithout(long seed) {
        sameWithAndWithout(RandomModel.text(seed, seed % 2 == 0), Options.Precision.values()[(int) (seed % 2)]);
    }

    /** Also where all is divided, among three threads. */
    private static void sameWithAndWithout(String text, Options.Precision precision) {
        Options options = Options.DEFAULT.with(Options.Backend.VECTOR, precision);
        Program p = compile(text, options);
        for (double enough : new double[] {0, Double.MAX_VALUE}) {
            Schedule s = MakeSchedule.of(p, options, enough);
            Outcome.same(
                    Outcome.written(p, s, options, Integer.MAX_VALUE, Double.MAX_VALUE, 3),
                    Outcome.written(p, s, options, Integer.MAX_VALUE, 0, 3), options + "\n" + text);
        }
    }
}
