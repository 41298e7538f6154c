package org.nnl.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.elaborate.Sources;

/** What a schedule expects of a model whose counts are known. */
class EstimateTest {
    private static final int EXAMPLES = 32, IN = 100, OUT = 40;

    private static Schedule schedule(Options.Backend backend) {
        String model = """
                model M {
                    input  x[100]
                    target y[40]
                    output p = dense(x, 40, tanh)
                    loss   meanSquare(p, y)
                    train  { optimizer sgd(rate = 0.1), batch 32 }
                }
                """;
        Options options = new Options("", "", backend, Options.Precision.FLOAT, Map.of());
        return Compiler.compile(Sources.of(Map.of("m.nnl", model)), "m.nnl", options).schedule();
    }

    private static Estimate of(Schedule s, String heading) {
        Routine found = s.routines().values().stream()
                .filter(r -> r.heading().stream().anyMatch(h -> h.startsWith(heading)))
                .findFirst().orElseThrow();
        return Estimate.of(found, s);
    }

    @Test
    void aProductCountsItsMultiplicationsAndAdditionsAndEachElementOnce() {
        Estimate e = of(schedule(Options.Backend.VECTOR), "d_p.W[i,j] +=");
        assertThat(e.operations()).isEqualTo(2.0 * EXAMPLES * IN * OUT);
        assertThat(e.products()).isEqualTo(e.operations());
        assertThat(e.bytes()).isEqualTo(4.0 * (EXAMPLES * IN + EXAMPLES * OUT + IN * OUT));
        assertThat(e.seconds()).isCloseTo(e.operations() / 32e9, within(1e-12));
    }

    @Test
    void anEpilogueCountsForEveryElement() {
        Estimate e = of(schedule(Options.Backend.VECTOR), "p.sum[b,i] +=");
        assertThat(e.operations() - e.products()).isEqualTo(2.0 * EXAMPLES * OUT); // the bias and the function
    }

    @Test
    void plainJavaIsExpectedToBeSlower() {
        assertThat(of(schedule(Options.Backend.SCALAR), "p.sum[b,i] +=").seconds())
                .isGreaterThan(3 * of(schedule(Options.Backend.VECTOR), "p.sum[b,i] +=").seconds());
    }
}
