package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nnl.elaborate.Sources;

/** Without vectors, products of any weight are long loops over copies, which HotSpot turns into vector instructions. */
class PlainJavaTest {
    private static final Pattern PRODUCT = Pattern.compile("product ([\\w.]+)\\[.*\\n.*\\n *# (.*)");

    /** What products compute whose kernel is not of that form. */
    private static List<String> others(String layers, String output) {
        String text = """
                model M {
                    axis   t = 12
                    %s
                    target y
                    output p = %s[0]
                    loss   (p - y)^2
                    train  { optimizer adam, batch 32 }
                }
                """.formatted(layers, output);
        Compilation c = Compiler.compile(
                Sources.of(Map.of("m.nnl", text)), "m.nnl", Options.DEFAULT.with(Options.Backend.SCALAR, Options.Precision.FLOAT));
        String schedule = c.print(Stage.SCHEDULE, null);
        assertThat(PRODUCT.matcher(schedule).results()).hasSizeGreaterThan(5);
        return found(schedule).distinct().toList();
    }

    private static Stream<String> found(String schedule) {
        Matcher m = PRODUCT.matcher(schedule);
        return m.results().filter(r -> !r.group(2).startsWith("columns innermost")).map(r -> r.group(1));
    }

    /** The rest has a single row, or is a window of few pixels whose output channels do not lie side by side. */
    @Test
    void recurrencesAndConvolutions() {
        assertThat(others("input x[t, 8]\n h[t], c[t] = lstm(x[t], h[t-1], c[t-1], m = 64)", "dense(h[11], 1)"))
                .containsExactly("d_p_W", "d_p_W_second");
        assertThat(others("input x[t, 8]\n h[t] = gru(x[t], h[t-1], m = 64)", "dense(h[11], 1)"))
                .containsExactly("d_p_W", "d_p_W_second");
        assertThat(others("input x[1, 28, 28]\n a = conv2d(x, 6, 5, f = relu)\n b = maxPool2d(a, 2)\n c = conv2d(b, 16, 5, f = relu)", "dense(flatten(c), 1)"))
                .containsExactlyInAnyOrder("d_p_W", "d_p_W_second", "d_c_K", "d_c_K_second", "d_a_K");
        assertThat(others("input x[16, 14, 14]\n a = conv2d(x, 32, 3, f = relu)\n c = conv2d(a, 64, 3, f = relu)", "dense(flatten(c), 1)"))
                .containsExactlyInAnyOrder("d_p_W", "d_p_W_second", "d_c_K", "d_c_K_second", "d_a_K", "d_a_K_second");
    }
}
