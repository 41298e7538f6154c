package org.nnl.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nnl.Options;
import org.nnl.check.GradientCheck;
import org.nnl.elaborate.Elaborator;
import org.nnl.elaborate.Sources;
import org.nnl.equations.Graph;
import org.nnl.program.Program;
import org.nnl.verify.Verifier;

/**
 * Every gradient of every sample and reference model against central differences. Those of the library have a test of
 * their own, {@code org.nnl.library.LibraryGradientTest}.
 */
class ModelGradientsTest {
    private static final Partials PARTIALS = Partials.shipped();

    @TestFactory
    Stream<DynamicTest> gradients() {
        List<DynamicTest> tests = new ArrayList<>();
        Models.files().forEach((name, file) -> tests.add(DynamicTest.dynamicTest(
                name, () -> check(Elaborator.elaborate(Sources.files(), file.toString(), Options.DEFAULT)))));
        return tests.stream();
    }

    private static void check(Program program) {
        Program derived = Derive.derive(program, PARTIALS);
        for (Graph g : derived.graphs().values()) {
            Verifier.check(g, "derive");
            assertThat(g.derivatives()).isEmpty();
        }
        if (derived.parameters().stream().mapToLong(p -> p.elements(1)).sum() > 5000) return; // slow, and nothing new
        for (GradientCheck.Row row : GradientCheck.check(derived, 3, 11, 8))
            assertThat(row.passed()).as(row.toString()).isTrue();
    }
}
