package org.nnl.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.eclipse.elk.alg.layered.options.LayeredMetaDataProvider;
import org.eclipse.elk.core.RecursiveGraphLayoutEngine;
import org.eclipse.elk.core.data.LayoutMetaDataService;
import org.eclipse.elk.core.math.KVector;
import org.eclipse.elk.core.options.CoreOptions;
import org.eclipse.elk.core.options.Direction;
import org.eclipse.elk.core.options.EdgeRouting;
import org.eclipse.elk.core.util.BasicProgressMonitor;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkEdgeSection;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.util.ElkGraphUtil;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;

/**
 * The data flow of loss and gradient as a picture: a box for each tensor, an arrow for each tensor that an equation of
 * it reads. Laid out by ELK's layered algorithm.
 */
final class Picture {
    /** Beyond this a picture shows nothing; the formulas remain. */
    private static final int MOST = 160;

    /** What a box's colour says, as the style sheet's class; in the order of the legend. */
    private enum Part {
        GIVEN("input, target"),
        PARAMETER("parameter"),
        STATE("state, setting"),
        COMPUTED("computed"),
        DERIVATIVE("derivative");

        final String words;

        Part(String words) {
            this.words = words;
        }

        static Part of(Tensor t) {
            if (t.name().startsWith(Program.ADJOINT)) return DERIVATIVE;
            return switch (t.role()) {
                case INPUT, TARGET -> GIVEN;
                case PARAM -> PARAMETER;
                case STATE, SETTING -> STATE;
                case VALUE -> COMPUTED;
            };
        }

        String style() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private Picture() {}

    /** The colours that the picture has. */
    private static String legend(Graph g, Set<String> shown) {
        StringBuilder s = new StringBuilder("<p class=\"legend\">");
        for (Part part : Part.values())
            if (shown.stream().anyMatch(name -> Part.of(g.tensor(name)) == part))
                s.append("<span class=\"key ").append(part.style()).append("\">").append(part.words).append("</span>");
        return s.append("</p>").toString();
    }

    /** Loss and gradient; the prediction alone where they are too large. ELK's registry is one for all threads. */
    static synchronized String svg(Program program) {
        Graph g = program.graphs().get("gradient");
        Set<String> shown = g == null ? Set.of() : tensors(g);
        String note = "";
        if (g == null || shown.size() > MOST) {
            if (g != null) note = "<p>Loss and gradient have " + shown.size() + " tensors, too many for a picture; ";
            g = program.graph("predict");
            shown = tensors(g);
            if (!note.isEmpty()) note += shown.size() > MOST ? "so has the prediction.</p>" : "this is the prediction.</p>";
        }
        return note + (shown.size() > MOST ? "" : legend(g, shown) + picture(g, shown));
    }

    private static Set<String> tensors(Graph g) {
        Set<String> shown = new LinkedHashSet<>();
        for (Equation e : g.equations()) {
            shown.add(e.target());
            shown.addAll(e.reads());
        }
        return shown;
    }

    private static String picture(Graph g, Set<String> shown) {
        LayoutMetaDataService.getInstance().registerLayoutMetaDataProviders(new LayeredMetaDataProvider());
        ElkNode root = ElkGraphUtil.createGraph();
        root.setProperty(CoreOptions.ALGORITHM, "org.eclipse.elk.layered");
        root.setProperty(CoreOptions.DIRECTION, Direction.RIGHT);
        root.setProperty(CoreOptions.EDGE_ROUTING, EdgeRouting.SPLINES);
        root.setProperty(CoreOptions.SPACING_NODE_NODE, 14.0);
        Map<String, ElkNode> nodes = new LinkedHashMap<>();
        for (String name : shown) {
            ElkNode n = ElkGraphUtil.createNode(root);
            n.setIdentifier(name);
            n.setDimensions(16 + 7.4 * Math.max(name.length(), shape(g.tensor(name)).length()), 36);
            nodes.put(name, n);
        }
        Set<List<String>> drawn = new LinkedHashSet<>();
        for (Equation e : g.equations())
            for (String read : e.reads())
                if (!read.equals(e.target()) && drawn.add(List.of(read, e.target())))
                    ElkGraphUtil.createSimpleEdge(nodes.get(read), nodes.get(e.target()));
        new RecursiveGraphLayoutEngine().layout(root, new BasicProgressMonitor());
        return draw(root, g);
    }

    private static String draw(ElkNode root, Graph g) {
        long width = Math.round(root.getWidth() + 24);
        StringBuilder s = new StringBuilder("<div class=\"picture\"><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
                .append(width).append(' ').append(Math.round(root.getHeight() + 24)).append("\" style=\"width:100%;max-width:")
                .append(width).append("px;min-width:").append(width * 2 / 3)
                .append("px\" font-family=\"monospace\" font-size=\"12\"><defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\""
                        + " refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\""
                        + "/></marker></defs>\n");
        for (ElkEdge edge : root.getContainedEdges())
            for (ElkEdgeSection section : edge.getSections())
                s.append("<path d=\"").append(curve(section))
                        .append("\" class=\"arrow\" marker-end=\"url(#tip)\"/>\n");
        for (ElkNode n : root.getChildren()) {
            Tensor t = g.tensor(n.getIdentifier());
            s.append("<g><rect x=\"").append(at(n.getX())).append("\" y=\"").append(at(n.getY())).append("\" width=\"")
                    .append(at(n.getWidth())).append("\" height=\"").append(at(n.getHeight()))
                    .append("\" rx=\"5\" class=\"").append(Part.of(t).style()).append("\"/><text x=\"")
                    .append(at(n.getX() + 8)).append("\" y=\"").append(at(n.getY() + 15)).append("\">")
                    .append(Html.escape(t.name().startsWith("d_") ? "∂" + t.name().substring(2) : t.name()))
                    .append("</text><text x=\"").append(at(n.getX() + 8)).append("\" y=\"").append(at(n.getY() + 30))
                    .append("\" class=\"shape\">").append(shape(t)).append("</text></g>\n");
        }
        return s.append("</svg></div>").toString();
    }

    /** A chain of cubic Bézier curves through ELK's bend points; straight where there are none. */
    private static String curve(ElkEdgeSection section) {
        List<KVector> points = new ArrayList<>();
        section.getBendPoints().forEach(b -> points.add(new KVector(b.getX(), b.getY())));
        points.add(new KVector(section.getEndX(), section.getEndY()));
        StringBuilder s =
                new StringBuilder("M" + at(section.getStartX()) + " " + at(section.getStartY()));
        int i = 0;
        while (points.size() - i >= 3) {
            s.append(" C");
            for (int k = 0; k < 3; k++, i++) s.append(at(points.get(i).x)).append(' ').append(at(points.get(i).y)).append(' ');
        }
        for (; i < points.size(); i++) s.append(" L").append(at(points.get(i).x)).append(' ').append(at(points.get(i).y));
        return s.toString();
    }

    private static String shape(Tensor t) {
        return t.shape().isEmpty() ? "scalar" : t.shape().toString();
    }

    private static String at(double v) {
        return Long.toString(Math.round(v));
    }
}
