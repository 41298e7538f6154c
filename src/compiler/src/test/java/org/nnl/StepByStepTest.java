package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnl.elaborate.Sources;
import org.nnl.schedule.MakeSchedule;
import org.nnl.schedule.Schedule;
import org.nnl.schedule.Step;

/** What follows a recurrence, and belongs to its steps. */
class StepByStepTest {
    private static String model(int units, int letters, int batch) {
        return """
                model Letters {
                    axis   t = 10
                    input  x[t] : class(%2$d)
                    target y[t] : class(%2$d)
                    h[t], c[t] = lstm(onehot(x[t]), h[t-1], c[t-1], m = %1$d)
                    z[t] = dense(h[t], %2$d)
                    output p[t] = softmax(z[t])
                    loss   mean[t] crossEntropy(p[t], y[t])
                    train  { optimizer adam, batch %3$d }
                }
                """
                .formatted(units, letters, batch);
    }

    private static Schedule schedule(String text) {
        return MakeSchedule.of(
                Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", Options.DEFAULT).simplified(), Options.DEFAULT);
    }

    /** What the first routine of that name does, whatever is added to it. */
    private static List<Step> rows(Schedule s, String first) {
        return s.routines().values().stream().filter(r -> r.name().startsWith(first)).findFirst().orElseThrow().steps();
    }

    private static long loops(List<Step> steps) {
        return steps.stream().filter(x -> x instanceof Step.Loop).count();
    }

    @Test
    void fromTheFirstStepForwardToTheLastStepBackEachThreadHasItsExamples() {
        Schedule s = schedule(model(64, 30, 32));
        assertThat(loops(rows(s, "rows_fill_h_to_d_h"))).isEqualTo(3);
        assertThat(s.routines().get(s.entries().get("gradient")).steps())
                .filteredOn(x -> x instanceof Step.Call c && c.routine().matches("(rows|halves)_.*"))
                .singleElement().isEqualTo(new Step.Call("halves_fill_h_to_d_h_2", Map.of()));
        assertThat(s.toString()).contains("routine compute_z_2[t]").doesNotContain("routine compute_d_z ");
    }

    @Test
    void aLossIsSummedForEachExampleByWhoComputesIt() {
        Schedule s = schedule(model(64, 30, 32));
        assertThat(rows(s, "rows_fill_h_to_d_h")).contains(new Step.Call("compute_loss_sum2_sum_example", Map.of(), 1));
    }

    @Test
    void withFewExamplesAllStepsAreTheRowsOfAProduct() {
        assertThat(schedule(model(64, 30, 15)).toString()).contains("routine compute_d_z ").doesNotContain("routine compute_z_2[t]");
    }

    @Test
    void aWeightThatNoCacheHoldsIsReadOnceForAllSteps() {
        assertThat(schedule(model(64, 4100, 16)).toString()).doesNotContain("compute_z_2[t]").contains("routine compute_d_z ");
    }

    @Test
    void whatReadsTheSameDoesNotJoinASum() {
        Schedule s = schedule("""
                model Beside {
                    input  x[32]
                    target y[32]
                    param  W[32, 32] ~ normal(0, 0.1)
                    q[i] = sum[j] W[i, j] * x[j]
                    r[i < 32] = exp(x[i])
                    output p[i] = q[i] * r[i] + r[31 - i]
                    loss   sum[i] (p[i] - y[i])^2
                    train  { optimizer adam, batch 32 }
                }
                """);
        assertThat(s.routines().values()).filteredOn(r -> r.heading().stream().anyMatch(h -> h.startsWith("q[b,i] +=")))
                .isNotEmpty().allSatisfy(r -> assertThat(r.heading()).noneMatch(h -> h.startsWith("r[b,i] =")));
    }

    /** Models in which not all that has the axis of time belongs to one step. */
    @ParameterizedTest
    @ValueSource(strings = {
        "h[t] = rnn(x[t], h[t-1], m = 5)\n    output p[t] = dense(h[t], 2)",
        "h[t] = rnn(x[t], h[t+1], m = 5)\n    output p[t] = dense(h[t], 2)",
        // two directions, and what reads both
        "h[t] = gru(x[t], h[t-1], m = 5)\n    g[t] = gru(x[t], g[t+1], m = 5)\n    output p[t] = dense(concatenate(h[t], g[t]), 2)",
        // the step before, of the recurrence and of what is computed of it
        "h[t] = rnn(x[t], h[t-1], m = 5)\n    q[t] = dense(h[t], 2)\n    output p[t, i < 2] = q[t, i] * q[t-1, i] + h[t-1, i]",
        "h[t] = rnn(x[t], h[t-1], m = 5)\n    q[t] = dense(h[t], 2)\n    output p[t, i < 2] = q[t, i] * q[t+1, i]",
        // a recurrence over what is computed of another
        "h[t] = rnn(x[t], h[t-1], m = 5)\n    q[t] = dense(h[t], 3)\n    g[t] = rnn(q[t], g[t-1], m = 4)\n    output p[t] = dense(g[t], 2)",
        // every step of every other
        "h[t] = rnn(x[t], h[t-1], m = 5)\n    a[t, s] = sum[i] h[t, i] * h[s, i]\n    q[t] = softmax(a[t])\n    output p[t, i < 2] = sum[s] q[t, s] * h[s, i]",
        // a number of all steps, taken to each
        "h[t] = rnn(x[t], h[t-1], m = 5)\n    m[i] = mean[t] h[t, i]^2\n    output p[t, i < 2] = h[t, i] / (1 + m[i])",
        // the same weights for the steps and for their mean
        "h[t] = rnn(x[t], h[t-1], m = 2)\n    param V[2, 2] ~ normal(0, 0.5)\n    m[i < 2] = mean[t] (sum[j] V[i, j] * h[t, j])\n"
                + "    output p[t, i < 2] = m[i] + (sum[j] V[i, j] * h[t, j])"
    })
    void agreesWithTheEvaluator(String equations) {
        String text = """
                model Steps {
                    axis   t = 4, s = 4
                    input  x[t, 3]
                    target y[t, 2]
                    %s
                    loss   mean[t] (sum[i < 2] (p[t, i] - y[t, i])^2)
                    train  { optimizer adam, batch 16 }
                }
                """
                .formatted(equations);
        for (Options.Backend backend : Options.Backend.values())
            RandomModelsTest.agrees(text, Options.DEFAULT.with(backend, Options.Precision.DOUBLE), 3);
    }
}
