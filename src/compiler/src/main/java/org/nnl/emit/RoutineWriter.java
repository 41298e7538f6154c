package org.nnl.emit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.nnl.Options;
import org.nnl.emit.formula.Dialect;
import org.nnl.emit.formula.FormulaWriter;
import org.nnl.emit.kernel.KernelCall;
import org.nnl.emit.kernel.Kernels;
import org.nnl.equations.Fold;
import org.nnl.equations.Op;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Array;
import org.nnl.schedule.Product;
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
    private final Dialect scalar;
    private final Dialect vector;
    private final boolean isDouble;

    /** Whether matrices are turned square by square. */
    private final boolean turns;

    private final Lines out = new Lines();
    private final Set<String> used = new HashSet<>();
    private final Set<String> functions = new LinkedHashSet<>();
    private final Kernels kernels;
    private final Sharing sharing;

    /** Methods for nests that are alike; null if all are to be written out. */
    private final SharedNests nests;

    /** The variable of which a part is computed, from {@link Sharing#FROM} to {@link Sharing#TO}; null for all. */
    private String divided;

    /** Whether a product needs a place for copies. */
    private boolean scratch;

    /**
     * @param kernels of the class, to which those of the routine are added
     * @param sharing which routines are divided
     * @param nests   methods for nests that are alike; null if all are to be written out
     */
    RoutineWriter(Schedule schedule, Options options, Kernels kernels, Sharing sharing, SharedNests nests) {
        this.sharing = sharing;
        this.nests = nests;
        this.schedule = schedule;
        this.kernels = kernels;
        this.scalar = Dialect.scalar(options.precision());
        this.vector = Dialect.vector(options.precision());
        this.isDouble = options.precision() == Options.Precision.DOUBLE;
        this.turns = options.backend() == Options.Backend.VECTOR;
    }

    /** Static methods of {@link Dialect#function} that what has been written calls. */
    Set<String> functions() {
        return functions;
    }

    /** Whether what was written mentions the place where kernels keep copies. */
    boolean usesScratch() {
        return scratch;
    }

    String body(Routine r) {
        return body(r, Set.of());
    }

    /** @param given arrays that are parameters */
    String body(Routine r, Set<String> given) {
        divided = r.division() == null ? null : r.division().variable();
        List<Step> steps = Parts.of(r);
        Set<String> touched = arrays(own(steps));
        touched.removeAll(given);
        used.addAll(r.variables());
        used.addAll(schedule.arrays().keySet());
        used.addAll(List.of(JavaIntegers.EXAMPLES, Sharing.FROM, Sharing.TO));
        Steps.visit(steps, s -> {
            if (s instanceof Step.Loop l) used.add(l.variable());
            if (s instanceof Step.Let l) used.add(l.local());
            if (s instanceof Step.Start l) used.add(l.local());
        });
        for (String name : touched) {
            Array a = schedule.array(name);
            if (!a.isField()) out.line("final " + type(a) + "[] " + name + " = this." + name + ";");
        }
        blockInPlace(steps, new Block(null, Set.of(), new HashSet<>()));
        return out.toString();
    }

    /** The steps less the nests that have a method. */
    private List<Step> own(List<Step> steps) {
        List<Step> own = new ArrayList<>();
        for (Step s : steps) {
            if (s instanceof Step.When w) own.add(new Step.When(w.inside(), own(w.body())));
            else if (!(s instanceof Step.Loop l) || call(l) == null) own.add(s);
        }
        return own;
    }

    private String call(Step.Loop l) {
        return nests == null ? null : nests.call(l);
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

    private String type(Array a) {
        return a.integer() ? "int" : scalar.real();
    }

    /** A straight piece of code: the body of a loop, or of the routine, or the part in lanes of a vector loop. */
    private final class Block {
        /** The variable of the innermost loop around, null outside all. */
        final String variable;

        /** Arrays written within that loop. */
        final Set<String> written;

        /** Locals that hold vectors. */
        final Set<String> lanes;

        /** The variable that runs in lanes; null where code is scalar. */
        String laneVariable;

        /** Locals that the innermost loop assigns. */
        final Set<String> assigned = new HashSet<>();

        FormulaWriter formulas;

        Block(String variable, Set<String> written, Set<String> lanes) {
            this.variable = variable;
            this.written = written;
            this.lanes = lanes;
            formulas = writer();
        }

        Block within(Step.Loop l) {
            Set<String> stored = new HashSet<>();
            Steps.stores(l.body()).forEach(s -> stored.add(s.array()));
            Block b = new Block(l.variable(), stored, new HashSet<>(lanes));
            b.laneVariable = laneVariable;
            Steps.visit(l.body(), s -> {
                if (s instanceof Step.Let x) b.assigned.add(x.local());
                if (s instanceof Step.Start x) b.assigned.add(x.local());
                if (s instanceof Step.Accumulate x) b.assigned.add(x.local());
            });
            b.formulas = b.writer();
            return b;
        }

        private FormulaWriter writer() {
            Dialect d = laneVariable == null ? scalar : vector;
            return new FormulaWriter(d, new ArrayLeaves(this::leafScope), RoutineWriter.this::fresh);
        }

        private ArrayLeaves.Surroundings leafScope() {
            return new ArrayLeaves.Surroundings(
                    schedule, variable, laneVariable, written, assigned, lanes, vector, isDouble);
        }
    }

    private String fresh(String hint) {
        String base = hint.replaceAll("\\W", "_");
        for (int n = 1; ; n++) if (used.add(base + n)) return base + n;
    }

    private void block(List<Step> steps, Block b) {
        for (int k = 0; k < steps.size(); k++) {
            Step s = steps.get(k);
            step(s, b);
            if (s instanceof Step.Store w && reads(steps.subList(k + 1, steps.size()), w.array())) b.formulas.forget();
            if (s instanceof Step.Loop || s instanceof Step.Call || s instanceof Product || s instanceof Step.When)
                b.formulas.forget();
        }
        functions.addAll(b.formulas.functions());
    }

    private static boolean reads(List<Step> steps, String array) {
        return Steps.loads(steps).stream().anyMatch(l -> l.array().equals(array));
    }

    private void step(Step s, Block b) {
        if (s instanceof Step.Loop l) {
            String call = b.variable == null ? call(l) : null;
            if (call != null) out.line(call);
            else if (l.kind() == Step.Kind.VECTOR) vectorLoop(l, b);
            else if (!turn(l, b)) loop(l, b);
        } else if (s instanceof Step.Let l) {
            let(l, b);
        } else if (s instanceof Step.Start a) {
            start(a, b);
        } else if (s instanceof Step.Accumulate a) {
            accumulate(a.local(), a.local(), a.fold(), a.value(), b);
        } else if (s instanceof Step.Best best) {
            best(best, b);
        } else if (s instanceof Step.Store w) {
            store(w, b);
        } else if (s instanceof Step.When w) {
            out.open("if (" + JavaIntegers.java(w.inside()) + ")");
            Block inner = new Block(b.variable, b.written, b.lanes);
            inner.laneVariable = b.laneVariable;
            inner.assigned.addAll(b.assigned);
            inner.formulas = inner.writer();
            blockInPlace(w.body(), inner);
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

    private void call(Step.Call c) {
        Routine r = schedule.routines().get(c.routine());
        StringBuilder arguments = new StringBuilder(JavaIntegers.EXAMPLES);
        r.variables().forEach(v -> arguments.append(", ")
                .append(c.arguments().containsKey(v) ? JavaIntegers.java(c.arguments().get(v)) : v));
        if (c.share() > 0) {
            String times = c.share() == 1 ? "" : c.share() + " * ";
            arguments.append(", ").append(times).append(Sharing.FROM).append(", ").append(times).append(Sharing.TO);
            if (sharing.copies(r)) arguments.append(", ").append(Sharing.SCRATCH);
            scratch |= sharing.copies(r);
        }
        out.line(c.routine() + "(" + arguments + ");");
    }

    private void product(Product p) {
        KernelCall call = kernels.of(p);
        scratch |= call.usesScratch();
        boolean part = p.row().equals(divided);
        (part ? call.statements(Sharing.FROM, Sharing.TO) : call.statements()).forEach(out::line);
    }

    private void blockInPlace(List<Step> steps, Block b) {
        int mark = out.mark();
        block(steps, b);
        out.insert(mark, b.formulas.prologue());
    }

    private void loop(Step.Loop l, Block b) {
        Block inner = b.within(l);
        int mark = out.mark();
        out.open(l.kind() == Step.Kind.DOWN
                ? "for (int " + l.variable() + " = " + JavaIntegers.java(l.to().plus(-1)) + "; " + l.variable() + " >= "
                        + JavaIntegers.java(l.from()) + "; " + l.variable() + "--)"
                : "for (int " + l.variable() + " = " + JavaIntegers.java(l.from()) + "; " + l.variable() + " < "
                        + JavaIntegers.java(l.to()) + "; " + l.variable() + "++)");
        block(l.body(), inner);
        out.close();
        out.insert(mark, inner.formulas.prologue());
    }

    /** Two loops that turn a matrix, square by square, the last ones started early; false if they are none, or too short. */
    private boolean turn(Step.Loop l, Block b) {
        Turning t = turns && b.laneVariable == null ? Turning.of(l, schedule) : null;
        if (t == null) return false;
        String test = "";
        for (Step.Loop x : List.of(t.rows(), t.columns())) {
            Integer size = Turning.size(x);
            if (size != null && size < most()) return false;
            if (size == null) test += (test.isEmpty() ? "" : " && ") + JavaIntegers.java(x.to()) + " - " + JavaIntegers.java(x.from()) + " >= LANES";
        }
        functions.add(Dialect.AHEAD);
        functions.add(Dialect.TRANSPOSE);
        if (!test.isEmpty()) out.open("if (" + test + ")");
        squares(t.columns());
        squares(t.rows());
        out.line("transpose(" + t.load().array() + ", " + JavaIntegers.java(t.load().at()) + ", "
                + JavaIntegers.java(Affine.of(t.load().at().coefficient(t.columns().variable()))) + ", "
                + t.store().array() + ", " + JavaIntegers.java(t.store().at()) + ", "
                + JavaIntegers.java(Affine.of(t.store().at().coefficient(t.rows().variable()))) + ");");
        out.close();
        out.close();
        if (test.isEmpty()) return true;
        out.close();
        out.open("else");
        loop(l, b);
        out.close();
        return true;
    }

    private void squares(Step.Loop l) {
        String v = l.variable(), from = JavaIntegers.java(l.from()), to = JavaIntegers.java(l.to());
        Integer size = Turning.size(l);
        if (size != null && size % most() == 0) {
            out.open("for (int " + v + " = " + from + "; " + v + " < " + to + "; " + v + " += LANES)");
            return;
        }
        String next = fresh(v);
        out.open("for (int " + next + " = " + from + "; " + next + " < " + to + "; " + next + " += LANES)");
        out.line("final int " + v + " = Math.min(" + next + ", " + to + " - LANES);");
    }

    private int most() {
        return isDouble ? 8 : 16;
    }

    /** Whole vectors first, the remainder one by one. */
    private void vectorLoop(Step.Loop l, Block b) {
        String v = l.variable();
        String to = JavaIntegers.java(l.to());
        Integer size = l.from().isZero() ? l.to().constant() : null;
        boolean tail = size == null || size % most() != 0;
        Block lanes = b.within(l);
        lanes.laneVariable = v;
        Set<String> startedWithin = new HashSet<>();
        Steps.visit(l.body(), s -> {
            if (s instanceof Step.Start a) startedWithin.add(a.local());
        });
        List<Step.Accumulate> across = l.body().stream()
                .filter(s -> s instanceof Step.Accumulate a && !startedWithin.contains(a.local()))
                .map(s -> (Step.Accumulate) s)
                .toList();
        for (Step.Accumulate a : across) {
            String name = a.local() + "_lanes";
            used.add(name);
            lanes.lanes.add(name);
            lanes.assigned.add(name);
            out.line(vector.realVector() + " " + name + " = " + filled(a.fold().start()) + ";");
        }
        lanes.formulas = lanes.writer();
        if (tail && across.isEmpty() && size != null && size < 64 && overlaps(l.body())) {
            overlapped(l, b, lanes, size);
            return;
        }
        String end = tail ? fresh("end") : to;
        if (tail) {
            out.line("int " + v + " = " + JavaIntegers.java(l.from()) + ";");
            out.line("final int " + end + " = " + (l.from().isZero() ? "" : v + " + ") + "SPECIES.loopBound(" + to
                    + (l.from().isZero() ? "" : " - " + v) + ");");
        }
        int mark = out.mark();
        out.open("for (" + (tail ? "" : "int " + v + " = " + JavaIntegers.java(l.from())) + "; " + v + " < " + end + "; "
                + v + " += LANES)");
        for (Step s : l.body()) {
            if (s instanceof Step.Accumulate a && !startedWithin.contains(a.local()))
                accumulate(a.local() + "_lanes", a.local() + "_lanes", a.fold(), a.value(), lanes);
            else step(s, lanes);
        }
        functions.addAll(lanes.formulas.functions());
        out.close();
        out.insert(mark, lanes.formulas.prologue());
        for (Step.Accumulate a : across) {
            String all = a.local() + "_lanes";
            if (a.fold() == Fold.SUM) {
                functions.add(Dialect.AHEAD);
                vector.sumLanes(all).forEach(out::line);
                out.line(a.local() + " = " + a.local() + " + " + all + ".lane(0);");
            } else
                out.line(a.local() + " = Math.max(" + a.local() + ", " + all + ".reduceLanes(VectorOperators.MAX));");
        }
        if (!tail) return;
        Block rest = b.within(l);
        int tailMark = out.mark();
        out.open("for (; " + v + " < " + to + "; " + v + "++)");
        block(l.body(), rest);
        out.close();
        out.insert(tailMark, rest.formulas.prologue());
    }

    /** Whether computing an element twice gives the same: nothing that is written is read. */
    private static boolean overlaps(List<Step> body) {
        Set<String> written = new HashSet<>();
        for (Step.Store w : Steps.stores(body)) {
            if (w.fold() != Fold.SET) return false;
            written.add(w.array());
        }
        return Steps.loads(body).stream().noneMatch(l -> written.contains(l.array()));
    }

    /** A short row: the last vector starts early enough to end with the row, and computes some elements again. */
    private void overlapped(Step.Loop l, Block b, Block lanes, int size) {
        String v = l.variable();
        out.open("if (LANES <= " + size + ")");
        String next = fresh(v);
        int mark = out.mark();
        out.open("for (int " + next + " = 0; " + next + " < " + size + "; " + next + " += LANES)");
        out.line("final int " + v + " = Math.min(" + next + ", " + size + " - LANES);");
        block(l.body(), lanes);
        out.close();
        out.insert(mark, lanes.formulas.prologue());
        out.close();
        out.open("else");
        Block rest = b.within(l);
        int restMark = out.mark();
        out.open("for (int " + v + " = 0; " + v + " < " + size + "; " + v + "++)");
        block(l.body(), rest);
        out.close();
        out.insert(restMark, rest.formulas.prologue());
        out.close();
    }

    private String filled(double value) {
        return value == 0
                ? vector.realVector() + ".zero(SPECIES)"
                : vector.realVector() + ".broadcast(SPECIES, " + vector.literal(value) + ")";
    }

    private void let(Step.Let l, Block b) {
        boolean lanes = b.laneVariable != null;
        String java = lanes ? b.formulas.lanes(l.value()) : b.formulas.value(l.value()).java();
        statements(b);
        if (lanes) b.lanes.add(l.local());
        out.line("final " + (lanes ? vector.realVector() : scalar.real()) + " " + l.local() + " = " + java + ";");
    }

    private void start(Step.Start a, Block b) {
        if (a.fold() == Fold.ARGMAX) {
            out.line("int " + a.local() + " = 0;");
        } else if (b.laneVariable != null) {
            b.lanes.add(a.local());
            out.line(vector.realVector() + " " + a.local() + " = " + filled(a.fold().start()) + ";");
        } else {
            out.line(scalar.real() + " " + a.local() + " = " + scalar.literal(a.fold().start()) + ";");
        }
    }

    private void accumulate(String to, String from, Fold fold, Value value, Block b) {
        if (b.laneVariable != null) {
            String java = fold == Fold.SUM
                    ? b.formulas.lanes(new Value.Apply(Op.ADD, List.of(value, new Value.Local(from))))
                    : from + ".max(" + b.formulas.lanes(value) + ")";
            statements(b);
            out.line(to + " = " + java + ";");
            return;
        }
        String java = b.formulas.value(value).java();
        statements(b);
        out.line(fold == Fold.SUM ? to + " += " + java + ";" : to + " = Math.max(" + to + ", " + java + ");");
    }

    private void best(Step.Best best, Block b) {
        String java = b.formulas.value(best.value()).java();
        statements(b);
        String v = fresh("v");
        out.line("final " + scalar.real() + " " + v + " = " + java + ";");
        // without a branch: which of a few is greatest is as good as random
        best.positions().forEach((at, position) -> out.line(
                at + " = " + v + " > " + best.best() + " ? " + JavaIntegers.java(position) + " : " + at + ";"));
        out.line(best.best() + " = Math.max(" + best.best() + ", " + v + ");");
    }

    private void store(Step.Store w, Block b) {
        Array a = schedule.array(w.array());
        Value value = w.value();
        if (w.fold() == Fold.SUM || w.fold() == Fold.MAX) {
            Value present = new Value.Load(w.array(), w.at(), List.of(), 0);
            value = new Value.Apply(w.fold() == Fold.SUM ? Op.ADD : Op.MAX, List.of(present, value));
        }
        if (!w.inside().isEmpty()) out.open("if (" + JavaIntegers.java(w.inside()) + ")");
        if (b.laneVariable != null) {
            String java = b.formulas.lanes(value);
            statements(b);
            out.line(java + ".intoArray(" + w.array() + ", " + JavaIntegers.java(w.at()) + ");");
            if (!w.inside().isEmpty()) {
                out.close();
                b.formulas.forget();
            }
            return;
        }
        String target = a.isField() ? w.array() : w.array() + "[" + JavaIntegers.java(w.at()) + "]";
        if (w.fold() == Fold.SUM && !a.integer()) {
            String java = b.formulas.value(w.value()).java();
            statements(b);
            out.line(target + " += " + java + ";");
        } else {
            boolean position = w.value() instanceof Value.Local;
            String java = a.integer() && !position ? b.formulas.integer(value) : b.formulas.value(value).java();
            statements(b);
            out.line(target + " = " + java + ";");
        }
        if (!w.inside().isEmpty()) {
            out.close();
            b.formulas.forget();
        }
    }

    private void statements(Block b) {
        for (String s : b.formulas.statements()) out.line(s);
    }

    private void fill(Step.Fill f) {
        Array a = schedule.array(f.array());
        String value = a.integer() ? Integer.toString((int) f.value()) : scalar.literal(f.value());
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
}
