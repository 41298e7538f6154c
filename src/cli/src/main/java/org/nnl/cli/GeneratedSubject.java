package org.nnl.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.Compilation;
import org.nnl.Options;
import org.nnl.equations.Tensor;
import org.nnl.load.Instance;
import org.nnl.program.Program;

/** The generated class. */
final class GeneratedSubject implements Subject {
    private final Program program;
    private final Instance instance;
    private final boolean precise;

    GeneratedSubject(Compilation c, long seed) {
        this.program = c.simplified();
        this.precise = c.options().precision() == Options.Precision.DOUBLE;
        this.instance = new Instance(c.load(), seed);
    }

    @Override
    public void set(String parameter, double[] values) {
        ArrayOf.put(values, instance.parameter(parameter));
    }

    @Override
    public double[] parameter(String name) {
        return ArrayOf.doubles(instance.parameter(name));
    }

    private Object[] arrays(List<Tensor> tensors, Map<String, double[]> data) {
        return tensors.stream().map(t -> ArrayOf.values(data.get(t.name()), t.isInteger(), precise)).toArray();
    }

    private Object[] all(Map<String, double[]> data) {
        List<Tensor> tensors = new java.util.ArrayList<>(program.inputs());
        tensors.addAll(program.targets());
        return arrays(tensors, data);
    }

    @Override
    public double loss(Map<String, double[]> data, int examples) {
        return instance.loss(all(data), examples);
    }

    @Override
    public Map<String, double[]> outputs(Map<String, double[]> data, int examples) {
        List<Tensor> tensors = program.outputs().stream().map(program.graph("predict")::tensor).toList();
        Object[] results = tensors.stream()
                .map(t -> ArrayOf.values(new double[(int) t.elements(examples)], t.isInteger(), precise))
                .toArray();
        if (tensors.isEmpty()) return Map.of();
        instance.predict(arrays(program.inputs(), data), examples, results);
        Map<String, double[]> outputs = new LinkedHashMap<>();
        for (int i = 0; i < results.length; i++) outputs.put(tensors.get(i).name(), ArrayOf.doubles(results[i]));
        return outputs;
    }

    @Override
    public Map<String, double[]> gradient(Map<String, double[]> data, int examples) {
        instance.gradient(all(data), examples);
        Map<String, double[]> gradient = new LinkedHashMap<>();
        for (Program.Objective o : program.losses())
            for (String p : o.parameters()) gradient.put(p, ArrayOf.doubles(instance.gradient(p)));
        return gradient;
    }

    @Override
    public void trainStep(Map<String, double[]> data, int examples) {
        instance.trainStep(all(data), examples);
    }
}
