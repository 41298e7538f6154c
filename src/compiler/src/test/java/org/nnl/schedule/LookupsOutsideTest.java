package org.nnl.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.check.GradientCheck;
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

/**
 * A look-up that itself reads outside its tensor gives that tensor's boundary value, when an element is read at it and
 * when the adjoint is sent back: at the first step {@code E[word[t-1]]} is row 0, and row 0 has its part of the gradient.
 */
class LookupsOutsideTest {

    @ParameterizedTest
    @EnumSource(Backend.class)
    void adjointsGoToTheRowThatWasRead(Backend backend) {
        Program program = Compiled.source("m.nnl", """
                model M {
                    axis t = 5
                    input word[t] : class(9)
                    param E[9, 5] ~ normal(0, 1)
                    loss sum[t, i] (i + t + 1) * (tanh(E[word[t-1], i]) + E[word[t+2], i]^2)
                }
                """);
        assertThat(GradientCheck.check(program, 3, 3, 45)).allMatch(GradientCheck.Row::passed);
        Map<String, double[]> data = RandomData.of(program, 3, 9);
        EvaluatedModel yardstick = new EvaluatedModel(program, 2);
        Map<String, double[]> expected = yardstick.run("gradient", data, 3);
        Program simplified = Simplify.simplify(program);
        Options options = Options.DEFAULT.with(backend, Precision.DOUBLE);
        String source = WriteClass.of(simplified, MakeSchedule.of(simplified, options), options);
        Instance instance =
                new Instance(InMemoryCompiler.load(Map.of(WriteClass.className(simplified, options), source)), 2);
        int[] words = new int[data.get("word").length];
        for (int i = 0; i < words.length; i++) words[i] = (int) data.get("word")[i];
        instance.gradient(new Object[] {words}, 3);
        for (Tensor p : program.parameters())
            assertThat(ReferenceCase.error((double[]) instance.gradient(p.name()), expected.get(Program.ADJOINT + p.name())))
                    .isLessThan(1e-12);
    }
}
