package org.nnl.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.check.RandomData;
import org.nnl.emit.WriteClass;
import org.nnl.equations.Tensor;
import org.nnl.evaluate.EvaluatedModel;
import org.nnl.library.Compiled;
import org.nnl.load.InMemoryCompiler;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import org.nnl.reference.ReferenceCase;
import org.nnl.simplify.Simplify;

/** Column sums take several vectors of a row before they go to the next. */
class JamTest {

    /** Sums over examples, over steps as well, and greatest values, with columns left over in every way. */
    @ParameterizedTest
    @CsvSource({
        "FLOAT, 63, false", "FLOAT, 64, true", "FLOAT, 65, true", "FLOAT, 128, true", "FLOAT, 151, true",
        "DOUBLE, 63, false", "DOUBLE, 64, true", "DOUBLE, 103, true"
    })
    void sumsAreAsInTheDefinition(Precision precision, int columns, boolean jammed) {
        Program program = Compiled.source("m.nnl", """
                model M {
                    axis t = 3
                    input x[t, %1$d]
                    param w[%1$d] ~ between(-1, 1), v[%1$d] ~ between(-1, 1)
                    y[t, i < %1$d] = x[t, i] * w[i] + v[i]
                    output p[i < %1$d] = max[t] y[t, i]
                    loss sum[t, i < %1$d] (i + t + 1) * y[t, i]^2
                }
                """.formatted(columns));
        Program simplified = Simplify.simplify(program);
        Options options = Options.DEFAULT.with(Backend.VECTOR, precision);
        String source = WriteClass.of(simplified, MakeSchedule.of(simplified, options, 0), options);
        assertThat(source.contains("4 vectors side by side")).isEqualTo(jammed);
        Class<?> type = InMemoryCompiler.load(Map.of(WriteClass.className(simplified, options), source));
        double tolerance = precision == Precision.FLOAT ? 1e-5 : 1e-12;
        for (int examples : new int[] {1, 3, 8}) {
            Map<String, double[]> data = RandomData.of(program, examples, 9);
            Map<String, double[]> expected = new EvaluatedModel(program, 2).run("gradient", data, examples);
            Instance instance = new Instance(type, 2);
            instance.gradient(new Object[] {precision == Precision.FLOAT ? floats(data.get("x")) : data.get("x")}, examples);
            for (Tensor p : program.parameters())
                assertThat(ReferenceCase.error(doubles(instance.gradient(p.name())), expected.get(Program.ADJOINT + p.name())))
                        .isLessThan(tolerance);
        }
    }

    private static float[] floats(double[] x) {
        float[] f = new float[x.length];
        for (int i = 0; i < x.length; i++) f[i] = (float) x[i];
        return f;
    }

    private static double[] doubles(Object x) {
        if (x instanceof double[] d) return d;
        float[] f = (float[]) x;
        double[] d = new double[f.length];
        for (int i = 0; i < f.length; i++) d[i] = f[i];
        return d;
    }
}
