package org.nnl.report;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.GraphReader;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.program.Program;
import org.nnl.schedule.Routine;
import org.nnl.schedule.Schedule;
import org.nnl.schedule.SchedulePrinter;
import org.nnl.schedule.Step;
import org.nnl.schedule.Steps;

/**
 * The formulas of a graph in the order in which they are computed, and beside each group of them its loops and the Java
 * they became. A routine that two graphs share is shown once.
 */
final class RoutineCards {
    /** A name that is neither a tensor's nor an operation's nor a fold's; B is the number of examples. */
    private static final Pattern AXIS = Pattern.compile("(?<![\\w.'])(?!B\\b)[A-Za-z_]\\w*(?![\\w.'\\[(=])");

    private static final Pattern FOLD = Pattern.compile(" (?:=|\\+=|max=|argmax=\\(\\w+\\)) ");

    private final Program program;
    private final Schedule schedule;
    private final JavaMethods methods;
    private final Set<String> shown = new LinkedHashSet<>();

    RoutineCards(Program program, Schedule schedule, String java) {
        this.program = program;
        this.schedule = schedule;
        this.methods = new JavaMethods(java);
    }

    /** The cards of what a graph computes; empty if the schedule does not run it. */
    String of(Graph graph) {
        Routine entry = schedule.entry(graph.name());
        if (entry == null) return "";
        Map<String, Equation> formulas = new HashMap<>();
        Map<String, Integer> writers = new HashMap<>();
        for (Equation e : graph.equations()) {
            formulas.putIfAbsent(key(e.target(), e.origin().toString()), e);
            writers.merge(e.target(), 1, Integer::sum);
        }
        StringBuilder cards = new StringBuilder();
        Map<String, Boolean> again = new LinkedHashMap<>();
        walk(entry.steps(), "", formulas, writers, again, cards);
        StringBuilder all = new StringBuilder();
        if (!again.isEmpty()) {
            all.append("<p class=\"again\">As above: ");
            String between = "";
            for (String r : again.keySet()) {
                all.append(between).append("<a href=\"#").append(r).append("\">").append(r).append("</a>");
                between = ", ";
            }
            all.append("</p>\n");
        }
        return all.append(cards).append("<details><summary>The order: <code>").append(entry.name())
                .append("</code></summary><pre class=\"java\">").append(JavaMethods.coloured(methods.text(entry.name())))
                .append("</pre></details>\n").toString();
    }

    private void walk(
            List<Step> steps,
            String within,
            Map<String, Equation> formulas,
            Map<String, Integer> writers,
            Map<String, Boolean> again,
            StringBuilder cards) {
        for (Step s : steps) {
            if (s instanceof Step.Loop l) {
                String loop = l.variable() + (l.kind() == Step.Kind.DOWN ? " downwards" : l.kind() == Step.Kind.TO_AND_FRO ? " to and fro" : "");
                walk(l.body(), within.isEmpty() ? loop : within + ", " + loop, formulas, writers, again, cards);
            } else if (s instanceof Step.When w) {
                walk(w.body(), within, formulas, writers, again, cards);
            } else if (s instanceof Step.Call c) {
                Routine r = schedule.routines().get(c.routine());
                List<Equation> own = r.heading().stream()
                        .map(h -> equation(h, formulas))
                        .filter(Objects::nonNull)
                        .toList();
                boolean layout = r.heading().isEmpty();
                if (own.isEmpty() && !layout) walk(r.steps(), within, formulas, writers, again, cards);
                else if (shown.add(r.name())) card(r, own, within, writers, cards);
                else if (cards.indexOf("id=\"" + r.name() + "\"") < 0) again.put(r.name(), true);
            }
        }
    }

    private void card(
            Routine r, List<Equation> equations, String within, Map<String, Integer> writers, StringBuilder out) {
        out.append("<article id=\"").append(r.name()).append("\"><div>");
        if (equations.isEmpty()) out.append("<div class=\"note\">the same values in another order</div>");
        for (Equation e : equations) {
            boolean alone = e.fold() == Fold.SUM && writers.getOrDefault(e.target(), 0) == 1
                    && e.indices().stream().allMatch(i -> i.bareAxis() != null);
            out.append("<div class=\"formula\">").append(MathMl.equation(e, alone)).append("</div><div class=\"note\">")
                    .append(origin(e)).append("</div>\n");
        }
        out.append("</div><div><h4>loops").append(within.isEmpty() ? "" : " (within " + Html.escape(within) + ")")
                .append("</h4><pre>");
        List<Routine> parts = parts(r);
        for (Routine p : parts)
            out.append(p == r ? "" : "\n<i># " + p.name() + "</i>\n").append(Html.escape(SchedulePrinter.print(p.steps())));
        out.append("</pre></div><div><h4>").append(r.name()).append("</h4><pre class=\"java\">");
        for (Routine p : parts)
            out.append(p == r ? "" : "\n").append(JavaMethods.coloured(methods.text(p.name())));
        out.append("</pre>");
        List<String> kernel = methods.called(r.name(), schedule.routines().keySet());
        if (!kernel.isEmpty()) {
            out.append("<details><summary>").append(kernel.size()).append(kernel.size() == 1 ? " method" : " methods")
                    .append(" it calls</summary><pre class=\"java\">");
            kernel.forEach(k -> out.append(JavaMethods.coloured(methods.text(k))).append('\n'));
            out.append("</pre></details>");
        }
        out.append("</div></article>\n");
    }

    /** The routine, and those of the same formulas that it was cut into. */
    private List<Routine> parts(Routine r) {
        Map<String, Routine> parts = new LinkedHashMap<>(Map.of(r.name(), r));
        Steps.visit(r.steps(), s -> {
            if (s instanceof Step.Call c && schedule.routines().get(c.routine()).heading().equals(r.heading()))
                parts.putIfAbsent(c.routine(), schedule.routines().get(c.routine()));
        });
        return List.copyOf(parts.values());
    }

    /**
     * The equation of a routine's comment line, as the schedule has it: axes may bear other names than in the graph, and
     * tensors may be laid out anew. What became of it on the way is taken from the graph. Null if the line is none.
     */
    private static Equation equation(String heading, Map<String, Equation> formulas) {
        if (!FOLD.matcher(heading).find()) return null;
        int end = heading.indexOf("    ");
        String text = end < 0 ? heading : heading.substring(0, end);
        String target = text.replaceFirst("[\\[ ].*", "");
        String origin = end < 0 ? "" : heading.substring(end).strip();
        Equation known = formulas.get(key(target, origin));
        String full = text.startsWith(target + "[") ? text : target + "[]" + text.substring(target.length());
        Equation e = GraphReader.readEquation(full).withOrigin(known == null ? origin(origin) : known.origin());
        List<Axis> box = AXIS.matcher(text).results()
                .map(MatchResult::group)
                .distinct()
                .map(name -> new Axis(name, Size.of(1))) // how long an axis is takes no part in the formula
                .toList();
        return e.with(e.indices(), box, e.body());
    }

    private static Origin origin(String text) {
        int end = text.indexOf("  ");
        return end < 0 ? Origin.at(text) : Origin.at(text.substring(0, end)).because(text.substring(end).strip(), "");
    }

    private static String key(String target, String origin) {
        return target + "\n" + origin;
    }

    /** Where an equation stands, what it is the derivative of, and what was done to it. */
    private String origin(Equation e) {
        StringBuilder t = new StringBuilder();
        String place = e.origin().place();
        if (place.startsWith(program.source() + ":"))
            t.append("<a href=\"#source-").append(place.substring(place.lastIndexOf(':') + 1)).append("\">")
                    .append(Html.escape(place)).append("</a>");
        else t.append(Html.escape(place));
        if (!e.origin().reason().isEmpty()) t.append(" · ").append(Html.escape(e.origin().reason()));
        if (!e.origin().partial().isEmpty()) t.append(" · partial derivative ").append(partial(e.origin().partial()));
        if (!e.origin().rewrites().isEmpty())
            t.append(" · ").append(Html.escape(String.join(", ", e.origin().rewrites())));
        return t.toString();
    }

    private static String partial(String text) {
        try {
            return MathMl.scalar(GraphReader.readExpr(text));
        } catch (IllegalArgumentException e) {
            return "<code>" + Html.escape(text) + "</code>"; // a note in words
        }
    }
}
