package org.nnl.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
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

/** Sums sent to windows that move over rows, and what follows them in a network: maxima with their places. */
class PartShiftsTest {

    /** Two convolutions with pooling; the first convolution's gradient goes through the adjoint of the second's input. */
    private static String model(int height, int width, int channels, int out, int window, int pad, int pool) {
        return """
                model M {
                    input x[1, %d, %d]
                    target y[%d]
                    a = maxPool2d(conv2d(x, %d, 3, f = tanh), 2)
                    c = conv2d(a, %d, %d, pad = %d, f = relu)
                    d = maxPool2d(c, %d)
                    p[o] = sum[i, j] d[o, i, j]
                    output p
                    loss sum[o] (p[o] - y[o])^2
                    train { optimizer sgd(rate = 0.1), batch 5 }
                }
                """.formatted(height, width, out, channels, out, window, pad, pool);
    }

    @ParameterizedTest
    @CsvSource({
        "22, 20, 3, 5, 3, 0, 2", "18, 19, 6, 4, 2, 0, 2", "16, 16, 1, 9, 4, 1, 2", "14, 21, 2, 4, 3, 2, 2", "30, 14, 9, 7, 5, 0, 2",
        // axes of one element: columns, rows, both, channels, windows, and all of them
        "22, 8, 3, 5, 3, 0, 1", "8, 22, 3, 5, 3, 0, 1", "8, 8, 3, 5, 3, 0, 1", "22, 20, 1, 1, 3, 0, 2", "22, 20, 3, 5, 1, 0, 2",
        "4, 4, 1, 1, 1, 0, 1"
    })
    void adjointsAreThoseOfTheEvaluator(int height, int width, int channels, int out, int window, int pad, int pool) {
        Program program = Compiled.source("m.nnl", model(height, width, channels, out, window, pad, pool));
        Program simplified = Simplify.simplify(program);
        for (int examples : new int[] {1, 6}) {
            Map<String, double[]> data = RandomData.of(program, examples, 11);
            Map<String, double[]> expected = new EvaluatedModel(program, 2).run("gradient", data, examples);
            for (Backend backend : Backend.values()) {
                Options options = Options.DEFAULT.with(backend, Precision.DOUBLE);
                String source = WriteClass.of(simplified, MakeSchedule.of(simplified, options, 0), options);
                Class<?> type = InMemoryCompiler.load(Map.of(WriteClass.className(simplified, options), source));
                double[][] one = new double[program.parameters().size()][];
                for (int threads = 1; threads <= 2; threads++) {
                    Instance instance = new Instance(type, 2);
                    instance.threads(threads);
                    instance.gradient(new Object[] {data.get("x"), data.get("y")}, examples);
                    for (int k = 0; k < one.length; k++) {
                        Tensor p = program.parameters().get(k);
                        double[] found = ((double[]) instance.gradient(p.name())).clone();
                        assertThat(ReferenceCase.error(found, expected.get(Program.ADJOINT + p.name()))).as(p.name()).isLessThan(1e-11);
                        if (threads == 1) one[k] = found;
                        else assertThat(found).as(p.name()).isEqualTo(one[k]);
                    }
                    instance.threads(1);
                }
            }
        }
    }

    @Test
    void shiftsAlongRowsAloneHaveADimension() {
        Program program = Simplify.simplify(Compiled.source("m.nnl", model(22, 20, 3, 5, 3, 0, 2)));
        String schedule = MakeSchedule.of(program, Options.DEFAULT).toString();
        // of 8 by 7 sums, sent to a picture of 10 by 9
        assertThat(schedule).contains("parts[B, 3, 3, 10, 7]");
        assertThat(schedule).contains("rows v < 3, columns j < 56, inner 5 [27; 56]");
    }

    @Test
    void aMaximumIsFoundWithItsPlaceAndItsAdjointIsDivided() {
        Program program = Simplify.simplify(Compiled.source("m.nnl", model(22, 20, 3, 5, 3, 0, 2)));
        Schedule schedule = MakeSchedule.of(program, Options.DEFAULT, 0);
        String gradient = schedule.toString();
        assertThat(gradient.lines().filter(l -> l.contains("_best max= "))).hasSize(2);
        assertThat(schedule.routines().values()).anyMatch(r -> r.division() != null
                && Steps.stores(r.steps()).stream().anyMatch(w -> w.fold() == org.nnl.equations.Fold.SUM && !w.at().arrays().isEmpty()));
    }
}
