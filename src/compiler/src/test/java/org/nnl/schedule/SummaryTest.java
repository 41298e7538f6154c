package org.nnl.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnl.equations.Fold;
import org.nnl.equations.Op;

/** What is said of a routine's steps. */
class SummaryTest {
    private static final Affine I = Affine.variable("i"), J = Affine.variable("j");

    @Test
    void aConstantClearsOrFills() {
        assertThat(said(loop("i", store("y", I, Fold.SET, new Value.Number(0))))).containsExactly("clears y");
        assertThat(said(new Step.Fill("y", Affine.ZERO, Count.of(3), 1))).containsExactly("fills y with 1");
    }

    @Test
    void aCopySaysWhetherItTurns() {
        assertThat(said(loop("i", loop("j", store("y", rows(I, J), Fold.SET, load("x", rows(I, J)))))))
                .containsExactly("copies x to y");
        assertThat(said(loop("i", loop("j", store("y", rows(I, J), Fold.SET, load("x", rows(J, I)))))))
                .containsExactly("copies x to y in another order");
    }

    @Test
    void whatIsAddedSaysWhere() {
        assertThat(said(loop("i", store("y", Affine.element("n", I), Fold.SUM, load("x", I)))))
                .containsExactly("adds x to y where n says");
        Value twice = new Value.Apply(Op.MUL, List.of(load("x", I), new Value.Number(2)));
        assertThat(said(loop("i", store("y", I, Fold.SUM, twice)))).containsExactly("adds values made of x to y");
    }

    @Test
    void sumsSayOverWhat() {
        assertThat(said(loop("i", new Step.Start("s", Fold.SUM), loop("j", new Step.Accumulate("s", Fold.SUM, load("x", rows(I, J)))),
                        store("y", I, Fold.SET, new Value.Local("s")))))
                .containsExactly("computes the sums of x over j for y");
    }

    @Test
    void formulasOfOneNestAreOnePhrase() {
        Value root = new Value.Apply(Op.SQRT, List.of(load("x", I)));
        assertThat(said(loop("i", new Step.Let("t", root), store("y", I, Fold.SET, new Value.Local("t")), store("z", I, Fold.SET, root))))
                .containsExactly("computes y and z");
    }

    @Test
    void aProductSaysForWhichLoops() {
        Product p = new Product(
                new Product.Operand("x", Affine.ZERO, Count.of(4)), new Product.Operand("n", Affine.ZERO, Count.ONE),
                new Product.Result("y", I, Count.of(4), Count.ONE), Count.of(4), Count.of(4),
                List.of(new Product.Inner(Count.of(4), Count.ONE, Count.of(4))), true, "r", "c", List.of());
        assertThat(said(loop("i", p))).containsExactly("adds matrix products of x and n to y, for each i");
    }

    /** A routine alone with its equations needs no words; two beside each other that share them do. */
    @Test
    void onlyPartsAreSummarised() {
        Step clear = loop("i", store("y", I, Fold.SET, new Value.Number(0)));
        Step add = loop("i", store("y", I, Fold.SUM, load("x", I)));
        Map<String, Routine> routines = Map.of(
                "whole", new Routine("whole", List.of("z[i] = x[i]"), List.of(), List.of(loop("i", store("z", I, Fold.SET, load("x", I))))),
                "y1", new Routine("y1", List.of("y[i] += x[i]"), List.of(), List.of(clear)),
                "y2", new Routine("y2", List.of("y[i] += x[i]"), List.of(), List.of(add)),
                "run", new Routine("run", List.of("Graph."), List.of(), List.of(new Step.Call("whole"), new Step.Call("y1"), new Step.Call("y2"))));
        Map<String, Array> arrays = Map.of("x", array("x"), "y", array("y"), "z", array("z"));
        assertThat(Summary.of(new Schedule(arrays, routines, Map.of(), 1, List.of())))
                .isEqualTo(Map.of("y1", "This part clears y.", "y2", "This part adds x to y."));
    }

    private static List<String> said(Step s) {
        return Summary.of(s, SummaryTest::array);
    }

    private static Array array(String name) {
        return new Array(name, name, Array.Kind.COMPUTED, false, List.of(Count.of(16)), List.of(Count.ONE), 0);
    }

    private static Affine rows(Affine row, Affine column) {
        return row.times(Count.of(4)).plus(column);
    }

    private static Value load(String array, Affine at) {
        return new Value.Load(array, at, List.of(), 0);
    }

    private static Step store(String array, Affine at, Fold fold, Value value) {
        return new Step.Store(array, at, List.of(), fold, value);
    }

    private static Step loop(String variable, Step... body) {
        return new Step.Loop(variable, Affine.ZERO, Affine.of(4), Step.Kind.UP, 1, List.of(body));
    }
}
