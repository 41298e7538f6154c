package org.nnl.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.Compilation;
import org.nnl.Options;
import org.nnl.check.RandomData;
import org.nnl.equations.Tensor;
import org.nnl.load.InMemoryCompiler;
import org.nnl.program.Program;

/**
 * A generated class under measurement. An adapter compiled beside it calls its methods as a user's code would, so that
 * no reflection is in what is measured.
 */
public final class GeneratedSteps {
    private GeneratedSteps() {}

    /** The model's class with random data of its own batch size. */
    public static Steps of(Compilation c, Options.Precision precision) {
        return of(c, precision, sources(c, precision));
    }

    /** The same with a source of one's own for the class: {@link #sources}, altered. */
    static Steps of(Compilation c, Options.Precision precision, Map<String, String> sources) {
        Program p = c.simplified();
        int batch = p.train().batch();
        Map<String, double[]> data = RandomData.of(p, batch, 1);
        List<Object> arrays = new ArrayList<>();
        for (Tensor t : given(p)) arrays.add(converted(data.get(t.name()), t, precision));
        for (Tensor t : outputs(p))
            arrays.add(converted(new double[Math.toIntExact(t.elements(batch))], t, precision));
        try {
            return (Steps) InMemoryCompiler.load(sources, Steps.class)
                    .getConstructor(Object[].class)
                    .newInstance((Object) arrays.toArray());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The generated class, and before it {@code Adapter}: {@link Steps} with a constructor that takes the inputs, the
     * targets and room for the outputs, an array each.
     */
    public static Map<String, String> sources(Compilation c, Options.Precision precision) {
        Map<String, String> sources = new LinkedHashMap<>();
        sources.put("Adapter", adapter(c, precision));
        sources.put(c.className(), c.java());
        return sources;
    }

    private static List<Tensor> given(Program p) {
        List<Tensor> all = new ArrayList<>(p.inputs());
        all.addAll(p.targets());
        return all;
    }

    private static List<Tensor> outputs(Program p) {
        return p.outputs().stream().map(o -> p.graph("predict").tensor(o)).toList();
    }

    private static Object converted(double[] values, Tensor t, Options.Precision precision) {
        if (t.isInteger()) {
            int[] v = new int[values.length];
            for (int i = 0; i < v.length; i++) v[i] = (int) values[i];
            return v;
        }
        if (precision == Options.Precision.DOUBLE) return values;
        float[] v = new float[values.length];
        for (int i = 0; i < v.length; i++) v[i] = (float) values[i];
        return v;
    }

    private static String adapter(Compilation c, Options.Precision precision) {
        Program p = c.simplified();
        StringBuilder fields = new StringBuilder();
        StringBuilder starts = new StringBuilder();
        List<Tensor> tensors = given(p);
        tensors.addAll(outputs(p));
        List<String> names = new ArrayList<>();
        for (Tensor t : tensors) {
            String type = t.isInteger() ? "int[]" : precision.java() + "[]";
            int k = names.size();
            names.add("a" + k);
            fields.append("    private final ").append(type).append(" a").append(k).append(";\n");
            starts.append("        a").append(k).append(" = (").append(type).append(") arrays[").append(k).append("];\n");
        }
        int inputs = p.inputs().size();
        int given = inputs + p.targets().size();
        return """
                public final class Adapter implements org.nnl.bench.Steps {
                    private final %1$s model = new %1$s(1);
                %2$s
                    public Adapter(Object[] arrays) {
                %3$s    }
                    @Override public double train() { return model.trainStep(%4$s, %5$d); }
                    @Override public void predictBatch() { model.predict(%6$s, %5$d, %7$s); }
                    @Override public void predictOne() { model.predict(%6$s, 1, %7$s); }
                }
                """
                .formatted(
                        c.className(),
                        fields,
                        starts,
                        String.join(", ", names.subList(0, given)),
                        p.train().batch(),
                        String.join(", ", names.subList(0, inputs)),
                        String.join(", ", names.subList(given, names.size())));
    }
}
