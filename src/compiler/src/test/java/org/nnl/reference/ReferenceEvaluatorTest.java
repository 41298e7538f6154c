package org.nnl.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nnl.equations.Tensor;
import org.nnl.evaluate.EvaluatedModel;
import org.nnl.library.Compiled;
import org.nnl.program.Program;

/** The derived gradients and the optimisers, run by the evaluator, against the reference in double precision. */
class ReferenceEvaluatorTest {
    private static final double TOLERANCE = 1e-9;

    @TestFactory
    Stream<DynamicTest> agreesWithTheReference() {
        return Stream.concat(ReferenceCase.PLAIN.stream(), ReferenceCase.STRUCTURED.stream())
                .map(name -> DynamicTest.dynamicTest(name, () -> compare(name)));
    }

    private static void compare(String name) throws IOException {
        assumeTrue(ReferenceCase.folder() != null, "shared/reference is not beside this repository");
        ReferenceCase reference = ReferenceCase.read(name);
        Program program = Compiled.source(name + ".nnl", reference.model());
        EvaluatedModel model = new EvaluatedModel(program, 1);
        reference.all("param/").forEach((p, values) -> copy(values, model.value(p)));
        Map<String, double[]> data = reference.all("data/");
        Tensor first = program.inputs().get(0);
        int examples = reference.examples(first.name(), Math.toIntExact(first.elements(1)));

        List<String> errors = new ArrayList<>();
        Map<String, double[]> values = model.run("gradient", data, examples);
        String loss = program.losses().get(0).tensor();
        compare("loss", values.get(loss), reference.numbers().get("loss"), errors);
        reference.all("output/").forEach((o, v) -> compare(o, values.get(o), v, errors));
        reference.all("grad/").forEach((p, v) -> compare("d_" + p, values.get(Program.ADJOINT + p), v, errors));
        if (reference.numbers().containsKey("after3_loss")) {
            for (int k = 0; k < 3; k++) model.trainStep(data, examples);
            reference.all("after3/").forEach((p, v) -> compare(p + " after 3 steps", model.value(p), v, errors));
            double[] after = model.run("loss", data, examples).get(loss);
            compare("loss after 3 steps", after, reference.numbers().get("after3_loss"), errors);
        }
        assertThat(errors).isEmpty();
    }

    private static void compare(String what, double[] ours, double[] theirs, List<String> errors) {
        double error = ours == null ? Double.POSITIVE_INFINITY : ReferenceCase.error(ours, theirs);
        if (!(error <= TOLERANCE)) errors.add(what + ": relative error " + error);
    }

    private static void copy(double[] from, double[] to) {
        assertThat(to).hasSameSizeAs(from);
        System.arraycopy(from, 0, to, 0, from.length);
    }
}
