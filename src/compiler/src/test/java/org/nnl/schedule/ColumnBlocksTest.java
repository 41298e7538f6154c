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

    private static final Options PLAIN = Options.DEFAULT.with(Options.Backend.SCALAR, Options.Precision.FLOAT);

    @Test
    void aLayerWithMoreUnitsThanExamplesIsDividedByItsUnits() {
        assertThat(divisions(layer(128, 64), PLAIN)).containsExactly("i_block < 2");
        assertThat(divisions(layer(96, 64), PLAIN)).as("no two panels of four vectors").containsExactly("i_block < 3");
        assertThat(divisions(layer(512, 64), PLAIN)).containsExactly("i_block < 8");
        assertThat(divisions(layer(128, 64), PLAIN.with(Options.Backend.SCALAR, Options.Precision.DOUBLE)))
                .containsExactly("i_block < 4");
    }

    @Test
    void othersAreDividedByExamples() {
        assertThat(divisions(layer(128, 128), Options.DEFAULT)).as("as many units").containsExactly("b < B");
        assertThat(divisions(layer(130, 64), PLAIN)).as("no whole blocks").containsExactly("b < B");
    }

    @Test
    void unitsAreRowsInVectorsWhereThatCopiesLess() {
        String two = "model M {\n    input x[%d]\n    target y[1]\n    h = dense(x, 128, relu)\n    g = dense(h, 256, relu)\n"
                + "    output p = dense(g, 1)\n    loss mean[i] squaredError(p[i], y[i])\n    train { optimizer adam, batch 64 }\n}\n";
        assertThat(exchanged(String.format(two, 200), Options.DEFAULT)).containsExactly("128", "256");
        assertThat(exchanged(String.format(two, 100), Options.DEFAULT)).as("sums and inputs are more than weights").containsExactly("256");
        assertThat(exchanged(String.format(two, Product.DEEPEST + 1), Options.DEFAULT)).as("panels too deep").containsExactly("256");
        assertThat(exchanged(String.format(two, 200), PLAIN)).isEmpty();
    }

    /** How many units those products have whose rows are units. */
    private static List<String> exchanged(String model, Options options) {
        Schedule s = Compiler.compile(Sources.of(Map.of("m.nnl", model)), "m.nnl", options).schedule();
        return s.routines().values().stream()
                .flatMap(r -> r.steps().stream())
                .filter(x -> x instanceof Product p && p.contiguous().equals(p.row()) && p.columns().batch())
                .map(x -> ((Product) x).rows().toString())
                .distinct()
                .toList();
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
