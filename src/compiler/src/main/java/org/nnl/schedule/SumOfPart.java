package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.nnl.equations.Fold;

/**
 * A sum over all examples as one over some of them, from {@link #BEGIN} to before {@link #END}: the gradient of a weight is
 * the sum of those by parts of the minibatch.
 * <pre>for i { s = 0; for b &lt; B { s += d[b,i] }; W[i] = s }   becomes   for i { s = 0; for begin &lt;= b &lt; end { s += d[b,i] }; W[i] = s }</pre>
 * Where examples and steps of time are one loop, it is parted by examples in either of two ways: those of one step of time
 * lie together, or the steps of one example.
 *
 * @param steps the sum
 * @param rest  what its routine does then, with all of the sum; it must write nothing that the sum reads, which it may have stood among
 * @param sums  arrays that hold it
 * @param loops what runs through its examples: variables of loops, as {@link Accesses} has them, and how many elements of each belong to an example
 */
record SumOfPart(List<Step> steps, List<Step> rest, Set<String> sums, Set<Loop> loops) {
    /** The variables of a routine that say which examples. */
    static final String BEGIN = "begin", END = "end";

    private static final Affine FROM = Affine.variable(BEGIN), TO = Affine.variable(END);

    /** A loop over examples. */
    record Loop(String variable, int factor) {}

    /**
     * The sum, or what else a routine begins with, over some examples; none if it is no such sum.
     *
     * @param variables identifiers for loops
     */
    static List<SumOfPart> of(List<Step> steps, Function<String, Array> arrays, UnaryOperator<String> variables) {
        List<SumOfPart> all = new ArrayList<>();
        for (boolean together : new boolean[] {false, true}) {
            List<Step> parted = new ArrayList<>();
            Set<String> sums = new LinkedHashSet<>();
            Set<Loop> loops = new LinkedHashSet<>();
            List<Step> rest = new ArrayList<>();
            for (Step s : steps) {
                Parting p = new Parting(arrays, variables, together);
                Split split = rest.isEmpty() ? p.split(s) : null;
                if (split == null) {
                    rest.add(s);
                    continue;
                }
                parted.addAll(split.sum);
                rest.addAll(split.rest);
                sums.addAll(p.sums);
                loops.addAll(p.loops);
            }
            if (loops.isEmpty()) continue;
            SumOfPart found = new SumOfPart(parted, rest, sums, loops);
            if (found.isWhole() && !all.contains(found)) all.add(found);
        }
        return all;
    }

    /** Whether no part of the sum reads what it adds to, and nothing that follows adds to it. */
    private boolean isWhole() {
        return Steps.loads(steps).stream().noneMatch(l -> sums.contains(l.array()))
                && Steps.stores(rest).stream().noneMatch(w -> sums.contains(w.array()))
                && !Steps.any(rest, s -> s instanceof Product p && sums.contains(p.c().array()));
    }

    /** The same sum in another array. */
    List<Step> into(UnaryOperator<String> other) {
        return steps.stream().map(s -> into(s, other)).toList();
    }

    private static Step into(Step s, UnaryOperator<String> other) {
        if (s instanceof Step.Loop l) return l.with(l.body().stream().map(x -> into(x, other)).toList());
        if (s instanceof Step.Store w) return new Step.Store(other.apply(w.array()), w.at(), w.inside(), w.fold(), w.value());
        if (s instanceof Product p) {
            Product.Result c = p.c();
            return new Product(
                    p.a(), p.b(), new Product.Result(other.apply(c.array()), c.offset(), c.rowStride(), c.columnStride()),
                    p.rows(), p.columns(), p.inner(), p.accumulate(), p.row(), p.column(), p.epilogue());
        }
        return s;
    }

    /** The arguments of a routine that sums from some example to another; the first and the last for null. */
    static Map<String, Affine> of(String begin, String end) {
        Map<String, Affine> arguments = new LinkedHashMap<>();
        arguments.put(BEGIN, begin == null ? Affine.ZERO : Affine.variable(begin));
        arguments.put(END, end == null ? Affine.of(new Count(1, true)) : Affine.variable(end));
        return arguments;
    }

    /** An access with the examples as another variable. */
    Accesses.Access cut(Accesses.Access x, String examples) {
        for (Loop l : loops) if (x.at().coefficient(l.variable).factor() != 0) return x.cut(l.variable, examples, l.factor);
        return x;
    }

    /** How many of its rounds belong to an example, of a loop that runs through some of them; 0 of any other loop. */
    static int factor(Step.Loop l) {
        boolean some = l.from().variables().equals(Set.of(BEGIN)) && l.to().variables().equals(Set.of(END));
        return some ? l.to().coefficient(END).factor() : 0;
    }

    /** A step in two, one after the other: a sum over some examples, and what needs all of it. */
    private record Split(List<Step> sum, List<Step> rest) {}

    /** Puts a part of the examples in the place of all. */
    private static final class Parting {
        private final Function<String, Array> arrays;
        private final UnaryOperator<String> variables;

        /** Whether of several elements of an example all lie together, not those of all examples at one step of time. */
        private final boolean together;

        private final Set<String> sums = new LinkedHashSet<>();
        private final Set<Loop> loops = new LinkedHashSet<>();

        /** Variables of loops over examples that have become two, the outer one over steps of time. */
        private final Set<String> steps = new HashSet<>();

        Parting(Function<String, Array> arrays, UnaryOperator<String> variables, boolean together) {
            this.arrays = arrays;
            this.variables = variables;
            this.together = together;
        }

        /**
         * The step over some examples, and what of a loop, or of loops within it, follows the sum in its body, in a loop of its
         * own; null if the step does not begin with a sum over all.
         * <pre>for q { W[q] = Σ_b …; V[q] = W[q] }   becomes   for q { W[q] = Σ_b … }, for q { V[q] = W[q] }</pre>
         */
        Split split(Step s) {
            Parting whole = new Parting(arrays, variables, together);
            List<Step> all = whole.sum(s);
            if (all != null) {
                sums.addAll(whole.sums);
                loops.addAll(whole.loops);
                return new Split(all, List.of());
            }
            if (!(s instanceof Step.Loop l) || l.kind() != Step.Kind.UP || l.to().usesBatch() || !l.from().isZero()) return null;
            List<Step> sum = new ArrayList<>(), rest = new ArrayList<>();
            for (Step x : l.body()) {
                Split split = rest.isEmpty() ? split(x) : null;
                if (split == null) {
                    rest.add(x);
                } else {
                    sum.addAll(split.sum);
                    rest.addAll(split.rest);
                }
            }
            if (sum.isEmpty()) return null;
            return new Split(List.of(l.with(sum)), List.of(l.with(rest)));
        }

        /** The step over some examples; null if it is no sum over all. */
        private List<Step> sum(Step s) {
            if (s instanceof Product p) return product(p);
            if (!(s instanceof Step.Loop l)) return null;
            if (isOverExamples(l)) return isAdding(l.body(), Set.of()) ? List.of(examples(l)) : null;
            if (l.to().usesBatch() || !l.from().isZero()) return null;
            if (l.kind() == Step.Kind.VECTOR) return inLanes(l);
            return sums(l);
        }

        /**
         * Sums side by side in lanes. HotSpot does not keep them in registers around two loops, over steps of time and some
         * examples: after each step they are added to what is in memory.
         */
        private List<Step> inLanes(Step.Loop l) {
            List<Step> parted = sums(l);
            if (parted == null || together || steps.isEmpty()) return parted;
            boolean plain = l.body().size() == 3 && l.body().get(1) instanceof Step.Loop e && e.body().size() == 1;
            if (!plain || !(l.body().get(2) instanceof Step.Store w)) return null;
            Step clear = new Step.Store(w.array(), w.at(), List.of(), Fold.SET, new Value.Number(0));
            Step add = new Step.Store(w.array(), w.at(), List.of(), Fold.SUM, w.value());
            Step.Loop time = (Step.Loop) examples((Step.Loop) l.body().get(1));
            List<Step> step = List.of(l.body().get(0), time.body().get(0), add);
            return List.of(new Step.Loop(l.variable(), l.from(), l.to(), l.kind(), 1, List.of(clear)), time.with(List.of(l.with(step))));
        }

        private List<Step> sums(Step.Loop l) {
            List<Step> body = new ArrayList<>();
            Set<String> started = new HashSet<>();
            Set<String> summed = new HashSet<>();
            for (Step x : l.body()) {
                List<Step> some;
                if (x instanceof Step.Start a && a.fold() == Fold.SUM) {
                    started.add(a.local());
                    some = List.of(x);
                } else if (x instanceof Step.Store w) {
                    boolean plain = w.fold() == Fold.SET && w.inside().isEmpty() && w.value() instanceof Value.Local v && summed.contains(v.name());
                    some = plain && isSum(w.array()) ? List.of(x) : null;
                } else if (x instanceof Step.Loop e && isOverExamples(e)) {
                    some = isAdding(e.body(), started) ? List.of(examples(e)) : null;
                    summed.addAll(started);
                } else {
                    some = started.isEmpty() ? sum(x) : null;
                }
                if (some == null) return null;
                body.addAll(some);
            }
            return List.of(l.with(body));
        }

        private static boolean isOverExamples(Step.Loop l) {
            return l.kind() == Step.Kind.UP && l.from().isZero() && l.to().usesBatch() && Accesses.isNumber(l.to()) && l.to().terms().size() == 1;
        }

        /**
         * Whether steps within a loop over examples do nothing but add.
         *
         * @param started locals that the sums are in
         */
        private boolean isAdding(List<Step> steps, Set<String> started) {
            for (Step s : steps) {
                boolean adds = s instanceof Step.Let
                        || s instanceof Step.Loop l && !l.to().usesBatch() && isAdding(l.body(), started)
                        || s instanceof Step.Accumulate a && started.contains(a.local()) && a.fold() == Fold.SUM
                        || s instanceof Step.Store w && w.fold() == Fold.SUM && w.inside().isEmpty() && isSum(w.array())
                        || s instanceof Product p && p.accumulate() && p.epilogue().isEmpty() && !p.rows().batch() && isSum(p.c().array());
                if (!adds) return false;
            }
            return true;
        }

        private boolean isSum(String array) {
            Array a = arrays.apply(array);
            if (a.isField() || a.kind() != Array.Kind.COMPUTED || a.integer() || a.count().batch()) return false;
            sums.add(array);
            return true;
        }

        private Step examples(Step.Loop l) {
            int n = l.to().terms().get(0).coefficient().factor();
            if (n == 1 || together) {
                loops.add(new Loop(l.variable(), n));
                return new Step.Loop(l.variable(), FROM.times(Count.of(n)), TO.times(Count.of(n)), l.kind(), l.unroll(), l.body());
            }
            loops.add(new Loop(l.variable(), 1));
            steps.add(l.variable());
            String t = variables.apply(l.variable() + "_step");
            Affine row = Affine.variable(t).times(new Count(1, true)).plus(Affine.variable(l.variable()));
            List<Step> body = Steps.substitute(l.body(), v -> v.equals(l.variable()) ? row : null);
            Step.Loop some = new Step.Loop(l.variable(), FROM, TO, l.kind(), l.unroll(), body);
            return new Step.Loop(t, Affine.ZERO, Affine.of(n), Step.Kind.UP, 1, List.of(some));
        }

        private List<Step> product(Product p) {
            if (p.accumulate() || !p.epilogue().isEmpty() || p.rows().batch() || p.columns().batch() || !isSum(p.c().array())) return null;
            List<Product.Inner> inner = new ArrayList<>();
            Product.Part some = new Product.Part(FROM, TO);
            boolean parted = false;
            for (Product.Inner in : p.inner()) {
                int n = in.count().factor();
                if (!in.count().batch()) {
                    inner.add(in);
                } else if (parted) {
                    return null;
                } else if (n == 1 || together) {
                    loops.add(new Loop(Accesses.variable(inner.size()), n));
                    inner.add(new Product.Inner(in.count(), in.aStride(), in.bStride(), some));
                    parted = true;
                } else if (in.aStride().batch() || in.bStride().batch() || !p.a().stride().isOne() || !p.b().stride().isOne() || p.inner().size() > 1) {
                    return null; // sums would be in registers around two loops
                } else {
                    Count all = new Count(1, true);
                    inner.add(new Product.Inner(Count.of(n), in.aStride().times(all), in.bStride().times(all)));
                    loops.add(new Loop(Accesses.variable(inner.size()), 1));
                    inner.add(new Product.Inner(all, in.aStride(), in.bStride(), some));
                    parted = true;
                }
            }
            return parted ? List.of(new Product(p.a(), p.b(), p.c(), p.rows(), p.columns(), inner, false, p.row(), p.column(), List.of())) : null;
        }
    }
}
