package org.nnl.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nnl.check.GradientCheck;
import org.nnl.program.Program;

/** The models of the samples: some elements of every gradient against central differences. */
class SamplesTest {

    /** Large ones are made smaller: the evaluator is slow. */
    private static final Map<String, Map<String, Double>> SMALLER = Map.of(
            "10-text.nnl", Map.of("hidden", 6.0), "12-transformer.nnl", Map.of("size", 8.0, "heads", 2.0));

    @TestFactory
    Stream<DynamicTest> gradientsEqualCentralDifferences() throws IOException {
        try (Stream<Path> list = Files.list(Path.of(System.getProperty("basedir", ".")).resolve("../../samples"))) {
            List<Path> files = list.filter(f -> f.toString().endsWith(".nnl")).sorted().toList();
            return files.stream().map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> {
                String name = f.getFileName().toString();
                Program program = Compiled.source(name, Files.readString(f), SMALLER.getOrDefault(name, Map.of()));
                List<GradientCheck.Row> rows = GradientCheck.check(program, 2, 5, 2);
                assertThat(rows).isNotEmpty().allSatisfy(row -> assertThat(row.passed()).as(row.toString()).isTrue());
            }));
        }
    }
}
