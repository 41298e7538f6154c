package org.nnl.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.GraphReader;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;

/**
 * The page about one model: its source, its declarations, every graph as formulas with where each came from, a picture
 * of the data flow, the schedule and the generated class. Self-contained: no script or style comes from elsewhere.
 */
public final class Report {
    private static final Map<String, String> TITLES = titles();

    private final Program program;
    private final StringBuilder page = new StringBuilder();

    private Report(Program program) {
        this.program = program;
    }

    /**
     * Writes the page.
     *
     * @param source   text of the model
     * @param program  with all graphs, simplified
     * @param schedule as printed, empty if there is none
     * @param java     the generated class, empty if there is none
     */
    public static String html(String source, Program program, String schedule, String java) {
        Report r = new Report(program);
        r.head();
        r.section("model", "The model", Html.listing(source, "source"));
        r.declarations();
        r.section("picture", "Loss and gradient, from the data to the derivatives", Picture.svg(program));
        TITLES.forEach((name, title) -> {
            Graph g = program.graphs().get(name);
            if (g != null && !g.equations().isEmpty()) r.graph(g, title);
        });
        if (!schedule.isEmpty()) r.section("schedule", "The schedule", Html.listing(schedule, "schedule"));
        if (!java.isEmpty()) r.section("java", "The generated class", Html.listing(java, "java"));
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
        StringBuilder s = new StringBuilder(
                """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>Models of %1$s</title>
                <style>body { margin: 3em; font: 16px/1.6 system-ui, sans-serif; color: #222; } a { color: #23395d; }</style></head>
                <body><h1>Models of %1$s</h1><ul>
                """
                        .formatted(Html.escape(title)));
        pages.forEach((model, page) -> s.append("<li><a href=\"").append(Html.escape(page)).append("\"><code>")
                .append(Html.escape(model)).append("</code></a></li>\n"));
        return s.append("</ul></body></html>\n").toString();
    }

    private static Map<String, String> titles() {
        Map<String, String> t = new LinkedHashMap<>();
        t.put("predict", "Prediction");
        t.put("gradient", "Loss and gradient");
        t.put("update", "Update");
        t.put("initial", "Initial values");
        return t;
    }

    private void head() {
        page.append(
                """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>%1$s</title>
                <style>
                body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fbfbf9; }
                nav { position: sticky; top: 0; background: #23395d; padding: .6em 2em; z-index: 1; }
                nav a { color: #fff; margin-right: 1.4em; text-decoration: none; } nav b { color: #ffd479; margin-right: 2em; }
                main { max-width: 1200px; margin: 0 auto; padding: 1em 2em 6em; }
                section { scroll-margin-top: 3em; } h2 { border-bottom: 2px solid #23395d; padding-top: 1.2em; }
                table { border-collapse: collapse; width: 100%%; } td, th { text-align: left; padding: .3em .8em; vertical-align: middle; border-bottom: 1px solid #ddd; }
                td.formula { overflow-x: auto; max-width: 720px; } math { font-size: 1.15em; text-align: left; }
                td.note { color: #666; font-size: .86em; } td.note a { color: #23395d; }
                pre.listing { background: #fff; border: 1px solid #ddd; padding: .8em; overflow: auto; max-height: 38em; line-height: 1.35; }
                pre i { color: #aaa; font-style: normal; user-select: none; } pre span:target { background: #fff3c4; }
                .picture { overflow: auto; background: #fff; border: 1px solid #ddd; }
                </style></head>
                <body><nav><b>%1$s</b><a href="#model">model</a><a href="#names">names</a><a href="#picture">picture</a><a href="#predict">prediction</a><a href="#gradient">gradient</a><a href="#update">update</a><a href="#schedule">schedule</a><a href="#java">class</a></nav>
                <main>
                """
                        .formatted(Html.escape(program.name())));
        if (!program.doc().isEmpty()) page.append("<p>").append(Html.escape(program.doc())).append("</p>\n");
    }

    private void section(String id, String title, String content) {
        page.append("<section id=\"").append(id).append("\"><h2>").append(title).append("</h2>\n").append(content)
                .append("</section>\n");
    }

    private void declarations() {
        StringBuilder t = new StringBuilder("<table><tr><th>name</th><th>role</th><th>shape</th><th>elements</th></tr>\n");
        long trained = 0;
        for (List<Tensor> group : List.of(program.inputs(), program.targets(), program.parameters(), program.states()))
            for (Tensor x : group) {
                if (x.role() == Tensor.Role.PARAM) trained += x.elements(1);
                String kind = x.classes() > 0 ? " : class(" + x.classes() + ")" : "";
                t.append("<tr><td><code>").append(Html.escape(x.name())).append("</code></td><td>")
                        .append(x.role().word()).append("</td><td>").append(x.shape()).append(kind).append("</td><td>")
                        .append(x.isBatched() ? x.elements(1) + " an example" : x.elements(1)).append("</td></tr>\n");
            }
        t.append("</table><p>").append(trained).append(" numbers are trained.</p>");
        section("names", "Names and shapes", t.toString());
    }

    private void graph(Graph g, String title) {
        StringBuilder t = new StringBuilder("<table>\n");
        for (Equation e : g.equations()) {
            t.append("<tr><td class=\"formula\">").append(MathMl.equation(e)).append("</td><td class=\"note\">");
            String place = e.origin().place();
            if (!place.isEmpty()) {
                boolean own = place.startsWith(program.source() + ":");
                String line = place.substring(place.lastIndexOf(':') + 1);
                t.append(own ? "<a href=\"#source-" + line + "\">" + Html.escape(place) + "</a>" : Html.escape(place));
            }
            if (!e.origin().reason().isEmpty()) t.append("<br>").append(Html.escape(e.origin().reason()));
            if (!e.origin().partial().isEmpty()) t.append("<br>∂ = ").append(partial(e.origin().partial()));
            if (!e.origin().rewrites().isEmpty())
                t.append("<br>").append(Html.escape(String.join(", ", e.origin().rewrites())));
            t.append("</td></tr>\n");
        }
        section(g.name(), title, t.append("</table>\n").toString());
    }

    private static String partial(String text) {
        try {
            return MathMl.scalar(GraphReader.readExpr(text));
        } catch (IllegalArgumentException e) {
            return "<code>" + Html.escape(text) + "</code>"; // a note in words
        }
    }
}
