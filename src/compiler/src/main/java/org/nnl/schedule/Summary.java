package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import org.nnl.equations.ExprPrinter;
import org.nnl.equations.Fold;

/**
 * What steps do, in words, where a routine's equations do not say it: a routine may do a part of its equations, or all of
 * them by way of arrays that no equation knows.
 * <pre>for v, u { product parts += K · d }       adds the matrix products of K and d to parts, for each v, u
 *for q, i, j { y[φ(q,i,j)] += parts[…] }    adds parts to y</pre>
 */
public final class Summary {
    private final Function<String, Array> arrays;

    /** Loops around when a local was started. */
    private final Map<String, Integer> started = new HashMap<>();

    /** What locals accumulate. */
    private final Map<String, String> sums = new HashMap<>();

    private final Set<String> phrases = new LinkedHashSet<>();

    /** Tensors that are computed by formulas, no phrase yet. */
    private final Set<String> computed = new LinkedHashSet<>();

    private Summary(Function<String, Array> arrays) {
        this.arrays = arrays;
    }

    /** The comment lines of the routines that need one, by the routines' names. */
    public static Map<String, String> of(Schedule schedule) {
        Set<String> parts = parts(schedule);
        Map<String, String> lines = new HashMap<>();
        for (Routine r : schedule.routines().values()) {
            if (r.heading().isEmpty()) continue;
            List<String> turns = new ArrayList<>();
            for (Step s : r.steps()) turns.addAll(of(s, schedule::array));
            boolean isPart = parts.contains(r.name());
            boolean byWay = turns.size() > 1
                    && written(r.steps()).stream().anyMatch(a -> schedule.array(a).isHelper());
            if (!turns.isEmpty() && (isPart || byWay))
                lines.put(r.name(), (isPart ? "This part " : "In turn ") + String.join("; ", turns) + ".");
        }
        return lines;
    }

    private static Set<String> written(List<Step> steps) {
        Set<String> written = new HashSet<>();
        Steps.stores(steps).forEach(s -> written.add(s.array()));
        Steps.visit(steps, s -> {
            if (s instanceof Product p) written.add(p.c().array());
        });
        return written;
    }

    /** Routines that others of the same equations stand beside, or call. */
    private static Set<String> parts(Schedule schedule) {
        Set<String> parts = new HashSet<>();
        for (Routine r : schedule.routines().values()) {
            parts(r.heading(), r.steps(), schedule, parts);
            Steps.visit(r.steps(), s -> parts(r.heading(), Steps.inner(s), schedule, parts));
        }
        return parts;
    }

    private static void parts(List<String> heading, List<Step> steps, Schedule schedule, Set<String> parts) {
        Routine before = null;
        for (Step s : steps) {
            Routine r = s instanceof Step.Call c ? schedule.routines().get(c.routine()) : null;
            if (r != null && r.heading().equals(heading)) parts.add(r.name());
            if (r != null && before != null && r.heading().equals(before.heading())) parts.addAll(List.of(before.name(), r.name()));
            before = r;
        }
    }

    /** What a step does, with what is done within it. */
    static List<String> of(Step step, Function<String, Array> arrays) {
        Summary s = new Summary(arrays);
        s.steps(List.of(step), List.of());
        s.say("");
        return List.copyOf(s.phrases);
    }

    private void steps(List<Step> steps, List<String> around) {
        for (Step s : steps) {
            if (s instanceof Step.Loop l) {
                List<String> inner = new ArrayList<>(around);
                inner.add(l.variable());
                steps(l.body(), inner);
            } else if (s instanceof Step.When w) {
                steps(w.body(), around);
            } else if (s instanceof Step.Start a) {
                started.put(a.local(), around.size());
            } else if (s instanceof Step.Accumulate a) {
                List<String> over = around.subList(started.getOrDefault(a.local(), around.size()), around.size());
                sums.put(a.local(), (a.fold() == Fold.MAX ? "the largest of " : "the sums of ") + reads(a.value())
                        + (over.isEmpty() ? "" : " over " + String.join(", ", over)));
            } else if (s instanceof Step.Best b) {
                sums.put(b.best(), "the largest of " + reads(b.value()));
                b.positions().keySet().forEach(p -> sums.put(p, "where " + reads(b.value()) + " is largest"));
            } else if (s instanceof Step.Store w) {
                if (isFormula(w)) computed.add(tensor(w.array()));
                else say(store(w));
            } else if (s instanceof Step.Fill f) {
                say(filled(f.array(), f.value()));
            } else if (s instanceof Step.Copy c) {
                say("copies " + tensor(c.source()) + " to " + tensor(c.array()));
            } else if (s instanceof Product p) {
                say(product(p, around));
            }
        }
    }

    private void say(String phrase) {
        if (!computed.isEmpty()) phrases.add("computes " + list(computed));
        computed.clear();
        if (!phrase.isEmpty()) phrases.add(phrase);
    }

    private boolean isFormula(Step.Store w) {
        return w.fold() != Fold.SUM && !(w.value() instanceof Value.Number) && !(w.value() instanceof Value.Load)
                && !(w.value() instanceof Value.Local l && sums.containsKey(l.name()));
    }

    private String product(Product p, List<String> around) {
        String factors = tensor(p.a().array()) + " and " + tensor(p.b().array());
        StringBuilder s = new StringBuilder(p.accumulate() ? "adds matrix products of " + factors + " to " : "multiplies the matrices "
                + factors + " into ");
        Set<String> to = new LinkedHashSet<>();
        for (Step.Store w : Steps.stores(p.epilogue())) to.add(tensor(w.array()));
        if (to.isEmpty()) to.add(tensor(p.c().array()));
        s.append(list(to));
        return s + (around.isEmpty() ? "" : ", for each " + String.join(", ", around));
    }

    private String store(Step.Store w) {
        if (w.value() instanceof Value.Number n && w.fold() != Fold.SUM) return filled(w.array(), n.value());
        String to = tensor(w.array());
        String sums = w.value() instanceof Value.Local l ? this.sums.get(l.name()) : null;
        String whole = w.value() instanceof Value.Load l ? tensor(l.array()) : null;
        if (w.fold() == Fold.SUM)
            return "adds " + (sums != null ? sums : whole != null ? whole : "values made of " + reads(w.value())) + " to " + to
                    + places(w.at());
        if (sums != null) return "computes " + sums + " for " + to;
        return "copies " + whole + " to " + to + (isTurned(((Value.Load) w.value()).at(), w.at()) ? " in another order" : "");
    }

    private String filled(String array, double value) {
        return value == 0 ? "clears " + tensor(array) : "fills " + tensor(array) + " with " + ExprPrinter.number(value);
    }

    /** Where an address is looked up. */
    private String places(Affine at) {
        Set<String> by = new LinkedHashSet<>();
        for (Affine.Term t : at.terms()) if (t.atom() instanceof Affine.Element e) by.add(tensor(e.array()));
        return by.isEmpty() ? "" : " where " + list(by) + (by.size() == 1 ? " says" : " say");
    }

    /** Whether neighbours in one are not neighbours in the other. */
    private static boolean isTurned(Affine from, Affine to) {
        for (String v : to.variables()) {
            boolean there = to.coefficient(v).isOne();
            if (there && !from.coefficient(v).isOne() && from.variables().stream().anyMatch(u -> from.coefficient(u).isOne()))
                return true;
        }
        return false;
    }

    private String reads(Value v) {
        Set<String> names = new LinkedHashSet<>();
        v.visit(x -> {
            if (x instanceof Value.Load l) names.add(tensor(l.array()));
        });
        return names.isEmpty() ? "numbers" : list(names);
    }

    private String tensor(String array) {
        return arrays.apply(array).tensor();
    }

    private static String list(Set<String> names) {
        StringJoiner s = new StringJoiner(", ");
        names.forEach(s::add);
        return s.toString().replaceFirst(", ([^,]*)$", " and $1");
    }
}
