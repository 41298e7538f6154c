package org.nnl.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.check.RandomData;
import org.nnl.elaborate.Sources;
import org.nnl.equations.Tensor;
import org.nnl.load.InMemoryCompiler;
import org.nnl.program.Program;

/**
 * A generated class under measurement. An adapter compiled beside it calls its methods as a user's code would, so that
 * no reflection is in what is measured.
 */
public final class GeneratedSteps {
    private GeneratedSteps() {}

    public static Compilation compile(Workload workload, Options options) {
        return Compiler.compile(Sources.of(Map.of(workload.file(), workload.text())), workload.file(), options);
    }

    /** The workload's class with random data of its own batch size. */
    public static Steps of(Workload workload, Options options) {
        Compilation c = compile(workload, options);
        try {
            Program p = c.simplified();
            Map<String, double[]> data = RandomData.of(p, p.train().batch(), 1);
            List<Object> arrays = new ArrayList<>();
            for (List<Tensor> tensors : List.of(p.inputs(), p.targets()))
                for (Tensor t : tensors) arrays.add(converted(data.get(t.name()), t, options.precision()));
            for (String output : p.outputs()) {
                Tensor t = p.graph("predict").tensor(output);
                double[] room = new double[Math.toIntExact(t.elements(p.train().batch()))];
                arrays.add(converted(room, t, options.precision()));
            }
            return (Steps) InMemoryCompiler.load(sources(c, options.precision()))
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
        List<String> inputs = new ArrayList<>();
        List<String> all = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        int k = 0;
        List<Tensor> tensors = new ArrayList<>(p.inputs());
        tensors.addAll(p.targets());
        for (String output : p.outputs()) tensors.add(p.graph("predict").tensor(output));
        for (Tensor t : tensors) {
            String type = t.isInteger() ? "int[]" : precision.java() + "[]";
            fields.append("    private final ").append(type).append(" a").append(k).append(";\n");
            starts.append("        a").append(k).append(" = (").append(type).append(") arrays[").append(k).append("];\n");
            if (k < p.inputs().size()) inputs.add("a" + k);
            if (k < p.inputs().size() + p.targets().size()) all.add("a" + k);
            else outputs.add("a" + k);
            k++;
        }
        int batch = p.train().batch();
        return """
                public final class Adapter implements org.nnl.benchmarks.Steps {
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
                        String.join(", ", all),
                        batch,
                        String.join(", ", inputs),
                        String.join(", ", outputs));
    }
}
