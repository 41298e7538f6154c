package org.nnl.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.nnl.Options;
import org.nnl.equations.Equation;
import org.nnl.equations.ExprPrinter;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.order.Order;
import org.nnl.program.Program;
import org.nnl.stepwise.Checkpoints;

/** Decides how a program is computed: which arrays there are, and the loops of every graph. */
public final class MakeSchedule {
    private final Program program;
    private final Options options;
    private final Names names = new Names();
    private final Names methods = new Names();
    private final ArrayTable arrays;
    private final Map<String, Routine> routines = new LinkedHashMap<>();
    private final Map<Routine, String> known = new HashMap<>();
    private final Map<String, String> entries = new LinkedHashMap<>();
    private final List<String> segmentNotes = new ArrayList<>();
    /** Steps of each graph, before any are sections. */
    private final Map<String, List<Step>> lowered = new HashMap<>();
    /** What each graph begins with: parameters copied in another order. */
    private final Map<String, List<Step>> arranged = new HashMap<>();
    private final UnrollTime unrolling = new UnrollTime(routines, names, this::shared);
    private final Divide divide;
    private ArrangeFactors factors;
    private ArrangeRows rows;

    /** Whether routines may be divided: not those that run once, when an object is made. */
    private boolean dividing;

    private MakeSchedule(Program program, Options options, double enough) {
        this.program = program;
        this.options = options;
        this.arrays = new ArrayTable(program, names);
        this.divide = new Divide(arrays::get, arrays::own, options, Math.max(1, program.train().batch()), enough);
    }

    public static Schedule of(Program program, Options options) {
        return of(program, options, Divide.LEAST);
    }

    /**
     * The same with another opinion on what is worth to be divided over threads.
     *
     * @param enough nanoseconds of work from which a routine is divided, where it can be; 0 for all
     */
    public static Schedule of(Program program, Options options, double enough) {
        MakeSchedule m = new MakeSchedule(program, options, enough);
        Map<Graph, List<Plan>> plans = new LinkedHashMap<>();
        List<String> wanted = List.of("initial", "predict", "begin", "step", "loss", "gradient", "update");
        for (String whole : wanted)
            for (String graph : SegmentLoop.parts(program, whole)) {
                int batch = program.train().batch();
                Graph g = FrameInputs.of(SumByExample.of(TurnLookups.of(program.graph(graph)), batch));
                Order order = Order.of(g);
                plans.put(g, FormGroups.of(learns(graph) ? StepByStep.of(g, order, batch) : order, true));
            }
        m.arrays.lay(ChooseLayouts.of(plans, m.seen(), m::wanted));
        plans.forEach(m::graph);
        for (String whole : wanted) if (SegmentLoop.has(program, whole)) m.segments(whole);
        m.training();
        m.routines.keySet().retainAll(Routine.reached(m.entries.values(), m.routines));
        m.segmentNotes.addAll(m.unrolling.notes());
        return new Schedule(m.arrays.all(), m.routines, m.entries, Math.max(1, program.train().batch()), m.segmentNotes);
    }

    /** Whether a graph is computed for whole minibatches; what predicts is also asked about one example. */
    private static boolean learns(String graph) {
        return graph.equals("gradient") || graph.equals("loss");
    }

    /** A graph computed segment by segment. */
    private void segments(String whole) {
        SegmentLoop loop = new SegmentLoop(program, whole, entries, arrays::of, arrays::own);
        entries.put(whole, entry("run_" + whole, "Graph " + whole + ", in segments of " + program.train().checkpoint()
                + " steps.", loop.steps()));
        segmentNotes.add(loop.note());
        Graph g = program.graph(whole);
        commit(g, Map.of(), tensor -> arrays.of(g, tensor));
    }

    /** Tensors that the caller sees, as arrays, and those that are copied whole. */
    private Set<String> seen() {
        Set<String> seen = new HashSet<>(program.outputs());
        program.parameters().forEach(t -> seen.add(Program.ADJOINT + t.name()));
        for (Graph g : program.graphs().values()) {
            seen.addAll(g.commits().values());
            if (g.name().equals("initial") || g.name().contains(Checkpoints.FORWARD)) seen.addAll(g.results());
        }
        return seen;
    }

    /** Tensors of a graph that are wanted beyond it: by the caller, or by the update. */
    private Set<String> wanted(Graph g) {
        Set<String> wanted = new HashSet<>(g.results());
        wanted.addAll(g.commits().values());
        wanted.addAll(program.outputs());
        wanted.addAll(program.metrics());
        program.losses().forEach(l -> wanted.add(l.tensor()));
        if (g.name().equals("gradient") && program.graphs().containsKey("update")) {
            Graph update = program.graph("update");
            for (Equation e : update.equations()) wanted.addAll(e.reads());
            wanted.addAll(update.commits().values());
        }
        return wanted;
    }

    private void graph(Graph g, List<Plan> plans) {
        dividing = !g.name().equals("initial");
        // tiles are four vectors wide where there are registers for them
        int panel = options.backend() == Options.Backend.VECTOR ? 4 * options.precision().lanes() : 0;
        factors = new ArrangeFactors(arrays::get, arrays::own, panel);
        rows = new ArrangeRows(arrays::get, arrays::own);
        Starts starts = Starts.of(g, plans);
        Set<String> contracted = ContractArrays.of(g, plans, wanted(g));
        Map<String, String> inPlace = g.name().equals("update") ? UpdateInPlace.of(g, plans) : Map.of();
        Map<String, Array> found = new HashMap<>();
        Function<String, Array> arrayOf = tensor -> {
            Array a = found.get(tensor);
            if (a == null) found.put(tensor, a = arrays.of(g, inPlace.getOrDefault(tensor, tensor)));
            return a;
        };
        for (Equation e : g.equations()) if (!contracted.contains(e.target())) arrayOf.apply(e.target());
        List<Step> steps = new ArrayList<>();
        found.values().stream().distinct().sorted(Comparator.comparing(Array::name)).forEach(a -> clearRoom(a, steps));
        for (int k = 0; k < plans.size(); k++) {
            List<Step> within = new ArrayList<>();
            for (String tensor : starts.fills().getOrDefault(k, List.of())) {
                Array a = arrayOf.apply(tensor);
                double start = g.writers(tensor).get(0).fold().start();
                if (dividing && a.count().batch() && plans.get(k) instanceof Group group && group.parallel() == null)
                    within.add(filled(a, start));
                else steps.add(new Step.Fill(a.name(), Affine.ZERO, a.count(), start));
            }
            Step step = lower(g, plans.get(k), within, starts, contracted, arrayOf);
            if (step instanceof Step.Loop time) steps.addAll(unrolling.of(time, program.train().unroll()));
            else steps.add(step);
        }
        for (String r : g.results()) if (!contracted.contains(r)) arrayOf.apply(r);
        List<Step> first = new ArrayList<>();
        factors.copies().forEach((name, copy) -> first.add(copied(name, copy)));
        steps.addAll(0, first);
        List<Step> before = new ArrayList<>();
        rows.copies().forEach((name, copy) -> before.add(copied(name, copy)));
        arranged.put(g.name(), before);
        lowered.put(g.name(), steps);
        entries.put(g.name(), entry("run_" + g.name(), "Graph " + g.name() + ".", sections(before, steps)));
        commit(g, inPlace, arrayOf);
    }

    /** A routine that copies a parameter into an array of the schedule's own. */
    private Step copied(String name, List<Step> copy) {
        Array to = arrays.get(Steps.stores(copy).get(0).array());
        return new Step.Call(shared(name, List.of(to.tensor() + " is " + to.holds() + "."), List.of(), copy));
    }

    /**
     * The steps of a graph, where threads may share work in sections of them.
     *
     * @param before steps that belong to no section: all examples need what they compute
     */
    private List<Step> sections(List<Step> before, List<Step> steps) {
        List<Step> all = new ArrayList<>(before);
        all.addAll(!dividing ? steps : new Sections(routines, divide, r -> routine(r.named(methods.unique(r.name()))), names::variable).of(steps));
        return all;
    }

    /** Gradient and update as one where threads share some of each: sections may then hold some of both, and threads wait less often. */
    private void training() {
        List<Step> gradient = lowered.get("gradient"), update = lowered.get("update");
        if (gradient == null || update == null || !shares("gradient") || !shares("update")) return;
        List<Step> steps = new ArrayList<>(gradient);
        steps.addAll(update);
        entries.put(Schedule.TRAINING, entry("run_training", "Graphs gradient and update.", sections(arranged.get("gradient"), steps)));
    }

    /** Whether threads share some of what runs a graph. */
    private boolean shares(String graph) {
        return Routine.reached(List.of(entries.get(graph)), routines).stream().anyMatch(r -> routines.get(r).division() != null);
    }

    private void commit(Graph g, Map<String, String> inPlace, Function<String, Array> arrayOf) {
        List<Step> commits = new ArrayList<>();
        g.commits().forEach((state, next) -> {
            if (inPlace.containsKey(next)) return;
            Array to = arrayOf.apply(state);
            commits.add(new Step.Copy(to.name(), arrayOf.apply(next).name(), to.count()));
        });
        if (!commits.isEmpty())
            entries.put("commit " + g.name(),
                    entry("commit_" + g.name(), "State changes of graph " + g.name() + ".", commits));
    }

    /**
     * The room before the first and after the last step of time moves with the number of examples: it is cleared for
     * every run. Room in other dimensions stays where it is, and as it was made.
     */
    private static void clearRoom(Array a, List<Step> steps) {
        for (int d = 0; d < a.shape().size(); d++) {
            if (!a.strides().get(d).batch()) continue;
            int before = a.before().get(d);
            int after = a.after().get(d);
            if (before > 0)
                steps.add(new Step.Fill(a.name(), Affine.ZERO, a.strides().get(d).times(Count.of(before)), 0));
            Affine end = Affine.of(a.strides().get(d).times(Count.of(before + a.shape().get(d).factor())));
            if (after > 0) steps.add(new Step.Fill(a.name(), end, a.strides().get(d).times(Count.of(after)), 0));
        }
    }

    private String entry(String name, String heading, List<Step> steps) {
        ShortMethods cut = new ShortMethods(
                routines::get,
                r -> shared(r.name(), r.heading(), r.variables(), r.steps()),
                name + "_part",
                List.of(heading));
        return routine(new Routine(methods.unique(name), List.of(heading), List.of(), cut.of(steps)));
    }

    private String routine(Routine r) {
        Routine anonymous = r.named("");
        String name = known.putIfAbsent(anonymous, r.name());
        if (name != null) return name;
        routines.put(r.name(), r);
        return r.name();
    }

    /** A loop that fills an array: threads divide it, and what is sent there afterwards finds it in the caches. */
    private Step filled(Array a, double value) {
        String k = names.variable("k");
        return new Step.Loop(k, Affine.ZERO, Affine.of(a.count()), Step.Kind.UP, 1, List.of(
                new Step.Store(a.name(), Affine.variable(k), List.of(), Fold.SET, new Value.Number(value))));
    }

    /**
     * A plan as steps.
     *
     * @param before what a group's routine begins with
     */
    private Step lower(
            Graph g,
            Plan plan,
            List<Step> before,
            Starts starts,
            Set<String> contracted,
            Function<String, Array> arrayOf) {
        if (plan instanceof Plan.TimeLoop loop) {
            List<Step> body = new ArrayList<>();
            for (Plan p : loop.body()) body.add(lower(g, p, List.of(), starts, contracted, arrayOf));
            return new Step.Loop(
                    names.variable(loop.variable()),
                    Affine.ZERO,
                    Affine.of(Count.of(loop.size())),
                    loop.down() ? Step.Kind.DOWN : Step.Kind.UP,
                    1,
                    body);
        }
        Group group = (Group) plan;
        List<Step> steps = loops(LowerGroup.steps(g, group, starts.overwriting(), contracted, arrayOf, names), before, group);
        List<String> heading = new ArrayList<>();
        for (Equation e : group.equations()) heading.add(heading(e));
        List<String> variables = group.serial().keySet().stream().map(names::variable).toList();
        String last = group.equations().get(group.equations().size() - 1).target();
        String name = "compute_" + ClassNames.identifier(last);
        if (SplitLoops.transcendental(steps) > SplitLoops.MOST) steps = apart(name, heading, variables, steps);
        else if (dividing && variables.isEmpty() && divide.isBetterApart(steps)) steps = each(name, heading, steps);
        return new Step.Call(shared(name, heading, variables, steps));
    }

    /** Products found, loops joined, and, where there are lanes, loops in lanes. */
    private List<Step> loops(List<Step> steps, List<Step> before, Group group) {
        boolean lanes = options.backend() == Options.Backend.VECTOR, serial = !group.serial().isEmpty();
        String target = group.equations().get(0).target();
        List<Step> found = factors.of(FindProduct.of(PartScatter.of(ResolveTests.of(steps), target, lanes, arrays::own)), serial);
        if (lanes && !serial) found = TurnNarrow.of(found, target, arrays::get, arrays::own);
        JoinRuns runs = lanes ? JoinRuns.inLanes(options.precision().lanes()) : JoinRuns.inPlainJava();
        if (!serial) found = CloseGaps.of(found, runs::joins, target, arrays::own);
        List<Step> joined = Collapse.of(runs.of(rows.of(found)));
        if (!lanes) return FirstSum.of(before, joined, arrays::get);
        List<Step> summed = FirstSum.of(before, joined, arrays::get);
        return SplitLoops.of(Vectorise.of(summed, arrays.integers(), options.precision() == Options.Precision.FLOAT));
    }

    /** Each nest with transcendental functions in a routine of its own: HotSpot inlines only so much in one method. */
    private List<Step> apart(String name, List<String> heading, List<String> variables, List<Step> steps) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            if (s instanceof Step.When w) out.add(w.with(apart(name, heading, variables, w.body())));
            else if (s instanceof Step.Loop && SplitLoops.transcendental(List.of(s)) > 0)
                out.add(new Step.Call(shared(name + "_part", heading, variables, List.of(s))));
            else out.add(s);
        }
        return out;
    }

    /** Each nest in a routine of its own. */
    private List<Step> each(String name, List<String> heading, List<Step> steps) {
        List<Step> calls = new ArrayList<>();
        for (Step s : steps) calls.add(new Step.Call(shared(name + "_part", heading, List.of(), List.of(s))));
        return calls;
    }

    /** A routine with these steps: one that exists, or a new one. */
    private String shared(String name, List<String> heading, List<String> variables, List<Step> steps) {
        Routine r = new Routine("", heading, variables, steps);
        if (dividing && !Steps.any(steps, s -> s instanceof Step.Call)) r = divide.of(r);
        String same = known.get(r);
        return same != null ? same : routine(r.named(methods.unique(name)));
    }

    private static String heading(Equation e) {
        String left = e.target() + (e.indices().isEmpty() ? "" : Index.print(e.indices()));
        String fold = e.fold().symbol() + (e.position() == null ? "" : "(" + e.position() + ")");
        String origin = e.origin().toString();
        return left + " " + fold + " " + ExprPrinter.print(e.body()) + (origin.isEmpty() ? "" : "    " + origin);
    }
}
