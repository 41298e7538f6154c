package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.program.Limit;
import org.nnl.program.Program;
import org.nnl.program.TrainSettings;
import org.nnl.program.TrainWords;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.Span;
import org.nnl.syntax.Suggestions;
import org.nnl.syntax.Tree;

/** A model: its body, then losses and metrics, then what is predicted and how it is trained. */
final class ModelElaboration {
    private static final String LOSS = "loss";
    static final String SEED = "seed";
    static final String STEP = "step";

    /** Streams of random numbers: of first values, of the model's noise. */
    private static final int START_STREAMS = 0, MODEL_STREAMS = 1 << 16;

    private final Elaboration all;
    private final Tree.Model model;
    private final Map<String, Double> overrides;
    private final Sheet starts = new Sheet(START_STREAMS, null);
    private final Sheet sheet = new Sheet(MODEL_STREAMS, starts);
    private final Scope root = new Scope(null);
    private final Frame frame;
    private final Map<String, Double> settings = new LinkedHashMap<>();
    private final List<String> metrics = new ArrayList<>();
    private final Set<String> outputs = new LinkedHashSet<>();
    private final List<Tree.Loss> losses = new ArrayList<>();
    private final Map<Tree.Train, Training> trains = new LinkedHashMap<>();
    private TrainSettings train = TrainSettings.DEFAULT;
    private final Set<String> frozen = new LinkedHashSet<>();
    private final Set<String> equationNames = new LinkedHashSet<>();

    ModelElaboration(Elaboration all, Tree.Model model, Map<String, Double> overrides) {
        this.all = all;
        this.model = model;
        this.overrides = overrides;
        root.bind("pi", new Value.Number(Math.PI), Span.NONE);
        root.bind(STEP, Value.Array.scalar(Expr.read(STEP, List.of())), Span.NONE);
        root.bind(Slices.TRAINING, Value.Array.scalar(Expr.read(Slices.TRAINING, List.of())), Span.NONE);
        Frame.Ground ground = new Frame.Ground(sheet, true, Expr.read(STEP, List.of()), root);
        frame = new Frame(ground, new Scope(root), "", false, List.of(), 0, null);
        clock(sheet);
        starts.add(integer(SEED), 0);
        sheet.add(Tensor.real(Slices.TRAINING, Tensor.Role.SETTING, List.of()), 0);
    }

    private static Tensor integer(String name) {
        return new Tensor(name, Tensor.Role.SETTING, List.of(), Tensor.ANY_INTEGER, 0);
    }

    static void clock(Sheet s) {
        s.add(integer(SEED), 0);
        s.add(integer(STEP), 0);
    }

    /** The program; null if there are errors. */
    Program elaborate(String source) {
        parameters();
        List<Tree.Statement> body = new ArrayList<>();
        List<Tree.Statement> rest = new ArrayList<>();
        for (Tree.Statement s : model.body())
            (s instanceof Tree.Declaration || s instanceof Tree.AxisDeclaration || s instanceof Tree.Assignment
                            || s instanceof Tree.Repeat || s instanceof Tree.Require ? body : rest).add(s);
        ModelNames names = new ModelNames(all, model, sheet, frame);
        names.reserve(rest);
        all.blocks.run(body, frame, () -> {
            for (Tree.Statement s : rest) if (s instanceof Tree.Train t) guarded(() -> train(t));
            train = Training.settings(trains.values(), all, frame, overrides);
            all.carriedExamples = train.stateful() ? train.batch() : 0;
        });
        for (Tree.Statement s : body)
            if (s instanceof Tree.Assignment a) for (Tree.Left l : a.targets()) {
                equationNames.add(l.name());
                if (a.output()) guarded(() -> output(l.name(), l.span()));
            }
        for (Tree.Statement s : rest) guarded(() -> statement(s));
        for (Tree.Loss l : losses) for (Tree.Name n : l.trains()) guarded(() -> parametersOf(n));
        int before = all.problems.count();
        for (Tree.Train t : trains.keySet()) guarded(() -> belongs(t));
        if (all.problems.count() == before) for (Tree.Loss l : losses) guarded(() -> training(l));
        names.gradients();
        if (all.problems.count() == 0) return program(source);
        Update update = new Update(all, sheet, numbers(), settings, overrides);
        for (Training t : trains.values()) guarded(() -> update.check(t));
        return null;
    }

    /** Reads a train block: before any equation is written, since a recurrence is another one if state is carried. */
    private void train(Tree.Train t) {
        Tree.Train other = trains.keySet().stream().filter(x -> x.name().equals(t.name())).findFirst().orElse(null);
        if (other != null) throw all.problems.error(frame, t.span(), "there are two such train blocks",
                "the first is at " + other.span().place());
        trains.put(t, Training.of(t, all, frame));
    }

    /** A statement that is neither equation nor train block. */
    private void statement(Tree.Statement s) {
        if (s instanceof Tree.Loss l) {
            losses.add(l);
            mean(lossName(l), l.value(), "the loss");
        } else if (s instanceof Tree.Metric m) {
            metrics.add(m.name());
            mean(m.name(), m.value(), "the metric '" + m.name() + "'");
        } else if (s instanceof Tree.Output o) output(o.name(), o.span());
        else if (s instanceof Tree.Freeze x) {
            for (Tree.Name n : x.names()) guarded(() -> frozen.addAll(parametersOf(n)));
        } else if (!(s instanceof Tree.Train)) throw all.problems.error(frame, s.span(), "this has no place in a model");
    }

    /** The program of a model in whose statements nothing is wrong. */
    private Program program(String source) {
        Map<String, Graph> graphs = new LinkedHashMap<>();
        settings.put(SEED, (double) train.seed());
        settings.put(STEP, 1.0);
        all.requirements.limit(SEED, Limit.WHOLE);
        all.requirements.limit(STEP, Limit.WHOLE, new Limit(">=", 1));

        List<String> reported = new ArrayList<>();
        for (Tree.Loss l : losses) reported.add(lossName(l));
        reported.addAll(metrics);
        if (outputs.isEmpty()) outputs.addAll(Predicted.of(sheet, losses, equationNames));
        List<String> results = List.copyOf(outputs);
        if (all.problems.count() > 0) return null;
        Graph predict = Slices.of("predict", sheet, results, Map.of(), 0);
        Graph loss = Slices.of("loss", sheet, reported, Map.of(), 0);
        List<Program.Objective> objectives = new ArrayList<>();
        Graph step = Slices.of("training", sheet, reported, sheet.commits(), 1);
        Update update = new Update(all, sheet, numbers(), settings, overrides);
        Map<String, String> trainedBy = new LinkedHashMap<>();
        for (Tree.Loss l : losses) {
            String name = lossName(l);
            List<String> parameters = trained(l, name, step);
            for (String p : parameters) {
                String other = trainedBy.put(p, name);
                if (other != null)
                    throw all.problems.error(
                            frame, l.trains().stream().filter(n -> parametersOf(n).contains(p)).map(Tree.Name::span)
                                    .findFirst().orElse(l.span()),
                            "the parameter '" + p + "' would be trained by both '" + other + "' and '"
                                    + name + "'",
                            "say which each trains: loss " + name + ": … for " + p);
            }
            objectives.add(new Program.Objective(l.name(), name, parameters));
            guarded(() -> update.train(losses.size() == 1 ? "" : name, training(l), parameters));
        }
        computable(predict);
        computable(loss);
        unknownOverrides();
        if (all.problems.count() > 0) return null;

        List<Tensor> states = new ArrayList<>(role(sheet, Tensor.Role.STATE));
        Graph changes = update.graph();
        for (Tensor t : changes.tensors().values()) if (t.role() == Tensor.Role.STATE) states.add(t);
        List<String> firsts = new ArrayList<>();
        for (Tensor t : role(sheet, Tensor.Role.PARAM)) firsts.add(t.name() + Program.START);
        for (Tensor t : states) firsts.add(t.name() + Program.START);
        graphs.put("initial", Slices.of("initial", starts, firsts, Map.of(), 0));
        graphs.put("predict", predict);
        graphs.put("loss", loss);
        if (!losses.isEmpty()) {
            graphs.put("training", step);
            graphs.put("update", changes);
        }
        return new Program(
                model.name(), model.doc(), source, role(sheet, Tensor.Role.INPUT), role(sheet, Tensor.Role.TARGET),
                role(sheet, Tensor.Role.PARAM), states, settings, results, metrics, objectives, train,
                        graphs)
                .withRules(all.requirements.rules());
    }

    private void guarded(Runnable what) {
        try {
            what.run();
        } catch (Problems.Abort e) {
            all.problems.ensure(model.span()); // reported; the other statements are looked at too
        }
    }

    /** The model's own parameters: numbers with defaults, settable from outside. */
    private void parameters() {
        for (Tree.Parameter p : model.parameters()) {
            frame.scope().bind(p.name(), all.declarations.underWay(p.name(), frame), p.span());
            Value[] value = {Value.BAD};
            guarded(() -> value[0] = parameter(p));
            frame.scope().bind(p.name(), value[0], p.span());
        }
    }

    private Value parameter(Tree.Parameter p) {
        if (!p.sizes().isEmpty() || p.classes() != null)
            throw all.problems.error(frame, p.span(), "the parameter of a model is a number");
        Double given = overrides.get(p.name());
        if (given != null) return new Value.Number(given);
        if (p.defaultValue() == null)
            throw all.problems.error(frame, p.span(), "'" + p.name() + "' has no value",
                    "give it a default here, or a value from outside"
                            + Suggestions.closest(p.name(), overrides.keySet())
                                    .map(n -> "; '" + n + "' was given one").orElse(""));
        Value v = all.expressions.evaluate(p.defaultValue(), frame);
        if (v instanceof Value.Number || v instanceof Value.Callable) return v;
        throw all.problems.error(frame, p.span(), "the parameter of a model is a number");
    }

    static String lossName(Tree.Loss l) {
        return l.name().isEmpty() ? LOSS : l.name();
    }

    /** A number reported for a batch: the value, or its mean over the examples if it differs among them. */
    private void mean(String name, Tree.Expression e, String what) {
        Frame f = frame.at(name, false);
        Value.Array v = all.expressions.array(e, f);
        if (!v.isScalar())
            throw all.problems.error(
                    frame, e.span(), what + " is one number, and this is " + v.describe(),
                    v.isKnown() && v.shape().stream().allMatch(n -> n == 1)
                            ? "a vector of one is no number; take its element, as in z[0]"
                            : "fold over it: sum[i] …, or mean[i] …");
        Expr x = v.at(List.of());
        if (x.mentions(Storing.BATCH))
            x = Storing.folded(v, Fold.SUM, List.of(), true, null, f.join("sum"), f, e.span(), 0).at(List.of())
                    .times(Expr.ONE.over(Expr.extent(Size.BATCH)));
        sheet.add(Tensor.real(name, Tensor.Role.VALUE, List.of()), 0);
        sheet.add(Equation.of(name, List.of(), Fold.SET, List.of(), x, Origin.at(e.span().place())));
    }

    private void output(String name, Span span) {
        Scope.Entry e = frame.scope().find(name);
        if (e == null) throw all.expressions.unknown("name", name, span, frame);
        if (e.value() instanceof Value.Bad) throw new Problems.Abort();
        Tensor t = e.value() instanceof Value.Array a ? Storing.wholeTensor(a, frame) : null;
        if (t == null) t = sheet.tensor(name);
        if (t == null || t.role() != Tensor.Role.VALUE)
            throw all.problems.error(frame, span, "'" + name + "' is not computed and cannot be an output");
        for (String n : Slices.reachable(List.of(t.name()), Slices.settled(sheet, 0), sheet.derivatives()))
            if (sheet.tensor(n) != null && sheet.tensor(n).role() == Tensor.Role.TARGET)
                throw all.problems.error(
                        frame, span, "the output '" + name + "' depends on the target '" + n
                                + "', which is not known when predicting");
        outputs.add(t.name());
    }

    /** Tensors fit into arrays, and a recurrence is computable in one direction. */
    private void computable(Graph graph) {
        for (Tensor t : graph.tensors().values()) {
            double elements = t.shape().stream().mapToDouble(n -> n.at(1)).reduce(1, (a, b) -> a * b);
            if (elements > Integer.MAX_VALUE / 8)
                all.problems.error(
                        frame, assigned(t.name()),
                        "'" + t.name() + "' would have " + org.nnl.equations.ExprPrinter.number(elements)
                                + " elements, which is too many");
        }
        try {
            org.nnl.order.Order.of(graph);
        } catch (org.nnl.order.CycleException e) {
            all.problems.error(
                    frame, assigned(e.equations().get(0).target()), e.getMessage(),
                    "a recurrence reads only earlier steps, as in h[t] = f(x[t], h[t-1]), or only later ones");
        }
    }

    /** The left-hand side of the equation to which a tensor belongs; the model's name if it belongs to none. */
    private Span assigned(String tensor) {
        Span at = model.span();
        for (Tree.Statement s : model.body())
            if (s instanceof Tree.Assignment a)
                for (Tree.Left l : a.targets())
                    if (tensor.equals(l.name()) || tensor.startsWith(l.name() + ".")) at = l.span();
        return at;
    }

    /** A train block is for all losses or for one that exists. */
    private void belongs(Tree.Train t) {
        List<String> names = losses.stream().map(Tree.Loss::name).filter(n -> !n.isEmpty()).toList();
        if (losses.isEmpty() && all.problems.count() == 0)
            throw all.problems.error(frame, t.span(), "there is no loss to train by");
        if (!t.name().isEmpty() && !names.contains(t.name()))
            throw all.problems.error(frame, t.span(), "no loss is called '" + t.name() + "'"
                    + Suggestions.hint(t.name(), names));
    }

    /** What trains a loss: the train block of its name, or else the one without a name. */
    private Training training(Tree.Loss l) {
        for (String name : List.of(l.name(), ""))
            for (Map.Entry<Tree.Train, Training> t : trains.entrySet()) if (t.getKey().name().equals(name)) return t.getValue();
        if (trains.isEmpty()) return Training.NONE;
        throw all.problems.error(frame, l.span(), "no train block is for the loss '" + lossName(l) + "'",
                "write " + (l.name().isEmpty() ? "" : "train " + l.name() + " { … }, or ")
                        + "train { … }, which is for all losses without one of their own");
    }

    /** The parameters of that name, or whose names begin with it and a dot. */
    private List<String> parametersOf(Tree.Name given) {
        String name = given.name();
        List<String> all = role(sheet, Tensor.Role.PARAM).stream().map(Tensor::name).toList();
        List<String> found = all.stream().filter(p -> p.equals(name) || p.startsWith(name + ".")).toList();
        if (!found.isEmpty()) return found;
        Set<String> known = new LinkedHashSet<>(all);
        for (String p : all) if (p.contains(".")) known.add(p.substring(0, p.indexOf('.')));
        throw this.all.problems.error(frame, given.span(), "no parameter is called '" + name + "'"
                + Suggestions.hint(name, known));
    }

    private List<String> trained(Tree.Loss l, String name, Graph training) {
        Set<String> wanted = new LinkedHashSet<>();
        for (Tree.Name n : l.trains()) guarded(() -> wanted.addAll(parametersOf(n)));
        Set<String> needed = Slices.reachable(List.of(name), training.equations(), training.derivatives());
        return role(sheet, Tensor.Role.PARAM).stream().map(Tensor::name)
                .filter(p -> needed.contains(p) && !frozen.contains(p) && (l.trains().isEmpty() || wanted.contains(p)))
                .toList();
    }

    /** What the model's names are in train blocks, beside the step: numbers stay what they are. */
    private Map<String, Scope.Entry> numbers() {
        Map<String, Scope.Entry> numbers = new LinkedHashMap<>();
        for (String name : frame.scope().names()) {
            Scope.Entry e = frame.scope().own(name);
            if (e == null || e.value() instanceof Value.Pending) continue;
            numbers.put(name, !(e.value() instanceof Value.Array a) ? e : new Scope.Entry(
                    new Value.Away("a tensor of the model" + (a.isKnown() && !a.isScalar() ? ", " + a.describe() : "")),
                    e.declared()));
        }
        for (Tree.Loss l : losses) numbers.put(lossName(l), new Scope.Entry(new Value.Away("a loss"), l.span()));
        for (String m : metrics) numbers.put(m, new Scope.Entry(new Value.Away("a metric"), Span.NONE));
        return numbers;
    }

    private void unknownOverrides() {
        Set<String> known = new LinkedHashSet<>();
        for (Tree.Parameter p : model.parameters()) known.add(p.name());
        known.addAll(TrainWords.all());
        known.addAll(settings.keySet());
        known.remove(STEP);
        Span outside = new Span(model.span().file(), 0, 0, 1);
        for (String n : overrides.keySet().stream().sorted().toList()) {
            String objection = TrainWords.objection(n, overrides.get(n));
            if (objection != null) all.problems.add(Diagnostic.of(outside, "'" + n + "' " + objection));
            if (!known.contains(n))
                all.problems.add(Diagnostic.of(
                        outside, "'" + model.name() + "' has no parameter or setting '" + n + "'"
                                + Suggestions.hint(n, known),
                        "it has " + String.join(", ", known)));
        }
    }

    static List<Tensor> role(Sheet s, Tensor.Role role) {
        return s.tensors().values().stream().filter(t -> t.role() == role).toList();
    }
}
