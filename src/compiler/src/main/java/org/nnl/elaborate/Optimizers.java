package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.program.Scheduled;
import org.nnl.syntax.Span;
import org.nnl.syntax.Suggestions;
import org.nnl.syntax.Tree;

/**
 * The update of all trained parameters. The bodies of the optimisers named in a train block are elaborated one after
 * the other for one element of every parameter, statement by statement: {@code w} is the element, {@code g} its
 * gradient, {@code total(e)} the sum of e over all elements of all trained parameters. Hyper-parameters are settings,
 * so that they can be changed while training; one that is given as an expression of {@code step} is an equation.
 *
 * <p>Optimisers that act in each k-th step only count these steps: their {@code step} is a k-th of the model's. In the
 * steps between, everything they would change keeps its value.
 */
final class Optimizers {
    private final Elaboration all;
    /** Where the arguments stand. */
    private final Frame frame;

    /** What an optimiser's body sees: the step, and nothing of the model. */
    private final Scope root;

    private final String prefix;
    private final int every;
    private final Map<String, Double> settings;
    private final Map<String, Double> overrides;
    private final List<Element> elements = new ArrayList<>();

    /** Whether it is a step to act in; null if each is. */
    private final Expr due;

    /**
     * @param frame     of the graph {@code update}
     * @param prefix    of the names of settings, a loss's name; empty for none
     * @param every     the optimisers act in each step of this many
     * @param settings  takes the hyper-parameters with their values
     * @param overrides values that replace those written
     */
    Optimizers(
            Elaboration all,
            Frame frame,
            String prefix,
            int every,
            Map<String, Double> settings,
            Map<String, Double> overrides) {
        this.all = all;
        this.prefix = prefix;
        this.every = every;
        this.settings = settings;
        this.overrides = overrides;
        if (every == 1) {
            this.frame = frame;
            root = frame.ground().root();
            due = null;
            return;
        }
        Expr k = Expr.of(every), step = Expr.read(ModelElaboration.STEP, List.of());
        this.frame = frame.in(counting(step.over(k), frame.scope()));
        root = counting(step.over(k), frame.ground().root());
        Expr past = step.minus(k.times(Expr.apply(Op.FLOOR, step.over(k))));
        due = scalar(this.frame.sheet().fresh(named("due")), Expr.apply(Op.EQ, past, Expr.ZERO), Span.NONE)
                .at(List.of());
    }

    private static Scope counting(Expr step, Scope outer) {
        Scope counted = new Scope(outer);
        counted.bind(ModelElaboration.STEP, Value.Array.scalar(step), Span.NONE);
        return counted;
    }

    private String named(String setting) {
        return prefix.isEmpty() ? setting : prefix + "." + setting;
    }

    /** One element of a parameter, and what is known of it so far. */
    private final class Element {
        final Tensor parameter;
        final List<Axis> axes;
        Value.Array w;
        Value.Array g;
        Scope scope;
        final Map<String, Tensor> states = new LinkedHashMap<>();

        Element(Tensor parameter) {
            this.parameter = parameter;
            axes = Storing.axes(parameter.shape().stream().map(s -> s.at(1)).toList(), frame);
            w = Value.Array.scalar(read(parameter.name()));
            g = Value.Array.scalar(read(Program.ADJOINT + parameter.name()));
        }

        Expr read(String tensor) {
            return Expr.read(tensor, Storing.indices(axes));
        }

        Frame frame() {
            return frame.in(scope).over(axes).at(parameter.name(), false);
        }

        /** The tensor takes the value in steps to act in, and what {@code kept} has in others. */
        void set(String tensor, Expr value, String kept, Span span) {
            frame.sheet().add(new Tensor(tensor, Tensor.Role.VALUE, parameter.shape(), 0, 0), 0);
            Expr next = due == null ? value : Expr.apply(Op.SELECT, due, value, read(kept));
            frame.sheet().add(
                    Equation.of(tensor, Storing.indices(axes), Fold.SET, axes, next, Origin.at(span.place())));
        }
    }

    /**
     * Writes the update.
     *
     * @param stages     gradient transforms in order, then the optimiser
     * @param parameters to be trained
     */
    void write(List<Tree.Call> stages, List<Tensor> parameters) {
        for (Tensor p : parameters) {
            frame.sheet().add(p, 0);
            frame.sheet().add(new Tensor(Program.ADJOINT + p.name(), Tensor.Role.VALUE, p.shape(), 0, 0), 0);
            elements.add(new Element(p));
        }
        Tree.Call last = stages.get(stages.size() - 1);
        if (!all(stages)) return;
        for (Element e : elements) {
            if (e.w.at(List.of()).equals(e.read(e.parameter.name())))
                throw all.problems.error(frame, last.nameSpan(), "the optimizer '" + last.name() + "' does not change w");
            String next = frame.sheet().fresh(e.parameter.name() + Program.NEXT);
            e.set(next, e.w.at(List.of()), e.parameter.name(), last.span());
            frame.sheet().commit(e.parameter.name(), next);
        }
    }

    /** Elaborates the stages one after the other; whether nothing is wrong with any. */
    boolean all(List<Tree.Call> stages) {
        boolean fine = true;
        for (Tree.Call c : stages) {
            try {
                stage(c, c == stages.get(stages.size() - 1));
            } catch (Problems.Abort e) {
                fine = false; // reported; the other stages are looked at too
            }
        }
        return fine;
    }

    /** The optimiser of that name. What is wrong with the names of its arguments is reported. */
    static Tree.Optimizer find(Tree.Call call, Elaboration all, Frame f) {
        if (all.definitions.find(call.name()) instanceof Tree.Optimizer found) {
            all.arguments.names(call.name(), found.parameters(), call.arguments(), f);
            return found;
        }
        List<String> known = all.definitions.names().stream()
                .filter(x -> all.definitions.find(x) instanceof Tree.Optimizer).toList();
        throw all.problems.error(
                f, call.nameSpan(), "unknown optimizer '" + call.name() + "'" + Suggestions.hint(call.name(), known));
    }

    /** Whether the body of an optimiser has an equation for that name, {@code w} or {@code g}. */
    static boolean writes(Tree.Optimizer o, String name) {
        return o.body().stream().anyMatch(s -> s instanceof Tree.Assignment a
                && a.targets().stream().anyMatch(l -> l.name().equals(name)));
    }

    private void stage(Tree.Call call, boolean last) {
        Tree.Optimizer optimizer = find(call, all, frame);
        Scope given = new Scope(root);
        all.arguments.bind(call.name(), optimizer.parameters(), call.arguments(), given, new Scope(null), frame,
                call.span());
        Scope hyper = new Scope(root);
        Scope numbers = new Scope(root);
        Scope known = new Scope(hyper);
        Set<String> checked = new LinkedHashSet<>();
        for (Tree.Parameter p : optimizer.parameters()) {
            Value v = given.own(p.name()).value();
            String name = last ? p.name() : optimizer.parameters().size() == 1 ? call.name() : call.name() + "."
                    + p.name();
            String setting = frame.sheet().fresh(named(name));
            hyper.bind(p.name(), setting(setting, v, call, p, given.own(p.name()).declared()), call.span());
            checked.add(setting);
            if (settings.containsKey(setting)) {
                known.bind(p.name(), new Value.Number(settings.get(setting)), given.own(p.name()).declared());
            }
            if (v instanceof Value.Number) numbers.bind(p.name(), v, call.span());
        }
        for (Element e : elements) {
            e.scope = new Scope(hyper);
            e.states.clear();
        }
        Frame inside = frame.calling(call.name(), call.span(), hyper, call.name());
        Problems.Abort failure = null;
        for (Tree.Statement s : optimizer.body()) {
            if (!(s instanceof Tree.Require r)) continue;
            try {
                all.requirements.check(r, inside.in(known));
                all.requirements.keep(r, checked, inside);
            } catch (Problems.Abort e) {
                failure = e;
            }
        }
        if (failure != null) throw failure;
        for (Tree.Statement s : optimizer.body()) {
            if (s instanceof Tree.Require) continue;
            if (s instanceof Tree.Declaration x && x.word() == Tree.Word.STATE) state(x, numbers, inside);
            else if (s instanceof Tree.Declaration x && x.word() == Tree.Word.CONST && x.value() != null)
                for (Element e : elements) e.scope.bind(x.name(), all.expressions.evaluate(x.value(), e.frame()),
                        x.span());
            else if (s instanceof Tree.Assignment a && a.targets().size() == 1
                    && a.targets().get(0).indices().isEmpty()) assign(a, inside);
            else throw all.problems.error(inside, s.span(),
                    "an optimizer is made of states and equations of one element, without indices");
        }
    }

    /** A hyper-parameter: a setting if it is a number, an equation if it depends on the step. */
    private Value setting(String name, Value v, Tree.Call call, Tree.Parameter p, Span given) {
        if (v instanceof Value.Bad) return v;
        if (v instanceof Value.Number n) {
            frame.sheet().add(new Tensor(name, Tensor.Role.SETTING, List.of(), 0, 0), 0);
            double value = overrides.getOrDefault(name, n.value());
            if (!Double.isFinite(value)) {
                all.problems.error(frame, overrides.containsKey(name) ? call.span() : given, "'" + p.name() + "' of '"
                        + call.name() + "' cannot be " + value);
                return Value.BAD;
            }
            settings.put(name, value);
            return Value.Array.scalar(Expr.read(name, List.of()));
        }
        if (!(v instanceof Value.Array a) || !a.isScalar()) {
            all.problems.error(frame, given, "'" + p.name() + "' of '" + call.name() + "' is one number, and this is "
                    + v.describe());
            return Value.BAD;
        }
        Expr value = byStep(a.at(List.of()));
        if (value != null) all.requirements.schedule(name, new Scheduled(value, given.place(), every));
        return scalar(name, a.at(List.of()), call.span());
    }

    /** The expression over the step alone, what a function has computed on the way put in; null if it depends on more. */
    private Expr byStep(Expr e) {
        if (e instanceof Expr.Const) return e;
        if (e instanceof Expr.Read r) {
            if (r.tensor().equals(ModelElaboration.STEP)) return e;
            List<Equation> parts = frame.sheet().equations().stream().filter(x -> x.target().equals(r.tensor())).toList();
            boolean plain = parts.size() == 1 && parts.get(0).fold() == Fold.SET && parts.get(0).box().isEmpty();
            return plain && r.indices().isEmpty() ? byStep(parts.get(0).body()) : null;
        }
        if (!(e instanceof Expr.Apply a) || a.op() == Op.UNIFORM) return null;
        List<Expr> arguments = a.arguments().stream().map(this::byStep).toList();
        return arguments.stream().anyMatch(Objects::isNull) ? null : new Expr.Apply(a.op(), arguments);
    }

    private Value.Array scalar(String name, Expr e, Span span) {
        frame.sheet().add(new Tensor(name, Tensor.Role.VALUE, List.of(), 0, 0), 0);
        frame.sheet().add(Equation.of(name, List.of(), Fold.SET, List.of(), e, Origin.at(span.place())));
        return Value.Array.scalar(Expr.read(name, List.of()));
    }

    private void state(Tree.Declaration d, Scope numbers, Frame inside) {
        if (!d.sizes().isEmpty()) throw all.problems.error(inside, d.span(),
                "a state of an optimizer belongs to one element and has no sizes");
        if (d.name().equals("w") || d.name().equals("g"))
            throw all.problems.error(inside, d.span(), "'" + d.name() + "' is the "
                    + (d.name().equals("w") ? "element" : "gradient") + " itself; choose another name for the state");
        if (d.value() == null && d.distribution() == null)
            throw all.problems.error(inside, d.span(), "say how '" + d.name() + "' starts", "as in '= 0'");
        for (Element e : elements) {
            String name = frame.sheet().fresh(e.parameter.name() + "." + d.name());
            Tensor t = Tensor.real(name, Tensor.Role.STATE, e.parameter.shape());
            frame.sheet().add(t, 0);
            all.declarations.start(t, d.value(), d.distribution(), d.span(), inside.in(numbers));
            e.states.put(d.name(), t);
            e.scope.bind(d.name(), Value.Array.scalar(e.read(name)), d.span());
        }
    }

    private void assign(Tree.Assignment a, Frame inside) {
        String name = a.targets().get(0).name();
        Names.visit(a.value(), x -> {
            if (x instanceof Tree.Call c && c.name().equals("total") && c.arguments().size() == 1) total(c, inside);
        });
        Expr shared = null;
        Value sharedValue = null;
        for (Element e : elements) {
            e.scope.bind("w", e.w, a.span());
            e.scope.bind("g", e.g, a.span());
        }
        for (Element e : elements) {
            Frame f = new Frame(inside.ground(), e.scope, inside.path(), false, e.axes, inside.depth(), inside.site());
            Value.Array v = all.expressions.array(a.value(), f);
            if (!v.isScalar()) throw all.problems.error(f, a.span(),
                    "an equation of an optimizer is about one element; this is " + v.describe());
            Expr x = v.at(List.of());
            if (name.equals("w")) {
                e.w = v;
            } else if (name.equals("g")) {
                e.g = v;
            } else if (e.states.containsKey(name)) {
                Tensor t = e.states.get(name);
                String next = frame.sheet().fresh(t.name() + Program.NEXT);
                e.set(next, x, t.name(), a.span());
                frame.sheet().commit(t.name(), next);
                e.scope.bind(name, Value.Array.scalar(e.read(next)), a.span());
            } else if (x instanceof Expr.Apply && e.axes.stream().noneMatch(axis -> x.mentions(axis.name()))) {
                // One number for all elements of all parameters: computed once.
                if (sharedValue == null || !x.equals(shared)) {
                    shared = x;
                    sharedValue = scalar(frame.sheet().fresh(inside.join(name)), x, a.span());
                }
                e.scope.bind(name, sharedValue, a.span());
            } else {
                e.scope.bind(name, v, a.span());
            }
        }
    }

    /** {@code total(x)}: one equation for each parameter, all into one scalar. */
    private void total(Tree.Call c, Frame inside) {
        String name = frame.sheet().fresh(inside.join("total"));
        frame.sheet().add(new Tensor(name, Tensor.Role.VALUE, List.of(), 0, 0), 0);
        for (Element e : elements) {
            e.scope.bind("w", e.w, c.span());
            e.scope.bind("g", e.g, c.span());
            Frame f = new Frame(inside.ground(), e.scope, inside.path(), false, e.axes, inside.depth(), inside.site());
            Value.Array v = all.expressions.array(c.arguments().get(0).value(), f);
            if (!v.isScalar()) throw all.problems.error(f, c.span(),
                    "total is of one number for each element; this is " + v.describe());
            frame.sheet().add(
                    Equation.of(name, List.<Index>of(), Fold.SUM, e.axes, v.at(List.of()),
                            Origin.at(c.span().place())));
        }
        all.calls.totals.put(c, Value.Array.scalar(Expr.read(name, List.of())));
    }
}
