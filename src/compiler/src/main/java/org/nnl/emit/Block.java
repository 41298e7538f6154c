package org.nnl.emit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nnl.emit.formula.Dialect;
import org.nnl.emit.formula.FormulaWriter;
import org.nnl.emit.kernel.Source;
import org.nnl.equations.Fold;
import org.nnl.equations.Op;
import org.nnl.schedule.Array;
import org.nnl.schedule.Step;
import org.nnl.schedule.Steps;
import org.nnl.schedule.Value;

/** A straight piece of code: the body of a loop, or of the routine, or the part in lanes of a vector loop. */
final class Block {
    private final RoutineText text;
    private final Source out;

    /** The variable of the innermost loop around, null outside all. */
    private final String variable;

    /** The loops around, the outermost first, or those within the last test; null where a test in a loop is what is directly around. */
    private final List<Step.Loop> loops;

    /** Of a row in lanes whose vectors run over its end; null where they do not. */
    private final ShortRows.Row row;

    /** Whether the vector is the last of that row. */
    private final boolean last;

    /** The variable that runs in lanes; null where code is text.scalar. */
    private final String laneVariable;

    /** Arrays written within that loop. */
    private final Set<String> written;

    /** Locals that the innermost loop assigns. */
    private final Set<String> assigned;

    /** Locals that hold vectors. */
    private final Set<String> lanes;

    private final FormulaWriter formulas;

    /** The body of a routine. */
    Block(RoutineText text) {
        this(text, null, null, List.of(), null, false, Set.of(), Set.of(), new HashSet<>());
    }

    private Block(
            RoutineText text, String variable, String laneVariable, List<Step.Loop> loops, ShortRows.Row row, boolean last,
            Set<String> written, Set<String> assigned, Set<String> lanes) {
        this.text = text;
        this.out = text.out;
        this.variable = variable;
        this.laneVariable = laneVariable;
        this.loops = loops;
        this.row = row;
        this.last = last;
        this.written = written;
        this.assigned = assigned;
        this.lanes = lanes;
        formulas = new FormulaWriter(
                laneVariable == null ? text.scalar : text.vector,
                new ArrayLeaves(text, variable, laneVariable, written, assigned, lanes), text::fresh);
    }

    /** What is within tests that stand in this block. */
    Block within(Step.When w) {
        return new Block(text, variable, laneVariable, isOutermost() ? loops : null, row, last, written, new HashSet<>(assigned), lanes);
    }

    /** The body of a loop that stands in this block. */
    Block within(Step.Loop l) {
        return within(l, laneVariable, row, last);
    }

    /** The part in lanes of a vector loop that stands in this block. */
    Block lanesWithin(Step.Loop l) {
        return within(l, l.variable(), null, false);
    }

    /**
     * The part in lanes of a short row that stands in this block.
     *
     * @param last whether that is the last vector of the row, and not any
     */
    Block lanesWithin(Step.Loop l, ShortRows.Row of, boolean last) {
        return within(l, l.variable(), of, last);
    }

    private Block within(Step.Loop l, String inLanes, ShortRows.Row of, boolean isLast) {
        Set<String> stored = new HashSet<>(), declared = new HashSet<>();
        Steps.stores(l.body()).forEach(s -> stored.add(s.array()));
        Steps.visit(l.body(), s -> {
            if (s instanceof Step.Let x) declared.add(x.local());
            if (s instanceof Step.Start x) declared.add(x.local());
            if (s instanceof Step.Accumulate x) declared.add(x.local());
        });
        List<Step.Loop> inner = loops == null ? new ArrayList<>() : new ArrayList<>(loops);
        inner.add(l);
        return new Block(text, l.variable(), inLanes, inner, of, isLast, stored, declared, new HashSet<>(lanes));
    }

    /** The loops around, the outermost first, or those within the last test; null where a test in a loop is what is directly around. */
    List<Step.Loop> loops() {
        return loops;
    }

    /** Whether its variables stand for lanes. */
    boolean isInLanes() {
        return laneVariable != null;
    }

    /** Whether no loop is around. */
    boolean isOutermost() {
        return variable == null;
    }

    /** Statements that what has been written needs to stand before the block, or before the loop whose body it is. */
    List<String> prologue() {
        text.functions.addAll(formulas.functions());
        return formulas.prologue();
    }

    /** What has been computed is not known any more: an array that it reads has been written, or may have been. */
    void forget() {
        formulas.forget();
    }

    /** Declares, before a loop, what {@link #carried accumulates} in lanes from pass to pass. */
    void carry(Step.Accumulate a) {
        String all = carried(a);
        text.used.add(all);
        lanes.add(all);
        assigned.add(all);
        out.line(text.vector.realVector() + " " + all + " = " + filled(a.fold().start()) + ";");
    }

    /** The vector of partial results of a local that a loop in lanes accumulates in. */
    static String carried(Step.Accumulate a) {
        return a.local() + "_lanes";
    }

    void let(Step.Let l) {
        boolean inLanes = laneVariable != null;
        String java = inLanes ? formulas.initialLanes(l.value()) : formulas.value(l.value()).java();
        statements();
        if (inLanes) lanes.add(l.local());
        out.line("final " + (inLanes ? text.vector.realVector() : text.scalar.real()) + " " + l.local() + " = " + java + ";");
    }

    void start(Step.Start a) {
        if (a.fold() == Fold.ARGMAX && laneVariable == null) {
            out.line("int " + a.local() + " = 0;");
        } else if (laneVariable != null) {
            lanes.add(a.local());
            out.line(text.vector.realVector() + " " + a.local() + " = " + filled(a.fold().start()) + ";");
        } else {
            out.line(text.scalar.real() + " " + a.local() + " = " + text.scalar.literal(a.fold().start()) + ";");
        }
    }

    /** Accumulates in lanes what is {@link #carry carried}, of the last vector of a row only what belongs to the row. */
    void accumulateLanes(Step.Accumulate a) {
        String all = carried(a);
        if (!last) {
            accumulate(all, a.fold(), a.value());
            return;
        }
        String java = formulas.lanes(a.value());
        statements();
        text.functions.add(row.rest());
        out.line(all + " = " + filled(a.fold().start()) + ".blend(" + java + ", " + row.rest() + ")."
                + (a.fold() == Fold.SUM ? "add" : "max") + "(" + all + ");");
    }

    void accumulate(String local, Fold fold, Value value) {
        if (laneVariable != null) {
            String java = fold == Fold.SUM
                    ? formulas.lanes(new Value.Apply(Op.ADD, List.of(value, new Value.Local(local))))
                    : local + ".max(" + formulas.lanes(value) + ")";
            statements();
            out.line(local + " = " + java + ";");
            return;
        }
        String java = formulas.value(value).java();
        statements();
        out.line(local + (fold == Fold.SUM ? " += " + java + ";" : " = Math.max(" + local + ", " + java + ");"));
    }

    void best(Step.Best best) {
        if (laneVariable != null) {
            bestInLanes(best);
            return;
        }
        String java = formulas.value(best.value()).java();
        statements();
        String v = text.fresh("v");
        out.line("final " + text.scalar.real() + " " + v + " = " + java + ";");
        // without a branch: which of a few is greatest is as good as random
        best.positions().forEach((at, position) -> out.line(
                at + " = " + v + " > " + best.best() + " ? " + JavaIntegers.java(position) + " : " + at + ";"));
        out.line(best.best() + " = Math.max(" + best.best() + ", " + v + ");");
    }

    /** Positions are the bits of numbers, so that one mask is for all. */
    private void bestInLanes(Step.Best best) {
        String java = formulas.initialLanes(best.value());
        statements();
        String v = named(java), greater = text.fresh("greater");
        out.line("final " + text.vector.mask() + " " + greater + " = " + v + ".compare(VectorOperators.GT, " + best.best() + ");");
        best.positions().forEach((at, position) -> out.line(
                at + " = " + at + ".blend(Float.intBitsToFloat(" + JavaIntegers.java(position) + "), " + greater + ");"));
        out.line(best.best() + " = " + best.best() + ".max(" + v + ");");
    }

    void store(Step.Store w) {
        if (w.inside().isEmpty()) {
            send(w);
            return;
        }
        out.open("if (" + JavaIntegers.java(w.inside()) + ")");
        send(w);
        out.close();
        forget();
    }

    private void send(Step.Store w) {
        Array a = text.schedule.array(w.array());
        Value value = w.value();
        if (w.fold() == Fold.SUM || w.fold() == Fold.MAX) {
            Value present = new Value.Load(w.array(), w.at(), List.of(), 0);
            value = new Value.Apply(w.fold() == Fold.SUM ? Op.ADD : Op.MAX, List.of(present, value));
        }
        if (laneVariable != null) {
            String java = formulas.lanes(value);
            statements();
            sendLanes(w, a, java);
            return;
        }
        String target = a.isField() ? w.array() : w.array() + "[" + JavaIntegers.java(w.at()) + "]";
        if (w.fold() == Fold.SUM && !a.integer()) {
            String java = formulas.value(w.value()).java();
            statements();
            out.line(target + " += " + java + ";");
        } else {
            boolean position = w.value() instanceof Value.Local;
            String java = a.integer() && !position ? formulas.integer(value) : formulas.value(value).java();
            statements();
            out.line(target + " = " + java + ";");
        }
    }

    /** How many steps from one on are stores of short rows that are whole vectors in the same case, and stand together. */
    int alike(List<Step> steps, int from) {
        String whole = row != null && steps.get(from) instanceof Step.Store w ? row.whole().get(w.array()) : "";
        if (whole.isEmpty() || whole.equals(ShortRows.NEVER)) return 0;
        int k = from;
        while (k < steps.size() && steps.get(k) instanceof Step.Store w && whole.equals(row.whole().get(w.array()))) k++;
        return k - from;
    }

    /** Stores of which none reads what another has written, with one test for all. */
    void store(List<Step.Store> rows) {
        List<String> vectors = new ArrayList<>();
        for (Step.Store w : rows) {
            String java = formulas.lanes(w.value());
            statements();
            vectors.add(ofKind(text.schedule.array(w.array()), java));
        }
        sendRows(rows, vectors);
    }

    /** A vector as what the array holds, with a name unless it is the bits of one. */
    private String ofKind(Array a, String vector) {
        return a.integer() ? vector + ".reinterpretAsInts()" : named(vector);
    }

    /** Vectors of short rows: whole, or, where another thread's rows begin, under a mask. */
    private void sendRows(List<Step.Store> rows, List<String> vectors) {
        text.functions.add(row.rest());
        List<String> whole = new ArrayList<>(), part = new ArrayList<>();
        for (int k = 0; k < rows.size(); k++) {
            Step.Store w = rows.get(k);
            String mask = row.rest() + (text.schedule.array(w.array()).integer() ? ".cast(WHOLE)" : "");
            whole.add(vectors.get(k) + into(w) + ");");
            part.add(vectors.get(k) + into(w) + ", " + mask + ");");
        }
        String test = "if (" + row.whole().get(rows.get(0).array()) + ")";
        if (rows.size() == 1) {
            out.line(test + " " + whole.get(0));
            out.line("else " + part.get(0));
            return;
        }
        out.open(test);
        whole.forEach(out::line);
        out.close();
        out.open("else");
        part.forEach(out::line);
        out.close();
    }

    private static String into(Step.Store w) {
        return ".intoArray(" + w.array() + ", " + JavaIntegers.java(w.at());
    }

    private void sendLanes(Step.Store w, Array a, String java) {
        String whole = row == null ? "" : row.whole().get(w.array());
        if (whole.isEmpty()) {
            out.line((a.integer() ? java + ".reinterpretAsInts()" : java) + into(w) + ");");
        } else if (whole.equals(ShortRows.NEVER)) {
            text.functions.add(Dialect.BEHIND);
            out.line(java + ".intoArray(behind, 0);");
            out.line("System.arraycopy(behind, 0, " + w.array() + ", " + laneVariable + ", Math.min(LANES, "
                    + row.size() + " - " + laneVariable + "));");
        } else {
            sendRows(List.of(w), List.of(ofKind(a, java)));
        }
    }

    /** The name of a vector, which is declared if it has none. */
    private String named(String vector) {
        if (vector.matches("\\w+")) return vector;
        String name = text.fresh("v");
        out.line("final " + text.vector.realVector() + " " + name + " = " + vector + ";");
        return name;
    }

    private void statements() {
        for (String s : formulas.statements()) out.line(s);
    }

    private String filled(double value) {
        return value == 0
                ? text.vector.realVector() + ".zero(SPECIES)"
                : text.vector.realVector() + ".broadcast(SPECIES, " + text.vector.literal(value) + ")";
    }
}
