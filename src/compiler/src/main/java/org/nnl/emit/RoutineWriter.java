package org.nnl.emit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.nnl.Options;
import org.nnl.emit.formula.Dialect;
import org.nnl.emit.kernel.KernelCall;
import org.nnl.emit.kernel.Kernels;
import org.nnl.emit.kernel.Source;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Array;
import org.nnl.schedule.Division;
import org.nnl.schedule.Product;
import org.nnl.schedule.RareLoops;
import org.nnl.schedule.Routine;
import org.nnl.schedule.Schedule;
import org.nnl.schedule.Step;
import org.nnl.schedule.Steps;
import org.nnl.schedule.Value;

/**
 * The body of a routine as Java statements. A vector loop is written twice: for whole vectors, and element by element
 * for what remains.
 */
final class RoutineWriter {
    private final Schedule schedule;
    private final Options options;
    private final RoutineText text;
    private final Source out;

    private final VectorLoops vectors;

    /** Whether matrices are turned square by square. */
    private final boolean turns;

    private final Kernels kernels;
    private final Sharing sharing;

    /** Methods for nests that are alike; null if all are to be written out. */
    private final SharedNests nests;

    /** Which vectors may run over the end of their row; null if none. */
    private final ShortRows rows;

    /** Loops whose bodies are methods; null if none are. */
    private final RareLoops rare;

    /** Methods that the routine's loops call for each row. */
    private final List<RowMethod> rowMethods = new ArrayList<>();

    /** What is written; null for the steps of a method without a name. */
    private Routine routine;

    /** The routine's division; null if it has none. */
    private Division division;

    /** The variable of which a part is computed, from {@link Sharing#FROM} to {@link Sharing#TO}; null for all. */
    private String divided;

    /** Whether a product needs a place for copies. */
    private boolean scratch;

    /** How the range of the last call for a part was cut; null before the first. */
    private String cut;

    /**
     * @param kernels of the class, to which those of the routine are added
     * @param sharing which routines are divided
     * @param nests   methods for nests that are alike; null if all are to be written out
     * @param rows    which vectors may run over the end of their row; null if none
     * @param rare    loops whose bodies are methods; null if none are
     */
    RoutineWriter(
            Schedule schedule, Options options, Kernels kernels, Sharing sharing, SharedNests nests, ShortRows rows, RareLoops rare) {
        this.schedule = schedule;
        this.options = options;
        this.rare = rare;
        this.kernels = kernels;
        this.sharing = sharing;
        this.nests = nests;
        this.rows = rows;
        text = new RoutineText(schedule, options);
        out = text.out;
        vectors = new VectorLoops(this, text, rows);
        turns = options.backend() == Options.Backend.VECTOR;
    }

    /** Static methods of {@link Dialect#function} that what has been written calls. */
    Set<String> functions() {
        return text.functions;
    }

    /** Whether what was written mentions the place where kernels keep copies. */
    boolean usesScratch() {
        return scratch;
    }

    /**
     * A method for one row.
     *
     * @param parameters integers
     */
    record RowMethod(String name, List<String> parameters, String body) {}

    /** Methods that the routine's loops call for each row. */
    List<RowMethod> rowMethods() {
        return rowMethods;
    }

    String body(Routine r) {
        return body(r, Set.of());
    }

    /** @param given arrays that are parameters */
    String body(Routine r, Set<String> given) {
        begin(r, given, Parts.of(r));
        Block b = new Block(text);
        withPrologue(b, () -> block(Parts.of(r), b));
        return out.toString();
    }

    /** The body of a loop of a routine. */
    private String body(Routine r, Step.Loop l) {
        begin(r, Set.of(), List.of(l));
        Block b = new Block(text).within(l);
        withPrologue(b, () -> block(l.body(), b));
        return out.toString();
    }

    /** Takes the names that steps use, and gives the arrays they touch local ones. */
    private void begin(Routine r, Set<String> given, List<Step> steps) {
        routine = r;
        division = r.division();
        divided = division == null ? null : division.variable();
        Set<String> touched = arrays(own(steps));
        touched.removeAll(given);
        text.used.addAll(r.variables());
        text.used.addAll(schedule.arrays().keySet());
        text.used.addAll(List.of(JavaIntegers.EXAMPLES, Sharing.FROM, Sharing.TO));
        Steps.visit(steps, s -> {
            if (s instanceof Step.Loop l) text.used.add(l.variable());
            if (s instanceof Step.Let l) text.used.add(l.local());
            if (s instanceof Step.Start l) text.used.add(l.local());
        });
        for (String name : touched) {
            Array a = schedule.array(name);
            if (!a.isField()) out.line("final " + (a.integer() ? "int" : text.scalar.real()) + "[] " + name + " = this." + name + ";");
        }
    }

    /** The steps less the nests that have a method. */
    private List<Step> own(List<Step> steps) {
        List<Step> own = new ArrayList<>();
        for (int k = 0; k < steps.size(); k++) {
            SharedNests.Call call = call(steps, k);
            if (call != null) k += call.steps() - 1;
            else if (!(steps.get(k) instanceof Step.Loop l && isApart(l))) own.add(steps.get(k) instanceof Step.When w ? w.with(own(w.body())) : steps.get(k));
        }
        return own;
    }

    private SharedNests.Call call(List<Step> steps, int k) {
        return nests == null ? null : nests.call(steps, k, division);
    }

    /** The arrays that steps touch, other than in calls and products. */
    private static Set<String> arrays(List<Step> all) {
        Set<String> names = new TreeSet<>();
        List<Step> steps = Steps.withoutProducts(all);
        for (Value.Load l : Steps.loads(steps)) names.add(l.array());
        Steps.stores(steps).forEach(s -> names.add(s.array()));
        Steps.integers(steps).forEach(a -> names.addAll(a.arrays()));
        Steps.addresses(steps).forEach(a -> names.addAll(a.arrays()));
        Steps.visit(all, s -> {
            if (s instanceof Step.Fill f) names.add(f.array());
        });
        return names;
    }

    // ---- steps

    void block(List<Step> steps, Block b) {
        for (int k = 0; k < steps.size(); k++) {
            Step s = steps.get(k);
            SharedNests.Call call = b.isOutermost() ? call(steps, k) : null;
            if (call != null) {
                out.line(call.java());
                b.forget();
                k += call.steps() - 1;
                continue;
            }
            int alike = b.alike(steps, k);
            if (alike > 1) {
                b.store(steps.subList(k, k + alike).stream().map(x -> (Step.Store) x).toList());
                k += alike - 1;
                continue;
            }
            if (isOne(s) && k + 1 < steps.size() && isOne(steps.get(k + 1))) {
                out.open("if (" + Sharing.PART + " == 0)");
                while (k < steps.size() && isOne(steps.get(k))) out.line(plain((Step.Call) steps.get(k++)));
                out.close();
                k--;
                continue;
            }
            if (isOfHalf(s)) {
                k = halves(steps, k) - 1;
                continue;
            }
            step(s instanceof Step.Loop l ? apart(l, steps.subList(k + 1, steps.size())) : s, b);
            if (s instanceof Step.Store w && reads(steps.subList(k + 1, steps.size()), w.array())) b.forget();
            if (s instanceof Step.Loop || s instanceof Step.Call || s instanceof Product || s instanceof Step.When) b.forget();
        }
    }

    /** A loop whose variable is declared before it, for its remainder, has one that no loop after it in the block has. */
    private Step.Loop apart(Step.Loop l, List<Step> after) {
        if (!declares(l)) return l;
        boolean[] shared = {false};
        Steps.visit(after, s -> shared[0] |= s instanceof Step.Loop o && o.variable().equals(l.variable()));
        return shared[0] ? Steps.renamed(l, text.fresh(l.variable())) : l;
    }

    /** Whether a vector loop goes on, after its whole vectors, with what remains. */
    private boolean declares(Step.Loop l) {
        Integer size = l.from().isZero() ? l.to().constant() : null;
        return l.kind() == Step.Kind.VECTOR && (size == null || size % text.mostLanes != 0 || l.unroll() > 1);
    }

    private static boolean reads(List<Step> steps, String array) {
        return Steps.loads(steps).stream().anyMatch(l -> l.array().equals(array));
    }

    void step(Step s, Block b) {
        if (s instanceof Step.Loop l) {
            if (l.kind() == Step.Kind.VECTOR) vectors.loop(l, b, division);
            else if (!turn(l, b)) loop(l, b);
        } else if (s instanceof Step.Let l) {
            b.let(l);
        } else if (s instanceof Step.Start a) {
            b.start(a);
        } else if (s instanceof Step.Accumulate a) {
            b.accumulate(a.local(), a.fold(), a.value());
        } else if (s instanceof Step.Best best) {
            b.best(best);
        } else if (s instanceof Step.Store w) {
            b.store(w);
        } else if (s instanceof Step.When w) {
            out.open("if (" + JavaIntegers.java(w.inside()) + ")");
            Block inner = b.within(w);
            withPrologue(inner, () -> block(w.body(), inner));
            out.close();
        } else if (s instanceof Step.Fill f) {
            fill(f);
        } else if (s instanceof Step.Copy c) {
            copy(c);
        } else if (s instanceof Step.Call c) {
            call(c);
        } else {
            product((Product) s);
        }
    }

    private static boolean isOne(Step s) {
        return s instanceof Step.Call c && c.share() == Step.Call.ONE;
    }

    private static boolean isOfHalf(Step s) {
        return s instanceof Step.Call c && (c.share() == Step.Call.FIRST || c.share() == Step.Call.SECOND);
    }

    /** Calls for the first half of the examples, which begins at 0, and those for the second; where they end. */
    private int halves(List<Step> steps, int from) {
        int k = from;
        out.open("if (" + Sharing.FROM + " == 0)");
        for (; k < steps.size() && steps.get(k) instanceof Step.Call c && c.share() == Step.Call.FIRST; k++) out.line(plain(c));
        out.close();
        out.open("else");
        for (; k < steps.size() && steps.get(k) instanceof Step.Call c && c.share() == Step.Call.SECOND; k++) out.line(plain(c));
        out.close();
        return k;
    }

    private void call(Step.Call c) {
        if (isOne(c)) {
            out.line("if (" + Sharing.PART + " == 0) " + plain(c));
        } else if (c.share() == Step.Call.OWN) {
            cut(schedule.routines().get(c.routine()).division());
            out.line("if (" + Sharing.FROM + " < " + Sharing.TO + ") " + plain(c));
        } else {
            out.line(plain(c));
        }
    }

    private String plain(Step.Call c) {
        Routine r = schedule.routines().get(c.routine());
        StringBuilder arguments = new StringBuilder(JavaIntegers.EXAMPLES);
        r.variables().forEach(v -> arguments.append(", ")
                .append(c.arguments().containsKey(v) ? JavaIntegers.java(c.arguments().get(v)) : v));
        if (c.share() > 0 || c.share() == Step.Call.OWN) {
            String times = c.share() > 1 ? c.share() + " * " : "";
            arguments.append(", ").append(times).append(Sharing.FROM).append(", ").append(times).append(Sharing.TO);
            if (sharing.copies(r)) arguments.append(", ").append(Sharing.SCRATCH);
            scratch |= sharing.copies(r);
        }
        if (isOfHalf(c) && r.division() != null) {
            arguments.append(", 0, ").append(JavaIntegers.java(r.division().count()));
            if (sharing.copies(r)) arguments.append(", ").append(Sharing.SCRATCH);
            scratch |= sharing.copies(r);
        }
        return c.routine() + "(" + arguments + ");";
    }

    /** The part of a range, for the call that follows. */
    private void cut(Division d) {
        String of = JavaIntegers.java(d.count()) + ", " + d.multiple();
        if (of.equals(cut)) return;
        String from = Sharing.FROM + " = cut(" + Sharing.PART + ", " + Sharing.PARTS + ", " + of + ")";
        String to = Sharing.TO + " = cut(" + Sharing.PART + " + 1, " + Sharing.PARTS + ", " + of + ")";
        if (cut == null) {
            out.line("int " + from + ", " + to + ";");
        } else {
            out.line(from + ";");
            out.line(to + ";");
        }
        cut = of;
    }

    private void product(Product p) {
        KernelCall call = kernels.of(p);
        scratch |= call.usesScratch();
        boolean part = p.row().equals(divided);
        (part ? call.statements(Sharing.FROM, Sharing.TO) : call.statements()).forEach(out::line);
    }

    private void fill(Step.Fill f) {
        Array a = schedule.array(f.array());
        String value = a.integer() ? Integer.toString((int) f.value()) : text.scalar.literal(f.value());
        if (a.isField()) {
            out.line(f.array() + " = " + value + ";");
            return;
        }
        String from = JavaIntegers.java(f.from());
        String to = JavaIntegers.java(f.from().plus(Affine.of(f.count())));
        out.line("Arrays.fill(" + f.array() + ", " + from + ", " + to + ", " + value + ");");
    }

    private void copy(Step.Copy c) {
        Array to = schedule.array(c.array());
        Array from = schedule.array(c.source());
        if (to.isField() || from.isField()) {
            String target = to.isField() ? c.array() : c.array() + "[0]";
            String source = from.isField() ? c.source() : c.source() + "[0]";
            out.line(target + " = " + source + ";");
        } else {
            out.line("System.arraycopy(" + c.source() + ", 0, " + c.array() + ", 0, "
                    + JavaIntegers.java(c.count()) + ");");
        }
    }

    // ---- loops

    /** Writes a block, and before it what its formulas compute once. */
    private void withPrologue(Block b, Runnable writing) {
        int mark = out.mark();
        writing.run();
        out.insert(mark, b.prologue());
    }

    /** A loop, and before it what its body's formulas compute once. */
    void loop(String header, Block inner, Runnable body) {
        withPrologue(inner, () -> {
            out.open(header);
            body.run();
            out.close();
        });
    }

    private boolean isApart(Step.Loop l) {
        return rare != null && rare.has(routine, l);
    }

    /** A loop that calls a method for each of its rows. */
    private void rowByRow(Step.Loop l) {
        String name = rowName(), v = l.variable();
        List<String> parameters = new ArrayList<>(List.of(JavaIntegers.EXAMPLES));
        if (division != null && !v.equals(divided)) parameters.add(Sharing.FROM);
        if (division != null) parameters.add(Sharing.TO);
        parameters.add(v);
        RoutineWriter row = new RoutineWriter(schedule, options, kernels, sharing, nests, rows, null);
        rowMethods.add(new RowMethod(name, parameters, row.body(routine, l)));
        text.functions.addAll(row.functions());
        out.line("for (int " + v + " = " + JavaIntegers.java(l.from()) + "; " + v + " < " + JavaIntegers.java(l.to()) + "; " + v + "++) "
                + name + "(" + String.join(", ", parameters) + ");");
    }

    private String rowName() {
        String first = routine.name() + "_row", name = first;
        Set<String> taken = new HashSet<>(schedule.routines().keySet());
        rowMethods.forEach(m -> taken.add(m.name()));
        for (int n = 2; taken.contains(name); n++) name = first + "_" + n;
        return name;
    }

    private void loop(Step.Loop l, Block b) {
        if (b.isOutermost() && isApart(l)) {
            rowByRow(l);
            return;
        }
        String v = l.variable(), from = JavaIntegers.java(l.from());
        Block inner = b.within(l);
        if (l.kind() == Step.Kind.TO_AND_FRO) {
            toAndFro(l, inner);
            return;
        }
        loop(l.kind() == Step.Kind.DOWN
                ? "for (int " + v + " = " + JavaIntegers.java(l.to().plus(-1)) + "; " + v + " >= " + from + "; " + v + "--)"
                : "for (int " + v + " = " + from + "; " + v + " < " + JavaIntegers.java(l.to()) + "; " + v + "++)",
                inner, () -> block(l.body(), inner));
    }

    /** A loop from 0 that runs the other way at every second step of time. */
    private void toAndFro(Step.Loop l, Block inner) {
        String v = l.variable(), next = text.fresh(v), t = routine.variables().get(routine.variables().size() - 1);
        loop("for (int " + next + " = 0; " + next + " < " + JavaIntegers.java(l.to()) + "; " + next + "++)", inner, () -> {
            out.line("// every second step begins with what the last one ended with, which is still in the first cache");
            out.line("final int " + v + " = (" + t + " & 1) == 0 ? " + next + " : " + JavaIntegers.java(l.to().plus(-1)) + " - " + next + ";");
            block(l.body(), inner);
        });
    }

    /** Two loops that turn a matrix, square by square, the last ones started early; false if they are none, or too short. */
    private boolean turn(Step.Loop l, Block b) {
        Turning t = turns && !b.isInLanes() ? Turning.of(l, schedule) : null;
        if (t == null) return false;
        List<String> tests = new ArrayList<>();
        for (Step.Loop x : List.of(t.rows(), t.columns())) {
            Integer size = Turning.size(x);
            if (size != null && size < text.mostLanes) return false;
            if (size == null) tests.add(JavaIntegers.java(x.to()) + " - " + JavaIntegers.java(x.from()) + " >= LANES");
        }
        text.functions.add(Dialect.AHEAD);
        text.functions.add(Dialect.TRANSPOSE);
        if (!tests.isEmpty()) out.open("if (" + String.join(" && ", tests) + ")");
        squares(t.columns());
        squares(t.rows());
        out.line("transpose(" + t.load().array() + ", " + JavaIntegers.java(t.load().at()) + ", "
                + JavaIntegers.java(Affine.of(t.load().at().coefficient(t.columns().variable()))) + ", "
                + t.store().array() + ", " + JavaIntegers.java(t.store().at()) + ", "
                + JavaIntegers.java(Affine.of(t.store().at().coefficient(t.rows().variable()))) + ");");
        out.close();
        out.close();
        if (tests.isEmpty()) return true;
        out.close();
        out.open("else");
        loop(l, b);
        out.close();
        return true;
    }

    private void squares(Step.Loop l) {
        String v = l.variable(), from = JavaIntegers.java(l.from()), to = JavaIntegers.java(l.to());
        Integer size = Turning.size(l);
        if (size != null && size % text.mostLanes == 0) {
            out.open("for (int " + v + " = " + from + "; " + v + " < " + to + "; " + v + " += LANES)");
            return;
        }
        String next = text.fresh(v);
        out.open("for (int " + next + " = " + from + "; " + next + " < " + to + "; " + next + " += LANES)");
        out.line("final int " + v + " = Math.min(" + next + ", " + to + " - LANES);");
    }
}
