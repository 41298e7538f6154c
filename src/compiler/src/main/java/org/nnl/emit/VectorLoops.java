package org.nnl.emit;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nnl.emit.formula.Dialect;
import org.nnl.emit.kernel.Source;
import org.nnl.equations.Fold;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Division;
import org.nnl.schedule.Jam;
import org.nnl.schedule.Step;
import org.nnl.schedule.Steps;

/**
 * Loops in lanes as Java statements: whole vectors, several side by side where the schedule says so, and what remains element
 * by element; short rows in whole vectors alone.
 */
final class VectorLoops {
    private final RoutineWriter writer;
    private final RoutineText text;
    private final Source out;
    private final ShortRows rows;

    /**
     * @param writer writes what is within
     * @param rows   which vectors may run over the end of their row; null if none
     */
    VectorLoops(RoutineWriter writer, RoutineText text, ShortRows rows) {
        this.writer = writer;
        this.text = text;
        this.out = text.out;
        this.rows = rows;
    }

    /** Whole vectors first, the remainder one by one. */
    void loop(Step.Loop l, Block b, Division division) {
        String v = l.variable(), from = JavaIntegers.java(l.from()), to = JavaIntegers.java(l.to());
        Integer size = l.from().isZero() ? l.to().constant() : null;
        boolean tail = size == null || size % text.mostLanes != 0;
        ShortRows.Row row = shortRow(l, b, division);
        if (row != null) {
            shortRow(l, b, row);
            return;
        }
        if (rows != null) rows.makeRoom(l);
        Block lanes = b.lanesWithin(l);
        List<Step.Accumulate> across = across(l);
        across.forEach(lanes::carry);
        if (tail && across.isEmpty() && size != null && size < 64 && overlaps(l.body())) {
            overlapped(l, b, lanes, size);
            return;
        }
        boolean begun = tail || l.unroll() > 1;
        if (begun) out.line("int " + v + " = " + from + ";");
        if (l.unroll() > 1) {
            sideBySide(l, b);
            if (size != null && size % (l.unroll() * text.mostLanes) == 0) return;
        }
        String end = tail ? text.fresh("end") : to;
        if (tail) {
            out.line("final int " + end + " = " + (l.from().isZero() ? "SPECIES.loopBound(" + to + ");"
                    : v + " + SPECIES.loopBound(" + to + " - " + v + ");"));
        }
        writer.loop("for (" + (begun ? "" : "int " + v + " = " + from) + "; " + v + " < " + end + "; " + v + " += LANES)", lanes,
                () -> inLanes(l, across, lanes));
        across.forEach(this::join);
        if (!tail) return;
        Block rest = b.within(l);
        writer.loop("for (; " + v + " < " + to + "; " + v + "++)", rest, () -> writer.block(l.body(), rest));
    }

    /** As many whole vectors as can run side by side. */
    private void sideBySide(Step.Loop l, Block b) {
        String v = l.variable(), step = l.unroll() + " * LANES";
        List<Step> body = Jam.of(l, Affine.variable("LANES"));
        Block lanes = b.lanesWithin(l.with(body));
        out.line("// " + l.unroll() + " vectors side by side");
        writer.loop("for (; " + v + " <= " + JavaIntegers.java(l.to()) + " - " + step + "; " + v + " += " + step + ")", lanes, () -> {
            for (Step s : body) writer.step(s, lanes);
        });
    }

    private ShortRows.Row shortRow(Step.Loop l, Block b, Division division) {
        return rows == null || b.loops() == null ? null : rows.of(l, b.loops(), division);
    }

    /** A row whose last vector runs over its end, where it takes no part in what is accumulated. */
    private void shortRow(Step.Loop l, Block b, ShortRows.Row row) {
        String v = l.variable(), to = JavaIntegers.java(l.to());
        Block lanes = b.lanesWithin(l, row, false);
        List<Step.Accumulate> across = across(l);
        if (across.isEmpty()) {
            writer.loop("for (int " + v + " = 0; " + v + " < " + to + "; " + v + " += LANES)", lanes, () -> writer.block(l.body(), lanes));
            return;
        }
        across.forEach(lanes::carry);
        String end = text.fresh("end");
        out.line("int " + v + " = 0;");
        out.line("final int " + end + " = SPECIES.loopBound(" + to + ");");
        writer.loop("for (; " + v + " < " + end + "; " + v + " += LANES)", lanes, () -> inLanes(l, across, lanes));
        Block last = b.lanesWithin(l, row, true);
        writer.loop("if (" + v + " < " + to + ")", last, () -> inLanes(l, across, last));
        across.forEach(this::join);
    }

    private void inLanes(Step.Loop l, List<Step.Accumulate> across, Block lanes) {
        for (Step s : l.body()) {
            if (s instanceof Step.Accumulate a && across.contains(a)) lanes.accumulateLanes(a);
            else writer.step(s, lanes);
        }
    }

    /** What a loop accumulates from pass to pass, in locals declared before it. */
    private static List<Step.Accumulate> across(Step.Loop l) {
        Set<String> within = new HashSet<>();
        Steps.visit(l.body(), s -> {
            if (s instanceof Step.Start a) within.add(a.local());
        });
        return l.body().stream()
                .filter(s -> s instanceof Step.Accumulate a && !within.contains(a.local()))
                .map(s -> (Step.Accumulate) s)
                .toList();
    }

    /** The lanes of what was accumulated put together. */
    private void join(Step.Accumulate a) {
        String all = Block.carried(a);
        if (a.fold() == Fold.SUM) {
            text.functions.add(Dialect.AHEAD);
            text.vector.sumLanes(all).forEach(out::line);
            out.line(a.local() + " = " + a.local() + " + " + all + ".lane(0);");
        } else {
            out.line(a.local() + " = Math.max(" + a.local() + ", " + all + ".reduceLanes(VectorOperators.MAX));");
        }
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
        String next = text.fresh(v);
        writer.loop("for (int " + next + " = 0; " + next + " < " + size + "; " + next + " += LANES)", lanes, () -> {
            out.line("final int " + v + " = Math.min(" + next + ", " + size + " - LANES);");
            writer.block(l.body(), lanes);
        });
        out.close();
        out.open("else");
        Block rest = b.within(l);
        writer.loop("for (int " + v + " = 0; " + v + " < " + size + "; " + v + "++)", rest, () -> writer.block(l.body(), rest));
        out.close();
    }
}
