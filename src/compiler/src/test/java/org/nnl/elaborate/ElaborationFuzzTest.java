package org.nnl.elaborate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nnl.Options;
import org.nnl.equations.Graph;
import org.nnl.program.Program;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.Mutations;
import org.nnl.syntax.SourceException;
import org.nnl.verify.Verifier;

/** Whatever the text: a program whose graphs are sound, or a {@link SourceException} that says where and what. */
class ElaborationFuzzTest {
    private static final Path MODELS = Path.of("src/test/resources/models");

    /** Models of all sorts, by file name. */
    static Map<String, String> models() throws IOException {
        Map<String, String> models = new TreeMap<>();
        try (Stream<Path> files = Files.list(MODELS)) {
            for (Path f : files.toList()) models.put(f.getFileName().toString(), Files.readString(f));
        }
        Mutations.validFiles().forEach((name, text) -> {
            if (text.split("(^|\n)model ", -1).length == 2) models.put(name, text);
        });
        return models;
    }

    @Test
    void soundModelsGiveSoundGraphs() throws IOException {
        models().forEach((name, text) -> assertThat(elaborates(name, text)).as(name).isEqualTo(""));
    }

    @Test
    void mutatedModels() throws IOException {
        int times = Integer.getInteger("nnl.fuzz", 3);
        Random random = new Random(Integer.getInteger("nnl.fuzz.seed", 5));
        models().forEach((name, text) -> {
            for (int n = 0; n < times; n++) elaborates(name, Mutations.mutate(text, random));
            for (int n = 0; n < times; n++) elaborates(name, Mutations.mutateKindly(text, random));
        });
    }

    /** The library's own definitions, broken, hide the sound ones from the models that use them. */
    @Test
    void mutatedLibrary() throws IOException {
        int times = Integer.getInteger("nnl.fuzz", 3);
        Random random = new Random(Integer.getInteger("nnl.fuzz.seed", 6));
        Map<String, String> models = models();
        for (String file : Library.FILES) {
            String library = Files.readString(Path.of("src/main/resources/org/nnl/library", file + ".nnl"));
            for (int n = 0; n < times; n++) {
                String broken = Mutations.mutate(library, random);
                models.entrySet().stream().filter(e -> Files.exists(MODELS.resolve(e.getKey())))
                        .forEach(e -> elaborates(e.getKey(), e.getValue() + "\n" + broken));
            }
        }
    }

    /** The messages; empty if there are none. */
    private static String elaborates(String name, String text) {
        try {
            Program p = Elaborator.elaborate(Sources.of(Map.of(name, text)), name, Options.DEFAULT);
            for (Graph g : p.graphs().values())
                if (!Verifier.problems(g).isEmpty())
                    fail(g.name() + ": " + Verifier.problems(g) + "\n" + text);
            return "";
        } catch (SourceException e) {
            for (Diagnostic d : e.diagnostics())
                if (d.message().isBlank() || d.span().file().isEmpty()) fail("a message without sense or place\n" + e.getMessage() + text);
            return e.getMessage();
        } catch (RuntimeException | Error e) {
            throw new AssertionError(name + ": " + e + "\n" + text, e);
        }
    }
}
