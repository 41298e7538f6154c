package org.nnl.emit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.check.RandomData;
import org.nnl.equations.Tensor;
import org.nnl.evaluate.EvaluatedModel;
import org.nnl.library.Compiled;
import org.nnl.load.InMemoryCompiler;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import org.nnl.reference.ReferenceCase;
import org.nnl.schedule.MakeSchedule;
import org.nnl.simplify.Simplify;

/** Matrices are turned in squares, the last of which start early, and a recurrence's weights lie in panels. */
class TurningTest {

    @ParameterizedTest
    @CsvSource({"VECTOR, 37, 64, true", "VECTOR, 37, 64, false", "SCALAR, 37, 64, true", "VECTOR, 8, 32, true", "VECTOR, 16, 36, true"})
    void aRecurrenceIsAsInTheDefinition(Backend backend, int classes, int units, boolean divided) {
        Program program = Compiled.source("m.nnl", """
                model M {
                    axis t = 3
                    input word[t] : class(%1$d)
                    h[t], c[t] = lstm(onehot(word[t]), h[t-1], c[t-1], m = %2$d)
                    output y[t, i < %2$d] = h[t, i]
                    loss sum[t, i < %2$d] (i + t + 1) * h[t, i]
                }
                """.formatted(classes, units));
        Program simplified = Simplify.simplify(program);
        Options options = Options.DEFAULT.with(backend, Precision.DOUBLE);
        String source = WriteClass.of(simplified, MakeSchedule.of(simplified, options, divided ? 0 : Double.MAX_VALUE), options);
        boolean turned = backend == Backend.VECTOR && classes >= 8;
        assertThat(source.contains(" transpose(")).isEqualTo(turned);
        assertThat(source.contains("i_panel")).isEqualTo(backend == Backend.VECTOR && units != 36);
        Class<?> type = InMemoryCompiler.load(Map.of(WriteClass.className(simplified, options), source));
        for (int examples : new int[] {1, 3, 5}) {
            Map<String, double[]> data = RandomData.of(program, examples, 9);
            Map<String, double[]> expected = new EvaluatedModel(program, 2).run("gradient", data, examples);
            Instance instance = new Instance(type, 2);
            int[] words = new int[data.get("word").length];
            for (int i = 0; i < words.length; i++) words[i] = (int) data.get("word")[i];
            instance.gradient(new Object[] {words}, examples);
            for (Tensor p : program.parameters())
                assertThat(ReferenceCase.error((double[]) instance.gradient(p.name()), expected.get(Program.ADJOINT + p.name())))
                        .isLessThan(1e-12);
        }
    }
}
