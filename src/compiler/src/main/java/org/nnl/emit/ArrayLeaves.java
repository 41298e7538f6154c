package org.nnl.emit;

import java.util.Set;
import java.util.function.Supplier;
import org.nnl.emit.formula.Dialect;
import org.nnl.emit.formula.Leaves;
import org.nnl.emit.formula.Operand;
import org.nnl.schedule.Array;
import org.nnl.schedule.Schedule;
import org.nnl.schedule.Value;

/** Loads, locals and integers in Java, at one place of a routine. */
record ArrayLeaves(Supplier<Surroundings> at) implements Leaves {

    /**
     * Where a formula stands.
     *
     * @param variable     of the innermost loop, null outside all
     * @param laneVariable the variable that runs in lanes, null where code is scalar
     * @param written      arrays written in the innermost loop
     * @param assigned     locals assigned in the innermost loop
     * @param lanes        locals that hold vectors
     */
    record Surroundings(
            Schedule schedule,
            String variable,
            String laneVariable,
            Set<String> written,
            Set<String> assigned,
            Set<String> lanes,
            Dialect vector,
            boolean isDouble) {}

    @Override
    public Operand real(Value leaf) {
        Surroundings here = at.get();
        if (leaf instanceof Value.Local l)
            return here.lanes.contains(l.name())
                    ? Operand.lanes(l.name())
                    : Operand.scalar(l.name(), here.variable != null && !here.assigned.contains(l.name()));
        if (leaf instanceof Value.Whole w && here.laneVariable != null && w.value().mentions(here.laneVariable))
            return Operand.wholeLanes(here.vector.wholeVector() + ".broadcast(WHOLE, " + JavaIntegers.java(w.value())
                    + ").addIndex(" + w.value().coefficient(here.laneVariable).factor() + ")");
        if (leaf instanceof Value.Whole w)
            return Operand.whole(
                    JavaIntegers.java(w.value()),
                    here.variable != null && !w.value().mentions(here.variable)
                            && w.value().arrays().stream().noneMatch(here.written::contains));
        Value.Load l = (Value.Load) leaf;
        Array a = here.schedule.array(l.array());
        if (a.kind() == Array.Kind.SETTING) return here.isDouble ? Operand.scalar(l.array(), true) : Operand.wide(l.array());
        boolean invariant = here.variable != null && !leaf.mentions(here.variable) && !here.written.contains(l.array());
        if (a.isField()) return a.integer() ? Operand.whole(l.array(), invariant) : Operand.scalar(l.array(), invariant);
        String address = JavaIntegers.java(l.at());
        if (here.laneVariable != null && l.at().coefficient(here.laneVariable).isOne()) {
            // integers are loaded as integers: a comparison or a conversion follows
            String type = a.integer() ? here.vector.wholeVector() : here.vector.realVector();
            String species = a.integer() ? "WHOLE" : "SPECIES";
            String vector = type + ".fromArray(" + species + ", " + l.array() + ", " + address + ")";
            String outside = a.integer() ? Integer.toString((int) l.boundary()) : here.vector.literal(l.boundary());
            if (!l.inside().isEmpty())
                vector = "(" + JavaIntegers.java(l.inside()) + " ? " + vector + " : " + type + ".broadcast(" + species + ", "
                        + outside + "))";
            return a.integer() ? Operand.wholeLanes(vector) : Operand.lanes(vector);
        }
        String java = l.array() + "[" + address + "]";
        if (!l.inside().isEmpty())
            java = "(" + JavaIntegers.java(l.inside()) + " ? " + java + " : "
                    + (a.integer() ? Integer.toString((int) l.boundary()) : here.vector.literal(l.boundary())) + ")";
        return a.integer() ? Operand.whole(java, invariant) : Operand.scalar(java, invariant);
    }
}
