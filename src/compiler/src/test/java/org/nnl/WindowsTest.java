package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.elaborate.Sources;

/** Convolutions with small windows: their sums are products, whether the window stays inside its picture or not. */
class WindowsTest {
    private static String text(String input, String layers) {
        return """
                model Windows {
                    input  %s
                    target y : class(2)
                    %s
                    output p = softmax(dense(flatten(a), 2))
                    loss   crossEntropy(p, y)
                    train  { optimizer sgd, batch 5 }
                }
                """.formatted(input, layers);
    }

    private static String conv(int channels, int side, int out, int window, int stride, int pad) {
        return text("x[%d, %d, %d]".formatted(channels, side, side),
                "a = conv2d(x, %d, %d, stride = %d, pad = %d, f = tanh)".formatted(out, window, stride, pad));
    }

    private static void agrees(String text) {
        RandomModelsTest.agrees(text, Options.DEFAULT.with(Backend.VECTOR, Precision.FLOAT), 7);
        RandomModelsTest.agrees(text, Options.DEFAULT.with(Backend.VECTOR, Precision.DOUBLE), 7);
        RandomModelsTest.agrees(text, Options.DEFAULT.with(Backend.SCALAR, Precision.FLOAT), 7);
    }

    @ParameterizedTest(name = "{0} channels of {1} by {1} to {2}, window {3}, stride {4}, pad {5}")
    @CsvSource({
        "1, 9, 17, 3, 1, 0", "3, 8, 16, 3, 1, 1", "20, 5, 16, 3, 1, 1", "17, 6, 18, 2, 1, 0", "3, 9, 16, 3, 2, 1", "18, 7, 5, 3, 1, 1",
        "2, 16, 16, 3, 1, 1", "7, 8, 17, 5, 1, 2", "3, 7, 6, 3, 3, 1", "256, 5, 8, 3, 1, 0", "32, 5, 18, 3, 1, 1", "33, 7, 19, 3, 2, 1"
    })
    void agreeWithTheEvaluator(int channels, int side, int out, int window, int stride, int pad) {
        String text = conv(channels, side, out, window, stride, pad);
        agrees(text);
    }

    @Test
    void pathsOfSequencesToo() {
        String text = text("x[3, 20]", "a = image(flatten2d(conv1d(x, 16, 3, pad = 1, f = tanh)), 16, 1, 20)");
        for (Backend backend : Backend.values()) RandomModelsTest.agrees(text, Options.DEFAULT.with(backend, Precision.FLOAT), 7);
        assertThat(schedule(text)).contains("x_framed[B, 3, 20]").contains("product d_a");
    }

    /** Windows whose pixels lie the other way round, or in steps of a row; layers and sums of two and three numbers. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "x[18, 4, 4] | a = transposedConv2d(x, 17, 3, stride = 2, pad = 1, f = tanh)",
        "x[12, 5]    | a = image(flatten2d(causalConv(x, 17, 3, dilation = 2, f = tanh)), 1, 12, 17)",
        "x[13]       | a = image(dense(dense(dense(x, 50, tanh), 3, tanh), 100, tanh), 1, 10, 10)",
        "x[13]       | a = image(dense(dense(dense(x, 50, tanh), 2, tanh), 33, tanh), 1, 11, 3)",
        "x[6, 3]     | a = image(flatten2d(lstmSequence(x, 20)), 1, 6, 20)"
    })
    void soDoOthersWithFewColumns(String input, String layers) {
        String text = text(input, layers);
        agrees(text);
    }

    /** Layers one after the other: what one leaves has room around it for the other, and the adjoint goes back through both. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "x[8, 6, 6]  | a = conv2d(conv2d(x, 16, 3, pad = 1, f = relu), 6, 3, pad = 1, f = tanh)",
        "x[3, 7, 5]  | a = conv2d(conv2d(x, 16, 5, pad = 2), 7, 3, pad = 1, f = tanh)",
        "x[9, 9, 10] | a = conv2d(conv2d(x, 18, 3, stride = 2, pad = 1, f = relu), 17, 2, pad = 1, f = tanh)",
        "x[16, 5, 5] | a = conv2d(conv2d(conv2d(x, 16, 3, pad = 1, f = tanh), 17, 1, f = relu), 16, 3, pad = 1)",
        "x[4, 8, 8]  | b = conv2d(x, 16, 3, pad = 1, f = relu); a = conv2d(b, 16, 3, pad = 1) + conv2d(b, 16, 5, pad = 2) + b"
    })
    void layersOfWindows(String input, String layers) {
        String text = text(input, layers.replace(";", "\n"));
        agrees(text);
    }

    /** A picture with room around it is one product all the same, and the adjoint reads kernels from end to end. */
    @Test
    void layersOfWindowsAreProductsOfWholePictures() {
        String schedule = schedule(text("x[8, 6, 6]", "a = conv2d(conv2d(x, 16, 3, pad = 1, f = relu), 6, 3, pad = 1, f = tanh)"));
        assertThat(schedule)
                .contains("rows o < 16, columns j < 36, inner 8 [9; 64], 3 [3; 8], 3 [1; 1]")
                .contains("rows o < 6, columns j < 36, inner 16 [9; 64], 3 [3; 8], 3 [1; 1]")
                .contains("a_conv2d2_K_arranged[96*u + 288*v; 6]")
                .doesNotContain("columns j < 6,");
    }

    /** The gradient of kernels sums over pictures that follow one another, though windows of what they were made of do not. */
    @Test
    void gradientsOfKernelsReadPicturesFromEndToEnd() {
        assertThat(schedule(conv(32, 6, 18, 3, 1, 1)))
                .contains("x_framed_last[B, 8, 8, 32]")
                .contains("rows o < 18, columns q < 32, inner B of examples begin <= b < end [648; 2048], 6 [6; 256], 6 [1; 32]")
                .contains("columns copied in panels 180 deep");
        assertThat(schedule(conv(16, 6, 18, 3, 1, 1))).doesNotContain("_last[");
    }

    private static String schedule(String text) {
        return Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", Options.DEFAULT).print(Stage.SCHEDULE, null);
    }

    @Test
    void anInputIsCopiedWhereAWindowReachesOverItsEdge() {
        assertThat(schedule(conv(3, 8, 16, 3, 1, 1))).contains("x_framed[B, 3, 8, 8]").contains("product a[").doesNotContain("else 0");
        assertThat(schedule(conv(3, 8, 16, 3, 1, 0))).doesNotContain("x_framed");
    }

    /** Of 3 input channels the window's pixels are rows of the gradient's product, of 20 the channels. */
    @Test
    void theLongestAxisBecomesRows() {
        assertThat(schedule(conv(3, 8, 16, 5, 1, 0))).contains("rows v < 5, columns o < 16");
        assertThat(schedule(conv(20, 8, 16, 3, 1, 0))).contains("rows q < 20, columns o < 16");
    }
}
