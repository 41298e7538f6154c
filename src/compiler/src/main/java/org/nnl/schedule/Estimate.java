package org.nnl.schedule;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.nnl.equations.Fold;
import org.nnl.equations.Op;

/**
 * What a routine does, by the counts of its loops, and how long that should take one core of a plain kind: 40 GFLOP/s of
 * fused multiply-adds in lanes, 12 GB/s from memory, 60 GB/s from the caches. Products reach four fifths of such a peak;
 * element-wise work in lanes does one operation a cycle and lane, or none of it faster than its data arrive; plain Java
 * an operation and a half a nanosecond. A routine that is called within a loop over time is counted for one call.
 *
 * @param operations arithmetic operations, a transcendental function counting as one
 * @param products   those of them that are in matrix products
 * @param bytes      of the elements touched, each counted once
 * @param seconds    the time all this should take
 */
public record Estimate(double operations, double products, double bytes, double seconds) {
    private static final double PRODUCTS = 32e9;
    private static final double LANES = 16e9;
    private static final double PLAIN = 1.5e9;
    private static final double MEMORY = 12e9;
    private static final double CACHE = 60e9;
    private static final double CACHED = 1 << 20;

    /** Lanes take about a nanosecond an element for a function, plain Java fifteen. */
    private static final double FUNCTION_LANES = 1.2e-9, FUNCTION_PLAIN = 15e-9;

    /** The routine, with the examples that the schedule is made for. */
    public static Estimate of(Routine routine, Schedule schedule) {
        boolean lanes = schedule.routines().values().stream()
                .anyMatch(r -> Steps.any(r.steps(), s -> s instanceof Step.Loop l && l.kind() == Step.Kind.VECTOR));
        Walk w = new Walk(schedule, lanes);
        w.steps(routine.steps(), 1, new LinkedHashMap<>(), false);
        double bytes = w.touched.values().stream().mapToDouble(v -> v).sum();
        double moving = bytes / (bytes > CACHED ? MEMORY : CACHE);
        double products = lanes ? w.products / PRODUCTS : w.products / (4 * PLAIN);
        return new Estimate(w.operations + w.products, w.products, bytes, Math.max(products + w.seconds, moving));
    }

    @Override
    public String toString() {
        return operations == 0
                ? String.format(Locale.ROOT, "%s, about %s", scaled(bytes, "B"), time())
                : String.format(Locale.ROOT, "%s, %s, about %s", scaled(operations, "FLOP"), scaled(bytes, "B"), time());
    }

    private String time() {
        double micros = seconds * 1e6;
        return micros < 1 ? String.format(Locale.ROOT, "%.0f ns", micros * 1e3)
                : micros < 1e3 ? String.format(Locale.ROOT, "%.3g µs", micros)
                : String.format(Locale.ROOT, "%.3g ms", micros / 1e3);
    }

    private static String scaled(double v, String unit) {
        return v < 1e3 ? String.format(Locale.ROOT, "%.0f %s", v, unit)
                : v < 1e6 ? String.format(Locale.ROOT, "%.1f k%s", v / 1e3, unit)
                : v < 1e9 ? String.format(Locale.ROOT, "%.1f M%s", v / 1e6, unit)
                : String.format(Locale.ROOT, "%.1f G%s", v / 1e9, unit);
    }

    /** Adds up a routine's steps; calls are followed. */
    private static final class Walk {
        private final Schedule schedule;
        private final boolean vectors;
        private final Map<String, Double> touched = new HashMap<>();
        private double operations;
        private double products;
        private double seconds;

        Walk(Schedule schedule, boolean vectors) {
            this.schedule = schedule;
            this.vectors = vectors;
        }

        /** @param trips how often the steps run, {@code around} how often each loop around them does */
        void steps(java.util.List<Step> steps, double trips, Map<String, Double> around, boolean lanes) {
            for (Step s : steps) step(s, trips, around, lanes);
        }

        private void step(Step s, double trips, Map<String, Double> around, boolean lanes) {
            if (s instanceof Step.Loop l) {
                double count = SumOfPart.factor(l) > 0 ? 0.5 * SumOfPart.factor(l) * schedule.batch() : Math.max(0, at(l.to()) - at(l.from()));
                Map<String, Double> inner = new LinkedHashMap<>(around);
                inner.put(l.variable(), count);
                steps(l.body(), trips * count, inner, lanes || l.kind() == Step.Kind.VECTOR);
                return;
            }
            if (s instanceof Step.When w) steps(w.body(), trips, around, lanes);
            if (s instanceof Step.Call c) steps(schedule.routines().get(c.routine()).steps(), trips, around, lanes);
            if (s instanceof Step.Fill f) touch(f.array(), f.count().at(schedule.batch()));
            if (s instanceof Step.Copy c) {
                touch(c.array(), c.count().at(schedule.batch()));
                touch(c.source(), c.count().at(schedule.batch()));
            }
            if (s instanceof Product p) product(p, trips, around);
            if (Steps.value(s) != null) value(Steps.value(s), trips, around, lanes);
            if (s instanceof Step.Accumulate || s instanceof Step.Best || s instanceof Step.Store w && w.fold() != Fold.SET)
                work(1, trips, lanes);
            if (s instanceof Step.Store w) touch(w.array(), elements(w.at(), around));
        }

        private void product(Product p, double trips, Map<String, Double> around) {
            int b = schedule.batch();
            double m = p.rows().at(b), n = p.columns().at(b), k = (p.isOfPart() ? 0.5 : 1) * p.depth().at(b);
            products += 2 * m * n * k * trips;
            touch(p.a().array(), m * k * elements(p.a().offset(), around));
            touch(p.b().array(), n * k * elements(p.b().offset(), around));
            touch(p.c().array(), m * n * elements(p.c().offset(), around));
            Map<String, Double> inner = new LinkedHashMap<>(around);
            inner.put(p.row(), m);
            inner.put(p.column(), n);
            steps(p.epilogue(), trips * m * n, inner, vectors);
        }

        private void value(Value v, double trips, Map<String, Double> around, boolean lanes) {
            if (v instanceof Value.Load l) touch(l.array(), elements(l.at(), around));
            if (v instanceof Value.Apply a) {
                if (SplitLoops.isTranscendental(a.op()) || a.op() == Op.POW) {
                    operations += trips;
                    seconds += trips * (lanes ? FUNCTION_LANES : FUNCTION_PLAIN);
                } else {
                    work(1, trips, lanes);
                }
            }
            for (Value c : v.children()) value(c, trips, around, lanes);
        }

        private void work(int n, double trips, boolean lanes) {
            operations += n * trips;
            seconds += n * trips / (lanes ? LANES : PLAIN);
        }

        /** How many elements an address reaches as the loops around it run. */
        private static double elements(Affine at, Map<String, Double> around) {
            double n = 1;
            for (Map.Entry<String, Double> loop : around.entrySet()) if (at.mentions(loop.getKey())) n *= loop.getValue();
            return n;
        }

        /** Notes that so many elements of an array are used, all of it at most. */
        private void touch(String array, double elements) {
            Array a = schedule.array(array);
            double all = a.isField() ? 1 : a.count().at(schedule.batch());
            touched.merge(array, 4 * Math.min(all, elements), (x, y) -> Math.min(4 * all, Math.max(x, y)));
        }

        private double at(Affine a) {
            double n = 0;
            for (Affine.Term t : a.terms())
                if (t.atom() instanceof Affine.One) n += t.coefficient().at(schedule.batch());
            return n;
        }
    }
}
