package org.nnl.stepwise;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.order.Order;
import org.nnl.order.Step;
import org.nnl.program.Program;

/**
 * Adds the graphs {@code begin} and {@code step} to a program that predicts sequences: {@code begin} sets what is
 * remembered as it is before the first step, {@code step} computes the outputs of one step from the inputs of that step.
 * After as many steps as the model has, the outputs have been those of {@code predict}. Both commit what is remembered;
 * those tensors are batched states of these two graphs alone, and are not saved.
 */
public final class Stepwise {
    /** Graph that starts sequences; its inputs are those that do not run along time. */
    public static final String BEGIN = "begin";

    /** Graph of one step; its inputs and results bear the names of the model's with the suffix {@link #NOW}. */
    public static final String STEP = "step";

    /** Suffix of the value of a tensor at the present step. */
    public static final String NOW = ".now";

    private Stepwise() {}

    /** The program, with the two graphs if any of its outputs can be predicted step by step. */
    public static Program of(Program program) {
        Found found = found(program);
        Program more = program;
        for (Graph g : found.graphs) more = more.withGraph(g);
        return more;
    }

    /**
     * Why outputs cannot be predicted step by step.
     *
     * @return reason by output; empty if all can be, or if nothing in the model is a sequence
     */
    public static Map<String, String> obstacles(Program program) {
        return found(program).obstacles;
    }

    /** The model's name of an input or output of the graph of a step. */
    public static String visible(String now) {
        int at = now.lastIndexOf(NOW);
        return at < 0 ? now : now.substring(0, at);
    }

    private record Found(List<Graph> graphs, Map<String, String> obstacles) {}

    /** A guess at what is time: axes of equations, or dimensions of inputs. */
    private record Seed(Map<Equation, String> axes, Map<String, Integer> dimensions) {}

    private static Found found(Program program) {
        if (!program.graphs().containsKey("predict") || program.outputs().isEmpty())
            return new Found(List.of(), Map.of());
        Graph predict = program.graph("predict");
        List<Seed> seeds = recurrences(predict);
        boolean recurrent = !seeds.isEmpty();
        if (!recurrent) seeds = dimensions(predict);
        Map<String, String> first = null;
        for (Seed seed : seeds) {
            Map<String, String> obstacles = new LinkedHashMap<>();
            List<String> able = new ArrayList<>();
            for (String o : program.outputs()) {
                try {
                    timing(predict, seed, List.of(o));
                    able.add(o);
                } catch (NotSteppable e) {
                    obstacles.put(o, e.getMessage());
                }
            }
            if (first == null) first = obstacles;
            if (able.isEmpty()) continue;
            Timing t = timing(predict, seed, able);
            if (t.remembered().isEmpty()) continue;
            Set<String> names = new LinkedHashSet<>();
            program.graphs().values().forEach(g -> names.addAll(g.tensors().keySet()));
            return new Found(new StepGraphs(t, names).of(able), obstacles);
        }
        return new Found(List.of(), recurrent ? first : Map.of());
    }

    private static Timing timing(Graph predict, Seed seed, List<String> outputs) {
        Graph part = predict.withResults(outputs).withCommits(Map.of()).live();
        Map<Equation, String> axes = new IdentityHashMap<>();
        for (Equation e : part.equations()) if (seed.axes.containsKey(e)) axes.put(e, seed.axes.get(e));
        Map<String, Integer> dimensions = new LinkedHashMap<>(seed.dimensions);
        dimensions.keySet().retainAll(part.tensors().keySet());
        Timing t = new Timing(TimeAxis.from(part, axes, dimensions, false));
        for (String o : outputs)
            if (!t.isMoving(o)) throw new NotSteppable(part.writers(o).get(0), "does not depend on the step");
        return t;
    }

    /** The axes of the loops that recurrences make, the last one first: an encoder comes before its decoder. */
    private static List<Seed> recurrences(Graph predict) {
        List<Seed> seeds = new ArrayList<>();
        for (Step s : Order.of(predict).steps())
            if (s instanceof Step.Loop loop) {
                Map<Equation, String> axes = new IdentityHashMap<>();
                carried(loop, loop.depth(), axes);
                seeds.add(0, new Seed(axes, Map.of()));
            }
        return seeds;
    }

    /** The axes of the equations of the last recurrence, null if there is none. */
    static Map<Equation, String> lastRecurrence(Graph graph) {
        List<Seed> seeds = recurrences(graph);
        return seeds.isEmpty() ? null : seeds.get(0).axes;
    }

    private static void carried(Step.Loop loop, int depth, Map<Equation, String> axes) {
        for (Step s : loop.body()) {
            if (s instanceof Step.Run r) axes.put(r.equation(), r.serial().get(depth));
            else carried((Step.Loop) s, depth, axes);
        }
    }

    /** The dimensions of inputs: without a recurrence, earlier steps may be read through a convolution. */
    private static List<Seed> dimensions(Graph predict) {
        List<Seed> seeds = new ArrayList<>();
        for (Tensor t : predict.tensors().values())
            if (t.role() == Tensor.Role.INPUT)
                for (int d = 1; d < t.rank(); d++) seeds.add(new Seed(Map.of(), Map.of(t.name(), d)));
        return seeds;
    }
}
