package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.elaborate.Sources;

/** Adjoints of pictures: what lies under each place of a window is collected in rows, and lanes outside of them are masked. */
class ShiftedRowsTest {
    private static String text(int side, int kernel, int pad, boolean pooled) {
        return """
                model Pictures {
                    input  x[1, %1$d, %1$d]
                    target y : class(2)
                    c1 = conv2d(x, 2, 3, f = relu)
                    c2 = conv2d(%4$s, 16, %2$d, pad = %3$d, f = tanh)
                    output p = softmax(dense(flatten(c2), 2))
                    loss   crossEntropy(p, y)
                    train  { optimizer sgd, batch 5 }
                }
                """.formatted(side, kernel, pad, pooled ? "maxPool2d(c1, 2)" : "c1");
    }

    @ParameterizedTest(name = "side {0}, kernel {1}, pad {2}, pooled {3}")
    @CsvSource({"10, 3, 0, false", "8, 3, 1, false", "16, 3, 1, true", "14, 5, 2, true"})
    void adjointsAgreeWithTheEvaluator(int side, int kernel, int pad, boolean pooled) {
        String text = text(side, kernel, pad, pooled);
        for (Precision precision : Precision.values()) {
            Options options = Options.DEFAULT.with(Backend.VECTOR, precision);
            String java = Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", options).java();
            assertThat(java).contains("broadcast(WHOLE, j - v).addIndex(1).compare(VectorOperators.LT, ");
            RandomModelsTest.agrees(text, options, 7);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 16})
    void processorsWithShorterVectors(int bytes) throws IOException, InterruptedException {
        assertThat(ShorterVectorsJvm.printed(ShiftedRowsTest.class, bytes)).isEqualTo("right");
    }

    public static void main(String[] args) {
        ShiftedRowsTest t = new ShiftedRowsTest();
        t.adjointsAgreeWithTheEvaluator(10, 3, 0, false);
        t.adjointsAgreeWithTheEvaluator(14, 5, 2, true);
        System.out.println("right");
    }
}
