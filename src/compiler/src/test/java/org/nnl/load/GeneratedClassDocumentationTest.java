package org.nnl.load;

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
import org.junit.jupiter.api.Test;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.elaborate.Sources;

/** The page about the generated class: its models compile, and its Java compiles against their classes. */
class GeneratedClassDocumentationTest {
    private static final Path PAGE = Path.of(System.getProperty("basedir", ".")).resolve("../docs/generated-class.md");

    /** What the page leaves unsaid. */
    private static final String AROUND =
            """
            import java.nio.file.Path;
            import java.util.*;
            import java.util.stream.Stream;
            public abstract class Page {
                record Picture(float[] pixels, int digit) {}
                float[] x, p;
                int[] y;
                int count, examples;
                Stream<Picture> stream;
                Map<String, float[]> tensors;
                Digits model = new Digits(1);
                Digits.Predictor predictor = model.predictor();
                abstract float noise();
            """;

    private static List<String> blocks(String language) throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher m = Pattern.compile("(?s)```" + language + "\\n(.*?)```").matcher(Files.readString(PAGE));
        while (m.find()) blocks.add(m.group(1));
        return blocks;
    }

    @Test
    void theExamplesCompile() throws IOException {
        StringBuilder page = new StringBuilder(AROUND);
        List<String> examples = blocks("java");
        assertThat(examples).hasSizeGreaterThan(6);
        for (int k = 0; k < examples.size(); k++)
            page.append("void example").append(k).append("() throws Exception {\n").append(examples.get(k)).append("}\n");
        Map<String, String> sources = new LinkedHashMap<>();
        sources.put("Page", page.append("}\n").toString());
        List<String> models = blocks("nnl");
        assertThat(models).hasSizeGreaterThanOrEqualTo(2);
        for (String model : models) {
            Compilation c = Compiler.compile(Sources.of(Map.of("m.nnl", model)), "m.nnl", Options.DEFAULT);
            sources.put(c.className(), c.java());
        }
        assertThat(InMemoryCompiler.compile(sources)).containsKeys("Page", "Digits", "Tagger");
    }
}
