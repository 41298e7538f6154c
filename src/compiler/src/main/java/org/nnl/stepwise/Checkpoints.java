package org.nnl.stepwise;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.derive.Partials;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.program.Program;
import org.nnl.program.TrainSettings;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.Diagnostics;
import org.nnl.syntax.Span;

/**
 * Recomputation from checkpoints: graphs by which loss, gradient and prediction are computed in segments of a few steps,
 * in place of those for all steps at once. The states between segments are kept, everything else is as long as a segment;
 * for its adjoint a segment is computed again from the state before it. Graph g becomes {@code g.begin},
 * {@code g.window}, {@code g.forward}, {@code g.tail}, {@code g.backward} and {@code g.end}; those for a last segment that
 * is shorter end in {@code .rest}. The whole graphs stay in the program: they say what is computed.
 */
public final class Checkpoints {
    /** What the name of a graph's part adds to that of the graph. */
    public static final String BEGIN = ".begin", WINDOW = ".window", FORWARD = ".forward", TAIL = ".tail",
            BACKWARD = ".backward", END = ".end";

    /** Ends the names of the graphs of a last segment that is shorter. */
    public static final String REST = ".rest";

    /** The state that holds the number of a segment's first step. */
    public static final String OFFSET = "segment.offset";

    /** Suffix of the state that holds a tensor's last values before a segment. */
    public static final String BEFORE = ".before";

    /** Suffix of a tensor's values within a segment, those before it included. */
    public static final String PART = ".part";

    private Checkpoints() {}

    /**
     * The program with these graphs, if its train block asks for them, and with the number of steps of a segment.
     *
     * @throws org.nnl.syntax.SourceException if the gradient cannot be had in segments
     */
    public static Program of(Program program, Partials partials) {
        if (program.train().checkpoint() == 0 || !program.graphs().containsKey("gradient")) return program;
        if (program.losses().size() > 1) throw error(program, "a model with several losses is not computed in segments");
        Segments training;
        try {
            training = segments(program.graph("training"));
        } catch (NotSteppable e) {
            throw error(program, e.getMessage());
        }
        if (training == null) throw error(program, "there is no recurrence");
        int wanted = program.train().checkpoint();
        int n = wanted == TrainSettings.CHOOSE ? (int) Math.ceil(Math.sqrt(training.steps)) : wanted;
        if (n >= training.steps) return program.withTrain(program.train().withCheckpoint(0));
        Program more = program.withTrain(program.train().withCheckpoint(n));
        Program.Objective loss = program.losses().get(0);
        try {
            more = with(more, SegmentGraphs.gradient(training, "gradient", n, loss, partials));
        } catch (NotSteppable e) {
            throw error(program, e.getMessage());
        }
        for (String whole : List.of("loss", "predict")) {
            try {
                Segments s = segments(program.graph(whole));
                if (s != null && s.steps > n) more = with(more, SegmentGraphs.values(s, whole, n));
            } catch (NotSteppable e) {
                // stays whole, as good as before
            }
        }
        return more;
    }

    private static Program with(Program p, Map<String, Graph> graphs) {
        Program more = p;
        for (Graph g : graphs.values()) more = more.withGraph(g);
        return more;
    }

    private static Segments segments(Graph graph) {
        Map<Equation, String> axes = Stepwise.lastRecurrence(graph);
        return axes == null ? null : new Segments(graph, axes);
    }

    private static RuntimeException error(Program program, String why) {
        return Diagnostics.exception(
                List.of(Diagnostic.of(new Span(program.source(), 0, 0, 1), "'checkpoint' is not possible: " + why)),
                new LinkedHashMap<>());
    }
}
