package org.nnl.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nnl.evaluate.EvaluatedModel;
import org.nnl.program.Program;

/** The evaluator. */
final class EvaluatedSubject implements Subject {
    private final Program program;
    private final EvaluatedModel model;

    EvaluatedSubject(Program program, long seed) {
        this.program = program;
        this.model = new EvaluatedModel(program, seed);
    }

    @Override
    public void set(String parameter, double[] values) {
        System.arraycopy(values, 0, model.value(parameter), 0, values.length);
    }

    @Override
    public double[] parameter(String name) {
        return model.value(name);
    }

    @Override
    public double loss(Map<String, double[]> data, int examples) {
        return model.run("loss", data, examples).get(program.losses().get(0).tensor())[0];
    }

    @Override
    public Map<String, double[]> outputs(Map<String, double[]> data, int examples) {
        Map<String, double[]> all = model.run("predict", data, examples), outputs = new LinkedHashMap<>();
        for (String o : program.outputs()) outputs.put(o, all.get(o));
        return outputs;
    }

    @Override
    public Map<String, double[]> gradient(Map<String, double[]> data, int examples) {
        Map<String, double[]> all = model.run("gradient", data, examples), gradient = new LinkedHashMap<>();
        for (Program.Objective o : program.losses())
            for (String p : o.parameters()) gradient.put(p, all.get(Program.ADJOINT + p));
        return gradient;
    }

    @Override
    public void trainStep(Map<String, double[]> data, int examples) {
        model.trainStep(data, examples);
    }
}
