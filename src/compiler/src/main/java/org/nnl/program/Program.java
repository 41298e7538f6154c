package org.nnl.program;

import java.util.List;
import java.util.Map;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;

/**
 * A model after elaboration: every name resolved, every shape known, everything an equation.
 *
 * <p>The graphs share tensors by name. {@code initial} gives every {@code param} and {@code state} its first value (its
 * results are named as the tensors they start, with the suffix {@link #START}), from the setting {@code seed}.
 * {@code predict} computes the outputs from inputs and parameters, with {@code training} 0. {@code loss} computes loss
 * and metrics as used for evaluation (training 0) and {@code training} the loss as trained (dropout on, running
 * averages committed). {@code update} is the optimiser: it reads ∂loss/∂w as tensors named with the prefix
 * {@link #ADJOINT}, which nothing in it writes, and commits new parameters and states. The derive stage adds
 * {@code gradient}: the training graph with its adjoints. A training step is gradient, then update; the commits of
 * both take effect. The stepwise stage adds {@code begin} and {@code step} if sequences can be predicted step by step.
 * Several losses are trained in the same step: the graphs are shared, each loss has its own
 * parameters, and the settings of its optimiser bear its name, {@code critic.rate}.
 *
 * @param name       of the model and its class
 * @param doc        the comment above the model, empty if none
 * @param source     file name without directories
 * @param inputs     INPUT tensors, in order of declaration: the arguments of predict
 * @param targets    TARGET tensors, in order of declaration
 * @param parameters PARAM tensors in order of first use
 * @param states     STATE tensors
 * @param settings   SETTING tensors with their default values: {@code seed}, {@code step}, {@code rate}, …
 * @param rules      for settings that cannot be any number
 * @param outputs    names of the tensors that predict gives
 * @param metrics    names of the scalar tensors reported beside the loss
 * @param losses     at least one for a model that can be trained
 * @param train      the run-time settings of the train block
 * @param graphs     by name: initial, predict, loss, training, update; later gradient
 * @param hashes     of the graphs as elaborated, by name: what a saved file says about the model it belongs to
 */
public record Program(
        String name,
        String doc,
        String source,
        List<Tensor> inputs,
        List<Tensor> targets,
        List<Tensor> parameters,
        List<Tensor> states,
        Map<String, Double> settings,
        Rules rules,
        List<String> outputs,
        List<String> metrics,
        List<Objective> losses,
        TrainSettings train,
        Map<String, Graph> graphs,
        Map<String, String> hashes) {

    /** Suffix of the result of {@code initial} that starts a parameter or state. */
    public static final String START = ".start";

    /** Suffix of the tensor whose values a state or parameter takes at the end of a step. */
    public static final String NEXT = "'";

    /** Prefix of the tensor that holds ∂loss/∂(parameter). */
    public static final String ADJOINT = "d_";

    /**
     * A loss and what it trains.
     *
     * @param tensor     the scalar tensor holding it
     * @param parameters names of the parameters it trains
     */
    public record Objective(String name, String tensor, List<String> parameters) {}

    public Program {
        inputs = List.copyOf(inputs);
        targets = List.copyOf(targets);
        parameters = List.copyOf(parameters);
        states = List.copyOf(states);
        settings = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(settings));
        outputs = List.copyOf(outputs);
        metrics = List.copyOf(metrics);
        losses = List.copyOf(losses);
        graphs = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(graphs));
        hashes = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(hashes));
    }

    /** A program as elaboration gives it. */
    public Program(
            String name, String doc, String source, List<Tensor> inputs, List<Tensor> targets, List<Tensor> parameters,
            List<Tensor> states, Map<String, Double> settings, List<String> outputs, List<String> metrics,
            List<Objective> losses, TrainSettings train, Map<String, Graph> graphs) {
        this(name, doc, source, inputs, targets, parameters, states, settings, Rules.NONE, outputs, metrics, losses, train,
                graphs, EquationHash.of(graphs));
    }

    public Program withRules(Rules ofSettings) {
        return new Program(
                name, doc, source, inputs, targets, parameters, states, settings, ofSettings, outputs, metrics, losses, train,
                graphs, hashes);
    }

    public Graph graph(String graphName) {
        Graph g = graphs.get(graphName);
        if (g == null) throw new IllegalArgumentException("no graph '" + graphName + "' in " + name);
        return g;
    }

    public Program withTrain(TrainSettings settings) {
        return new Program(
                name, doc, source, inputs, targets, parameters, states, this.settings, rules, outputs, metrics, losses,
                settings, graphs, hashes);
    }

    public Program withGraph(Graph graph) {
        Map<String, Graph> more = new java.util.LinkedHashMap<>(graphs);
        more.put(graph.name(), graph);
        return new Program(
                name, doc, source, inputs, targets, parameters, states, settings, rules, outputs, metrics, losses, train,
                more, hashes);
    }
}
