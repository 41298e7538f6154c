package org.nnl.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.order.CycleException;

/** Tests the gradient check: whatever is broken in the rule or in a partial derivative, it must be seen. */
class MutationTest {
    private static final double SEEN = 1e-5;
    private static final Partials PARTIALS = Partials.shipped();

    static Stream<String> graphs() {
        return Stream.of(AdjointsTest.LAYER, AdjointsTest.CONVOLUTION, AdjointsTest.MAX_POOL, AdjointsTest.EMBEDDING,
                AdjointsTest.SOFTMAX, 
                // as it stands nothing goes through the mean, since Σ (z - mean) = 0, and any fault there is harmless
                AdjointsTest.NORMALISATION.replace("- mean[b])^2", "- 0.5*mean[b])^2"), AdjointsTest.LSTM);
    }

    /** Every equation that the rule makes, one at a time: its sign turned, a factor dropped, an axis missing. */
    @ParameterizedTest
    @MethodSource("graphs")
    void everyEquationOfTheGradientMatters(String text) {
        List<List<Equation>> mutants = new ArrayList<>();
        AdjointsTest.worst(text, PARTIALS, g -> {
            for (int k = 0; k < g.equations().size(); k++)
                if (g.equations().get(k).origin().reason().startsWith("∂"))
                    for (Equation broken : broken(g.equations().get(k))) {
                        List<Equation> equations = new ArrayList<>(g.equations());
                        equations.set(k, broken);
                        mutants.add(equations);
                    }
            return g;
        });
        assertThat(mutants).hasSizeGreaterThan(10);
        for (List<Equation> mutant : mutants)
            assertThat(worst(text, mutant))
                    .as(() -> Graph.of("mutant", List.of(), mutant, List.of()).toString())
                    .isGreaterThan(SEEN);
    }

    private static double worst(String text, List<Equation> mutant) {
        try {
            return AdjointsTest.worst(text, PARTIALS, g -> g.withEquations(mutant));
        } catch (CycleException e) {
            return Double.POSITIVE_INFINITY; // without its axis a recurrence needs itself: seen even earlier
        }
    }

    private static List<Equation> broken(Equation e) {
        List<Equation> mutants = new ArrayList<>();
        mutants.add(e.withBody(e.body().negate()));
        if (Tidy.isOp(e.body(), Op.MUL))
            for (int k = 0; k < 2; k++)
                if (!e.body().children().get(k).toString().equals("d_loss[]")) // dropping a 1 is no fault
                    mutants.add(e.withBody(e.body().children().get(1 - k)));
        for (Axis a : e.box()) {
            if (e.body().toString().matches("select\\(" + a.name() + " == 0, .*, 0\\)")) continue; // nothing but 0 counts
            Function<String, Index> first = x -> x.equals(a.name()) ? Index.of(0) : null;
            List<Axis> box = e.box().stream().filter(x -> x != a).toList();
            mutants.add(e.with(e.indices().stream().map(i -> i.substitute(first)).toList(), box, e.body().substitute(first)));
        }
        return mutants;
    }

    @Test
    void aSignInAPartial() {
        assertSeen(Tidy::negate);
    }

    @Test
    void aFactorInAPartial() {
        assertSeen(p -> Tidy.product(Expr.of(2), p));
    }

    @Test
    void aTermInAPartial() {
        assertSeen(p -> p.rewrite(e -> Tidy.isOp(e, Op.SUB) ? e.children().get(0) : e));
    }

    private static void assertSeen(UnaryOperator<Expr> fault) {
        assertThat(AdjointsTest.worst(AdjointsTest.LAYER, PARTIALS.spoiltBy(fault), g -> g)).isGreaterThan(SEEN);
        assertThat(AdjointsTest.worst(AdjointsTest.LSTM, PARTIALS.spoiltBy(fault), g -> g)).isGreaterThan(SEEN);
    }
}
