package org.nnl.emit;

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
     * @param around   the loop in whose body it stands, null if in none
     * @param division of the routine, null if it has none; then {@code around} goes through a part
     */
    Row of(Step.Loop row, Step.Loop around, Division division) {
        if (around == null) return of(row, null, null, false, division == null);
        boolean parts = division != null && around.variable().equals(division.variable());
        List<Affine.Term> to = around.to().terms();
        boolean counted = around.from().isZero() && to.size() == 1 && to.get(0).atom() instanceof Affine.One;
        Count count = parts ? division.count() : counted ? to.get(0).coefficient() : null;
        return count == null ? null : of(row, around, count, parts, false);
    }

    /** Whether steps outside all loops have such rows. */
    boolean in(List<Step> steps, Division division) {
        return in(steps, null, division, true);
    }

    /** @param direct whether no test stands between the steps and the loop around */
    private boolean in(List<Step> steps, Step.Loop around, Division division, boolean direct) {
        for (Step s : steps) {
            if (s instanceof Step.When w && in(w.body(), around, division, around == null)) return true;
            if (!(s instanceof Step.Loop l)) continue;
            if (l.kind() == Step.Kind.VECTOR && direct && of(l, around, division) != null || in(l.body(), l, division, true)) return true;
        }
        return false;
    }

    /**
     * @param count  how many times the loop around goes round; for one that threads divide, in all parts together
     * @param parts  whether threads divide that one
     * @param single whether no thread computes a part of the routine
     */
    private Row of(Step.Loop row, Step.Loop around, Count count, boolean parts, boolean single) {
        Integer size = row.from().isZero() ? row.to().constant() : null;
        if (size == null || size >= LONGEST || size % lanes == 0) return null;
        Map<String, Integer> room = new TreeMap<>();
        for (Value.Load l : Steps.loads(row.body())) {
            if (!l.at().mentions(row.variable())) continue;
            Array a = schedule.array(l.array());
            if (!l.inside().isEmpty() || a.integer() || !storage.isOwn(a)) return null;
            room.merge(a.name(), l.at().coefficient(row.variable()).factor(), Math::max);
        }
        Map<String, String> whole = new HashMap<>();
        for (Step.Store w : Steps.stores(row.body())) {
            String test = whole(w, row, size, around, count, parts, single);
            if (test == null) return null;
            whole.put(w.array(), test);
            if (!test.equals(NEVER)) room.merge(w.array(), 1, Math::max);
        }
        room.forEach(storage::lengthen);
        return new Row(Dialect.REST + size, size, whole);
    }

    /** When a whole vector may be stored; null if it never may. */
    private String whole(Step.Store w, Step.Loop row, int size, Step.Loop around, Count count, boolean parts, boolean single) {
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
        if (around.kind() != Step.Kind.UP || !storage.isOwn(a) || !a.count().equals(Count.of(size).times(count))) return null;
        boolean[] plain = {true};
        Steps.visit(others, s -> plain[0] &= !(s instanceof Step.Fill || s instanceof Step.Call || s instanceof Step.When
                || s instanceof Product));
        if (!plain[0]) return null;
        if (!w.at().equals(at.plus(Affine.variable(around.variable()).times(Count.of(size))))) return null;
        if (!parts) return "";
        String to = JavaIntegers.java(around.to());
        return JavaIntegers.java(w.at()) + " + LANES <= " + JavaIntegers.java(around.to().times(Count.of(size)))
                + " || " + to + " == " + JavaIntegers.java(count);
    }
}
