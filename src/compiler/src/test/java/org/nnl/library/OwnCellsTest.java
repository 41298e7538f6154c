package org.nnl.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.check.GradientCheck;
import org.nnl.check.RandomData;
import org.nnl.emit.WriteClass;
import org.nnl.equations.Tensor;
import org.nnl.evaluate.EvaluatedModel;
import org.nnl.load.InMemoryCompiler;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import org.nnl.reference.ReferenceCase;
import org.nnl.schedule.MakeSchedule;
import org.nnl.simplify.Simplify;

/**
 * Published cells that the library lacks, each written by a user in under ten lines: differentiated, and compiled to
 * Java that agrees with the evaluator, without a change to the compiler.
 */
class OwnCellsTest {

    private static Map<String, String> cells() {
        Map<String, String> cells = new LinkedHashMap<>();
        // Zhou et al., "Minimal gated unit for recurrent neural networks", 2016.
        cells.put("minimal gated unit", """
                layer cell(x[n], h[m]) -> [m] {
                    param W[2, m, n] ~ glorot(n, m), U[2, m, m] ~ orthogonal, b[2, m] = 0
                    f[i] = sigmoid(sum[j] W[0, i, j] * x[j] + sum[k] U[0, i, k] * h[k] + b[0, i])
                    c[i] = tanh(sum[j] W[1, i, j] * x[j] + sum[k] U[1, i, k] * f[k] * h[k] + b[1, i])
                    y[i] = (1 - f[i]) * h[i] + f[i] * c[i]
                    return y
                }
                """);
        // Greff et al., "LSTM: a search space odyssey", 2015: coupled input and forget gates.
        cells.put("LSTM with coupled gates", """
                layer cell(x[n], h[m], c[m]) -> (h[m], c[m]) {
                    param W[3, m, n] ~ glorot(n, m), U[3, m, m] ~ orthogonal, b[3, m] = 0
                    a[g, i] = sum[j] W[g, i, j] * x[j] + sum[k] U[g, i, k] * h[k] + b[g, i]
                    c2[i] = sigmoid(a[0, i]) * c[i] + (1 - sigmoid(a[0, i])) * tanh(a[1, i])
                    h2[i] = sigmoid(a[2, i]) * tanh(c2[i])
                    return (h2, c2)
                }
                """);
        // Ravanelli et al., "Light gated recurrent units for speech recognition", 2018, without batch normalisation.
        cells.put("light GRU", """
                layer cell(x[n], h[m]) -> [m] {
                    param W[2, m, n] ~ glorot(n, m), U[2, m, m] ~ orthogonal
                    a[g, i] = sum[j] W[g, i, j] * x[j] + sum[k] U[g, i, k] * h[k]
                    y[i] = sigmoid(a[0, i]) * h[i] + (1 - sigmoid(a[0, i])) * relu(a[1, i])
                    return y
                }
                """);
        return cells;
    }

    @TestFactory
    Stream<DynamicTest> areDifferentiatedAndEmitted() {
        return cells().entrySet().stream().map(e -> DynamicTest.dynamicTest(e.getKey(), () -> check(e.getValue())));
    }

    private static void check(String cell) {
        assertThat(cell.lines().count()).isLessThan(10);
        String step = cell.contains("c2")
                ? "h[t], c[t] = cell(x[t], h[t-1], c[t-1], m = 9)"
                : "h[t] = cell(x[t], h[t-1], m = 9)";
        Program program = Compiled.source("own.nnl", cell + """
                model Own {
                    axis t = 7
                    input x[t, 3]
                    %s
                    loss sum[i] (i + 1) * h[6, i]^2
                    train { optimizer sgd(rate = 0.1), batch 4 }
                }
                """.formatted(step));
        assertThat(GradientCheck.check(program, 4, 3, 20))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.passed()).as(row.toString()).isTrue());
        Map<String, double[]> data = RandomData.of(program, 5, 9);
        EvaluatedModel yardstick = new EvaluatedModel(program, 2);
        Map<String, double[]> expected = yardstick.run("gradient", data, 5);
        Program simplified = Simplify.simplify(program);
        for (Backend backend : Backend.values()) {
            Options options = Options.DEFAULT.with(backend, Precision.DOUBLE);
            String source = WriteClass.of(simplified, MakeSchedule.of(simplified, options), options);
            Instance instance = new Instance(
                    InMemoryCompiler.load(Map.of(WriteClass.className(simplified, options), source)), 2);
            instance.gradient(new Object[] {data.get("x")}, 5);
            for (Tensor p : program.parameters()) {
                double[] start = (double[]) instance.parameter(p.name());
                assertThat(ReferenceCase.error(start, yardstick.value(p.name()))).as(p + " at the start").isLessThan(1e-12);
                double[] gradient = (double[]) instance.gradient(p.name());
                double[] wanted = expected.get(Program.ADJOINT + p.name());
                assertThat(ReferenceCase.error(gradient, wanted)).as("d_" + p).isLessThan(1e-12);
            }
        }
    }
}
