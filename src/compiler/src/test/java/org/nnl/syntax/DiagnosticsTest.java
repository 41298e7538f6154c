package org.nnl.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiagnosticsTest {

    @Test
    void showsPlaceLineCaretAndNotes() {
        String text = "model M {\n\tp = sigmod(x)\n}";
        Diagnostic d = Diagnostic.of(new Span("m.nnl", 2, 6, 6), "unknown name 'sigmod'", "one", "two");
        assertThat(Diagnostics.report(List.of(d, d), Map.of("m.nnl", text)))
                .isEqualTo(
                        """
                        m.nnl:2:6: error: unknown name 'sigmod'
                            \tp = sigmod(x)
                            \t    ^~~~~~
                          note: one
                          note: two
                        """);
    }

    @Test
    void ordersByPlaceAndNeedsNoText() {
        Diagnostic late = Diagnostic.of(new Span("a", 9, 1, 1), "late");
        Diagnostic early = Diagnostic.of(new Span("a", 2, 1, 1), "early");
        Diagnostic nowhere = Diagnostic.of(Span.NONE, "nowhere");
        assertThat(Diagnostics.report(List.of(late, early, nowhere), Map.of()))
                .isEqualTo("a:2:1: error: early\n\na:9:1: error: late\n\nerror: nowhere\n");
    }

    @Test
    void quotesNoBlankLine() {
        assertThat(Diagnostics.report(List.of(Diagnostic.of(new Span("a", 2, 1, 1), "no model")), Map.of("a", "// one\n  \n")))
                .isEqualTo("a:2:1: error: no model\n");
    }

    @Test
    void cutsLongLinesAroundThePlace() {
        String text = "x".repeat(5000) + "!" + "y".repeat(5000);
        String report = Diagnostics.report(List.of(Diagnostic.of(new Span("a", 1, 5001, 9000), "here")), Map.of("a", text));
        String[] lines = report.split("\n");
        assertThat(lines[1]).hasSizeLessThan(200).startsWith("    ...x").endsWith("y...");
        assertThat(lines[1].charAt(lines[2].indexOf('^'))).isEqualTo('!');
        assertThat(lines[2]).hasSizeLessThan(200);
    }

    @Test
    void suggestsWhatIsNearest() {
        List<String> names = List.of("hidden", "sigmoid", "softmax", "x", "rate");
        assertThat(Suggestions.closest("hiden", names)).contains("hidden");
        assertThat(Suggestions.closest("sgimoid", names)).contains("sigmoid");
        assertThat(Suggestions.closest("softMax", names)).contains("softmax");
        assertThat(Suggestions.closest("y", names)).isEmpty();
        assertThat(Suggestions.closest("Y", List.of("x", "y"))).contains("y");
        assertThat(Suggestions.closest("relu", names)).isEmpty();
        assertThat(Suggestions.hint("rat", names)).isEqualTo("; did you mean 'rate'?");
    }
}
