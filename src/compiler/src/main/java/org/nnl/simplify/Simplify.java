package org.nnl.simplify;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;

/** Applies all rules, over and over, until none changes anything: first those that reduce, then those that arrange. */
public final class Simplify {

    /** Rules after which there is less to do. Order matters only for how many rounds it takes. */
    static final List<Rule> REDUCE = List.of(
            new SimplifyBodies(),
            new DropDead(),
            new DropZeros(),
            new Inline(),
            new InlineScatter(),
            new OneHot(),
            new UnusedAxis(),
            new DropDimension(),
            new AbsorbCopy(),
            new MergeSums(),
            new SumToSet(),
            new MergeEqual(),
            new PullFactor());

    /** Rules by which work is shared or summed in a better order; only when nothing above applies. */
    static final List<Rule> ARRANGE =
            List.of(new SplitSum(), new Contract(), new HoistInvariant(), new ShareCostly(), new ThresholdOfValue(), new BeforeScatter());

    /** More than any graph has needed; a bound, so that a mistake in a rule cannot hang a build. */
    private static final int ROUNDS = 60;

    private Simplify() {}

    /** The same values by fewer and cheaper equations. */
    public static Graph simplify(Graph graph) {
        return simplify(graph, new HashMap<>(), false);
    }

    /** The same, except that {@code stop} stays: for a graph whose differences are to be taken. */
    public static Graph keepingStops(Graph graph) {
        return simplify(graph, new HashMap<>(), true);
    }

    /** Every graph of the program; a name given to a new tensor means the same tensor in all of them. */
    public static Program simplify(Program program) {
        Map<String, Tensor> reserved = new LinkedHashMap<>();
        for (Graph g : program.graphs().values()) reserved.putAll(g.tensors());
        Program simpler = program;
        for (Graph g : program.graphs().values()) simpler = simpler.withGraph(simplify(g, reserved, false));
        return simpler;
    }

    private static Graph simplify(Graph graph, Map<String, Tensor> reserved, boolean keepsStops) {
        Draft draft = new Draft(graph, reserved, keepsStops);
        for (int round = 0; round < ROUNDS; round++) {
            int before = draft.changes();
            for (int n = 0; n < ROUNDS && apply(REDUCE, draft); n++) {}
            apply(ARRANGE, draft);
            if (draft.changes() == before) break;
        }
        return draft.graph();
    }

    private static boolean apply(List<Rule> rules, Draft draft) {
        int before = draft.changes();
        for (Rule r : rules) r.apply(draft);
        return draft.changes() > before;
    }
}
