package org.nnl.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nnl.syntax.Parser;

/** The library, the samples and the reference models are well-formed. */
class ParseTest {

    @TestFactory
    Stream<DynamicTest> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder : List.of("src/main/resources/org/nnl/library", "src/test/resources/reference", "../../samples"))
            try (Stream<Path> list = Files.list(Path.of(System.getProperty("basedir", ".")).resolve(folder))) {
                list.filter(f -> f.toString().endsWith(".nnl")).sorted().forEach(files::add);
            }
        return files.stream().map(f -> DynamicTest.dynamicTest(
                f.getFileName().toString(), () -> Parser.parse(f.getFileName().toString(), Files.readString(f))));
    }
}
