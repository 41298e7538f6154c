package org.nnl.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    static List<String> examples() throws IOException {
        return EXAMPLE.matcher(Files.readString(REFERENCE))
                .results()
                .map(m -> m.group(1))
                .toList();
    }

    @TestFactory
    List<DynamicTest> everyExampleIsRight() throws IOException {
        return examples().stream()
                .map(text -> DynamicTest.dynamicTest(text.lines().findFirst().orElse(""), () -> {
                    Parser.parse("language.md", text);
                    // Definitions alone are looked at when something uses them: an empty model sees them as well-formed.
                    boolean model = text.contains("model ");
                    String whole = model ? text : text + "model Empty { input x; y = x; loss y }\n";
                    Elaborator.elaborate(Sources.of(Map.of("language.md", whole)), "language.md", Options.DEFAULT);
                }))
                .toList();
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
