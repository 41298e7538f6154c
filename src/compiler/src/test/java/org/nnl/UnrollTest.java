package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnl.elaborate.Sources;
import org.nnl.load.CodeLengths;
import org.nnl.load.InMemoryCompiler;
import org.nnl.load.Instance;
import org.nnl.program.TrainSettings;
import org.nnl.reference.ReferenceCase;

/**
 * Loops over time with one step a pass, some, or all: the same numbers to the bit, in methods short enough for the JIT.
 * That the loop form is right, {@code ReferenceGeneratedTest} says.
 */
class UnrollTest {
    private static final List<Integer> FORMS = List.of(2, 3, TrainSettings.FULL);

    private static Compilation compile(String text, int unroll, Options options) {
        Options o = new Options("", "", options.backend(), options.precision(), Map.of("unroll", (double) unroll));
        return Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", o);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rnn", "lstm", "gru"})
    void referenceModelsGiveTheSameInEveryForm(String name) throws IOException {
        for (Options.Backend backend : Options.Backend.values())
            sameInEveryForm(ReferenceCase.model(name), Options.DEFAULT.with(backend, Options.Precision.DOUBLE));
    }

    static LongStream recurrentSeeds() {
        return LongStream.range(0, 200).filter(s -> RandomModel.text(s, false).contains("axis")).limit(5);
    }

    @ParameterizedTest
    @MethodSource("recurrentSeeds")
    void randomModelsGiveTheSameInEveryForm(long seed) {
        Options.Backend backend = Options.Backend.values()[(int) (seed % 2)];
        sameInEveryForm(RandomModel.text(seed, false), Options.DEFAULT.with(backend, Options.Precision.FLOAT));
    }

    /** A recurrence whose nests are copied, not called, with one that runs backwards, other offsets, and T = 11. */
    private static final String SMALL =
            """
            model Small {
                axis   t = 11
                input  x[t]
                target y
                param  w = 0.5, u = 0.3, v = 0.2, first = 0.1
                h[-1] = first
                h[t] = tanh(w * x[t] + u * h[t-1] + v * h[t-2])
                g[t] = tanh(h[t] + u * g[t+1])
                output p = g[0] + h[10]
                loss   (p - y)^2
                train  { optimizer sgd(rate = 0.1), batch 3 }
            }
            """;

    @Test
    void copiedNestsGiveTheSame() {
        for (Options.Backend backend : Options.Backend.values())
            sameInEveryForm(SMALL, Options.DEFAULT.with(backend, Options.Precision.FLOAT));
    }

    @Test
    void theScheduleSaysWhatWasChosen() {
        assertThat(compile(SMALL, 0, Options.DEFAULT).schedule().toString())
                .contains("# time t < 11 of compute_g: a loop, chosen, since a step more is about ");
        assertThat(compile(SMALL, 3, Options.DEFAULT).schedule().toString())
                .contains("# time t < 11 of compute_g: 3 steps a pass, as the model wants it");
        assertThat(compile(SMALL.replace("batch 3", "unroll full"), TrainSettings.FULL, Options.DEFAULT).schedule().notes())
                .allMatch(n -> n.endsWith(": in a straight line, as the model wants it"));
    }

    @Test
    void longRecurrencesAreUnrolledAsFarAsIsSensible() {
        Compilation c = compile(SMALL.replace("t = 11", "t = 3000").replace("h[10]", "h[2999]"), TrainSettings.FULL, Options.DEFAULT);
        assertThat(c.schedule().notes()).anyMatch(n -> n.contains("no more, since a step is about "));
        assertThat(lengths(c)).allSatisfy((method, bytes) -> assertThat(bytes).as(method).isLessThan(7500));
    }

    @Test
    void aPassOfManyCallsIsCutIntoMethods() throws IOException {
        String text = ReferenceCase.model("lstm").replace("t = 10", "t = 2000");
        assertThat(lengths(compile(text, 700, Options.DEFAULT)))
                .allSatisfy((method, bytes) -> assertThat(bytes).as(method).isLessThan(7500));
    }

    @Test
    void theLoopFormDoesNotGrowWithTheNumberOfSteps() throws IOException {
        String text = ReferenceCase.model("lstm");
        int few = compile(text, 1, Options.DEFAULT).java().length();
        int many = compile(text.replace("t = 10", "t = 5000"), 1, Options.DEFAULT).java().length();
        assertThat(many).isBetween(few, few + few / 6); // more is divided over threads and copied
    }

    private static Map<String, Integer> lengths(Compilation c) {
        try {
            return CodeLengths.of(InMemoryCompiler.compile(Map.of(c.className(), c.java())).get(c.className()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void sameInEveryForm(String text, Options options) {
        Map<String, Object> plain = run(compile(text, 1, options));
        for (int unroll : FORMS) {
            Compilation c = compile(text, unroll, options);
            assertThat(lengths(c).values()).allMatch(n -> n < 7500);
            Map<String, Object> other = run(c);
            String of = "unroll " + unroll + ", " + options + "\n" + text;
            if (isHalved(c) || isHalved(compile(text, 1, options))) Outcome.near(plain, other, options.precision(), of);
            else Outcome.same(plain, other, of);
        }
    }

    /** Whether sums over examples are left as two halves, which straight lines of steps and loops may do otherwise. */
    private static boolean isHalved(Compilation c) {
        return c.schedule().routines().values().stream().anyMatch(r -> r.division() != null && r.division().halves() != null);
    }

    private static Map<String, Object> run(Compilation c) {
        return Outcome.of(c.simplified(), new Instance(c.load(), 3), c.options().precision(), 1, 5);
    }
}
