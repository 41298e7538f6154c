package org.nnl.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nnl.Compilation;
import org.nnl.Options;
import org.nnl.schedule.Estimate;
import org.nnl.schedule.Routine;
import org.nnl.schedule.Schedule;
import org.nnl.schedule.Step;
import org.nnl.schedule.Steps;

/**
 * Where the time of a training step goes: every routine of the schedule that a step calls, timed in a copy of the
 * generated class that looks at the clock around each call, beside what the schedule expects of it.
 *
 * @param routine  its name in the schedule
 * @param estimate what one call should cost
 * @param calls    calls in a step
 * @param micros   microseconds in a step, the clock's own time taken off
 */
public record Nests(String routine, Estimate estimate, double calls, double micros) {
    private static final String NANOS = "NEST_NANOS", CALLS = "NEST_CALLS";

    /** Microseconds that the clock tells from none. */
    private static final double CLEAR = 0.001;

    /** Billions of arithmetic operations a second. */
    public double gigaflops() {
        return estimate.operations() * calls / micros / 1e3;
    }

    /** Measures for so many seconds after twice as many of warm-up; the slowest first. */
    public static List<Nests> of(Compilation c, Options.Precision precision, double seconds) {
        Schedule schedule = c.schedule();
        List<String> timed = List.copyOf(timed(schedule));
        Map<String, String> sources = GeneratedSteps.sources(c, precision);
        sources.put(c.className(), instrumented(sources.get(c.className()), c, timed));
        Running running = new Running(GeneratedSteps.of(c, precision, sources), c.className());
        running.train(2 * seconds);
        running.clear();
        long steps = running.train(seconds);
        double clock = clock();
        List<Nests> all = new ArrayList<>();
        for (int k = 0; k < timed.size(); k++) {
            double calls = running.calls[k];
            if (calls == 0) continue;
            Estimate e = Estimate.of(schedule.routines().get(timed.get(k)), schedule);
            double nanos = Math.max(0, running.nanos[k] - calls * clock);
            all.add(new Nests(timed.get(k), e, calls / steps, nanos / steps / 1e3));
        }
        all.sort(Comparator.comparing((Nests n) -> -n.micros));
        return all;
    }

    /** A table of the nests, as lines. */
    public static String table(List<Nests> nests) {
        double sum = nests.stream().mapToDouble(Nests::micros).sum();
        StringBuilder s = new StringBuilder(String.format(
                Locale.ROOT, "%-40s %7s %10s %6s %9s  %s%n", "nest", "calls", "µs a step", "of it", "GFLOP/s", "expected of a call"));
        for (Nests n : nests)
            s.append(String.format(
                    Locale.ROOT, "%-40s %7.0f %10.3f %5.1f%% %9s  %s%n",
                    n.routine, n.calls, n.micros, 100 * n.micros / sum,
                    n.micros < CLEAR ? "" : String.format(Locale.ROOT, "%.2f", n.gigaflops()), n.estimate));
        return s.append(String.format(Locale.ROOT, "%-40s %7s %10.3f%n", "all", "", sum)).toString();
    }

    /** Routines that do work themselves and are called by those that run a graph. */
    private static Set<String> timed(Schedule schedule) {
        Set<String> timed = new LinkedHashSet<>();
        for (Routine r : schedule.routines().values())
            if (isCaller(r))
                Steps.visit(r.steps(), s -> {
                    if (s instanceof Step.Call call && !isCaller(schedule.routines().get(call.routine()))) timed.add(call.routine());
                });
        return timed;
    }

    /** Whether a routine is there to call others. */
    private static boolean isCaller(Routine r) {
        boolean[] computes = {false}, calls = {false};
        Steps.visit(r.steps(), s -> {
            computes[0] |= Steps.value(s) != null || s instanceof org.nnl.schedule.Product;
            calls[0] |= s instanceof Step.Call;
        });
        return calls[0] && !computes[0];
    }

    private static String instrumented(String java, Compilation c, List<String> timed) {
        StringBuilder out = new StringBuilder();
        Pattern call = Pattern.compile("(\\s+)(?:if \\([^;]*?\\) )?(\\w+)\\(([^;]*)\\);");
        boolean caller = false;
        String field = "    public static final long[] %s = new long[" + Math.max(1, timed.size()) + "];\n";
        for (String line : java.split("\n", -1)) {
            Matcher method = Pattern.compile("    private (?:static )?void (\\w+)\\(.*\\{").matcher(line);
            if (method.matches()) {
                Routine r = c.schedule().routines().get(method.group(1));
                caller = r != null && isCaller(r);
            }
            Matcher m = call.matcher(line);
            int k = caller && m.matches() ? timed.indexOf(m.group(2)) : -1;
            out.append(k < 0
                    ? line
                    : m.group(1) + "{ final long start_ = System.nanoTime(); " + line.strip() + " " + NANOS + "[" + k
                            + "] += System.nanoTime() - start_; " + CALLS + "[" + k + "]++; }").append('\n');
            if (line.startsWith("public final class " + c.className() + " "))
                out.append(field.formatted(NANOS)).append(field.formatted(CALLS));
        }
        return out.toString();
    }

    /** Nanoseconds between two looks at the clock with nothing between. */
    private static double clock() {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 50; round++) {
            long sum = 0;
            for (int i = 0; i < 1000; i++) {
                long start = System.nanoTime();
                sum += System.nanoTime() - start;
            }
            best = Math.min(best, sum / 1000.0);
        }
        return best;
    }

    /** The instrumented class at work. */
    private static final class Running {
        private final org.nnl.bench.Steps steps;
        private final long[] nanos;
        private final long[] calls;

        Running(org.nnl.bench.Steps steps, String className) {
            this.steps = steps;
            try {
                Class<?> c = Class.forName(className, true, steps.getClass().getClassLoader());
                nanos = (long[]) c.getField(NANOS).get(null);
                calls = (long[]) c.getField(CALLS).get(null);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }

        void clear() {
            java.util.Arrays.fill(nanos, 0);
            java.util.Arrays.fill(calls, 0);
        }

        /** Trains so long; how many steps that were. */
        long train(double seconds) {
            long start = System.nanoTime();
            long n = 0;
            while (n < 3 || System.nanoTime() - start < seconds * 1e9) {
                steps.train();
                n++;
            }
            return n;
        }
    }
}
