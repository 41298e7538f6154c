package org.nnl.equations;

import java.util.StringJoiner;

/** Graphs and equations as text. The form is documented by example in {@link GraphReader}, which reads it back. */
public final class GraphPrinter {
    private GraphPrinter() {}

    public static String print(Graph g) {
        StringBuilder s = new StringBuilder("graph ").append(g.name()).append('\n');
        for (Tensor t : g.tensors().values()) s.append(t).append('\n');
        s.append('\n');
        for (Equation e : g.equations()) s.append(print(e)).append(comment(e.origin())).append('\n');
        for (Derivative d : g.derivatives())
            s.append(d.result()).append(" = d(").append(d.of()).append(", ").append(d.by()).append(')')
                    .append(comment(d.origin())).append('\n');
        s.append('\n');
        if (!g.results().isEmpty()) s.append("result ").append(String.join(", ", g.results())).append('\n');
        g.commits().forEach((state, next) -> s.append("commit ").append(state).append(" <- ").append(next).append('\n'));
        return s.toString();
    }

    public static String print(Equation e) {
        StringBuilder s = new StringBuilder(e.target()).append(Index.print(e.indices())).append(' ');
        s.append(e.fold().symbol());
        if (e.position() != null) s.append('(').append(e.position()).append(')');
        s.append(' ').append(ExprPrinter.print(e.body()));
        if (!e.box().isEmpty()) {
            StringJoiner axes = new StringJoiner(", ", "  for ", "");
            for (Axis a : e.box()) axes.add(a.toString());
            s.append(axes);
        }
        return s.toString();
    }

    private static String comment(Origin o) {
        String text = o.toString();
        StringBuilder s = new StringBuilder();
        if (!text.isEmpty()) s.append("  # ").append(text);
        if (!o.partial().isEmpty()) s.append(text.isEmpty() ? "  # " : "  ").append("∂ = ").append(o.partial());
        if (!o.rewrites().isEmpty()) s.append(s.length() == 0 ? "  # " : "  ").append(o.rewrites());
        return s.toString();
    }
}
