package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;
import org.nnl.equations.Meeting;

/**
 * How a tensor is stored.
 *
 * @param shift    added to each index of the left-hand side, so that values before the beginning have a place
 * @param stored   sizes of the dimensions of the left-hand side as stored
 * @param visible  their sizes to those who read
 * @param trailing the sizes of the rest; null while unknown
 * @param free     axes around the equation on which it depends
 */
record Layout(
        List<Integer> shift, List<Integer> stored, List<Integer> visible, List<Integer> trailing, boolean batched,
        List<Axis> free, int classes) {
    private static final String ROWS = ".rows";

    boolean isShifted() {
        return !stored.equals(visible) || shift.stream().anyMatch(s -> s != 0);
    }

    List<Axis> lead() {
        List<Axis> lead = new ArrayList<>();
        if (batched) lead.add(Storing.BATCH_AXIS);
        lead.addAll(free);
        return lead;
    }

    /** The positions at which a value is given before the beginning or after the end. */
    Value.Open given() {
        return (d, position) -> d < shift.size() && position >= -shift.get(d) && position < stored.get(d) - shift.get(d);
    }

    Value.Array reading(String tensor, Value.Open open) {
        if (trailing == null) return unknown(tensor, classes);
        List<Integer> shape = new ArrayList<>(visible);
        shape.addAll(trailing);
        List<Index> lead = Storing.indices(lead());
        return new Value.Array(shape, classes, open, position -> {
            List<Index> full = new ArrayList<>(lead);
            for (int d = 0; d < position.size(); d++)
                full.add(d < shift.size() ? position.get(d).plus(shift.get(d)) : position.get(d));
            return Expr.read(tensor, full);
        });
    }

    /** What is read of a tensor whose shape is still to be found. */
    static Value.Array unknown(String tensor, int classes) {
        return new Value.Array(null, classes, Value.Open.EVERYWHERE, position -> Expr.read(tensor, position));
    }

    /** The name of what is stored when values before the beginning, or after the end, are stored too. */
    static String rows(String tensor) {
        return tensor + ROWS;
    }

    /** The tensor under whose name the values of one are known to people. */
    static String visible(String tensor) {
        return tensor.endsWith(ROWS) ? tensor.substring(0, tensor.length() - ROWS.length()) : tensor;
    }

    /** How what the parts define is stored; an error if they do not fit together. */
    static Layout of(String name, List<Part> parts, Frame f, Problems problems) {
        Part first = parts.get(0);
        int rank = first.left().size();
        List<Integer> shift = new ArrayList<>(), stored = new ArrayList<>(), visible = new ArrayList<>();
        for (Part p : parts)
            if (p.left().size() != rank)
                throw problems.error(f, p.span(), "'" + name + "' is written with " + rank + " and with "
                        + p.left().size() + " indices", "first at " + first.span().place());
        for (int k = 0; k < parts.size(); k++) {
            Part part = parts.get(k);
            List<Integer> twice = Meeting.within(part.place());
            if (twice != null)
                throw problems.error(f, part.span(), "'" + element(name, twice) + "' is defined twice, at two values of "
                        + "the indices", "a sum is written with the index of the result: y[k] = sum[j] …");
            for (Part p : parts.subList(0, k)) {
                List<Integer> common = Meeting.of(p.place(), part.place());
                if (common != null)
                    throw problems.error(f, part.span(), "'" + element(name, common) + "' is defined twice", "first at "
                            + p.span().place());
            }
        }
        for (int d = 0; d < rank; d++) {
            int low = 0, high = 0, variable = 0;
            for (Part p : parts) {
                Index i = p.left().get(d);
                int from = i.constant(), to = from;
                for (Axis a : p.variables()) {
                    int reach = i.coefficient(a.name()) * (a.size().at(0) - 1);
                    if (reach < 0) from += reach;
                    else to += reach;
                }
                if (from < 0 && to >= 0)
                    throw problems.error(f, p.span(), "'" + name + "' would be written at position " + from);
                low = Math.min(low, from);
                high = Math.max(high, to + 1);
                if (!i.isConstant() && to >= 0) variable = Math.max(variable, to + 1);
            }
            if (variable == 0 && low < 0) throw problems.error(f, first.span(), "'" + name
                    + "' has a value before its beginning, and no others");
            shift.add(-low);
            stored.add(high - low);
            // A constant index beyond all others gives a value after the end, as one below 0 gives one before the beginning.
            visible.add(variable > 0 && low < 0 ? variable : variable > 0 && endsOpen(parts, d, variable, f) ? variable
                    : high);
        }
        List<Integer> trailing = null;
        boolean batched = false;
        Set<Axis> free = new LinkedHashSet<>();
        int classes = first.value().classes();
        for (Part p : parts) {
            if (p.value().classes() != classes) classes = 0;
            if (p.value().isKnown()) {
                if (trailing == null) trailing = p.value().shape();
                else if (!trailing.equals(p.value().shape()))
                    throw problems.error(f, p.span(), "the parts of '" + name + "' have shapes " + trailing + " and "
                            + p.value().shape(), "first at " + first.span().place());
            }
            Expr e = p.value().at(Storing.indices(Storing.axes(p.value().isKnown() ? p.value().shape() : List.of(),
                    p.frame())));
            batched |= e.mentions(Storing.BATCH);
            free.addAll(Storing.mentioned(f.live(), e));
        }
        List<Axis> ordered = new ArrayList<>(f.live());
        ordered.retainAll(free);
        return new Layout(shift, stored, visible, trailing, batched, ordered, classes);
    }

    private static String element(String name, List<Integer> position) {
        return position.isEmpty() ? name : name + position.toString().replace(" ", "");
    }

    /** Whether a part runs along a declared axis and another gives the value just behind its end: {@code h[64] = e}. */
    private static boolean endsOpen(List<Part> parts, int d, int end, Frame f) {
        boolean along = false, behind = false;
        for (Part p : parts) {
            Index i = p.left().get(d);
            behind |= i.isConstant() && i.constant() == end;
            Scope.Entry e = i.bareAxis() == null ? null : f.scope().peek(i.bareAxis());
            along |= e != null && e.value() instanceof Value.AxisName a && a.declared() && a.size() == end;
        }
        return along && behind;
    }
}
