package org.nnl.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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

/** Generated classes, both back ends and both precisions, against the reference numbers. */
class ReferenceClassTest {

    @TestFactory
    Stream<DynamicTest> agreesWithTheReference() {
        List<DynamicTest> tests = new ArrayList<>();
        Stream.concat(ReferenceCase.PLAIN.stream(), ReferenceCase.STRUCTURED.stream()).forEach(name -> {
            for (Backend backend : Backend.values())
                for (Precision precision : Precision.values())
                    tests.add(DynamicTest.dynamicTest(
                            name + " " + backend + " " + precision, () -> compare(name, backend, precision)));
        });
        return tests.stream();
    }

    private static void compare(String name, Backend backend, Precision precision) throws IOException {
        assumeTrue(ReferenceCase.folder() != null, "shared/reference is not beside this repository: nothing to compare with");
        ReferenceCase reference = ReferenceCase.read(name);
        Program program = Compiled.source(name + ".nnl", reference.model());
        Options options = Options.DEFAULT.with(backend, precision);
        Instance model = new Instance(
                InMemoryCompiler.load(Map.of(WriteClass.className(program, options), WriteClass.of(program, options))), 1);
        reference.all("param/").forEach((p, values) -> {
            Object live = model.parameter(p);
            assertThat(Array.getLength(live)).isEqualTo(values.length);
            System.arraycopy(array(false, values, precision), 0, live, 0, values.length);
        });
        Map<String, double[]> data = reference.all("data/");
        Tensor first = program.inputs().get(0);
        int examples = reference.examples(first.name(), Math.toIntExact(first.elements(1)));
        List<Object> inputs = new ArrayList<>();
        for (Tensor t : program.inputs()) inputs.add(array(t.isInteger(), data.get(t.name()), precision));
        List<Object> all = new ArrayList<>(inputs);
        for (Tensor t : program.targets()) all.add(array(t.isInteger(), data.get(t.name()), precision));

        double tolerance = precision == Precision.DOUBLE ? 1e-9 : 1e-4;
        List<String> errors = new ArrayList<>();
        double loss = model.gradient(all.toArray(), examples);
        compare("loss", new double[] {loss}, reference.numbers().get("loss"), tolerance, errors);
        reference.all("grad/").forEach((p, v) -> compare("d_" + p, doubles(model.gradient(p)), v, tolerance, errors));
        if (!program.outputs().isEmpty() && program.outputs().stream().allMatch(o -> reference.numbers().containsKey("output/" + o))) {
            List<Object> outputs = new ArrayList<>();
            for (String o : program.outputs())
                outputs.add(array(program.graph("predict").tensor(o).isInteger(),
                        new double[reference.numbers().get("output/" + o).length], precision));
            model.predict(inputs.toArray(), examples, outputs.toArray());
            for (int k = 0; k < outputs.size(); k++)
                compare(program.outputs().get(k), doubles(outputs.get(k)),
                        reference.numbers().get("output/" + program.outputs().get(k)), tolerance, errors);
        }
        if (reference.numbers().containsKey("after3_loss")) {
            for (int k = 0; k < 3; k++) model.trainStep(all.toArray(), examples);
            reference.all("after3/").forEach((p, v) ->
                    compare(p + " after 3 steps", doubles(model.parameter(p)), v, tolerance, errors));
            compare("loss after 3 steps", new double[] {model.loss(all.toArray(), examples)},
                    reference.numbers().get("after3_loss"), tolerance, errors);
        }
        assertThat(errors).isEmpty();
    }

    private static Object array(boolean integer, double[] values, Precision precision) {
        Class<?> type = integer ? int.class : precision == Precision.FLOAT ? float.class : double.class;
        Object a = Array.newInstance(type, values.length);
        for (int k = 0; k < values.length; k++)
            if (integer) Array.setInt(a, k, (int) values[k]);
            else if (precision == Precision.FLOAT) Array.setFloat(a, k, (float) values[k]);
            else Array.setDouble(a, k, values[k]);
        return a;
    }

    private static double[] doubles(Object array) {
        double[] d = new double[Array.getLength(array)];
        for (int k = 0; k < d.length; k++) d[k] = Array.getDouble(array, k);
        return d;
    }

    private static void compare(String what, double[] ours, double[] theirs, double tolerance, List<String> errors) {
        double error = ReferenceCase.error(ours, theirs);
        if (!(error <= tolerance)) errors.add(what + ": relative error " + error);
    }
}
