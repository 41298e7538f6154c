package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.check.RandomData;
import org.nnl.emit.WriteClass;
import org.nnl.equations.Tensor;
import org.nnl.load.InMemoryCompiler;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import org.nnl.schedule.Schedule;

/** All numbers that a generated class gives for random data, by name, to compare two of its forms bit by bit. */
final class Outcome {
    private Outcome() {}

    /** Losses, gradients, weights after a step, and outputs, for each of the numbers of examples. */
    static Map<String, Object> of(Program p, Instance model, Options.Precision precision, int... numbers) {
        boolean isDouble = precision == Options.Precision.DOUBLE;
        Map<String, Object> all = new LinkedHashMap<>();
        for (int examples : numbers) {
            Map<String, double[]> data = RandomData.of(p, examples, examples);
            List<Object> arrays = new ArrayList<>();
            for (List<Tensor> tensors : List.of(p.inputs(), p.targets()))
                for (Tensor t : tensors) arrays.add(array(data.get(t.name()), t.isInteger(), isDouble));
            String with = " with " + examples + " examples";
            all.put("loss" + with, model.gradient(arrays.toArray(), examples));
            for (String w : p.losses().get(0).parameters()) all.put("d_" + w + with, copy(model.gradient(w)));
            all.put("loss of a step" + with, model.trainStep(arrays.toArray(), examples));
            for (Tensor w : p.parameters()) all.put(w.name() + " after a step" + with, copy(model.parameter(w.name())));
            all.put("loss for evaluation" + with, model.loss(arrays.toArray(), examples));
            Object[] outputs = p.outputs().stream()
                    .map(o -> p.graph("predict").tensor(o))
                    .map(t -> array(new double[Math.toIntExact(t.elements(examples))], t.isInteger(), isDouble))
                    .toArray();
            model.predict(arrays.subList(0, p.inputs().size()).toArray(), examples, outputs);
            for (int k = 0; k < outputs.length; k++) all.put(p.outputs().get(k) + with, copy(outputs[k]));
        }
        return all;
    }

    /**
     * The numbers of a class as it is written with two opinions on it.
     *
     * @param alike    nests from which on a method pays
     * @param patience nanoseconds from which on a method for a row pays
     */
    static Map<String, Object> written(Program p, Schedule s, Options options, int alike, double patience, int threads) {
        String java = WriteClass.of(p, s, options, alike, patience);
        Instance model = new Instance(InMemoryCompiler.load(Map.of(WriteClass.className(p, options), java)), 3);
        model.threads(threads);
        return of(p, model, options.precision(), 1, 5, 9);
    }

    /** Fails if not all numbers are the same to the bit. */
    static void same(Map<String, Object> one, Map<String, Object> other, String of) {
        one.forEach((what, values) -> assertThat(other.get(what)).as("%s, %s", what, of).isEqualTo(values));
    }

    /**
     * Fails if loss and gradients with the first number of examples are not the same but for rounding: a class that leaves sums
     * over examples as two halves adds in another order.
     */
    static void near(Map<String, Object> one, Map<String, Object> other, Options.Precision precision, String of) {
        double relative = precision == Options.Precision.DOUBLE ? 1e-12 : 1e-4;
        for (String what : one.keySet()) {
            if (what.startsWith("loss of a step")) return;
            double[] a = one.get(what) instanceof double[] v ? v : new double[] {((Number) one.get(what)).doubleValue()};
            double[] b = other.get(what) instanceof double[] v ? v : new double[] {((Number) other.get(what)).doubleValue()};
            double most = java.util.Arrays.stream(a).map(Math::abs).max().orElse(0);
            for (int k = 0; k < a.length; k++)
                assertThat(b[k]).as("%s [%d], %s", what, k, of).isCloseTo(a[k], within(relative * most + Double.MIN_NORMAL));
        }
    }

    private static Object array(double[] values, boolean integer, boolean isDouble) {
        Object a = integer ? new int[values.length] : isDouble ? new double[values.length] : new float[values.length];
        for (int i = 0; i < values.length; i++) {
            if (a instanceof int[] n) n[i] = (int) values[i];
            if (a instanceof float[] f) f[i] = (float) values[i];
            if (a instanceof double[] d) d[i] = values[i];
        }
        return a;
    }

    private static double[] copy(Object array) {
        double[] v = new double[java.lang.reflect.Array.getLength(array)];
        for (int i = 0; i < v.length; i++) v[i] = java.lang.reflect.Array.getDouble(array, i);
        return v;
    }
}
