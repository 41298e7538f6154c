package org.nnl.emit;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.nnl.emit.formula.Dialect;
import org.nnl.emit.formula.Leaves;
import org.nnl.emit.formula.Operand;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Array;
import org.nnl.schedule.Count;
import org.nnl.schedule.Inside;
import org.nnl.schedule.Value;

/**
 * Loads, locals and integers in Java, at one place of a routine.
 *
 * @param variable     of the innermost loop, null outside all
 * @param laneVariable the variable that runs in lanes, null where code is scalar
 * @param written      arrays written in the innermost loop
 * @param assigned     locals assigned in the innermost loop
 * @param lanes        locals that hold vectors
 */
record ArrayLeaves(
        RoutineText text, String variable, String laneVariable, Set<String> written, Set<String> assigned, Set<String> lanes)
        implements Leaves {

    @Override
    public Operand real(Value leaf) {
        if (leaf instanceof Value.Local l)
            return lanes.contains(l.name())
                    ? Operand.lanes(l.name())
                    : Operand.scalar(l.name(), variable != null && !assigned.contains(l.name()));
        if (leaf instanceof Value.Whole w && laneVariable != null && w.value().mentions(laneVariable))
            return Operand.wholeLanes(text.vector.wholeVector() + ".broadcast(WHOLE, " + JavaIntegers.java(w.value())
                    + ").addIndex(" + w.value().coefficient(laneVariable).factor() + ")");
        if (leaf instanceof Value.Whole w)
            return Operand.whole(
                    JavaIntegers.java(w.value()),
                    variable != null && !w.value().mentions(variable)
                            && w.value().arrays().stream().noneMatch(written::contains));
        Value.Load l = (Value.Load) leaf;
        Array a = text.schedule.array(l.array());
        if (a.kind() == Array.Kind.SETTING) return text.isDouble ? Operand.scalar(l.array(), true) : Operand.wide(l.array());
        boolean invariant = variable != null && !leaf.mentions(variable) && !written.contains(l.array());
        if (a.isField()) return a.integer() ? Operand.whole(l.array(), invariant) : Operand.scalar(l.array(), invariant);
        String address = JavaIntegers.java(l.at());
        int apart = laneVariable == null ? 0 : l.at().coefficient(laneVariable).factor();
        if (apart > 0) {
            // integers are loaded as integers: a comparison or a conversion follows
            String type = a.integer() ? text.vector.wholeVector() : text.vector.realVector();
            String species = a.integer() ? "WHOLE" : "SPECIES";
            String inside = inside(l.inside().stream().filter(i -> i.index().mentions(laneVariable)).toList());
            String vector = apart == 2 ? everySecond(l, a) : type + ".fromArray(" + species + ", " + l.array() + ", " + address + inside + ")";
            String outside = a.integer() ? Integer.toString((int) l.boundary()) : text.vector.literal(l.boundary());
            List<Inside> alike = l.inside().stream().filter(i -> !i.index().mentions(laneVariable)).toList();
            if (!alike.isEmpty())
                vector = "(" + JavaIntegers.java(alike) + " ? " + vector + " : " + type + ".broadcast(" + species + ", "
                        + outside + "))";
            return a.integer() ? Operand.wholeLanes(vector) : Operand.lanes(vector);
        }
        String java = l.array() + "[" + address + "]";
        if (!l.inside().isEmpty())
            java = "(" + JavaIntegers.java(l.inside()) + " ? " + java + " : "
                    + (a.integer() ? Integer.toString((int) l.boundary()) : text.vector.literal(l.boundary())) + ")";
        return a.integer() ? Operand.whole(java, invariant) : Operand.scalar(java, invariant);
    }

    /** The mask of lanes for which tests hold that differ from lane to lane, as one more argument; empty if there are none. */
    private String inside(List<Inside> tests) {
        List<String> masks = new ArrayList<>();
        for (Inside i : tests) {
            String index = text.vector.wholeVector() + ".broadcast(WHOLE, " + JavaIntegers.java(i.index()) + ").addIndex(1)";
            if (i.low()) masks.add(index + ".compare(VectorOperators.GE, 0)");
            if (i.high()) masks.add(index + ".compare(VectorOperators.LT, " + JavaIntegers.java(i.size()) + ")");
        }
        if (masks.isEmpty()) return "";
        return ", " + masks.get(0) + masks.stream().skip(1).map(m -> ".and(" + m + ")").collect(Collectors.joining()) + ".cast(SPECIES)";
    }

    /** Every second element: the even ones of a vector that begins with the first, the odd ones of one that ends with the last. */
    private String everySecond(Value.Load l, Array a) {
        text.functions.add(Dialect.EVERY_SECOND);
        String type = text.vector.realVector();
        Affine last = l.at().plus(Affine.variable("LANES")).plus(Affine.of(Count.of(-1)));
        return type + ".fromArray(SPECIES, " + a.name() + ", " + JavaIntegers.java(l.at()) + ").rearrange(EVEN).blend("
                + type + ".fromArray(SPECIES, " + a.name() + ", " + JavaIntegers.java(last) + ").rearrange(ODD), UPPER)";
    }
}
