package org.nnl.emit;

import org.nnl.emit.kernel.Surroundings;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Array;
import org.nnl.schedule.Count;
import org.nnl.schedule.Schedule;

/** What a product's kernel finds in a generated class. */
record ClassSurroundings(Schedule schedule) implements Surroundings {
    @Override
    public String count(Count count) {
        return JavaIntegers.java(count);
    }

    @Override
    public String index(Affine index) {
        return JavaIntegers.java(index);
    }

    @Override
    public String array(String name) {
        return name;
    }

    @Override
    public boolean isInteger(String array) {
        return schedule.array(array).integer();
    }

    @Override
    public boolean isField(String array) {
        return schedule.array(array).isField();
    }

    @Override
    public boolean isWide(String array) {
        return schedule.array(array).kind() == Array.Kind.SETTING;
    }
}
