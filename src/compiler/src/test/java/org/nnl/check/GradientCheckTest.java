package org.nnl.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nnl.library.Compiled;
import org.nnl.program.Program;
import org.nnl.simplify.Simplify;

class GradientCheckTest {
    private static final Program STOPPED = Compiled.model("""
            input x[3]
            param w[3] ~ normal(0, 1), v[3] ~ normal(0, 1)
            a[i] = w[i] * x[i]
            h[i] = a[i]^2 * stop(sin(a[i]) + 2)
            loss sum[i] v[i] * h[i]
            """);

    /** A difference in which the stopped factor moves along is another number than the derivative. */
    @Test
    void stoppedValuesAreHeld() {
        assertThat(GradientCheck.check(STOPPED, 3, 1, 3)).allMatch(GradientCheck.Row::passed);
        List<GradientCheck.Row> moving = GradientCheck.check(Simplify.simplify(STOPPED), 3, 1, 3);
        assertThat(moving).filteredOn(r -> r.parameter().equals("w")).noneMatch(GradientCheck.Row::passed);
    }

    @Test
    void aSimplifiedProgramIsComparedWithTheLossBefore() {
        assertThat(GradientCheck.check(
                        Simplify.simplify(STOPPED), Simplify.keepingStops(STOPPED.graph("training")), 3, 1, 3))
                .allMatch(GradientCheck.Row::passed);
    }

    /** A slope that changes by little, a little beside the point: told by a smaller step. */
    @Test
    void faintKinksAreNoErrors() {
        Program p = Compiled.model("""
                input x[3]
                param w[3] = 0
                a[i] = w[i] + 0 * x[i]
                loss sum[i] (a[i] + 0.001 * max(0, a[i] - %s))
                """.formatted(shifted(0)));
        assertThat(GradientCheck.check(p, 3, 1, 3)).allMatch(GradientCheck.Row::passed);
    }

    /** A place just above the value that the check gives the first element of w. */
    private static String shifted(int element) {
        java.util.SplittableRandom random = new java.util.SplittableRandom(1);
        double w = 0;
        for (int i = 0; i <= element; i++) w = 0.1 * (random.nextDouble() - 0.5);
        return new java.math.BigDecimal(w + 5e-6).toPlainString();
    }
}
