package org.nnl.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.elaborate.Sources;

/** Which routines threads run without waiting for one another. */
class SectionsTest {
    private static Schedule schedule(String text) {
        return MakeSchedule.of(
                Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", Options.DEFAULT).simplified(), Options.DEFAULT);
    }

    private static List<String> calls(Schedule s, String routine) {
        List<String> calls = new ArrayList<>();
        for (Step step : s.routines().get(routine).steps()) if (step instanceof Step.Call c) calls.add(c.share() + " " + c.routine());
        return calls;
    }

    private static final Schedule LAYERS = schedule(
            """
            model Layers {
                input  x[200]
                target y : class(10)
                h = dense(x, 128, relu)
                g = dense(h, 64, relu)
                z = dense(g, 10)
                loss   crossEntropy(softmax(z), y)
                train  { optimizer adam, batch 64 }
            }
            """);

    @Test
    void theLossDoesNotStandBetweenTheLayersAndTheirAdjoints() {
        assertThat(calls(LAYERS, LAYERS.entries().get("gradient"))).containsExactly(
                "0 compute_h", "0 compute_d_loss_sum", "0 rows_g_to_d_g_x", "0 parts_d_z_W_to_d_h_x", "0 parts_d_h_b_to_d_h_W");
        assertThat(calls(LAYERS, "rows_g_to_d_g_x")).contains("1 compute_g", "1 compute_d_loss_s", "1 compute_d_g_x")
                .doesNotContain("1 compute_loss_sum");
    }

    @Test
    void whatIsIndependentIsCutAsSuitsItAndOnePartDoesWhatCannotBe() {
        int own = Step.Call.OWN, one = Step.Call.ONE;
        assertThat(calls(LAYERS, "parts_d_z_W_to_d_h_x")).containsExactly(
                one + " compute_loss_sum", one + " compute_loss", one + " compute_d_z_b",
                own + " compute_d_z_W", own + " compute_d_g_b", own + " compute_d_g_W", own + " compute_d_h_x");
        assertThat(LAYERS.routines().get("parts_d_z_W_to_d_h_x").division().isParts()).isTrue();
        assertThat(LAYERS.routines().get("compute_loss_sum").division()).isNull();
        assertThat(calls(LAYERS, LAYERS.entries().get("update"))).hasSize(2).first().isEqualTo("0 compute_step_next");
    }

    @Test
    void inASectionNoPartReadsWhatAnotherWrites() {
        for (Routine r : LAYERS.routines().values()) {
            if (r.division() == null || !r.division().isParts()) continue;
            List<String> names = r.steps().stream().map(s -> ((Step.Call) s).routine()).toList();
            for (String a : names)
                for (String b : names) {
                    boolean serial = LAYERS.routines().get(a).division() == null && LAYERS.routines().get(b).division() == null;
                    if (a.equals(b) || serial) continue;
                    assertThat(written(a)).as(a + " and " + b).doesNotContainAnyElementsOf(Steps.arrays(all(b)));
                }
        }
    }

    private static List<String> written(String routine) {
        List<String> written = new ArrayList<>();
        Steps.visit(all(routine), s -> {
            if (s instanceof Step.Store w) written.add(w.array());
            if (s instanceof Product p) written.add(p.c().array());
        });
        return written;
    }

    /** What a routine and those that it calls do. */
    private static List<Step> all(String routine) {
        List<Step> all = new ArrayList<>();
        for (String r : Routine.reached(List.of(routine), LAYERS.routines())) all.addAll(LAYERS.routines().get(r).steps());
        return all;
    }

    @Test
    void whoeverSumsSomeOfAGradientUpdatesTheseWeights() {
        assertThat(calls(LAYERS, LAYERS.entries().get(Schedule.TRAINING))).containsExactly(
                "0 compute_h", "0 compute_d_loss_sum", "0 compute_step_next", "0 rows_g_to_d_g_x",
                "0 parts_d_g_W_to_z_W_next", "0 parts_d_h_W_to_g_W_next");
        assertThat(calls(LAYERS, "parts_d_h_W_to_g_W_next")).contains(Step.Call.OWN + " units_d_h_W_to_h_W_next");
        assertThat(calls(LAYERS, "units_d_h_W_to_h_W_next")).containsExactly("1 compute_d_h_W", "200 compute_h_W_next");
    }

    @Test
    void anArrayIsFilledByTheThreadsThatUseIt() {
        Schedule s = schedule(
                """
                model Steps {
                    axis   t = 32
                    input  x[t, 8]
                    target y
                    h[t] = gru(x[t], h[t-1], m = 64)
                    loss   (dense(h[31], 1)[0] - y)^2
                    train  { optimizer adam, batch 16 }
                }
                """);
        String gradient = s.entries().get("gradient");
        assertThat(s.routines().get(gradient).steps()).noneMatch(x -> x instanceof Step.Fill);
        assertThat(s.routines().values().stream().filter(r -> r.name().startsWith("rows_")).flatMap(r -> calls(s, r.name()).stream()))
                .anyMatch(c -> c.contains(" fill_d_h"));
    }

    @Test
    void aDeepModelHasMethodsThatAreShortEnough() {
        String layers = IntStream.range(1, 50).mapToObj(k -> "    h%d = dense(h%d, 32, tanh)\n".formatted(k, k - 1)).collect(Collectors.joining());
        Schedule s = schedule("model Deep {\n    input x[32]\n    target y\n    h0 = dense(x, 32, tanh)\n" + layers
                + "    loss (sum[i] h49[i] - y)^2\n    train { optimizer adam, batch 64 }\n}\n");
        assertThat(s.routines().values()).anyMatch(r -> r.division() != null && r.division().isParts());
        for (Routine r : s.routines().values()) {
            long cut = r.steps().stream().filter(x -> x instanceof Step.Call c && c.share() < 0).count();
            assertThat(cut).as(r.name()).isLessThanOrEqualTo(200);
        }
    }
}
