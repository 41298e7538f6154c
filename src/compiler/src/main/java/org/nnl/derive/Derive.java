package org.nnl.derive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Derivative;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;

/** The derive stage: stable forms, then the derivatives a model asks for, then the gradient of its losses. */
public final class Derive {
    private Derive() {}

    /** With the derivatives shipped with the compiler. */
    public static Program derive(Program program) {
        return derive(program, Partials.shipped());
    }

    /** The program with every graph free of derivative requests, and with the graph {@code gradient} if it can be trained. */
    public static Program derive(Program program, Partials partials) {
        Program derived = program;
        for (Graph g : program.graphs().values()) derived = derived.withGraph(requested(Stabilize.stabilize(g), partials));
        if (program.graphs().containsKey("training") && !program.losses().isEmpty())
            derived = derived.withGraph(gradient(derived, partials));
        return derived;
    }

    /**
     * A graph with the equations of ∂ Σ of / ∂x for every tensor wanted.
     *
     * @param wanted names of the adjoints, by the tensor they belong to
     * @param prefix of the names of all other adjoints
     */
    public static Graph adjoint(Graph graph, String of, Map<String, String> wanted, String prefix, Partials partials) {
        return Adjoints.extend(graph, of, wanted, prefix, partials);
    }

    /** The graph with equations in place of its derivative requests. */
    static Graph requested(Graph graph, Partials partials) {
        Graph g = graph;
        for (Derivative d : graph.derivatives())
            g = Adjoints.extend(g, d.of(), Map.of(d.by(), d.result()), "d_" + d.of() + "_", partials);
        return g.withDerivatives(List.of());
    }

    /**
     * The training graph with the adjoint of every trained parameter: {@code d_W} = ∂loss/∂W. With one loss the adjoint of
     * every tensor is named so; with several, those on the way carry the name of the loss as well.
     */
    private static Graph gradient(Program program, Partials partials) {
        Graph g = program.graph("training");
        List<String> results = new ArrayList<>(g.results());
        for (Program.Objective loss : program.losses()) {
            Map<String, String> wanted = new LinkedHashMap<>();
            for (String p : loss.parameters())
                // a parameter that no equation of the training graph reads has an adjoint all the same: zero
                wanted.put(p, Program.ADJOINT + p);
            for (Tensor t : program.parameters())
                if (wanted.containsKey(t.name()) && !g.tensors().containsKey(t.name())) g = with(g, t);
            String prefix = program.losses().size() == 1 ? Program.ADJOINT : Program.ADJOINT + loss.name() + "_";
            g = Adjoints.extend(g, loss.tensor(), wanted, prefix, partials);
            wanted.values().stream().filter(n -> !results.contains(n)).forEach(results::add);
        }
        return g.withResults(results).named("gradient");
    }

    private static Graph with(Graph g, Tensor t) {
        Map<String, Tensor> tensors = new LinkedHashMap<>(g.tensors());
        tensors.put(t.name(), t);
        return g.withTensors(tensors);
    }
}
