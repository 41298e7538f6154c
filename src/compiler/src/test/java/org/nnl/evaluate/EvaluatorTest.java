package org.nnl.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnl.equations.Graph;
import org.nnl.equations.GraphReader;
import org.nnl.equations.Op;

class EvaluatorTest {

    private static Map<String, double[]> run(String text, Map<String, double[]> given, int batch) {
        return Evaluator.evaluate(GraphReader.read(text), given, batch);
    }

    @Test
    void sumsOfProducts() {
        var v = run(
                "input x[B, 2]\nparam W[3, 2]\nvalue z[B, 3]\nz[b,i] += W[i,j]*x[b,j]  for b < B, i < 3, j < 2",
                Map.of("x", new double[] {1, 2, 3, 4}, "W", new double[] {1, 0, 0, 1, 1, 1}),
                2);
        assertThat(v.get("z")).containsExactly(1, 2, 3, 3, 4, 7);
    }

    @Test
    void recurrencesInAnyOrderOfEquations() {
        var v = run("value h[5]\nvalue y\ny[] = h[4]\nh[t] = 2*h[t-1] + 1  for t < 5", Map.of(), 1);
        assertThat(v.get("y")).containsExactly(31);
    }

    @Test
    void outsideReadsGiveTheBoundaryAndOutsideWritesVanish() {
        var v = run(
                "input x[3] outside 7\nvalue y[3]\nvalue z[3]\ny[i] = x[i-1]  for i < 3\nz[i-1] += x[i]  for i < 3",
                Map.of("x", new double[] {1, 2, 3}),
                1);
        assertThat(v.get("y")).containsExactly(7, 1, 2);
        assertThat(v.get("z")).containsExactly(2, 3, 0);
    }

    @Test
    void lookupsScatterAndArgmaxKeepsTheFirst() {
        var v = run(
                """
                input w[B] : class(3)
                input x[4]
                value count[3]
                value p : class(4)
                count[w[b]] += 1  for b < B
                p[] argmax=(i) x[i]  for i < 4
                """,
                Map.of("w", new double[] {2, 0, 2, 2}, "x", new double[] {1, 5, 5, 2}),
                4);
        assertThat(v.get("count")).containsExactly(1, 0, 3);
        assertThat(v.get("p")).containsExactly(1);
    }

    @Test
    void commitsHappenAtOnce() {
        Graph g = GraphReader.read(
                "state a\nstate c\nvalue a'\nvalue c'\na'[] = c[]\nc'[] = a[]\ncommit a <- a'\ncommit c <- c'");
        var v = Evaluator.step(g, Map.of("a", new double[] {1}, "c", new double[] {2}), 1);
        assertThat(v.get("a")).containsExactly(2);
        assertThat(v.get("c")).containsExactly(1);
    }

    @Test
    void missingAndWronglySizedTensorsAreNamed() {
        String text = "input x[B, 2]\nvalue y[B]\ny[b] = x[b,0]  for b < B";
        assertThatThrownBy(() -> run(text, Map.of(), 1)).hasMessageContaining("input x");
        assertThatThrownBy(() -> run(text, Map.of("x", new double[3]), 1)).hasMessageContaining("2 elements");
    }

    @Test
    void scalarOperationsHoldAtTheirLimits() {
        assertThat(Op.SIGMOID.apply(-800)).isZero();
        assertThat(Op.SIGMOID.apply(800)).isOne();
        assertThat(Op.SOFTPLUS.apply(800)).isEqualTo(800);
        assertThat(Op.SOFTPLUS.apply(-40)).isEqualTo(Math.exp(-40));
        assertThat(Op.ERF.apply(0.5)).isCloseTo(0.5204998778130465, org.assertj.core.api.Assertions.within(1e-15));
        assertThat(Op.ERF.apply(-3)).isCloseTo(-0.9999779095030014, org.assertj.core.api.Assertions.within(1e-15));
        double sum = 0;
        for (int i = 0; i < 10_000; i++) sum += Op.UNIFORM.apply(7, 1, 0, i);
        assertThat(sum / 10_000).isBetween(0.49, 0.51);
    }
}
