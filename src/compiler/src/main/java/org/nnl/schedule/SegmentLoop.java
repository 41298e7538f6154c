package org.nnl.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.stepwise.Checkpoints;

/**
 * The loop over the segments of a sequence, and, for a gradient, back over them. Before each segment the state is kept;
 * on the way back it is taken up again.
 * <pre>    for s up:      offset = n·s,  checkpoint[s] = state,  window, forward
 *     tail
 *     for s down:    offset = n·s,  state = checkpoint[s],  window, backward
 *     end</pre>
 */
final class SegmentLoop {
    private static final String SEGMENT = "segment";

    private final Program program;
    private final String whole;
    private final Map<String, String> entries;
    private final BiFunction<Graph, String, Array> arrays;
    private final Function<Array, Array> own;
    private final Graph begin;
    private final Array offset;
    private final int n;
    private final int steps;

    /** Segments in all. */
    private final int segments;

    /**
     * @param whole   the graph computed so: gradient, loss or predict
     * @param entries routines by graph and by commit
     * @param arrays  the array of a tensor of a graph
     * @param own     declares an array that no equation asks for
     */
    SegmentLoop(
            Program program, String whole, Map<String, String> entries, BiFunction<Graph, String, Array> arrays,
            Function<Array, Array> own) {
        this.program = program;
        this.whole = whole;
        this.entries = entries;
        this.arrays = arrays;
        this.own = own;
        begin = program.graph(whole + Checkpoints.BEGIN);
        offset = arrays.apply(begin, Checkpoints.OFFSET);
        n = program.train().checkpoint();
        steps = begin.tensor(Checkpoints.OFFSET).classes();
        segments = (steps + n - 1) / n;
    }

    /** Whether a graph of the program is computed in segments. */
    static boolean has(Program program, String whole) {
        return program.graphs().containsKey(whole + Checkpoints.BEGIN);
    }

    /** The names of the graphs by which a graph is computed. */
    static List<String> parts(Program program, String whole) {
        if (!has(program, whole)) return program.graphs().containsKey(whole) ? List.of(whole) : List.of();
        return program.graphs().keySet().stream().filter(g -> g.startsWith(whole + ".")).toList();
    }

    List<Step> steps() {
        String rest = steps % n == 0 ? "" : Checkpoints.REST;
        boolean back = program.graphs().containsKey(whole + Checkpoints.END);
        List<Step> all = new ArrayList<>(run(Checkpoints.BEGIN));
        List<Step> forward = new ArrayList<>();
        at(Affine.variable(SEGMENT), forward);
        if (back) states(Affine.variable(SEGMENT), true, forward);
        forward.addAll(run(Checkpoints.WINDOW));
        forward.addAll(run(Checkpoints.FORWARD));
        outputs("", n, forward);
        loop(Step.Kind.UP, forward, all);
        at(Affine.of(segments - 1), all);
        if (back) states(Affine.of(segments - 1), true, all);
        all.addAll(run(Checkpoints.WINDOW + rest));
        all.addAll(run(Checkpoints.FORWARD + rest));
        outputs(rest, steps - (segments - 1) * n, all);
        all.addAll(run(Checkpoints.TAIL));
        if (!back) return all;
        states(Affine.of(segments - 1), false, all);
        all.addAll(run(Checkpoints.BACKWARD + rest));
        List<Step> backward = new ArrayList<>();
        at(Affine.variable(SEGMENT), backward);
        states(Affine.variable(SEGMENT), false, backward);
        backward.addAll(run(Checkpoints.WINDOW));
        backward.addAll(run(Checkpoints.BACKWARD));
        loop(Step.Kind.DOWN, backward, all);
        all.addAll(run(Checkpoints.END));
        return all;
    }

    String note() {
        long kept = 0;
        for (String t : states()) kept += begin.tensor(t).elements(1);
        return whole + ": " + steps + " steps in " + segments + " segments of " + n + ", with " + kept
                + " numbers an example kept between them" + (program.graphs().containsKey(whole + Checkpoints.END)
                        ? "; a segment is computed again for its gradient" : "");
    }

    private void loop(Step.Kind kind, List<Step> body, List<Step> all) {
        if (segments > 1) all.add(new Step.Loop(SEGMENT, Affine.ZERO, Affine.of(segments - 1), kind, 1, body));
    }

    private List<Step> run(String part) {
        List<Step> calls = new ArrayList<>();
        for (String entry : List.of(whole + part, "commit " + whole + part))
            if (entries.containsKey(entry)) calls.add(new Step.Call(entries.get(entry)));
        return calls;
    }

    private void at(Affine segment, List<Step> to) {
        to.add(new Step.Store(offset.name(), Affine.ZERO, List.of(), Fold.SET, new Value.Whole(segment.times(Count.of(n)))));
    }

    private List<String> states() {
        return begin.commits().keySet().stream().filter(t -> t.endsWith(Checkpoints.BEFORE)).toList();
    }

    /** Keeps the state before a segment, or takes it up. */
    private void states(Affine segment, boolean keep, List<Step> to) {
        for (String t : states()) {
            Array state = arrays.apply(begin, t);
            List<Count> shape = new ArrayList<>(List.of(Count.of(segments)));
            shape.addAll(state.shape());
            List<Count> strides = new ArrayList<>(List.of(state.count()));
            strides.addAll(state.strides());
            List<Integer> room = Collections.nCopies(shape.size(), 0);
            String name = t.substring(0, t.length() - Checkpoints.BEFORE.length()) + ".checkpoints";
            Array kept = own.apply(new Array(
                    name, name, Array.Kind.COMPUTED, state.integer(), shape, room, room, strides, state.classes(),
                    state.tensor() + " before each segment"));
            Affine i = Affine.variable("i_kept");
            Affine there = segment.times(state.count()).plus(i);
            Step copy = keep
                    ? store(kept, there, state, i)
                    : store(state, i, kept, there);
            to.add(new Step.Loop("i_kept", Affine.ZERO, Affine.of(state.count()), Step.Kind.UP, 1, List.of(copy)));
        }
    }

    private static Step store(Array to, Affine at, Array from, Affine there) {
        return new Step.Store(to.name(), at, List.of(), Fold.SET, new Value.Load(from.name(), there, List.of(), 0));
    }

    /** Puts what a segment gives of an output over time into the whole. */
    private void outputs(String rest, int length, List<Step> to) {
        Graph forward = program.graph(whole + Checkpoints.FORWARD + rest);
        for (String part : forward.results()) {
            String name = part.substring(0, part.length() - Checkpoints.PART.length());
            Tensor p = forward.tensor(part), all = program.graph(whole).tensor(name);
            int d = 0;
            while (p.shape().get(d).equals(all.shape().get(d))) d++;
            int inner = 1;
            for (int k = d + 1; k < p.rank(); k++) inner *= p.shape().get(k).at(1);
            Count outer = Count.ONE;
            for (int k = 0; k < d; k++) outer = outer.times(Count.of(p.shape().get(k)));
            int before = (p.shape().get(d).at(1) - length) * inner;
            Affine o = Affine.variable("o_kept"), i = Affine.variable("i_kept");
            Affine from = o.times(Count.of(p.shape().get(d).at(1) * inner)).plus(i).plus(before);
            Affine at = o.times(Count.of(all.shape().get(d).at(1) * inner)).plus(i)
                    .plus(Affine.element(offset.name(), Affine.ZERO).times(Count.of(inner)));
            Step copy = store(arrays.apply(program.graph(whole), name), at, arrays.apply(forward, part), from);
            Step row = new Step.Loop("i_kept", Affine.ZERO, Affine.of(length * inner), Step.Kind.UP, 1, List.of(copy));
            to.add(new Step.Loop("o_kept", Affine.ZERO, Affine.of(outer), Step.Kind.UP, 1, List.of(row)));
        }
    }
}
