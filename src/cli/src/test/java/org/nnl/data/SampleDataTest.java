package org.nnl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.program.Program;

/** The data of every sample fit its model. */
class SampleDataTest {

    /** Samples whose data are not in the repository, and where they lie in a folder beside it. */
    private static final Map<String, String> ELSEWHERE = Map.of("04-mnist.nnl", "mnist", "15-nationality.nnl", "names/nationality");

    @TestFactory
    Stream<DynamicTest> fitTheirModels() throws IOException {
        try (Stream<Path> list = Files.list(Path.of(System.getProperty("basedir", ".")).resolve("../../samples"))) {
            List<Path> files = list.filter(f -> f.toString().endsWith(".nnl")).sorted().toList();
            return files.stream().map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> read(f)));
        }
    }

    private static void read(Path file) {
        String elsewhere = ELSEWHERE.get(file.getFileName().toString());
        Path folder = elsewhere == null ? null : shared(elsewhere);
        assumeTrue(elsewhere == null || folder != null, "shared/data is not beside this repository: no data to read");
        Compilation compilation = Compiler.compile(file, Options.DEFAULT);
        Program model = compilation.model();
        DataBlock block = new DataBlock(compilation.data(), file, compilation.name(), compilation.text());
        DataSets sets = block.read(model.inputs(), model.targets(), false, 1, folder);
        assertThat(sets.train().count()).isGreaterThanOrEqualTo(100);
        assertThat(sets.validation().count()).isGreaterThanOrEqualTo(30);
    }

    private static Path shared(String name) {
        for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
            Path folder = p.resolve("shared/data").resolve(name);
            if (Files.isDirectory(folder)) return folder;
        }
        return null;
    }
}
