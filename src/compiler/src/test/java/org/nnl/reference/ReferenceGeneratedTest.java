package org.nnl.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.emit.WriteClass;
import org.nnl.equations.Tensor;
import org.nnl.library.Compiled;
import org.nnl.load.InMemoryCompiler;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import org.nnl.schedule.MakeSchedule;
import org.nnl.simplify.Simplify;

/** The generated classes, both back ends and precisions, against the reference: loss, outputs, gradients, steps. */
class ReferenceGeneratedTest {

    @TestFactory
    Stream<DynamicNode> agreesWithTheReference() {
        return Stream.concat(ReferenceCase.PLAIN.stream(), ReferenceCase.STRUCTURED.stream()).map(name -> {
            Program[] once = new Program[1];
            List<DynamicTest> tests = new ArrayList<>();
            for (Precision precision : Precision.values())
                for (Backend backend : Backend.values())
                    tests.add(DynamicTest.dynamicTest(
                            name + " " + precision.java() + " " + backend,
                            () -> compare(name, once, Options.DEFAULT.with(backend, precision))));
            return DynamicContainer.dynamicContainer(name, tests);
        });
    }

    private static void compare(String name, Program[] once, Options options) throws IOException {
        assumeTrue(ReferenceCase.folder() != null, "shared/reference is not beside this repository");
        ReferenceCase reference = ReferenceCase.read(name);
        if (once[0] == null) once[0] = Simplify.simplify(Compiled.source(name + ".nnl", reference.model()));
        Program program = once[0];
        String source = WriteClass.of(program, MakeSchedule.of(program, options), options);
        Class<?> type = InMemoryCompiler.load(Map.of(WriteClass.className(program, options), source));
        Instance instance = new Instance(type, 1);
        boolean precise = options.precision() == Precision.DOUBLE;
        reference.all("param/").forEach((p, values) -> copy(values, instance.parameter(p)));
        List<Object> data = new ArrayList<>();
        for (Tensor t : program.inputs()) data.add(given(t, reference, precise));
        Object[] inputs = data.toArray();
        for (Tensor t : program.targets()) data.add(given(t, reference, precise));
        Object[] all = data.toArray();
        Tensor first = program.inputs().get(0);
        int examples = reference.examples(first.name(), Math.toIntExact(first.elements(1)));

        List<String> errors = new ArrayList<>();
        double tolerance = precise ? 1e-9 : 1e-4;
        double[] loss = reference.numbers().get("loss");
        compare("loss", new double[] {instance.loss(all, examples)}, loss, tolerance, errors);
        compare("loss as trained", new double[] {instance.gradient(all, examples)}, loss, tolerance, errors);
        reference.all("grad/")
                .forEach((p, v) -> compare("d_" + p, numbers(instance.gradient(p)), v, tolerance, errors));
        if (!reference.all("output/").isEmpty()) {
            Object[] outputs = program.outputs().stream().map(o -> {
                int n = Math.toIntExact(program.graph("predict").tensor(o).elements(examples));
                return precise ? (Object) new double[n] : new float[n];
            }).toArray();
            instance.predict(inputs, examples, outputs);
            for (int k = 0; k < outputs.length; k++) {
                double[] expected = reference.numbers().get("output/" + program.outputs().get(k));
                if (expected != null)
                    compare(program.outputs().get(k), numbers(outputs[k]), expected, tolerance, errors);
            }
        }
        if (reference.numbers().containsKey("after3_loss")) {
            for (int k = 0; k < 3; k++) instance.trainStep(all, examples);
            reference.all("after3/").forEach(
                    (p, v) -> compare(p + " after 3 steps", numbers(instance.parameter(p)), v, tolerance, errors));
            double[] after = {instance.loss(all, examples)};
            compare("loss after 3 steps", after, reference.numbers().get("after3_loss"), tolerance, errors);
        }
        assertThat(errors).isEmpty();
    }

    private static void compare(String what, double[] ours, double[] theirs, double tolerance, List<String> errors) {
        double error = ReferenceCase.error(ours, theirs);
        if (!(error <= tolerance)) errors.add(what + ": relative error " + error);
    }

    private static Object given(Tensor t, ReferenceCase reference, boolean precise) {
        double[] values = reference.numbers().get("data/" + t.name());
        int n = values.length;
        Object array = t.isInteger() ? new int[n] : precise ? new double[n] : new float[n];
        copy(values, array);
        return array;
    }

    private static void copy(double[] from, Object to) {
        assertThat(java.lang.reflect.Array.getLength(to)).isEqualTo(from.length);
        for (int i = 0; i < from.length; i++) {
            if (to instanceof double[] d) d[i] = from[i];
            else if (to instanceof float[] f) f[i] = (float) from[i];
            else ((int[]) to)[i] = (int) from[i];
        }
    }

    private static double[] numbers(Object array) {
        double[] numbers = new double[java.lang.reflect.Array.getLength(array)];
        for (int i = 0; i < numbers.length; i++) numbers[i] = java.lang.reflect.Array.getDouble(array, i);
        return numbers;
    }
}
