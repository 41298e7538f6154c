package org.nnl.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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

/**
 * The adjoint of a convolution in its input, {@code c[v + j] += sum[o] K[o,v] * d[o,j]}: as a product, its rows would
 * share elements of the target, and a kernel that holds several rows at a time would lose what it adds.
 */
class OverlappingRowsTest {

    @ParameterizedTest
    @EnumSource(Backend.class)
    void whatRowsShareIsAddedUp(Backend backend) {
        Program program = Compiled.source("m.nnl", """
                model M {
                    input waves[256]
                    param picture[1, 16, 16] ~ between(0.4, 0.6)
                    seen[0] = image(waves, 1, 16, 16)
                    seen[1] = picture
                    a[k] = conv2d(seen[k], 4, 5, f = relu)
                    g[k] = gram(a[k])
                    loss mean[i, j] (g[1, i, j] - g[0, i, j])^2
                }
                """);
        Map<String, double[]> data = RandomData.of(program, 2, 9);
        Map<String, double[]> expected = new EvaluatedModel(program, 2).run("gradient", data, 2);
        Program simplified = Simplify.simplify(program);
        Options options = Options.DEFAULT.with(backend, Precision.DOUBLE);
        String source = WriteClass.of(simplified, MakeSchedule.of(simplified, options), options);
        Instance instance =
                new Instance(InMemoryCompiler.load(Map.of(WriteClass.className(simplified, options), source)), 2);
        instance.gradient(new Object[] {data.get("waves")}, 2);
        for (Tensor p : program.parameters())
            assertThat(ReferenceCase.error((double[]) instance.gradient(p.name()), expected.get(Program.ADJOINT + p.name())))
                    .as(p.name())
                    .isLessThan(1e-11);
    }
}
