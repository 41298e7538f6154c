package org.nnl.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.nnl.Options;

/**
 * Whether a routine is divided over threads, and over which variable: the outermost loop, or rows of products, whose
 * parts are {@link Accesses#apart apart} and that leaves each thread enough.
 */
final class Divide {
    /**
     * Nanoseconds, by {@link CallTime}, of a routine below which it is not divided: at half of this a network of 64-32-10 with
     * batch 32 was no faster with two threads, and slower where the second core was busy.
     */
    static final double LEAST = 12_000;

    /** Numbers of which the half takes a thread some microseconds to fetch from another core's cache, ten where these are on different chips. */
    private static final int MUCH = 8192;

    /** Times the model's batch: routines that would pay only with more examples than that are not divided at all. */
    private static final int MOST_BATCHES = 16;

    private final Function<String, Array> arrays;
    private final UnaryOperator<Array> own;
    private final Options options;
    private final int batch;
    private final double enough;

    /**
     * @param arrays by name
     * @param own    an array that no equation asks for
     * @param batch  examples that the division should suit best
     * @param enough nanoseconds of work from which a routine is divided
     */
    Divide(Function<String, Array> arrays, UnaryOperator<Array> own, Options options, int batch, double enough) {
        this.enough = enough;
        this.arrays = arrays;
        this.own = own;
        this.options = options;
        this.batch = batch;
    }

    /** The routine with its division, if it has one, and the reason. */
    Routine of(Routine r) {
        List<Step> steps = r.steps();
        int least = least(steps);
        if (least < 0) return with(r, null, "one thread: dividing it would cost more than it gains");
        Routine columns = columns(r, least);
        if (columns != null) return columns;
        Candidate best = best(steps);
        if (best == null) return with(r, null, "one thread: no loop has parts that are apart");
        return with(r, best, least);
    }

    /**
     * The routine with its only product in blocks of columns, divided over these; null if that cannot be. Not within a loop
     * over time, where threads that keep to their rows do not wait for one another.
     */
    private Routine columns(Routine r, int least) {
        if (!r.variables().isEmpty()) return null;
        Product units = Exchange.of(r.steps(), options, batch);
        if (units != null) {
            Candidate c = candidate(List.of(units), units.row());
            if (c != null) return with(new Routine(r.name(), r.heading(), r.variables(), List.of(units)), c, least);
        }
        Step.Loop blocks = ColumnBlocks.of(r.steps(), options.precision(), batch);
        if (blocks == null) return null;
        Candidate c = candidate(List.of(blocks), blocks.variable());
        return c == null ? null : with(new Routine(r.name(), r.heading(), r.variables(), List.of(blocks)), c, least);
    }

    private Candidate candidate(List<Step> steps, String variable) {
        return able(steps).stream().filter(x -> x.variable.equals(variable)).findFirst().orElse(null);
    }

    private static Routine with(Routine r, Candidate c, int least) {
        Division d = new Division(c.variable, c.count, c.multiple, least);
        return with(r, d, d.toString());
    }

    /** Whether threads can divide most of the work only if each of the steps is divided by itself. */
    boolean isBetterApart(List<Step> steps) {
        if (steps.size() < 2 || least(steps) < 0 || best(steps) != null) return false;
        double all = nanos(steps, batch), divided = 0;
        for (Step s : steps) if (least(List.of(s)) >= 0 && best(List.of(s)) != null) divided += nanos(List.of(s), batch);
        return 2 * divided > all;
    }

    /**
     * A routine whose calls are divided alike, or each for itself; null if that does not pay.
     *
     * @param all      what it does, without calls
     * @param division with any number of examples
     */
    Routine section(Routine r, List<Step> all, Division division) {
        int least = least(all);
        if (least < 0) return null;
        Division d = new Division(division.variable(), division.count(), division.multiple(), least);
        return with(r, d, d.toString());
    }

    /** A routine of which each of two threads does half; null if that does not pay with as many examples as the model has. */
    Routine halves(Routine r, List<Step> all, int multiple, String otherwise) {
        int least = Math.max(least(all), multiple + 1);
        if (least(all) < 0 || least > batch) return null;
        Division d = new Division("", new Count(1, true), multiple, least, otherwise);
        return with(r, d, d.toString());
    }

    /**
     * Whether a sum is small beside what it is made of, and that much: then it is better for each of two threads to sum its
     * own examples, and to add the other's sum, than to sum all examples for some of the weights.
     */
    boolean isSmall(Set<String> sums, Set<String> read) {
        long sum = 0, from = 0;
        for (String a : sums) sum += arrays.apply(a).count().at(batch);
        for (String a : read) if (!arrays.apply(a).isField() && arrays.apply(a).count().batch()) from += arrays.apply(a).count().at(batch);
        return from >= 2 * sum && from >= Math.min(MUCH, enough);
    }

    /** A routine whose calls each do a part of what adds arrays to others; null if they are few elements. */
    Routine parts(Set<String> added) {
        long elements = added.stream().mapToLong(a -> arrays.apply(a).count().at(batch)).sum();
        if (elements < Math.min(MUCH, enough)) return null;
        Division d = Division.parts(0);
        return with(new Routine("", List.of(), List.of(), List.of()), d, d.toString());
    }

    /** A routine that is called by such a one, and calls others alike. */
    Routine within(Routine r, Count count, int multiple) {
        Division d = new Division("", count, multiple, Division.NEVER);
        return with(r, d, d.toString());
    }

    /** How many parts a range has at most. */
    double units(Count count, int multiple) {
        return Math.ceil((double) count.at(batch) / multiple);
    }

    /** What is known of an array. */
    Array array(String name) {
        return arrays.apply(name);
    }

    /** An array like another, for what is summed over the second half of the examples. */
    Array second(String name) {
        Array a = arrays.apply(name);
        String tensor = a.tensor() + ".second";
        return own.apply(new Array(
                ClassNames.identifier(tensor), tensor, a.kind(), a.integer(), a.shape(), a.before(), a.after(), a.strides(), 0,
                "the part of " + a.tensor() + " that the second half of the examples makes"));
    }

    /** Values that a loop in lanes divides by without a rest; 1 if there are no lanes. */
    int lanes() {
        return options.backend() == Options.Backend.VECTOR ? options.precision().lanes() : 1;
    }

    /** A routine that is called by such a one, divided as a candidate says. */
    Routine member(Routine r, Candidate c) {
        int least = least(r.steps());
        return with(r, c, least < 0 ? Division.NEVER : least);
    }

    private static Routine with(Routine r, Division division, String remark) {
        return new Routine(r.name(), r.heading(), r.variables(), r.steps(), division, remark);
    }

    private double nanos(List<Step> steps, int examples) {
        return new CallTime(options, examples).nanos(steps);
    }

    /** The smallest number of examples for which division pays; 0 if for any, -1 if for none. */
    private int least(List<Step> steps) {
        int least = from(steps);
        return (long) least > (long) MOST_BATCHES * batch ? -1 : least;
    }

    private int from(List<Step> steps) {
        double one = nanos(steps, 1), slope = (nanos(steps, 1025) - one) / 1024;
        if (one >= enough) return 0;
        if (slope <= 0) return -1;
        double examples = Math.ceil(1 + (enough - one) / slope);
        return examples > Integer.MAX_VALUE / 2 ? -1 : Math.max(2, (int) examples);
    }

    // ---- which variable

    record Candidate(String variable, Count count, int multiple) {
        double units(int batch) {
            return Math.ceil((double) count.at(batch) / multiple);
        }
    }

    /**
     * The examples if they are at least four parts, since then a thread keeps its rows from routine to routine; else the
     * outermost variable with at least eight parts; else the one with the most. Null if there is none.
     */
    private Candidate best(List<Step> steps) {
        List<Candidate> able = able(steps);
        for (Candidate c : able) if (c.count.batch() && c.units(batch) >= 4) return c;
        for (Candidate c : able) if (c.units(batch) >= 8) return c;
        return able.stream().max(Comparator.comparingDouble(c -> c.units(batch))).orElse(null);
    }

    /** The variable that runs through examples, if a routine can be divided over it, and no other is better; null if not. */
    Candidate examples(Routine r) {
        if (ColumnBlocks.divides(r)) return null;
        return able(r.steps()).stream().filter(c -> c.count.batch()).findFirst().orElse(null);
    }

    /** The variable over which a routine outside all loops is divided if others are at the same time; null if it cannot be. */
    Candidate any(Routine r) {
        Candidate rows = examples(r);
        if (rows != null) return rows;
        Division d = r.division();
        return d != null ? new Candidate(d.variable(), d.count(), d.multiple()) : best(r.steps());
    }

    /** The elements that steps touch. */
    Accesses accesses(List<Step> steps) {
        return Accesses.of(steps, arrays);
    }

    /** Variables over which the steps can be divided. */
    private List<Candidate> able(List<Step> steps) {
        List<Candidate> able = new ArrayList<>();
        Accesses accesses = accesses(steps);
        if (!accesses.known()) return able;
        Set<String> written = accesses.written();
        for (String name : written) if (arrays.apply(name).isField() || accesses.indices().contains(name)) return able;
        Map<String, Candidate> candidates = new LinkedHashMap<>();
        Set<String> refused = new HashSet<>();
        candidates(steps, candidates, refused, new HashSet<>());
        for (Candidate c : candidates.values())
            if (!refused.contains(c.variable) && c.units(batch) >= 2 && parts(c, steps, accesses, written)) able.add(c);
        return able;
    }

    private void candidates(List<Step> steps, Map<String, Candidate> found, Set<String> refused, Set<String> around) {
        for (Step s : steps) {
            if (s instanceof Step.Loop l) {
                Count n = Accesses.isNumber(l.to()) && l.to().terms().size() == 1 ? l.to().terms().get(0).coefficient() : null;
                boolean vector = l.kind() == Step.Kind.VECTOR;
                // a short row in lanes ends with a vector that starts early
                boolean fits = n != null && l.from().isZero() && (l.kind() == Step.Kind.UP || vector)
                        && !(vector && !n.batch() && n.factor() < 64);
                candidate(fits ? new Candidate(l.variable(), n, vector ? options.precision().lanes() : 1) : null, l.variable(), found, refused, around);
                Set<String> inner = new HashSet<>(around);
                inner.add(l.variable());
                candidates(l.body(), found, refused, inner);
            } else if (s instanceof Product p) {
                long m = p.rows().at(batch);
                int high = p.contiguous().equals(p.row()) ? options.precision().lanes() : m >= 64 ? 8 : m >= 16 ? 4 : 1;
                candidate(new Candidate(p.row(), p.rows(), high), p.row(), found, refused, around);
                refused.add(p.column());
            } else if (s instanceof Step.When w) {
                candidates(w.body(), found, refused, around);
            }
        }
    }

    private static void candidate(
            Candidate c, String variable, Map<String, Candidate> found, Set<String> refused, Set<String> around) {
        Candidate other = found.get(variable);
        if (c == null || around.contains(variable) || other != null && !other.count.equals(c.count)) refused.add(variable);
        else if (other == null || other.multiple < c.multiple) found.put(variable, c); // multiples are powers of 2
    }

    // ---- whether its parts are apart

    private static boolean parts(Candidate c, List<Step> steps, Accesses accesses, Set<String> written) {
        List<Accesses.Access> all = new ArrayList<>();
        for (Accesses.Access a : accesses.all()) {
            if (!written.contains(a.array())) continue;
            if (!a.ranges().containsKey(c.variable)) return false;
            all.add(a);
        }
        for (Accesses.Access w : all) {
            if (!w.write()) continue;
            for (Accesses.Access a : all)
                if (a.array().equals(w.array()) && !Accesses.apart(w, a, c.variable, c.count)) return false;
        }
        return whole(steps, c.variable, null);
    }

    /**
     * Whether every sum is summed by one thread: no local that is started outside the loop is folded inside.
     *
     * @param started locals started within the loop so far; null outside
     */
    private static boolean whole(List<Step> steps, String variable, Set<String> started) {
        Set<String> own = started == null ? null : new HashSet<>(started);
        for (Step s : steps) {
            if (own != null && s instanceof Step.Start a) own.add(a.local());
            if (own != null && s instanceof Step.Accumulate a && !own.contains(a.local())) return false;
            if (own != null && s instanceof Step.Best b && !(own.contains(b.best()) && own.containsAll(b.positions().keySet()))) return false;
            boolean enters = s instanceof Step.Loop l && l.variable().equals(variable);
            if (!whole(Steps.inner(s), variable, enters ? new HashSet<>() : own)) return false;
        }
        return true;
    }
}
