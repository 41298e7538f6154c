package org.nnl.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nnl.equations.Fold;
import org.nnl.equations.Op;

/** The rules that turn nests into what runs fast, each on a nest made for it. */
class ScheduleRulesTest {
    private static Affine v(String name) {
        return Affine.variable(name);
    }

    private static Value load(String array, Affine at, Inside... tests) {
        return new Value.Load(array, at, List.of(tests), 0);
    }

    private static Value apply(Op op, Value... arguments) {
        return new Value.Apply(op, List.of(arguments));
    }

    private static Step.Loop loop(String variable, int size, Step... body) {
        return new Step.Loop(variable, Affine.ZERO, Affine.of(size), Step.Kind.UP, 1, List.of(body));
    }

    private static Step store(String array, Affine at, Value value) {
        return new Step.Store(array, at, List.of(), Fold.SET, value);
    }

    private static Inside atLeastZero(Affine index) {
        return new Inside(index, Count.ONE, true, false);
    }

    @Test
    void aSumOfWhatIsZeroOutsideRunsInsideOnly() {
        Affine before = v("t").plus(-1);
        Step sum = new Step.Accumulate("s", Fold.SUM, apply(Op.MUL, load("x", v("t")), load("h", before, atLeastZero(before))));
        List<Step> steps = List.of(loop("i", 4, new Step.Start("s", Fold.SUM), loop("t", 9, sum), store("y", v("i"), new Value.Local("s"))));
        assertThat(SchedulePrinter.print(ResolveTests.of(steps)))
                .isEqualTo(
                        """
                        for i < 4
                          start s = 0
                          for t < 8
                            s += (x[t + 1] * h[t])
                          y[i] = s
                        """);
    }

    @Test
    void aTestThatNoLoopChangesIsMadeOnceAndTheOtherCaseSimplified() {
        Affine before = v("t").plus(-1);
        Value h = load("h", before.times(Count.of(4)).plus(v("i")), atLeastZero(before));
        List<Step> steps = List.of(loop("i", 4, store("y", v("i"), apply(Op.ADD, apply(Op.MUL, load("w", v("i")), h), load("b", v("i"))))));
        assertThat(SchedulePrinter.print(ResolveTests.of(steps)))
                .isEqualTo(
                        """
                        when 0 <= t - 1
                          for i < 4
                            y[i] = ((w[i] * h[i + 4*t - 4]) + b[i])
                        when 0 <= -t
                          for i < 4
                            y[i] = b[i]
                        """);
    }

    @Test
    void aStoreThatIsDroppedLeavesNoOtherCase() {
        Affine before = v("t").plus(-1);
        Step add = new Step.Store("y", before, List.of(atLeastZero(before)), Fold.SUM, load("x", v("i")));
        assertThat(SchedulePrinter.print(ResolveTests.of(List.of(loop("i", 4, add)))))
                .isEqualTo("when 0 <= t - 1\n  for i < 4\n    y[t - 1] += x[i]\n");
    }

    @Test
    void manyTranscendentalsAreCutWhereTheirResultsAreStored() {
        Step.Loop l = new Step.Loop("i", Affine.ZERO, Affine.of(32), Step.Kind.VECTOR, 1, List.of(
                new Step.Let("a", apply(Op.SIGMOID, load("x", v("i")))),
                new Step.Let("b", apply(Op.TANH, load("z", v("i")))),
                new Step.Let("c", apply(Op.EXP, load("u", v("i")))),
                store("A", v("i"), new Value.Local("a")),
                store("B", v("i"), new Value.Local("b")),
                store("D", v("i"), apply(Op.MUL, new Value.Local("a"), new Value.Local("c")))));
        assertThat(SchedulePrinter.print(SplitLoops.of(List.of(l))))
                .isEqualTo(
                        """
                        for i < 32 vector
                          let a = sigmoid(x[i])
                          A[i] = a
                          let b = tanh(z[i])
                          B[i] = b
                        for i < 32 vector
                          let a = A[i]
                          let c = exp(u[i])
                          D[i] = (a * c)
                        """);
    }

    @Test
    void whatIsNeededLaterAndStoredNowhereKeepsALoopTogether() {
        Step.Loop l = new Step.Loop("i", Affine.ZERO, Affine.of(32), Step.Kind.VECTOR, 1, List.of(
                new Step.Let("a", apply(Op.SIGMOID, load("x", v("i")))),
                new Step.Let("b", apply(Op.TANH, load("z", v("i")))),
                new Step.Let("c", apply(Op.EXP, load("u", v("i")))),
                store("D", v("i"), apply(Op.MUL, apply(Op.MUL, new Value.Local("a"), new Value.Local("b")), new Value.Local("c")))));
        assertThat(SplitLoops.of(List.of(l))).containsExactly(l);
    }

    @Test
    void sumsOverStridesAreLeftForLanesToTakeUp() {
        Step sum = new Step.Accumulate("s", Fold.SUM, apply(Op.MUL, load("w", v("i")), load("x", v("b").times(Count.of(3)).plus(v("i")))));
        Step.Loop nest = loop("b", 32, new Step.Start("s", Fold.SUM), loop("i", 3, sum),
                store("p", v("b"), apply(Op.SIGMOID, new Value.Local("s"))));
        assertThat(SchedulePrinter.print(Vectorise.of(List.of(nest), Set.of(), true)))
                .isEqualTo(
                        """
                        for b < 32
                          start s = 0
                          for i < 3
                            s += (w[i] * x[3*b + i])
                          p[b] = s
                        for b < 32 vector
                          let s = p[b]
                          p[b] = sigmoid(s)
                        """);
    }

    @Test
    void everySecondElementIsReadIntoLanesUnlessAnotherLoopReadsEach() {
        Step.Loop second = loop("j", 12, store("y", v("j"), load("x", v("j").times(Count.of(2)))));
        Step.Loop each = loop("i", 12, loop("j", 12, store("y", v("j").times(Count.of(12)).plus(v("i")),
                load("x", v("j").times(Count.of(2)).plus(v("i"))))));
        assertThat(((Step.Loop) Vectorise.of(List.of(second), Set.of(), true).get(0)).kind()).isEqualTo(Step.Kind.VECTOR);
        assertThat(SchedulePrinter.print(Vectorise.of(List.of(each), Set.of(), true))).contains("for i < 12 vector");
    }

    @Test
    void positionsAreFoundInLanesWhereEachLaneHasItsOwn() {
        Step best = new Step.Best("m", load("x", v("j").plus(v("u").times(Count.of(12)))), Map.of("at", v("u")));
        List<Step> starts = List.of(new Step.Start("m", Fold.MAX), new Step.Start("at", Fold.ARGMAX));
        Step keep = new Step.Store("where", v("j"), List.of(), Fold.SET, new Value.Local("at"));
        Step.Loop nest = loop("j", 12, starts.get(0), starts.get(1), loop("u", 3, best), keep);
        assertThat(((Step.Loop) Vectorise.of(List.of(nest), Set.of("where"), true).get(0)).kind()).isEqualTo(Step.Kind.VECTOR);
        assertThat(((Step.Loop) Vectorise.of(List.of(nest), Set.of("where"), false).get(0)).kind()).isEqualTo(Step.Kind.UP);
        Step.Loop over = loop("j", 12, new Step.Best("m", load("x", v("j")), Map.of("at", v("j"))));
        assertThat(((Step.Loop) Vectorise.of(List.of(over), Set.of("where"), true).get(0)).kind()).isEqualTo(Step.Kind.UP);
    }

    @Test
    void aLoopMayReadWhatLiesItsLengthAway() {
        Step.Loop l = loop("i", 16, store("h", v("t").times(Count.of(16)).plus(v("i")),
                load("h", v("t").times(Count.of(16)).plus(v("i")).plus(-16))));
        Step.Loop overlapping = loop("i", 16, store("h", v("i").plus(1), load("h", v("i"))));
        assertThat(((Step.Loop) Vectorise.of(List.of(l), Set.of(), true).get(0)).kind()).isEqualTo(Step.Kind.VECTOR);
        assertThat(((Step.Loop) Vectorise.of(List.of(overlapping), Set.of(), true).get(0)).kind()).isEqualTo(Step.Kind.UP);
    }

    @Test
    void aFactorInALoopOverTimeIsTransposedOnce() {
        Array u = new Array("U", "h.U", Array.Kind.PARAMETER, false, List.of(Count.of(8), Count.of(4)), Array.rowMajor(List.of(Count.of(8), Count.of(4))), 0);
        Product p = new Product(
                new Product.Operand("h", v("t").times(Count.of(4)), Count.of(4)),
                new Product.Operand("U", Affine.ZERO, Count.of(4)),
                new Product.Result("y", Affine.ZERO, Count.of(8), Count.ONE),
                new Count(1, true), Count.of(8), List.of(new Product.Inner(Count.of(4), Count.ONE, Count.ONE)),
                false, "b", "i", List.of());
        ArrangeFactors rule = new ArrangeFactors(n -> u, a -> a, 4);
        assertThat(SchedulePrinter.print(rule.of(List.of(p), true)))
                .isEqualTo(
                        """
                        product y[0; 8, 1] = h[4*t; 4] * h_U_columns[0; 1]
                          rows b < B, columns i < 8, inner 4 [1; 8]
                        """);
        assertThat(SchedulePrinter.print(rule.copies().get("transpose_h_U_columns")))
                .isEqualTo(
                        """
                        for k < 4
                          for n < 8
                            h_U_columns[8*k + n] = U[k + 4*n]
                        """);
    }

    @Test
    void columnsThatWouldLieFarApartAreTransposedIntoPanels() {
        Array u = new Array("U", "h.U", Array.Kind.PARAMETER, false, List.of(Count.of(8), Count.of(4)), Array.rowMajor(List.of(Count.of(8), Count.of(4))), 0);
        Product p = new Product(
                new Product.Operand("h", v("t").times(Count.of(4)), Count.of(4)),
                new Product.Operand("U", Affine.ZERO, Count.of(4)),
                new Product.Result("y", Affine.ZERO, Count.of(8), Count.ONE),
                new Count(1, true), Count.of(8), List.of(new Product.Inner(Count.of(4), Count.ONE, Count.ONE)),
                false, "b", "i", List.of());
        ArrangeFactors rule = new ArrangeFactors(n -> u, a -> a, 2);
        assertThat(SchedulePrinter.print(rule.of(List.of(p), true)))
                .isEqualTo(
                        """
                        for i_panel < 4 to and fro
                          product y[2*i_panel; 8, 1] = h[4*t; 4] * h_U_columns[8*i_panel; 1]
                            rows b < B, columns i < 2, inner 4 [1; 2]
                        """);
        assertThat(SchedulePrinter.print(rule.copies().get("transpose_h_U_columns")))
                .isEqualTo(
                        """
                        for i_panel < 4
                          for k < 4
                            for n < 2
                              h_U_columns[8*i_panel + 2*k + n] = U[8*i_panel + k + 4*n]
                        """);
    }

    @Test
    void aFirstFactorReadAcrossIsCopiedInTheOrderItIsReadIn() {
        List<Count> shape = List.of(Count.of(6), Count.of(5), Count.of(3));
        Array kernels = new Array("K", "h.K", Array.Kind.PARAMETER, false, shape, Array.rowMajor(shape), 0);
        Product p = new Product(
                new Product.Operand("K", v("u"), Count.of(3)),
                new Product.Operand("d_y", v("b").times(Count.of(48)), Count.ONE),
                new Product.Result("d_x", v("b").times(Count.of(60)).plus(v("u")), Count.of(10), Count.ONE),
                Count.of(5), Count.of(8), List.of(new Product.Inner(Count.of(6), Count.of(15), Count.of(8))),
                true, "q", "j", List.of());
        ArrangeRows rule = new ArrangeRows(n -> kernels, a -> a);
        Step.Loop window = loop("u", 3, p);
        assertThat(rule.of(List.of(window))).isEqualTo(List.of(window));
        Step.Loop examples = new Step.Loop("b", Affine.ZERO, Affine.of(new Count(1, true)), Step.Kind.UP, 1, List.of(window));
        assertThat(SchedulePrinter.print(rule.of(List.of(examples))))
                .isEqualTo(
                        """
                        for b < B
                          for u < 3
                            product d_x[60*b + u; 10, 1] += h_K_arranged[30*u; 6] * d_y[48*b; 1]
                              rows q < 5, columns j < 8, inner 6 [1; 8]
                        """);
        assertThat(SchedulePrinter.print(rule.copies().get("arrange_h_K_arranged")))
                .isEqualTo(
                        """
                        for u < 3
                          for q < 5
                            for k0 < 6
                              h_K_arranged[k0 + 6*q + 30*u] = K[15*k0 + 3*q + u]
                        """);
    }

    /** The same parameter in two orders is two arrays. */
    @Test
    void eachOrderOfAFirstFactorHasAnArray() {
        List<Count> shape = List.of(Count.of(4), Count.of(4), Count.of(4));
        Array kernels = new Array("K", "K", Array.Kind.PARAMETER, false, shape, Array.rowMajor(shape), 0);
        ArrangeRows rule = new ArrangeRows(n -> kernels, a -> a);
        Count batch = new Count(1, true);
        for (int[] strides : new int[][] {{4, 16}, {16, 4}, {4, 16}})
            rule.of(List.of(new Step.Loop("b", Affine.ZERO, Affine.of(batch), Step.Kind.UP, 1, List.of(new Product(
                    new Product.Operand("K", Affine.of(1), Count.of(strides[0])),
                    new Product.Operand("x", v("b").times(Count.of(32)), Count.ONE),
                    new Product.Result("y", v("b").times(Count.of(32)), Count.of(8), Count.ONE),
                    Count.of(4), Count.of(8), List.of(new Product.Inner(Count.of(4), Count.of(strides[1]), Count.of(8))),
                    false, "q", "j", List.of())))));
        assertThat(rule.copies().keySet()).containsExactly("arrange_K_arranged", "arrange_K_arranged2");
    }

    @Test
    void productsWhoseResultHasGapsAreOneInAnArrayWithout() {
        Product p = new Product(
                new Product.Operand("K", Affine.ZERO, Count.of(72)),
                new Product.Operand("x", v("b").times(Count.of(512)).plus(v("i").times(Count.of(8))), Count.ONE),
                new Product.Result("y", v("b").times(Count.of(256)).plus(v("i").times(Count.of(8))).plus(9), Count.of(64), Count.ONE),
                Count.of(4), Count.of(6), List.of(new Product.Inner(Count.of(72), Count.ONE, Count.of(64))),
                false, "o", "j", List.of());
        JoinRuns runs = JoinRuns.inLanes(16);
        List<Step> nest = List.of(new Step.Loop("b", Affine.ZERO, Affine.of(new Count(1, true)), Step.Kind.UP, 1, List.of(loop("i", 6, p))));
        assertThat(SchedulePrinter.print(runs.of(CloseGaps.of(nest, runs::joins, "y.sum", a -> a))))
                .isEqualTo(
                        """
                        for b < B
                          product y_sum_compact[144*b; 36, 1] = K[0; 72] * x[512*b; 1] in runs of 6, 8 apart
                            rows o < 4, columns j < 36, inner 72 [1; 64]
                          for o < 4
                            for i < 6
                              for j < 6
                                y[256*b + 8*i + j + 64*o + 9] = y_sum_compact[144*b + 6*i + j + 36*o]
                        """);
        Product without = new Product(p.a(), p.b(),
                new Product.Result("y", v("b").times(Count.of(144)).plus(v("i").times(Count.of(6))), Count.of(36), Count.ONE),
                p.rows(), p.columns(), p.inner(), false, "o", "j", List.of());
        List<Step> whole = List.of(new Step.Loop("b", Affine.ZERO, Affine.of(new Count(1, true)), Step.Kind.UP, 1, List.of(loop("i", 6, without))));
        assertThat(CloseGaps.of(whole, runs::joins, "y.sum", a -> a)).isEqualTo(whole);
    }

    @Test
    void aProductSentToElementsInNoRowIsComputedFirst() {
        Affine x = v("i").times(Count.of(16)).plus(v("k"));
        Affine y = v("k").times(Count.of(32)).plus(v("j"));
        Step sum = new Step.Accumulate("s", Fold.SUM, apply(Op.MUL, load("x", x), load("y", y)));
        Affine somewhere = Affine.element("at", v("i")).plus(v("j").times(Count.of(2)));
        Step.Loop nest = loop("i", 8, loop("j", 32, new Step.Start("s", Fold.SUM), loop("k", 16, sum),
                new Step.Store("z", somewhere, List.of(), Fold.SUM, new Value.Local("s"))));
        assertThat(SchedulePrinter.print(FindProduct.of(PartScatter.of(List.of(nest), "z", true, a -> new Array(
                        "z_parts", a.tensor(), a.kind(), false, a.shape(), a.strides(), 0)))))
                .isEqualTo(
                        """
                        product z_parts[0; 32, 1] = x[0; 16] * y[0; 1]
                          rows i < 8, columns j < 32, inner 16 [1; 32]
                        for i < 8
                          for j < 32
                            z[2*j + at[i]] += z_parts[32*i + j]
                        """);
    }

    @Test
    void positionsOfOneMaximumAreFoundByOneSearch() {
        String model = """
                model Pool {
                    input  x[6, 8]
                    target y[3, 4]
                    param  w[6, 8] = 1
                    a[i, j] = w[i, j] * x[i, j]
                    m[i, j] = max[u < 2, v < 2] a[2*i + u, 2*j + v]
                    output p[i, j] = m[i, j]
                    loss   sum[i, j] ((p[i, j] - y[i, j])^2)
                    train  { optimizer sgd(rate = 0.1), batch 4 }
                }
                """;
        String schedule = org.nnl.Compiler.compile(
                        org.nnl.elaborate.Sources.of(java.util.Map.of("pool.nnl", model)), "pool.nnl", org.nnl.Options.DEFAULT)
                .schedule().toString();
        assertThat(schedule.lines().filter(l -> l.contains("_best max= "))).hasSize(1);
        assertThat(schedule).containsPattern("_best max= .*, m_at_u_\\w+ = u, m_at_v_\\w+ = v\n");
    }

    @Test
    void whatIsSentToShiftedPlacesOfARowIsCollected() {
        Affine sent = v("q").times(Count.of(36)).plus(v("i").times(Count.of(6))).plus(v("j")).plus(v("v")).plus(-1);
        Affine place = v("j").plus(v("v")).plus(-1);
        Value part = load("p", v("q").times(Count.of(72)).plus(v("v").times(Count.of(24))).plus(v("i").times(Count.of(4))).plus(v("j")));
        Step.Store add = new Step.Store("x", sent, List.of(new Inside(place, Count.of(6), true, true)), Fold.SUM, part);
        Step.Loop nest = CollectShifts.of(loop("q", 2, loop("v", 3, loop("i", 6, loop("j", 4, add)))), "s");
        assertThat(SchedulePrinter.print(List.of(nest)))
                .isEqualTo(
                        """
                        for q < 2
                          for i < 6
                            for j < 5
                              start s = 0
                              for v < 3
                                s += (p[4*i + j + 72*q + 23*v + 1] if 0 <= j - v + 1 < 4 else 0)
                              x[6*i + j + 36*q] += s
                        """);
        assertThat(SchedulePrinter.print(Vectorise.of(List.of(nest), Set.of(), true))).contains("for j < 5 vector\n");
        Step.Loop apart = loop("v", 3, loop("j", 4, new Step.Store("x", v("v").times(Count.of(2)).plus(v("j")), List.of(), Fold.SUM, part)));
        assertThat(CollectShifts.of(apart, "s")).isNull();
    }

    @Test
    void whatIsAddedOnceToAClearedArrayIsSet() {
        Array x = new Array("x", "x", Array.Kind.COMPUTED, false, List.of(Count.of(6), Count.of(4)), List.of(Count.of(4), Count.ONE), 0);
        List<Step> clear = List.of(loop("k", 24, store("x", v("k"), new Value.Number(0))));
        Affine each = v("i").times(Count.of(4)).plus(v("j"));
        Step all = loop("i", 6, loop("j", 4, new Step.Store("x", each, List.of(), Fold.SUM, load("p", each))));
        assertThat(SchedulePrinter.print(FirstSum.of(clear, List.of(all), n -> x)))
                .isEqualTo(
                        """
                        for i < 6
                          for j < 4
                            x[4*i + j] = p[4*i + j]
                        """);
        Step some = loop("i", 5, loop("j", 4, new Step.Store("x", each, List.of(), Fold.SUM, load("p", each))));
        Step twice = loop("i", 6, loop("j", 4, new Step.Store("x", v("i").times(Count.of(3)).plus(v("j")), List.of(), Fold.SUM, load("p", each))));
        for (List<Step> steps : List.of(List.of(some), List.of(twice), List.of(all, all)))
            assertThat(FirstSum.of(clear, steps, n -> x)).hasSize(1 + steps.size()).containsAll(steps);
    }

    @Test
    void aNarrowProductIsComputedTheOtherWayRound() {
        Product p = new Product(
                new Product.Operand("a", Affine.ZERO, Count.of(64)), new Product.Operand("b", Affine.ZERO, Count.ONE),
                new Product.Result("c", Affine.ZERO, Count.of(5), Count.ONE),
                Count.of(20), Count.of(5), List.of(new Product.Inner(Count.of(64), Count.ONE, Count.of(5))), false, "i", "j", List.of());
        Array a = new Array("a", "a", Array.Kind.COMPUTED, false, List.of(Count.of(20), Count.of(64)), List.of(Count.of(64), Count.ONE), 0);
        assertThat(SchedulePrinter.print(TurnNarrow.of(List.of(p), "c", n -> a, x -> x)))
                .isEqualTo(
                        """
                        for k0 < 64
                          for i < 20
                            a_rows[i + 20*k0] = a[64*i + k0]
                        product c_turned[0; 20, 1] = b[0; 1] * a_rows[0; 1]
                          rows j < 5, columns i < 20, inner 64 [5; 20]
                        for i < 20
                          for j < 5
                            c[5*i + j] = c_turned[i + 20*j]
                        """);
    }
}
