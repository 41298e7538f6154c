package org.nnl.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.equations.Equation;
import org.nnl.equations.GraphReader;
import org.nnl.schedule.Routine;

class ReportTest {

    private static final Path SAMPLES = Path.of(System.getProperty("basedir", "."), "../../samples");

    @Test
    void thePageShowsFormulasPictureMemoryAndClass() throws Exception {
        Compilation c = Compiler.compile(SAMPLES.resolve("03-digits.nnl"), Options.DEFAULT);
        String page = c.report();
        assertThat(page).contains("id=\"gradient\"", "id=\"memory\"", "id=\"source-7\"");
        assertThat(page.replaceAll("<[^>]*>", "")).as("the class, without its colours").contains("public final class Digits");
        assertThat(page).contains("<mi>∂h.W</mi>").contains("href=\"#source-");
        String picture = page.substring(page.indexOf("<svg"), page.indexOf("</svg>") + 6);
        int boxes = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new java.io.ByteArrayInputStream(picture.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .getElementsByTagName("rect")
                .getLength();
        assertThat(boxes).isGreaterThan(10);
        long bytes = 4L * 2 * 32 * 64;
        assertThat(page).as("h.W and its gradient, in float").contains(String.format("%,d</td>", bytes / 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"02-fruit", "03-digits", "09-names", "12-transformer", "14-adversaries"})
    void everyFormulaHasItsRowWithLoopsAndJava(String sample) {
        Compilation c = Compiler.compile(SAMPLES.resolve(sample + ".nnl"), Options.DEFAULT);
        String page = c.report();
        JavaMethods methods = new JavaMethods(c.java());
        for (String graph : List.of("predict", "loss", "gradient", "update", "initial"))
            for (Equation e : c.simplified().graph(graph).equations()) {
                String origin = e.origin().toString();
                List<String> routines = c.schedule().routines().values().stream()
                        .filter(r -> r.heading().stream().anyMatch(h -> h.matches("(?s)" + Pattern.quote(e.target()) + "(\\.turned)?[\\[ ].*")
                                && h.endsWith(origin)))
                        .map(Routine::name)
                        .toList();
                assertThat(routines).as(e.toString()).isNotEmpty();
                assertThat(routines).as(e.toString()).anyMatch(r -> page.contains("<article id=\"" + r + "\">"));
                assertThat(routines).allMatch(r -> !methods.text(r).isBlank());
            }
        String rows = page.substring(page.indexOf("id=\"predict\""), page.indexOf("id=\"memory\""));
        assertThat(rows).doesNotContain("<mrow><mi>max</mi>").contains("<munder><mo>∑</mo>").contains("class=\"java\"");
    }

    /** Such a routine is two methods of one name, of which the first calls the second. */
    @Test
    void theKernelOfARoutineThatThreadsDivideIsOnItsCard() {
        String page = Compiler.compile(SAMPLES.resolve("04-mnist.nnl"), Options.DEFAULT).report();
        String card = page.substring(page.indexOf("<article id=\"compute_h1\""));
        card = card.substring(0, card.indexOf("</article>"));
        assertThat(card).contains("compute_h1(<b>int</b> examples)", "compute_h1(<b>int</b> examples, <b>int</b> from, <b>int</b> to", "methods it calls")
                .contains("product_nt_128x784xB_select_tiles");
    }

    @Test
    void theIndexLeadsToThePages() {
        String page = Report.index("a < b", Map.of("com.acme.Churn", "com/acme/Churn.html"));
        assertThat(page).contains("a &lt; b", "<a href=\"com/acme/Churn.html\"><code>com.acme.Churn</code></a>");
    }

    @Test
    void numbersAreShort() throws Exception {
        String text = MathMl.equation(GraphReader.readEquation("s[] = 0.020833333333333332*a[] + 1.7E-5 + 0.3779644730092272*-0.5"));
        assertThat(text)
                .contains("<mfrac><mn>1</mn><mn>48</mn></mfrac>")
                .contains("<mn>1.7</mn><mo>·</mo><msup><mn>10</mn><mn>−5</mn></msup>")
                .contains("<mn>0.377964</mn>")
                .contains("<mn>−0.5</mn>");
    }

    @Test
    void formulasAreWellFormed() throws Exception {
        for (String text : new String[] {
            "z[b,i] += W[i,j]*(x[b,2*j-1] + -c[])^2  for b < B, i < 3, j < 4",
            "m[b] max= select(i < y[b], exp(-x[b,i])/sqrt(2), abs(x[b,w[i]]))  for b < B, i < 3",
            "k[b] argmax=(i) x[b,i]  for b < B, i < 3",
            "s[] = -(2) and a[] >= size(B)"
        })
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new java.io.ByteArrayInputStream(MathMl.equation(GraphReader.readEquation(text))
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
}
