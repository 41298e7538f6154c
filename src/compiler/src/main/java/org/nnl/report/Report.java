package org.nnl.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.schedule.Schedule;

/**
 * The page about one model: its source, its declarations, a picture of the data flow, every graph as formulas with where
 * each came from, beside them the loops and the Java they became, what is kept in memory, and the whole class.
 * Self-contained: no script or style comes from elsewhere.
 */
public final class Report {
    private static final Map<String, String> TITLES = titles();

    private final Program program;
    private final Schedule schedule;
    private final StringBuilder page = new StringBuilder();

    private Report(Program program, Schedule schedule) {
        this.program = program;
        this.schedule = schedule;
    }

    /**
     * Writes the page.
     *
     * @param source      text of the model
     * @param program     with all graphs, simplified
     * @param schedule    made from it
     * @param java        the generated class
     * @param bytesOfReal of a real number in the class
     */
    public static String html(String source, Program program, Schedule schedule, String java, int bytesOfReal) {
        Report r = new Report(program, schedule);
        r.head();
        r.section("model", "The model", "<div class=\"two\"><div>" + Html.listing(source, "source", line -> Html.commented(line, code -> code)) + "</div><div>"
                + r.declarations() + "</div></div>");
        r.section("picture", "Loss and gradient, from the data to the derivatives", Picture.svg(program));
        RoutineCards cards = new RoutineCards(program, schedule, java);
        TITLES.forEach((name, title) -> {
            Graph g = program.graphs().get(name);
            if (g != null && !g.equations().isEmpty()) r.section(name, title, cards.of(g));
        });
        r.section("memory", "Memory", MemoryTable.of(schedule, bytesOfReal));
        r.section("java", "The generated class", Html.listing(java, "java", JavaMethods::colouredLine));
        r.page.append("</main></body></html>\n");
        return r.page.toString();
    }

    /**
     * A page that lists the pages of several models.
     *
     * @param title of the page
     * @param pages where they are, by the models' names
     */
    public static String index(String title, Map<String, String> pages) {
        StringBuilder s = new StringBuilder(start("Models of " + title))
                .append("<main><h1>Models of ").append(Html.escape(title)).append("</h1><ul>\n");
        pages.forEach((model, page) -> s.append("<li><a href=\"").append(Html.escape(page)).append("\"><code>")
                .append(Html.escape(model)).append("</code></a></li>\n"));
        return s.append("</ul></main></body></html>\n").toString();
    }

    private static Map<String, String> titles() {
        Map<String, String> t = new LinkedHashMap<>();
        t.put("predict", "Prediction");
        t.put("begin", "The beginning of sequences predicted step by step");
        t.put("step", "A step of such a sequence");
        t.put("loss", "Loss and metrics");
        t.put("gradient", "Gradient");
        t.put("update", "Update");
        t.put("initial", "Initial values");
        return t;
    }

    private static String start(String title) {
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" + Html.escape(title)
                + "</title>\n<style>\n" + style() + "</style></head>\n<body>";
    }

    private static String style() {
        try (InputStream in = Report.class.getResourceAsStream("report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void head() {
        String name = Html.escape(program.name());
        page.append(start(program.name())).append("<nav><b>").append(name).append("</b><a href=\"#model\">model</a>"
                + "<a href=\"#picture\">picture</a>");
        TITLES.keySet().forEach(g -> {
            if (program.graphs().containsKey(g) && !program.graph(g).equations().isEmpty())
                page.append("<a href=\"#").append(g).append("\">").append(g).append("</a>");
        });
        page.append("<a href=\"#memory\">memory</a><a href=\"#java\">class</a></nav>\n<main><h1>").append(name)
                .append("</h1>\n");
        if (!program.doc().isEmpty()) page.append("<p class=\"doc\">").append(Html.escape(program.doc())).append("</p>\n");
    }

    private void section(String id, String title, String content) {
        page.append("<section id=\"").append(id).append("\"><h2>").append(title).append("</h2>\n").append(content)
                .append("</section>\n");
    }

    private String declarations() {
        StringBuilder t = new StringBuilder();
        rows(List.of(program.inputs(), program.targets(), program.parameters()), t);
        long trained = program.parameters().stream().mapToLong(x -> x.elements(1)).sum();
        t.append("<p>").append(String.format(Locale.ROOT, "%,d", trained)).append(" numbers are trained. ")
                .append("Formulas write ∂x for ∂loss/∂x, x′ for the value of x after the step, B for the number of examples.</p>\n");
        if (!program.states().isEmpty()) {
            t.append("<details><summary>").append(program.states().size()).append(" states of optimiser and model</summary>");
            rows(List.of(program.states()), t);
            t.append("</details>");
        }
        schedule.notes().forEach(n -> t.append("<p class=\"legend\">").append(Html.escape(n)).append("</p>\n"));
        return t.toString();
    }

    private static void rows(List<List<Tensor>> groups, StringBuilder t) {
        t.append("<table><tr><th>name</th><th>role</th><th>shape</th><th>elements</th></tr>\n");
        for (List<Tensor> group : groups)
            for (Tensor x : group) {
                String kind = x.classes() > 0 ? " : class(" + x.classes() + ")" : "";
                t.append("<tr><td><code>").append(Html.escape(x.name())).append("</code></td><td>")
                        .append(x.role().word()).append("</td><td>").append(x.shape()).append(kind)
                        .append("</td><td class=\"number\">").append(String.format(Locale.ROOT, "%,d", x.elements(1)))
                        .append(x.isBatched() ? " an example" : "").append("</td></tr>\n");
            }
        t.append("</table>\n");
    }
}
