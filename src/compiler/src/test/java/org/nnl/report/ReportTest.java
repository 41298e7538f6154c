package org.nnl.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.equations.GraphReader;

class ReportTest {

    @Test
    void thePageShowsFormulasPictureScheduleAndClass() throws Exception {
        Path sample = Path.of(System.getProperty("basedir", "."), "../../samples/03-digits.nnl");
        Compilation c = Compiler.compile(sample, Options.DEFAULT);
        String page = c.report();
        assertThat(page).contains("id=\"gradient\"", "id=\"schedule\"", "public final class Digits", "id=\"source-7\"");
        assertThat(page).contains("<mi>∂h.W</mi>").contains("href=\"#source-");
        String picture = page.substring(page.indexOf("<svg"), page.indexOf("</svg>") + 6);
        int boxes = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new java.io.ByteArrayInputStream(picture.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .getElementsByTagName("rect")
                .getLength();
        assertThat(boxes).isGreaterThan(10);
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
