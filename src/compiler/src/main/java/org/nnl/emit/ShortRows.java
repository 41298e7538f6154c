package org.nnl.emit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.nnl.emit.formula.Dialect;
import org.nnl.equations.Fold;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Array;
import org.nnl.schedule.Count;
import org.nnl.schedule.Division;
import org.nnl.schedule.Product;
import org.nnl.schedule.Schedule;
import org.nnl.schedule.Step;
import org.nnl.schedule.Steps;
import org.nnl.schedule.Value;

/**
 * Short rows that fill no whole number of vectors: the last vector of a row runs over its end. What it reads there is not
 * used, and what it writes there is the beginning of later rows, which are written again when their turn comes; arrays of
 * the class get room behind their last row. Where another thread's rows begin, the last vector is stored under a mask: there
 * alone, since Java 17 allocates for it. A gradient, which the caller may ask for, has no such room: its lanes go through a
 * small array.
 */
final class ShortRows {
    /** Rows from this length on have their last elements computed one by one. */
    static final int LONGEST = 64;

    private final Schedule schedule;

    private final Storage storage;
    private final int lanes;

    /** @param lanes of the longest vectors that a class may have */
    ShortRows(Schedule schedule, Storage storage, int lanes) {
        this.schedule = schedule;
        this.storage = storage;
        this.lanes = lanes;
    }

    /**
     * A row that may be computed so.
     *
     * @param rest  the lanes of the last vector that belong to the row: a name among {@link Dialect#function}
     * @param size  its elements
     * @param whole by array that is written: what must hold for a whole vector to be stored; empty if nothing, {@link #NEVER}
     *              if nothing makes room for one
     */
    record Row(String rest, int size, Map<String, String> whole) {}

    static final String NEVER = "never";

    /**
     * A loop in lanes over a short row; null if it is none, or has to keep within its row.
     *
     * @param around   the loops in which it stands, the outermost first, with no test between
     * @param division of the routine, null if it has none; then a loop around goes through a part
     */
    Row of(Step.Loop row, List<Step.Loop> around, Division division) {
        if (around.isEmpty()) return of(row, null, division == null);
        // the rows of an array may be those of the innermost loop alone, or of several
        for (int k = around.size() - 1; k >= 0; k--) {
            Rows rows = Rows.of(around.subList(k, around.size()), division);
            Row found = rows == null ? null : of(row, rows, false);
            if (found != null) return found;
        }
        return null;
    }

    /** Makes room behind arrays of which some lanes may lie outside: a vector that runs over the end of an array is read lane by lane. */
    void makeRoom(Step.Loop lanes) {
        for (Value.Load l : Steps.loads(lanes.body())) {
            boolean tested = l.inside().stream().anyMatch(i -> i.index().mentions(lanes.variable()));
            if (tested && storage.isOwn(schedule.array(l.array()))) storage.lengthen(l.array(), 1);
        }
    }

    /** Whether steps outside all loops have such rows. */
    boolean in(List<Step> steps, Division division) {
        return in(steps, List.of(), division, true);
    }

    /** @param direct whether no test stands between the steps and the loops around */
    private boolean in(List<Step> steps, List<Step.Loop> around, Division division, boolean direct) {
        for (Step s : steps) {
            if (s instanceof Step.When w && in(w.body(), around.isEmpty() ? around : List.of(), division, around.isEmpty())) return true;
            if (!(s instanceof Step.Loop l)) continue;
            if (l.kind() == Step.Kind.VECTOR && direct && of(l, around, division) != null) return true;
            List<Step.Loop> inner = new ArrayList<>(around);
            inner.add(l);
            if (in(l.body(), inner, division, true)) return true;
        }
        return false;
    }

    /**
     * Loops that go through rows.
     *
     * @param body   of the outermost
     * @param number of the row, in the order of the loops
     * @param count  of all rows, in all parts together
     * @param end    the row before which a part ends; null if no threads divide the outermost loop
     */
    private record Rows(List<Step> body, Affine number, Count count, Affine end) {
        static Rows of(List<Step.Loop> loops, Division division) {
            Affine number = Affine.ZERO, end = null;
            Count count = Count.ONE;
            for (int k = loops.size() - 1; k >= 0; k--) {
                Step.Loop l = loops.get(k);
                List<Affine.Term> to = l.to().terms();
                boolean parts = division != null && l.variable().equals(division.variable());
                boolean counted = l.from().isZero() && to.size() == 1 && to.get(0).atom() instanceof Affine.One;
                if (l.kind() != Step.Kind.UP || parts && k > 0 || !parts && !counted) return null;
                Count size = parts ? division.count() : to.get(0).coefficient();
                if (size.batch() && count.batch()) return null;
                number = number.plus(Affine.variable(l.variable()).times(count));
                if (parts) end = l.to().times(count);
                count = count.times(size);
            }
            return new Rows(loops.get(0).body(), number, count, end);
        }
    }

    /**
     * @param around the rows of which it is one; null if no loop is around
     * @param single whether no thread computes a part of the routine
     */
    private Row of(Step.Loop row, Rows around, boolean single) {
        Integer size = row.from().isZero() ? row.to().constant() : null;
        if (size == null || size >= LONGEST || size % lanes == 0) return null;
        Map<String, Integer> room = new TreeMap<>();
        for (Value.Load l : Steps.loads(row.body())) {
            if (!l.at().mentions(row.variable())) continue;
            Array a = schedule.array(l.array());
            if (l.inside().stream().anyMatch(i -> !i.index().mentions(row.variable())) || a.integer() || !storage.isOwn(a)) return null;
            room.merge(a.name(), l.at().coefficient(row.variable()).factor(), Math::max);
        }
        Map<String, String> whole = new HashMap<>();
        for (Step.Store w : Steps.stores(row.body())) {
            String test = whole(w, row, size, around, single);
            if (test == null) return null;
            whole.put(w.array(), test);
            if (!test.equals(NEVER)) room.merge(w.array(), 1, Math::max);
        }
        room.forEach(storage::lengthen);
        return new Row(Dialect.REST + size, size, whole);
    }

    /** When a whole vector may be stored; null if it never may. */
    private String whole(Step.Store w, Step.Loop row, int size, Rows around, boolean single) {
        Array a = schedule.array(w.array());
        if (a.kind() != Array.Kind.COMPUTED || !w.inside().isEmpty() || w.fold() != Fold.SET) return null;
        List<Step> others = around == null ? row.body() : around.body();
        if (Steps.loads(others).stream().anyMatch(l -> l.array().equals(w.array()))) return null;
        if (Steps.stores(others).stream().filter(s -> s.array().equals(w.array())).count() != 1) return null;
        Affine at = Affine.variable(row.variable());
        if (around == null) {
            if (!w.at().equals(at) || !a.count().equals(Count.of(size))) return null;
            return storage.isOwn(a) ? "" : single && !a.integer() ? NEVER : null;
        }
        if (!storage.isOwn(a) || !a.count().equals(Count.of(size).times(around.count()))) return null;
        boolean[] plain = {true};
        Steps.visit(others, s -> plain[0] &= !(s instanceof Step.Fill || s instanceof Step.Call || s instanceof Step.When
                || s instanceof Product));
        if (!plain[0]) return null;
        if (!w.at().equals(at.plus(around.number().times(Count.of(size))))) return null;
        if (around.end() == null) return "";
        return JavaIntegers.java(w.at()) + " + LANES <= " + JavaIntegers.java(around.end().times(Count.of(size)))
                + " || " + JavaIntegers.java(around.end()) + " == " + JavaIntegers.java(around.count());
    }
}
