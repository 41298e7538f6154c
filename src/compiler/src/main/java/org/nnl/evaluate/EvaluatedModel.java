package org.nnl.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;

/**
 * A program run by the evaluator: what the generated class does, slowly, in double precision. Not for use by several
 * threads at once.
 */
public final class EvaluatedModel {
    private final Program program;

    /** Parameters, states and settings. */
    private final Map<String, double[]> kept = new LinkedHashMap<>();

    /** A model with the initial values that the seed gives. */
    public EvaluatedModel(Program program, long seed) {
        this.program = program;
        program.settings().forEach((name, value) -> kept.put(name, new double[] {value}));
        kept.put("seed", new double[] {seed});
        Graph initial = program.graph("initial");
        Map<String, double[]> start = Evaluator.evaluate(initial, given(initial, Map.of()), 1);
        List<Tensor> persistent = new ArrayList<>(program.parameters());
        persistent.addAll(program.states());
        for (Tensor t : persistent) {
            double[] value = start.get(t.name() + Program.START);
            kept.put(t.name(), value == null ? new double[Math.toIntExact(t.elements(1))] : value.clone());
        }
    }

    /** The live values of a parameter, state or setting. */
    public double[] value(String name) {
        double[] v = kept.get(name);
        if (v == null) throw new IllegalArgumentException("no parameter, state or setting " + name);
        return v;
    }

    /**
     * Runs a graph on data and changes nothing.
     *
     * @param data inputs and targets by name, row-major, the examples first
     * @return every tensor of the graph by name
     */
    public Map<String, double[]> run(String graph, Map<String, double[]> data, int examples) {
        Graph g = program.graph(graph);
        return Evaluator.evaluate(g, given(g, data), examples);
    }

    /** Runs a graph on data, then does what it commits. */
    public Map<String, double[]> advance(String graph, Map<String, double[]> data, int examples) {
        Map<String, double[]> values = run(graph, data, examples);
        program.graph(graph).commits().forEach((state, next) -> kept.put(state, values.get(next).clone()));
        return values;
    }

    /** Gradient and update; the values of the gradient graph are returned, loss among them. */
    public Map<String, double[]> trainStep(Map<String, double[]> data, int examples) {
        Map<String, double[]> gradient = run("gradient", data, examples);
        Graph update = program.graph("update");
        Map<String, double[]> updated = Evaluator.evaluate(update, given(update, gradient), examples);
        program.graph("gradient").commits().forEach((state, next) -> kept.put(state, gradient.get(next).clone()));
        update.commits().forEach((state, next) -> kept.put(state, updated.get(next).clone()));
        return gradient;
    }

    /** What a graph needs and does not compute, from what is kept and the data. */
    private Map<String, double[]> given(Graph g, Map<String, double[]> data) {
        Map<String, double[]> given = new LinkedHashMap<>();
        for (Tensor t : g.tensors().values()) {
            double[] value = kept.getOrDefault(t.name(), data.get(t.name()));
            if (value != null) given.put(t.name(), value);
        }
        for (Equation e : g.equations()) given.remove(e.target());
        return given;
    }
}
