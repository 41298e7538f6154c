package org.nnl.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.elaborate.Sources;

/** Which products threads divide by columns. */
class ColumnBlocksTest {
    /** Divisions of the routines with a product, in the order of the schedule. */
    private static List<String> divisions(String model, Options options) {
        Schedule s = Compiler.compile(Sources.of(Map.of("m.nnl", model)), "m.nnl", options).schedule();
        return s.routines().values().stream()
                .filter(r -> r.division() != null && Steps.any(r.steps(), x -> x instanceof Product p && p.rows().batch()))
                .map(r -> r.division().variable() + " < " + r.division().count())
                .distinct()
                .toList();
    }

    private static String layer(int units, int batch) {
        return "model M {\n    input x[200]\n    target y[" + units + "]\n    h = dense(x, " + units + ", relu)\n    output p = h\n"
                + "    loss mean[i] squaredError(p[i], y[i])\n    train { optimizer adam, batch " + batch + " }\n}\n";
    }

    @Test
    void aLayerWithMoreUnitsThanExamplesIsDividedByItsUnits() {
        assertThat(divisions(layer(128, 64), Options.DEFAULT)).containsExactly("i_block < 2");
        assertThat(divisions(layer(96, 64), Options.DEFAULT)).as("no two panels of four vectors").containsExactly("i_block < 3");
        assertThat(divisions(layer(512, 64), Options.DEFAULT)).containsExactly("i_block < 8");
        assertThat(divisions(layer(128, 64), Options.DEFAULT.with(Options.Backend.VECTOR, Options.Precision.DOUBLE)))
                .containsExactly("i_block < 4");
    }

    @Test
    void othersAreDividedByExamples() {
        assertThat(divisions(layer(128, 128), Options.DEFAULT)).as("as many units").containsExactly("b < B");
        assertThat(divisions(layer(130, 64), Options.DEFAULT)).as("no whole blocks").containsExactly("b < B");
    }

    @Test
    void recurrencesAreDividedByExamplesSoThatThreadsDoNotWaitAtEachStep() {
        String lstm = "model M {\n    axis t = 20\n    input x[t, 8]\n    target y[t, 1]\n    h[t], c[t] = lstm(x[t], h[t-1], c[t-1], m = 128)\n"
                + "    output p[t] = dense(h[t], 1)\n    loss mean[t] squaredError(p[t, 0], y[t, 0])\n    train { optimizer adam, batch 32 }\n}\n";
        Schedule s = Compiler.compile(Sources.of(Map.of("m.nnl", lstm)), "m.nnl", Options.DEFAULT).schedule();
        assertThat(s.routines().values().stream().filter(r -> !r.variables().isEmpty()))
                .isNotEmpty()
                .noneMatch(ColumnBlocks::divides);
    }
}
