package org.nnl.simplify;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;

/** Applies all rules, over and over, until none changes anything. */
public final class Simplify {

    /** Everything known about graphs. Order matters only for how many rounds it takes. */
    static final List<Rule> RULES = List.of(
            new SimplifyBodies(),
            new DropDead(),
            new DropZeros(),
            new Inline(),
            new OneHot(),
            new UnusedAxis(),
            new AbsorbCopy(),
            new MergeSums(),
            new SumToSet(),
            new MergeEqual(),
            new SplitSum(),
            new PullFactor(),
            new Contract(),
            new HoistInvariant(),
            new ShareCostly());

    /** More than any graph has needed; a bound, so that a mistake in a rule cannot hang a build. */
    private static final int ROUNDS = 60;

    private Simplify() {}

    /** The same values by fewer and cheaper equations. */
    public static Graph simplify(Graph graph) {
        return simplify(graph, new HashMap<>());
    }

    /** Every graph of the program; a name given to a new tensor means the same tensor in all of them. */
    public static Program simplify(Program program) {
        Map<String, Tensor> reserved = new LinkedHashMap<>();
        for (Graph g : program.graphs().values()) reserved.putAll(g.tensors());
        Program simpler = program;
        for (Graph g : program.graphs().values()) simpler = simpler.withGraph(simplify(g, reserved));
        return simpler;
    }

    private static Graph simplify(Graph graph, Map<String, Tensor> reserved) {
        Draft draft = new Draft(graph, reserved);
        for (int round = 0; round < ROUNDS; round++) {
            int before = draft.changes();
            for (Rule r : RULES) r.apply(draft);
            if (draft.changes() == before) break;
        }
        return draft.graph();
    }
}
