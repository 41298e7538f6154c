package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Time loops whose passes take several steps:
 * <pre>for t < T { f(t); g(t) }   becomes   for p < T/k { f(k·p); g(k·p); f(k·p + 1); … }
 *                                      f(k·(T/k)); g(k·(T/k)); …                          the T mod k steps left over</pre>
 * and, if k = T, a straight line. A loop downwards takes its steps in its own order. Every step does what it did, in the
 * order in which it did it: results are the same to the bit.
 *
 * <p>Nests that are small and no products are copied, the step put in their addresses, so that tests of the step are
 * decided here where they can be; copies share a method up to {@value #MOST_BYTES} bytes, half of what HotSpot
 * compiles. What is larger is called with its step.
 *
 * <p>The cost by which a loop is chosen where the model is silent: a pass costs a call and a test, less than 2 ns, and
 * HotSpot, which inlines and unrolls small nests itself, saves most of that. Measured, steps in a straight line against
 * a loop: tanh recurrence of 32 units, one example, 50 steps (10.6 µs) 0 %; of one unit (4.6 µs) 1 to 3 %, linear (1.4
 * µs) 0 %; code and the time until it is compiled grow with every step. So it is not done unasked.
 */
final class UnrollTime {
    /** Estimated bytes of a method of copies. HotSpot compiles none above 8,000. */
    private static final int MOST_BYTES = 4000;

    /** A nest of more bytes is called: the call is small beside it. */
    private static final int MOST_COPIED = 400;

    /** Estimated bytes of all copies of all steps of a loop; a larger number of steps a pass is lessened. */
    private static final int MOST_IN_ALL = 200_000;

    /** How a routine gets into the schedule: its wanted name, heading, variables and steps give its name. */
    interface Declare {
        String routine(String name, List<String> heading, List<String> variables, List<Step> steps);
    }

    private final Map<String, Routine> routines;
    private final Names names;
    private final Declare declare;
    private final List<String> notes = new ArrayList<>();

    UnrollTime(Map<String, Routine> routines, Names names, Declare declare) {
        this.routines = routines;
        this.names = names;
        this.declare = declare;
    }

    /** What was chosen, and why: a line for every time loop. */
    List<String> notes() {
        return notes;
    }

    /**
     * The loop in its new form.
     *
     * @param wanted steps a pass as the model wants it; 0 to choose
     */
    List<Step> of(Step.Loop loop, int wanted) {
        Integer steps = loop.to().constant();
        if (steps == null || !loop.from().isZero() || !loop.body().stream().allMatch(s -> s instanceof Step.Call)) {
            List<Step> body = new ArrayList<>();
            for (Step s : loop.body()) {
                if (s instanceof Step.Loop inner) body.addAll(of(inner, wanted));
                else body.add(s);
            }
            return List.of(loop.with(body));
        }
        int a = 0;
        for (Step s : loop.body()) a += size(routine(s));
        int k = wanted == 0 ? 1 : Math.min(wanted, steps);
        int most = Math.max(1, MOST_IN_ALL / a);
        String why = wanted == 0
                ? "chosen, since a step more is about " + a + " bytes of code more, and saves at most 2 ns"
                : "as the model wants it";
        if (k > most) {
            k = most;
            why = "no more, since a step is about " + a + " bytes of code";
        }
        note(loop, steps, k, why);
        return k == 1 ? List.of(loop) : unrolled(loop, steps, k);
    }

    private void note(Step.Loop loop, int steps, int k, String why) {
        StringBuilder what = new StringBuilder();
        for (Step s : loop.body()) what.append(what.length() == 0 ? "" : ", ").append(((Step.Call) s).routine());
        String form = k == 1 ? "a loop" : k == steps ? "in a straight line" : k + " steps a pass";
        String line = "time " + loop.variable() + " < " + steps + " of " + what + ": " + form + ", " + why;
        if (!notes.contains(line)) notes.add(line);
    }

    private Routine routine(Step call) {
        return routines.get(((Step.Call) call).routine());
    }

    /** What a step costs in code: the copy, or the call. */
    private int size(Routine r) {
        return isCopied(r) ? CodeSize.of(r.steps()) : 8 + 8 * r.variables().size();
    }

    private static boolean isCopied(Routine r) {
        return r.division() == null
                && !Steps.any(r.steps(), s -> s instanceof Product || s instanceof Step.Call)
                && CodeSize.of(r.steps()) <= MOST_COPIED
                && SplitLoops.transcendental(r.steps()) <= SplitLoops.MOST;
    }

    private List<Step> unrolled(Step.Loop loop, int steps, int k) {
        int passes = steps / k;
        List<Step> out = new ArrayList<>();
        if (passes > 1) {
            String pass = names.variable(loop.variable() + "_pass");
            Affine first = Affine.variable(pass).times(Count.of(k));
            out.add(new Step.Loop(pass, Affine.ZERO, Affine.of(passes), Step.Kind.UP, 1,
                    straight(loop, first, 0, k, steps, new Pass(pass, passes))));
        }
        int done = passes > 1 ? passes * k : 0;
        out.addAll(straight(loop, Affine.ZERO, done, steps, steps, new Pass("", 1)));
        return out;
    }

    /** The variable of the loop around, and how many values it has. */
    private record Pass(String variable, int count) {}

    /** The steps from number {@code first + from} to before {@code first + to}, in the loop's order. */
    private List<Step> straight(Step.Loop loop, Affine first, int from, int to, int steps, Pass pass) {
        List<Step> out = new ArrayList<>();
        Chunk chunk = new Chunk();
        for (int j = from; j < to; j++) {
            Affine number = first.plus(j);
            boolean down = loop.kind() == Step.Kind.DOWN;
            Affine t = down ? number.times(Count.of(-1)).plus(steps - 1) : number;
            for (Step s : loop.body()) {
                Routine r = routine(s);
                if (chunk.bytes > 0 && (chunk.bytes + size(r) > MOST_BYTES
                        || chunk.transcendental + SplitLoops.transcendental(r.steps()) > SplitLoops.MOST && isCopied(r))) {
                    chunk.close(loop, out);
                    chunk = new Chunk();
                }
                chunk.add((Step.Call) s, r, loop.variable(), t, j, pass);
            }
        }
        chunk.close(loop, out);
        return out;
    }

    /** Steps that share a method. */
    private final class Chunk {
        private final List<Step> steps = new ArrayList<>();
        private final Set<String> heading = new LinkedHashSet<>();
        private final Set<String> variables = new LinkedHashSet<>();
        private final Names own = names.inner();
        private boolean copies;
        private int bytes;
        private int transcendental;

        void add(Step.Call call, Routine r, String variable, Affine t, int number, Pass pass) {
            bytes += size(r);
            for (String v : r.variables()) if (!v.equals(variable)) variables.add(v);
            if (r.variables().contains(variable) && t.constant() == null) variables.add(pass.variable);
            heading.addAll(r.heading());
            if (!isCopied(r)) {
                Map<String, Affine> arguments = new LinkedHashMap<>(call.arguments());
                if (r.variables().contains(variable)) arguments.put(variable, t);
                steps.add(new Step.Call(call.routine(), arguments));
                return;
            }
            copies = true;
            transcendental += SplitLoops.transcendental(r.steps());
            List<Step> copy = Steps.substitute(r.steps(), v -> v.equals(variable) ? t : null);
            steps.addAll(renamed(decided(copy, pass), new HashMap<>(), "_" + number, own));
        }

        void close(Step.Loop loop, List<Step> out) {
            if (!copies) {
                out.addAll(steps);
                return;
            }
            String name = declare.routine(
                    "unrolled_" + loop.variable(), List.copyOf(heading), List.copyOf(variables), steps);
            out.add(new Step.Call(name));
        }
    }

    // ---- tests that are known now

    private static List<Step> decided(List<Step> steps, Pass pass) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            if (s instanceof Step.When w) {
                List<Inside> open = new ArrayList<>();
                boolean never = false;
                for (Inside i : w.inside()) {
                    Boolean known = known(i, pass);
                    if (known == null) open.add(i);
                    else never |= !known;
                }
                if (never) continue;
                List<Step> body = decided(w.body(), pass);
                if (open.isEmpty()) out.addAll(body);
                else out.add(new Step.When(open, body));
            } else if (s instanceof Step.Loop l) {
                out.add(l.with(decided(l.body(), pass)));
            } else {
                out.add(s);
            }
        }
        return out;
    }

    /** Whether a test holds in every pass, or in none; null if neither. */
    private static Boolean known(Inside test, Pass pass) {
        if (test.size().batch()) return null;
        int c = test.index().coefficient(pass.variable).factor();
        Integer start = test.index().substitute(v -> v.equals(pass.variable) ? Affine.ZERO : null).constant();
        if (start == null) return null;
        long end = start + (long) c * (pass.count - 1);
        boolean low = holds(test, Math.min(start, end));
        boolean high = holds(test, Math.max(start, end));
        // both bounds: an interval, within which lie all values if the least and the greatest do
        if (low && high) return true;
        if (test.low() && Math.max(start, end) < 0) return false;
        if (test.high() && Math.min(start, end) >= test.size().factor()) return false;
        return null;
    }

    private static boolean holds(Inside test, long index) {
        return (!test.low() || index >= 0) && (!test.high() || index < test.size().factor());
    }

    // ---- names of a copy's own

    /**
     * The steps with names that nothing else in the method has.
     *
     * @param to  new names by old ones, of what is declared so far where the steps stand
     * @param own gives the names
     */
    private static List<Step> renamed(List<Step> steps, Map<String, String> to, String suffix, Names own) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            if (s instanceof Step.Loop l) {
                String v = own.unique(l.variable() + suffix);
                List<Step> body = Steps.substitute(l.body(), x -> x.equals(l.variable()) ? Affine.variable(v) : null);
                body = renamed(body, new HashMap<>(to), suffix, own);
                out.add(new Step.Loop(v, l.from(), l.to(), l.kind(), l.unroll(), body));
            } else if (s instanceof Step.When w) {
                out.add(w.with(renamed(w.body(), new HashMap<>(to), suffix, own)));
            } else if (s instanceof Step.Let l) {
                Value v = value(l.value(), to);
                to.put(l.local(), own.unique(l.local() + suffix));
                out.add(new Step.Let(to.get(l.local()), v));
            } else if (s instanceof Step.Start a) {
                to.put(a.local(), own.unique(a.local() + suffix));
                out.add(new Step.Start(to.get(a.local()), a.fold()));
            } else if (s instanceof Step.Accumulate a) {
                out.add(new Step.Accumulate(to.get(a.local()), a.fold(), value(a.value(), to)));
            } else if (s instanceof Step.Best b) {
                Map<String, Affine> positions = new LinkedHashMap<>();
                b.positions().forEach((at, p) -> positions.put(to.get(at), p));
                out.add(new Step.Best(to.get(b.best()), value(b.value(), to), positions));
            } else if (s instanceof Step.Store w) {
                out.add(new Step.Store(w.array(), w.at(), w.inside(), w.fold(), value(w.value(), to)));
            } else {
                out.add(s);
            }
        }
        return out;
    }

    private static Value value(Value v, Map<String, String> to) {
        return v.rewrite(x -> x instanceof Value.Local l && to.containsKey(l.name()) ? new Value.Local(to.get(l.name())) : x);
    }
}
