package org.nnl.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.syntax.Parser;
import org.nnl.syntax.SourceException;
import org.nnl.syntax.Tree;

/**
 * Each file of {@code data/broken} holds, behind lines {@code == name}, a data block, data files, and the message
 * expected for a model with inputs x[2] and target y of class(3). With the property {@code nnl.rewrite} the messages are
 * written anew.
 */
class BrokenDataTest {
    @TempDir
    Path folder;

    private static Path cases() throws Exception {
        Path copied = Path.of(BrokenDataTest.class.getResource("/data/broken").toURI());
        return copied;
    }

    @TestFactory
    Stream<DynamicTest> everyMessage() throws Exception {
        try (Stream<Path> all = Files.list(cases())) {
            return all.sorted().toList().stream().map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> check(f)));
        }
    }

    private void check(Path file) throws IOException {
        Map<String, String> parts = new LinkedHashMap<>();
        String name = null;
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("== ")) parts.put(name = line.substring(3), "");
            else parts.merge(name, line + "\n", String::concat);
        }
        Path own = Files.createDirectory(folder.resolve(file.getFileName().toString()));
        for (Map.Entry<String, String> p : parts.entrySet())
            if (!p.getKey().equals("expected")) Files.writeString(own.resolve(p.getKey()), p.getValue());
        // a file below the folder of the process is named from there, wherever the temporary folder lies
        Path fromHere = Path.of("").toAbsolutePath().relativize(own);
        String found = message(own, parts.get("m.nnl")).replace(own + "/", "").replace(fromHere + "/", "").strip() + "\n";
        if (System.getProperty("nnl.rewrite") != null) {
            parts.put("expected", found);
            StringBuilder s = new StringBuilder();
            parts.forEach((k, v) -> s.append("== ").append(k).append('\n').append(v));
            Files.writeString(file, s);
        } else {
            assertThat(found).isEqualTo(parts.get("expected"));
        }
    }

    private static String message(Path folder, String text) {
        Tensor x = Tensor.real("x", Tensor.Role.INPUT, List.of(Size.BATCH, Size.of(2)));
        Tensor y = new Tensor("y", Tensor.Role.TARGET, List.of(Size.BATCH), 3, 0);
        try {
            Tree.Data data = (Tree.Data) Parser.parse("m.nnl", text).definitions().get(0);
            new DataBlock(data, folder.resolve("m.nnl"), "m.nnl", text).read(List.of(x), List.of(y), false, 1, null);
            return "nothing wrong";
        } catch (DataException | SourceException e) {
            return e.getMessage();
        }
    }
}
