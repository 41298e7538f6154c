package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.Options;
import org.nnl.equations.Equation;
import org.nnl.equations.ExprPrinter;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Tensor;
import org.nnl.order.Order;
import org.nnl.program.Program;

/** Decides how a program is computed: which arrays there are, and the loops of every graph. */
public final class MakeSchedule {
    private final Program program;
    private final Options options;
    private final Names names = new Names();
    private final Names methods = new Names();
    private final Map<String, Array> arrays = new LinkedHashMap<>();
    private final Map<String, Routine> routines = new LinkedHashMap<>();
    private final Map<Routine, String> known = new HashMap<>();
    private final Map<String, Layout> layouts = new HashMap<>();
    private final Map<String, String> entries = new LinkedHashMap<>();
    private final List<String> segmentNotes = new ArrayList<>();
    private final UnrollTime unrolling = new UnrollTime(routines, names, this::shared);
    private final Divide divide;
    private TransposeFactors transposes;

    /** Whether routines may be divided: not those that run once, when an object is made. */
    private boolean dividing;

    private MakeSchedule(Program program, Options options, double enough) {
        this.program = program;
        this.options = options;
        this.divide = new Divide(arrays::get, options, Math.max(1, program.train().batch()), enough);
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
        m.given();
        Map<Graph, List<Plan>> plans = new LinkedHashMap<>();
        List<String> wanted = List.of("initial", "predict", "begin", "step", "loss", "gradient", "update");
        for (String whole : wanted)
            for (String graph : SegmentLoop.parts(program, whole)) {
                Graph g = TurnLookups.of(program.graph(graph));
                plans.put(g, FormGroups.of(Order.of(g), true));
            }
        m.layouts.putAll(ChooseLayouts.of(plans, m.seen()));
        plans.forEach(m::graph);
        for (String whole : wanted) if (SegmentLoop.has(program, whole)) m.segments(whole);
        m.routines.keySet().retainAll(m.called());
        m.segmentNotes.addAll(m.unrolling.notes());
        return new Schedule(m.arrays, m.routines, m.entries, Math.max(1, program.train().batch()), m.segmentNotes);
    }

    /** A graph computed segment by segment. */
    private void segments(String whole) {
        SegmentLoop loop = new SegmentLoop(program, whole, entries, this::array, this::own);
        entries.put(whole, entry("run_" + whole, "Graph " + whole + ", in segments of " + program.train().checkpoint()
                + " steps.", loop.steps()));
        segmentNotes.add(loop.note());
        Graph g = program.graph(whole);
        commit(g, Map.of(), tensor -> array(g, tensor));
    }

    /** Routines that an entry calls, directly or not. */
    private Set<String> called() {
        Set<String> called = new HashSet<>();
        java.util.ArrayDeque<String> open = new java.util.ArrayDeque<>(entries.values());
        while (!open.isEmpty()) {
            String name = open.pop();
            if (called.add(name))
                Steps.visit(routines.get(name).steps(), s -> {
                    if (s instanceof Step.Call c) open.push(c.routine());
                });
        }
        return called;
    }

    /** Tensors that the caller sees, as arrays, and those that are copied whole. */
    private Set<String> seen() {
        Set<String> seen = new HashSet<>(program.outputs());
        seen.addAll(gradients());
        for (Graph g : program.graphs().values()) {
            seen.addAll(g.commits().values());
            if (g.name().equals("initial") || g.name().contains(".forward")) seen.addAll(g.results());
        }
        return seen;
    }

    /** The gradients of parameters: arrays that the caller reads and writes by name, even where they have one element. */
    private Set<String> gradients() {
        Set<String> all = new HashSet<>();
        program.parameters().forEach(t -> all.add(Program.ADJOINT + t.name()));
        return all;
    }

    private void given() {
        program.inputs().forEach(t -> declare(t, Array.Kind.GIVEN));
        program.targets().forEach(t -> declare(t, Array.Kind.GIVEN));
        if (program.graphs().containsKey("step"))
            for (Tensor t : program.graph("step").tensors().values())
                if (t.role() == Tensor.Role.INPUT) declare(t, Array.Kind.GIVEN);
        program.parameters().forEach(t -> declare(t, Array.Kind.PARAMETER));
        program.states().forEach(t -> declare(t, Array.Kind.STATE));
        for (String s : program.settings().keySet())
            declare(Tensor.real(s, Tensor.Role.SETTING, List.of()), Array.Kind.SETTING);
    }

    private Array declare(Tensor t, Array.Kind kind) {
        List<Count> shape = t.shape().stream().map(Count::of).toList();
        boolean integer = t.isInteger() && kind != Array.Kind.SETTING;
        Layout layout = kind == Array.Kind.COMPUTED && layouts.containsKey(t.name())
                ? layouts.get(t.name())
                : Layout.plain(t.rank());
        Array a = new Array(
                names.unique(t.name()), t.name(), kind, integer, shape, layout.before(), layout.after(),
                layout.strides(shape), t.classes());
        arrays.put(a.name(), a);
        return a;
    }

    /** The array for a tensor of a graph: one with that name, type and shape, made if there is none. */
    private Array array(Graph g, String tensor) {
        Tensor t = g.tensor(tensor);
        boolean start = g.name().equals("initial") && tensor.endsWith(Program.START);
        String name = start ? tensor.substring(0, tensor.length() - Program.START.length()) : tensor;
        List<Count> shape = t.shape().stream().map(Count::of).toList();
        for (Array a : arrays.values())
            if (a.tensor().equals(name)
                    && (a.kind() == Array.Kind.SETTING
                            || a.shape().equals(shape) && a.integer() == t.isInteger())) return a;
        // A class may be looked up, which is a read of an array.
        boolean field = t.shape().isEmpty() && !gradients().contains(tensor) && t.classes() <= 0;
        return declare(t, field ? Array.Kind.SCALAR : Array.Kind.COMPUTED);
    }

    /** An array that no equation asks for. */
    private Array own(Array wanted) {
        for (Array a : arrays.values()) if (a.tensor().equals(wanted.tensor())) return a;
        Array a = new Array(
                names.unique(wanted.tensor()), wanted.tensor(), wanted.kind(), wanted.integer(), wanted.shape(),
                wanted.before(), wanted.after(), wanted.strides(), wanted.classes());
        arrays.put(a.name(), a);
        return a;
    }

    private void graph(Graph g, List<Plan> plans) {
        dividing = !g.name().equals("initial");
        // tiles are four vectors wide where there are registers for them
        int panel = options.backend() == Options.Backend.VECTOR ? 4 * options.precision().lanes() : 0;
        transposes = new TransposeFactors(arrays::get, this::own, panel);
        Starts starts = Starts.of(g, plans);
        Set<String> contracted = contracted(g, plans);
        Map<String, String> inPlace = g.name().equals("update") ? inPlace(g, plans) : Map.of();
        Map<String, Array> found = new HashMap<>();
        java.util.function.Function<String, Array> arrayOf = tensor -> {
            Array a = found.get(tensor);
            if (a == null) found.put(tensor, a = array(g, inPlace.getOrDefault(tensor, tensor)));
            return a;
        };
        for (Equation e : g.equations()) if (!contracted.contains(e.target())) arrayOf.apply(e.target());
        List<Step> steps = new ArrayList<>();
        found.values().stream().distinct().sorted(java.util.Comparator.comparing(Array::name)).forEach(a -> clearRoom(a, steps));
        for (int k = 0; k < plans.size(); k++) {
            for (String tensor : starts.fills().getOrDefault(k, List.of())) {
                Array a = arrayOf.apply(tensor);
                steps.add(new Step.Fill(a.name(), Affine.ZERO, a.count(), g.writers(tensor).get(0).fold().start()));
            }
            Step step = lower(g, plans.get(k), starts, contracted, arrayOf);
            if (step instanceof Step.Loop time) steps.addAll(unrolling.of(time, program.train().unroll()));
            else steps.add(step);
        }
        for (String r : g.results()) if (!contracted.contains(r)) arrayOf.apply(r);
        List<Step> first = new ArrayList<>();
        transposes.copies().forEach((array, copy) -> first.add(new Step.Call(shared("transpose_" + array, List.of(), List.of(), copy))));
        steps.addAll(0, first);
        Sections sections = new Sections(routines, divide, r -> routine(r.named(methods.unique(r.name()))));
        entries.put(g.name(), entry("run_" + g.name(), "Graph " + g.name() + ".", dividing ? sections.of(steps) : steps));
        commit(g, inPlace, arrayOf);
    }

    private void commit(Graph g, Map<String, String> inPlace, java.util.function.Function<String, Array> arrayOf) {
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

    private Step lower(
            Graph g,
            Plan plan,
            Starts starts,
            Set<String> contracted,
            java.util.function.Function<String, Array> arrayOf) {
        if (plan instanceof Plan.TimeLoop loop) {
            List<Step> body = new ArrayList<>();
            for (Plan p : loop.body()) body.add(lower(g, p, starts, contracted, arrayOf));
            return new Step.Loop(
                    names.variable(loop.variable()),
                    Affine.ZERO,
                    Affine.of(Count.of(loop.size())),
                    loop.down() ? Step.Kind.DOWN : Step.Kind.UP,
                    1,
                    body);
        }
        Group group = (Group) plan;
        List<Step> steps = LowerGroup.steps(g, group, starts.overwriting(), contracted, arrayOf, names);
        steps = FindProduct.of(PartScatter.of(ResolveTests.of(steps), group.equations().get(0).target(), this::own));
        if (!group.serial().isEmpty()) steps = transposes.of(steps);
        if (options.backend() == Options.Backend.VECTOR && group.serial().isEmpty())
            steps = TurnNarrow.of(steps, group.equations().get(0).target(), arrays::get, this::own);
        steps = Collapse.of(steps);
        if (options.backend() == Options.Backend.VECTOR) steps = SplitLoops.of(Vectorise.of(steps, integers()));
        List<String> heading = new ArrayList<>();
        for (Equation e : group.equations()) heading.add(heading(e));
        List<String> variables = group.serial().keySet().stream().map(names::variable).toList();
        String last = group.equations().get(group.equations().size() - 1).target();
        String name = "compute_" + ClassNames.identifier(last);
        if (SplitLoops.transcendental(steps) > SplitLoops.MOST) steps = apart(name, heading, variables, steps);
        return new Step.Call(shared(name, heading, variables, steps));
    }

    /** Each nest with transcendental functions in a routine of its own: HotSpot inlines only so much in one method. */
    private List<Step> apart(String name, List<String> heading, List<String> variables, List<Step> steps) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            if (s instanceof Step.When w) out.add(new Step.When(w.inside(), apart(name, heading, variables, w.body())));
            else if (s instanceof Step.Loop && SplitLoops.transcendental(List.of(s)) > 0)
                out.add(new Step.Call(shared(name + "_part", heading, variables, List.of(s))));
            else out.add(s);
        }
        return out;
    }

    /** A routine with these steps: one that exists, or a new one. */
    private String shared(String name, List<String> heading, List<String> variables, List<Step> steps) {
        Routine r = new Routine("", heading, variables, steps);
        if (dividing && !Steps.any(steps, s -> s instanceof Step.Call)) r = divide.of(r);
        String same = known.get(r);
        return same != null ? same : routine(r.named(methods.unique(name)));
    }

    private Set<String> integers() {
        Set<String> all = new HashSet<>();
        arrays.values().stream().filter(Array::integer).forEach(a -> all.add(a.name()));
        return all;
    }

    private static String heading(Equation e) {
        String left = e.target() + (e.indices().isEmpty() ? "" : Index.print(e.indices()));
        String fold = e.fold().symbol() + (e.position() == null ? "" : "(" + e.position() + ")");
        String origin = e.origin().toString();
        return left + " " + fold + " " + ExprPrinter.print(e.body()) + (origin.isEmpty() ? "" : "    " + origin);
    }

    /** Tensors that only one group touches and nothing outside asks for: they live in locals. */
    private Set<String> contracted(Graph g, List<Plan> plans) {
        List<Group> groups = new ArrayList<>();
        flatten(plans, groups);
        Map<String, Set<Group>> users = new HashMap<>();
        Set<String> written = new LinkedHashSet<>();
        Set<String> lookups = new HashSet<>();
        for (Group group : groups) {
            for (String t : group.targets()) {
                users.computeIfAbsent(t, k -> identitySet()).add(group);
                if (group.parallel() != null) written.add(t);
            }
            for (String t : group.reads()) users.computeIfAbsent(t, k -> identitySet()).add(group);
            for (Equation e : group.equations()) {
                Set<String> plain = new HashSet<>();
                e.body().reads().forEach(r -> plain.add(r.tensor()));
                for (String t : e.reads()) if (!plain.contains(t)) lookups.add(t);
            }
        }
        Set<String> kept = new HashSet<>(g.results());
        kept.addAll(g.commits().values());
        kept.addAll(program.outputs());
        kept.addAll(program.metrics());
        program.losses().forEach(l -> kept.add(l.tensor()));
        if (g.name().equals("gradient") && program.graphs().containsKey("update")) {
            Graph update = program.graph("update");
            for (Equation e : update.equations()) kept.addAll(e.reads());
            kept.addAll(update.commits().values());
        }
        written.removeIf(t -> users.get(t).size() > 1
                || kept.contains(t)
                || lookups.contains(t)
                || g.tensor(t).isInteger()
                || users.get(t).iterator().next().equations().stream()
                        .filter(e -> e.target().equals(t))
                        .count() > 1
                || users.get(t).stream().anyMatch(x -> !x.serial().isEmpty() && carries(x, t)));
        return written;
    }

    /** Whether a time loop hands the tensor from one of its values to another. */
    private static boolean carries(Group g, String tensor) {
        for (Equation w : g.equations()) {
            if (!w.target().equals(tensor)) continue;
            for (Equation r : g.equations())
                for (org.nnl.order.Access a : org.nnl.order.Access.reads(r))
                    if (a.tensor().equals(tensor) && !a.indices().equals(w.indices())) return true;
        }
        return false;
    }

    private static <T> Set<T> identitySet() {
        return java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
    }

    private static void flatten(List<Plan> plans, List<Group> groups) {
        for (Plan p : plans) {
            if (p instanceof Group g) groups.add(g);
            else flatten(((Plan.TimeLoop) p).body(), groups);
        }
    }

    /**
     * Next values that may be written over the present ones: computed by one equation, one value a point, where every
     * read of the present value comes earlier or is at the same element.
     *
     * @return tensor holding the next value, to the tensor it may replace
     */
    private static Map<String, String> inPlace(Graph g, List<Plan> plans) {
        List<Group> groups = new ArrayList<>();
        flatten(plans, groups);
        Map<String, String> all = new LinkedHashMap<>();
        g.commits().forEach((state, next) -> {
            Tensor t = g.tensor(state);
            if (t.role() == Tensor.Role.SETTING || g.writers(next).size() != 1 || all.containsKey(next)) return;
            if (!t.shape().equals(g.tensor(next).shape()) || t.isInteger()) return;
            int home = -1;
            for (int k = 0; k < groups.size(); k++) if (groups.get(k).targets().contains(next)) home = k;
            Group own = groups.get(home);
            Equation w = own.equations().stream().filter(e -> e.target().equals(next)).findFirst().orElseThrow();
            if (own.parallel() == null || !own.serial().isEmpty()) return;
            for (int d = 0; d < w.indices().size(); d++) {
                String axis = w.indices().get(d).bareAxis();
                if (axis == null || !w.axis(axis).size().equals(t.shape().get(d))) return;
            }
            for (int k = home; k < groups.size(); k++)
                for (Equation e : groups.get(k).equations())
                    for (org.nnl.order.Access a : org.nnl.order.Access.reads(e))
                        if (a.tensor().equals(state) && (k > home || !a.indices().equals(w.indices()))) return;
            all.put(next, state);
        });
        return all;
    }
}
