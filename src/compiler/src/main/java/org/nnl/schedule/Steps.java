package org.nnl.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** Walks over steps. */
public final class Steps {
    private Steps() {}

    /** Every step, also within loops, outer ones first. */
    public static void visit(List<Step> steps, Consumer<Step> visitor) {
        for (Step s : steps) {
            visitor.accept(s);
            visit(inner(s), visitor);
        }
    }

    /** The steps within a step. */
    public static List<Step> inner(Step s) {
        if (s instanceof Step.Loop l) return l.body();
        if (s instanceof Step.When w) return w.body();
        if (s instanceof Product p) return p.epilogue();
        return List.of();
    }

    /** The steps less all products. */
    public static List<Step> withoutProducts(List<Step> steps) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            if (s instanceof Step.Loop l)
                out.add(l.with(withoutProducts(l.body())));
            else if (s instanceof Step.When w) out.add(w.with(withoutProducts(w.body())));
            else if (!(s instanceof Product)) out.add(s);
        }
        return out;
    }

    /** The loops of a perfect nest: from the outermost on as long as a loop is all that the one around it has. */
    static List<Step.Loop> perfect(Step.Loop outermost) {
        List<Step.Loop> loops = new ArrayList<>(List.of(outermost));
        Step.Loop last = outermost;
        while (last.body().size() == 1 && last.body().get(0) instanceof Step.Loop inner) loops.add(last = inner);
        return loops;
    }

    /** A perfect nest: the loops, outermost first, with the steps in the last; a single loop among no others stays as it is. */
    static Step.Loop nest(List<Step.Loop> loops, List<Step> body) {
        List<Step> steps = body;
        for (int k = loops.size() - 1; k >= 0; k--) steps = List.of(loops.get(k).with(steps));
        return (Step.Loop) steps.get(0);
    }

    static boolean any(List<Step> steps, Predicate<Step> test) {
        boolean[] found = {false};
        visit(steps, s -> found[0] |= test.test(s));
        return found[0];
    }

    /** The value a step computes, null if none. */
    public static Value value(Step s) {
        if (s instanceof Step.Let l) return l.value();
        if (s instanceof Step.Accumulate a) return a.value();
        if (s instanceof Step.Best b) return b.value();
        if (s instanceof Step.Store w) return w.value();
        return null;
    }

    /** All loads, also within loops. */
    public static List<Value.Load> loads(List<Step> steps) {
        List<Value.Load> loads = new ArrayList<>();
        visit(steps, s -> {
            if (value(s) != null)
                value(s).visit(v -> {
                    if (v instanceof Value.Load l) loads.add(l);
                });
        });
        return loads;
    }

    /** All stores, also within loops. */
    public static List<Step.Store> stores(List<Step> steps) {
        List<Step.Store> stores = new ArrayList<>();
        visit(steps, s -> {
            if (s instanceof Step.Store w) stores.add(w);
        });
        return stores;
    }

    /** Names of all arrays that are read or written, those of products and of indices included; not those of calls. */
    static Set<String> arrays(List<Step> steps) {
        Set<String> names = new TreeSet<>();
        for (Value.Load l : loads(steps)) names.add(l.array());
        for (Step.Store s : stores(steps)) names.add(s.array());
        for (Affine a : integers(steps)) names.addAll(a.arrays());
        for (Affine a : addresses(steps)) names.addAll(a.arrays());
        visit(steps, s -> {
            if (s instanceof Step.Fill f) {
                names.add(f.array());
                names.addAll(f.from().arrays());
            } else if (s instanceof Step.Copy c) {
                names.addAll(List.of(c.array(), c.source()));
            } else if (s instanceof Step.Call c) {
                c.arguments().values().forEach(a -> names.addAll(a.arrays()));
            } else if (s instanceof Product p) {
                names.addAll(List.of(p.a().array(), p.b().array(), p.c().array()));
                for (Affine a : List.of(p.a().offset(), p.b().offset(), p.c().offset())) names.addAll(a.arrays());
            }
        });
        return names;
    }

    /** The addresses of all loads and stores. */
    public static List<Affine> addresses(List<Step> steps) {
        List<Affine> all = new ArrayList<>();
        loads(steps).forEach(l -> all.add(l.at()));
        stores(steps).forEach(w -> all.add(w.at()));
        return all;
    }

    /** The integers that decide what is done: tests, bounds, positions of maxima. */
    static List<Affine> tests(List<Step> steps) {
        List<Affine> all = testsButOfLoads(steps);
        loads(steps).forEach(l -> l.inside().forEach(i -> all.add(i.index())));
        return all;
    }

    /** The same without those that decide whether an element is read. */
    static List<Affine> testsButOfLoads(List<Step> steps) {
        List<Affine> all = new ArrayList<>();
        visit(steps, s -> {
            if (s instanceof Step.Loop l) {
                all.add(l.from());
                all.add(l.to());
            }
            if (s instanceof Step.When w) w.inside().forEach(i -> all.add(i.index()));
            if (s instanceof Step.Store w) w.inside().forEach(i -> all.add(i.index()));
            if (s instanceof Step.Best b) all.addAll(b.positions().values());
        });
        return all;
    }

    /** Integers that are used as numbers. */
    static List<Affine> wholes(List<Step> steps) {
        List<Affine> all = new ArrayList<>();
        visit(steps, s -> {
            if (value(s) != null)
                value(s).visit(v -> {
                    if (v instanceof Value.Whole w) all.add(w.value());
                });
        });
        return all;
    }

    /** All integers that are not addresses: tests, bounds, positions, indices as numbers. */
    public static List<Affine> integers(List<Step> steps) {
        List<Affine> all = new ArrayList<>();
        Consumer<List<Inside>> tests = t -> t.forEach(i -> all.add(i.index()));
        visit(steps, s -> {
            if (s instanceof Step.Loop l) {
                all.add(l.from());
                all.add(l.to());
            }
            if (s instanceof Step.When w) tests.accept(w.inside());
            if (s instanceof Step.Store w) tests.accept(w.inside());
            if (s instanceof Step.Best b) all.addAll(b.positions().values());
            if (value(s) != null)
                value(s).visit(v -> {
                    if (v instanceof Value.Whole w) all.add(w.value());
                    if (v instanceof Value.Load l) tests.accept(l.inside());
                });
        });
        return all;
    }

    /** The loop with another variable. */
    public static Step.Loop renamed(Step.Loop l, String variable) {
        Affine other = Affine.variable(variable);
        return new Step.Loop(variable, l.from(), l.to(), l.kind(), l.unroll(),
                substitute(l.body(), v -> v.equals(l.variable()) ? other : null));
    }

    /** The steps with an integer put for each variable; variables mapped to null stay. */
    static List<Step> substitute(List<Step> steps, Function<String, Affine> to) {
        return steps.stream().map(s -> substitute(s, to)).toList();
    }

    private static Step substitute(Step s, Function<String, Affine> to) {
        if (s instanceof Step.Loop l)
            return new Step.Loop(
                    l.variable(), l.from().substitute(to), l.to().substitute(to), l.kind(), l.unroll(),
                    substitute(l.body(), to));
        if (s instanceof Step.When w) return new Step.When(tests(w.inside(), to), substitute(w.body(), to));
        if (s instanceof Step.Let l) return new Step.Let(l.local(), value(l.value(), to));
        if (s instanceof Step.Accumulate a) return new Step.Accumulate(a.local(), a.fold(), value(a.value(), to));
        if (s instanceof Step.Best b) {
            Map<String, Affine> positions = new LinkedHashMap<>();
            b.positions().forEach((at, p) -> positions.put(at, p.substitute(to)));
            return new Step.Best(b.best(), value(b.value(), to), positions);
        }
        if (s instanceof Step.Store w)
            return new Step.Store(
                    w.array(), w.at().substitute(to), tests(w.inside(), to), w.fold(), value(w.value(), to));
        if (s instanceof Step.Call c) {
            Map<String, Affine> arguments = new LinkedHashMap<>();
            c.arguments().forEach((v, a) -> arguments.put(v, a.substitute(to)));
            return new Step.Call(c.routine(), arguments, c.share());
        }
        return s;
    }

    private static List<Inside> tests(List<Inside> tests, Function<String, Affine> to) {
        return tests.stream().map(i -> new Inside(i.index().substitute(to), i.size(), i.low(), i.high())).toList();
    }

    private static Value value(Value v, Function<String, Affine> to) {
        return v.rewrite(x -> {
            if (x instanceof Value.Whole w) return new Value.Whole(w.value().substitute(to));
            if (x instanceof Value.Load l)
                return new Value.Load(l.array(), l.at().substitute(to), tests(l.inside(), to), l.boundary());
            return x;
        });
    }
}
