package org.nnl.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nnl.Options;
import org.nnl.elaborate.Elaborator;
import org.nnl.elaborate.Sources;

/**
 * The language reference tells the truth: its examples are files without errors, and its list of the library is the
 * library. With the environment variable {@code UPDATE_EXPECTED=1} the list is rewritten.
 */
class LanguageReferenceTest {
    private static final Path REFERENCE = Path.of("../docs/language.md");
    private static final Path LIBRARY = Path.of("src/main/resources/org/nnl/library");
    private static final Pattern EXAMPLE = Pattern.compile("(?ms)^```nnl\\n(.*?)^```$");
    private static final Pattern LIST = Pattern.compile("(?s)(<!-- library: .*? -->\n)(.*)(<!-- end of library -->)");
    private static final Pattern DEFINITION = Pattern.compile(
            "(?m)((?:^//.*\\n)*)^(?:layer|function|optimizer|distribution) ((?:[^={(]|\\((?:[^()]|\\([^()]*\\))*\\))*?) ?[={]");

    private static final Map<String, String> HEADINGS = headings();

    private static Map<String, String> headings() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("layers", "Layers, dropout, noise");
        all.put("activations", "Activations");
        all.put("losses", "Losses");
        all.put("optimizers", "Optimisers and gradient transforms");
        all.put("schedules", "Learning rates");
        all.put("distributions", "Distributions");
        all.put("convolution", "Convolution, pooling, shapes");
        all.put("recurrent", "Recurrent cells");
        all.put("normalisation", "Normalisation");
        all.put("attention", "Attention");
        return all;
    }

    private static List<String> examples(Path page) throws IOException {
        return EXAMPLE.matcher(Files.readString(page))
                .results()
                .map(m -> m.group(1))
                .toList();
    }

    @TestFactory
    List<DynamicTest> everyExampleIsRight() throws IOException {
        return examples(REFERENCE).stream()
                .map(text -> DynamicTest.dynamicTest(text.lines().findFirst().orElse(""), () -> check(text)))
                .toList();
    }

    private static void check(String text) {
        Tree.Unit unit = Parser.parse("example.nnl", text);
        // Definitions are looked at when something uses them; without a model they are only parsed.
        boolean model = unit.definitions().stream().anyMatch(d -> d instanceof Tree.Model);
        if (model) Elaborator.elaborate(Sources.of(Map.of("example.nnl", text)), "example.nnl", Options.DEFAULT);
    }

    /** The README shows whole models, the page on data shows data blocks. */
    @TestFactory
    List<DynamicTest> examplesOfOtherPagesAreRight() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path page : List.of(Path.of("../../README.md"), Path.of("../docs/data.md"))) {
            for (String text : examples(page)) {
                tests.add(DynamicTest.dynamicTest(page.getFileName() + ": " + text.lines().findFirst().orElse(""), () -> check(text)));
            }
        }
        return tests;
    }

    @Test
    void theLibraryIsListedAsItIs() throws IOException {
        String reference = Files.readString(REFERENCE);
        Matcher m = LIST.matcher(reference);
        assertThat(m.find()).isTrue();
        String list = library();
        if ("1".equals(System.getenv("UPDATE_EXPECTED"))) {
            Files.writeString(REFERENCE, m.replaceFirst(Matcher.quoteReplacement(m.group(1) + list + m.group(3))));
        } else {
            assertThat(m.group(2)).as("rerun with UPDATE_EXPECTED=1 to write it").isEqualTo(list);
        }
    }

    private static String library() throws IOException {
        StringBuilder out = new StringBuilder();
        try (var files = Files.list(LIBRARY)) {
            assertThat(files.map(f -> f.getFileName().toString().replace(".nnl", "")))
                    .containsExactlyInAnyOrderElementsOf(HEADINGS.keySet());
        }
        for (Map.Entry<String, String> h : HEADINGS.entrySet()) {
            String text = Files.readString(LIBRARY.resolve(h.getKey() + ".nnl"));
            out.append("\n### ").append(h.getValue()).append(" (`").append(h.getKey()).append(".nnl`)\n\n");
            int found = 0;
            for (Matcher d = DEFINITION.matcher(text); d.find(); found++) {
                out.append("- `").append(d.group(2).strip().replaceAll("\\s+", " ")).append("`  \n  ");
                out.append(markdown(d.group(1))).append('\n');
            }
            assertThat(found).as(h.getKey()).isEqualTo(Parser.parse(h.getKey(), text).definitions().size());
        }
        return out.append('\n').toString();
    }

    private static String markdown(String comment) {
        return comment.lines()
                .map(l -> l.substring(2).strip())
                .reduce((a, b) -> a + " " + b)
                .orElse("")
                .replaceAll("[*_\\[\\]<]", "\\\\$0");
    }
}
