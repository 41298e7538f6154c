package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** The elements that steps touch, with the loops in which they do. */
final class Accesses {

    /**
     * One load or store.
     *
     * @param ranges the variables of the loops around, each with its first and last value; null where that moves. Likewise
     *               arrays of integers of which one is a summand of the address, if these have a bound
     */
    record Access(String array, Affine at, boolean write, Map<String, Range> ranges) {

        /** The access where loops are around it. */
        Access within(List<Step.Loop> loops) {
            Map<String, Range> more = new HashMap<>(ranges);
            for (Step.Loop l : loops) more.put(l.variable(), range(l.from(), l.to()));
            return new Access(array, at, write, more);
        }

        /** The access with {@code times·whole + rest} for a variable, where rest runs from 0 to before {@code times}. */
        Access cut(String variable, String whole, int times) {
            String rest = whole + "'";
            Map<String, Range> more = new HashMap<>(ranges);
            more.remove(variable);
            more.put(whole, null);
            more.put(rest, range(Count.of(times)));
            Affine value = Affine.variable(whole).times(Count.of(times)).plus(Affine.variable(rest));
            return new Access(array, at.substitute(v -> v.equals(variable) ? value : null), write, more);
        }
    }

    /** From {@code low} to {@code high}, both numbers that may depend on the number of examples alone. */
    record Range(Affine low, Affine high) {}

    private final List<Access> all = new ArrayList<>();

    /** Arrays read for an index or a test. */
    private final Set<String> indices = new HashSet<>();

    private final Function<String, Array> arrays;
    private boolean known = true;

    private Accesses(Function<String, Array> arrays) {
        this.arrays = arrays;
    }

    /**
     * The accesses of steps.
     *
     * @param arrays by name: what is known of integers that are looked up
     */
    static Accesses of(List<Step> steps, Function<String, Array> arrays) {
        Accesses a = new Accesses(arrays);
        a.collect(steps, Map.of());
        return a;
    }

    List<Access> all() {
        return all;
    }

    /** False if there is a step whose accesses are not told. */
    boolean known() {
        return known;
    }

    Set<String> written() {
        Set<String> names = new HashSet<>();
        for (Access a : all) if (a.write) names.add(a.array);
        return names;
    }

    /** Arrays read for an index or a test. */
    Set<String> indices() {
        return indices;
    }

    private void collect(List<Step> steps, Map<String, Range> ranges) {
        for (Step s : steps) {
            Value v = Steps.value(s);
            if (v != null) loads(v, ranges);
            if (s instanceof Step.Loop l) {
                index(l.from());
                index(l.to());
                collect(l.body(), with(ranges, l.variable(), range(l.from(), l.to())));
            } else if (s instanceof Step.When w) {
                tests(w.inside());
                collect(w.body(), ranges);
            } else if (s instanceof Step.Store w) {
                tests(w.inside());
                add(w.array(), w.at(), true, ranges);
                if (w.fold() != org.nnl.equations.Fold.SET) add(w.array(), w.at(), false, ranges);
            } else if (s instanceof Step.Best b) {
                b.positions().values().forEach(this::index);
            } else if (s instanceof Product p) {
                product(p, ranges);
            } else if (!(s instanceof Step.Let || s instanceof Step.Start || s instanceof Step.Accumulate)) {
                known = false;
            }
        }
    }

    private void product(Product p, Map<String, Range> ranges) {
        Map<String, Range> rows = with(ranges, p.row(), range(p.rows()));
        Map<String, Range> columns = with(ranges, p.column(), range(p.columns()));
        Map<String, Range> both = with(rows, p.column(), range(p.columns()));
        Affine a = p.a().offset().plus(Affine.variable(p.row()).times(p.a().stride()));
        Affine b = p.b().offset();
        Product.Runs runs = p.b().runs();
        if (runs == null) {
            b = b.plus(Affine.variable(p.column()).times(p.b().stride()));
        } else {
            String run = "\u03a3run"; // no name of the model's
            columns = with(with(columns, p.column(), range(Count.of(runs.length()))), run,
                    range(Count.of(p.columns().factor() / runs.length())));
            b = b.plus(Affine.variable(p.column())).plus(Affine.variable(run).times(Count.of(runs.apart())));
        }
        for (int l = 0; l < p.inner().size(); l++) {
            Product.Inner in = p.inner().get(l);
            String k = variable(l);
            Range range = in.part() == null ? range(in.count()) : null;
            rows = with(rows, k, range);
            columns = with(columns, k, range);
            a = a.plus(Affine.variable(k).times(in.aStride()));
            b = b.plus(Affine.variable(k).times(in.bStride()));
        }
        add(p.a().array(), a, false, rows);
        add(p.b().array(), b, false, columns);
        Affine c = p.c().offset()
                .plus(Affine.variable(p.row()).times(p.c().rowStride()))
                .plus(Affine.variable(p.column()).times(p.c().columnStride()));
        // a kernel may keep unfinished sums in c, whatever the epilogue stores
        add(p.c().array(), c, true, both);
        add(p.c().array(), c, false, both);
        collect(p.epilogue(), both);
    }

    /** The variable of a loop of a product's sum: no name of the model's. */
    static String variable(int inner) {
        return "\u03a3" + inner;
    }

    private void loads(Value value, Map<String, Range> ranges) {
        value.visit(v -> {
            if (v instanceof Value.Whole w) index(w.value());
            if (v instanceof Value.Load l) {
                tests(l.inside());
                add(l.array(), l.at(), false, ranges);
            }
        });
    }

    private void add(String array, Affine at, boolean write, Map<String, Range> ranges) {
        index(at);
        Map<String, Range> all = ranges;
        for (Affine.Term t : at.terms())
            if (t.atom() instanceof Affine.Element e && arrays.apply(e.array()).classes() > 0)
                all = with(all, values(e), range(Count.of(arrays.apply(e.array()).classes())));
        this.all.add(new Access(array, at, write, all));
    }

    /** The values of a looked-up integer among ranges: a name that no variable has. */
    private static String values(Affine.Element e) {
        return e.array() + "[]";
    }

    private void index(Affine a) {
        indices.addAll(a.arrays());
    }

    private void tests(List<Inside> tests) {
        tests.forEach(t -> index(t.index()));
    }

    private static Map<String, Range> with(Map<String, Range> ranges, String variable, Range range) {
        Map<String, Range> more = new HashMap<>(ranges);
        more.put(variable, range);
        return more;
    }

    private static Range range(Count n) {
        return range(Affine.ZERO, Affine.of(n));
    }

    private static Range range(Affine from, Affine to) {
        boolean fixed = isNumber(from) && isNumber(to);
        return fixed ? new Range(from, to.plus(-1)) : null;
    }

    static boolean isNumber(Affine a) {
        return a.terms().stream().allMatch(t -> t.atom() instanceof Affine.One);
    }

    // ---- whether parts meet

    /**
     * Whether two accesses are of different elements whenever {@code v}, which runs over {@code n} values, has different
     * values in them, for any number of examples.
     *
     * <p>Let their addresses be c·v + X and c·v' + Y. They are equal if c·(v − v') = Y − X. The right side is a sum of
     * strides times differences of variables; let G be the smallest stride above c, of which all larger ones are
     * multiples, and let the others, looked-up integers among them, give values from {@code low} to {@code high}, up to a multiple of G. There is no
     * solution
     * <ul>
     *   <li>without strides above c, if low to high lies within (−c, c), or beyond ±c·(n − 1);
     *   <li>with them, if it lies within (−c, c) and G > c·(n − 1) + max(−low, high).
     * </ul>
     */
    static boolean apart(Access x, Access y, String v, Count n) {
        Count c = absolute(x.at.coefficient(v));
        if (c.factor() == 0 || !x.at.coefficient(v).equals(y.at.coefficient(v))) return false;
        if (c.batch() && n.batch()) return false;
        Difference d = new Difference(c);
        if (!d.add(x, v, -1) || !d.add(y, v, 1) || !d.free.isEmpty() || !d.reduce()) return false;
        Affine longest = Affine.of(c.times(n)).plus(Affine.of(c).times(Count.of(-1)));
        boolean within = positive(d.low.plus(Affine.of(c))) && positive(Affine.of(c).plus(negative(d.high)));
        if (d.granule == null)
            return within || positive(d.low.plus(negative(longest))) || positive(negative(d.high).plus(negative(longest)));
        Affine room = Affine.of(d.granule).plus(negative(longest));
        return within && positive(room.plus(negative(d.high))) && positive(room.plus(d.low));
    }

    /** Y − X, less c·(v − v'). */
    private static final class Difference {
        private final Count c;

        /** The smallest stride above c; null if there is none. */
        private Count granule;

        private Affine low = Affine.ZERO;
        private Affine high = Affine.ZERO;
        private Affine constant = Affine.ZERO;
        private final List<Count> strides = new ArrayList<>();

        /** What does not run in the loops around, and so has one value: its sum must vanish. */
        private final Map<String, Integer> free = new TreeMap<>();

        Difference(Count c) {
            this.c = c;
        }

        /** Adds an address, or takes it off; false if it is not understood. */
        boolean add(Access a, String v, int sign) {
            for (Affine.Term t : a.at.terms()) {
                Count stride = t.coefficient().times(Count.of(sign));
                if (t.atom() instanceof Affine.One) {
                    constant = constant.plus(Affine.of(stride));
                    continue;
                }
                if (t.atom() instanceof Affine.Variable x && x.name().equals(v)) continue;
                if (t.atom() instanceof Affine.Variable x && !a.ranges.containsKey(x.name())) {
                    String key = x.name() + (stride.batch() ? " B" : "");
                    if (free.merge(key, stride.factor(), Integer::sum) == 0) free.remove(key);
                    continue;
                }
                Range r = a.ranges.get(t.atom() instanceof Affine.Variable x ? x.name() : values((Affine.Element) t.atom()));
                if (isAbove(absolute(stride))) {
                    strides.add(absolute(stride));
                } else if (r == null || stride.batch() && (hasBatch(r.low) || hasBatch(r.high))) {
                    return false;
                } else {
                    Affine p = r.low.times(stride), q = r.high.times(stride);
                    low = low.plus(stride.factor() > 0 ? p : q);
                    high = high.plus(stride.factor() > 0 ? q : p);
                }
            }
            return true;
        }

        private boolean isAbove(Count stride) {
            return stride.batch() != c.batch() ? stride.batch() : stride.factor() > c.factor();
        }

        /** Finds the granule, and takes multiples of it off the constant. */
        boolean reduce() {
            for (Count s : strides)
                if (granule == null || granule.batch() && !s.batch()
                        || granule.batch() == s.batch() && s.factor() < granule.factor()) granule = s;
            for (Count s : strides) if (s.factor() % granule.factor() != 0 || granule.batch() && !s.batch()) return false;
            Affine rest = Affine.ZERO;
            for (Affine.Term t : constant.terms()) {
                int k = t.coefficient().factor();
                boolean batch = t.coefficient().batch();
                if (granule != null && (batch || !granule.batch())) {
                    int g = granule.factor();
                    k -= Math.floorDiv(k + g / 2, g) * g;
                }
                rest = rest.plus(Affine.of(new Count(k, batch)));
            }
            low = low.plus(rest);
            high = high.plus(rest);
            return true;
        }
    }

    private static Count absolute(Count c) {
        return new Count(Math.abs(c.factor()), c.batch());
    }

    private static Affine negative(Affine a) {
        return a.times(Count.of(-1));
    }

    private static boolean hasBatch(Affine a) {
        return a.terms().stream().anyMatch(t -> t.coefficient().batch());
    }

    /** Whether {@code p·B + q > 0} for every B from 1 on. */
    private static boolean positive(Affine number) {
        long p = 0, q = 0;
        for (Affine.Term t : number.terms()) {
            if (t.coefficient().batch()) p += t.coefficient().factor();
            else q += t.coefficient().factor();
        }
        return p >= 0 && p + q > 0;
    }
}
