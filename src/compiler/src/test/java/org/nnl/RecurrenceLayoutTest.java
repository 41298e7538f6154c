package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnl.elaborate.Sources;
import org.nnl.schedule.MakeSchedule;
import org.nnl.schedule.Schedule;

/** What recurrent cells keep of their steps, and how they go through their weights. */
class RecurrenceLayoutTest {
    private static String model(String cell, String output) {
        return """
                model Cell {
                    axis   t = 5
                    input  x[t, 3]
                    target y[2]
                    %s
                    output p = %s
                    loss   sum[i < 2] (p[i] - y[i])^2
                    train  { optimizer adam, batch 5 }
                }
                """
                .formatted(cell, output);
    }

    private static String schedule(String text) {
        Schedule s = MakeSchedule.of(
                Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", Options.DEFAULT).simplified(), Options.DEFAULT);
        return s.toString();
    }

    private static final String GRU = "h[t] = gru(x[t], h[t-1], m = 64)";

    @Test
    void sumsOfACellAreKeptForOneStep() {
        String lstm = schedule(model("h[t], c[t] = lstm(x[t], h[t-1], c[t-1], m = 6)", "dense(h[4], 2)"));
        assertThat(lstm).contains("h_a[B, 5, 4, 6] strides [24, 0, 6, 1]").contains("c[B, 5, 6] strides [6, 6*B, 1] free before");
    }

    @Test
    void whatAnotherStepOrTheGradientNeedsIsKeptForAll() {
        String sums = "axis i = 4, j = 4\n    param W[i, j] ~ normal(0, 0.5)\n    "
                + "a[t, i] = sum[j] W[i, j] * h[t-1, j] + x[t, 0]\n    h[t, i] = ";
        String all = "a[B, 5, 4] strides [4, 4*B, 1]";
        assertThat(schedule(model(sums + "a[t, i]^3", "dense(h[4], 2)"))).contains(all);
        assertThat(schedule(model(sums + "tanh(a[t, i])", "dense(a[4], 2)"))).contains(all);
    }

    @Test
    void weightsThatTheFirstCacheDoesNotHoldAreReadToAndFro() {
        assertThat(schedule(model(GRU, "dense(h[4], 2)"))).contains("_panel < 3 to and fro");
        assertThat(schedule(model(GRU.replace("64", "32"), "dense(h[4], 2)"))).doesNotContain("to and fro");
        assertThat(schedule(model(GRU.replace("64", "256"), "dense(h[4], 2)"))).doesNotContain("to and fro").contains("_panel < 12");
    }

    @Test
    void weightsOnTheWayBackAreReadInPiecesThatTheFirstCacheHolds() {
        String lstm = "h[t], c[t] = lstm(x[t], h[t-1], c[t-1], m = 128)";
        assertThat(schedule(model(lstm, "dense(h[4], 2)"))).contains("h_U_panels[2, 512, 64]", "for b_piece < 4");
        assertThat(schedule(model(lstm.replace("128", "64"), "dense(h[4], 2)"))).doesNotContain("_panels[", "_piece");
        assertThat(schedule(model("h[t] = rnn(x[t], h[t-1], m = 128)", "dense(h[4], 2)"))).contains("h_U_panels[2, 128, 64]").doesNotContain("_piece");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        GRU, "h[t], c[t] = lstm(x[t], h[t-1], c[t-1], m = 128)", "h[t] = rnn(x[t], h[t-1], m = 128)", "h[t], c[t] = lstm(x[t], h[t-1], c[t-1], m = 64)",
        "h[t] = gru(x[t], h[t+1], m = 64)\n    g[t] = rnn(h[t], g[t-1], m = 128)"
    })
    void cellsAgreeWithTheEvaluator(String cell) {
        String text = model(cell, cell.contains("g[t]") ? "dense(g[4], 2)" : "dense(h[4], 2)");
        for (Options.Precision precision : Options.Precision.values())
            RandomModelsTest.agrees(text, Options.DEFAULT.with(Options.Backend.VECTOR, precision), 7);
    }
}
