package org.nnl.emit;

import java.util.List;
import java.util.stream.Collectors;
import org.nnl.Options;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;

/** The comment at the head of a generated class: what the model is and how the class is used. */
final class ClassDoc {
    private ClassDoc() {}

    static String of(Program p, Options options) {
        String name = WriteClass.className(p, options);
        StringBuilder s = new StringBuilder();
        if (!p.doc().isBlank()) s.append(escape(p.doc().strip())).append("\n\n<p>");
        s.append("The model {@code ").append(p.name()).append("} of {@code ").append(p.source()).append("}.\n");
        s.append("<pre>{@code\n").append(name).append(" model = new ").append(name).append("(seed);\n");
        if (p.graphs().containsKey("gradient"))
            s.append(options.precision().java()).append(" loss = model.trainStep(")
                    .append(arguments(p, true)).append("examples);\n");
        if (p.graphs().containsKey("predict") && !p.outputs().isEmpty())
            s.append("model.predict(").append(arguments(p, false)).append("examples, ")
                    .append(p.outputs().stream().map(org.nnl.emit.PublicMethods::argument)
                            .collect(Collectors.joining(", ")))
                    .append(");\n");
        s.append("}</pre>\n");
        s.append("All arrays are row-major, examples first. Not for use by several threads at once.\n\n");
        rows(s, "Inputs", p.inputs());
        rows(s, "Targets", p.targets());
        rows(s, "Parameters", p.parameters());
        rows(s, "States", p.states());
        return s.toString();
    }

    private static String arguments(Program p, boolean targets) {
        StringBuilder s = new StringBuilder();
        p.inputs().forEach(t -> s.append(PublicMethods.argument(t.name())).append(", "));
        if (targets) p.targets().forEach(t -> s.append(PublicMethods.argument(t.name())).append(", "));
        return s.toString();
    }

    private static void rows(StringBuilder s, String title, List<Tensor> tensors) {
        if (tensors.isEmpty()) return;
        s.append("<p>").append(title).append(": ");
        s.append(tensors.stream().map(t -> "{@code " + signature(t) + "}").collect(Collectors.joining(", ")));
        s.append(".\n");
    }

    /** {@code x[64]}, {@code y : class(10)}: without the axis of the examples. */
    static String signature(Tensor t) {
        String dims = t.shape().stream().filter(x -> !x.isBatch()).map(Size::toString).collect(Collectors.joining(", "));
        return t.name() + (dims.isEmpty() ? "" : "[" + dims + "]")
                + (t.classes() > 0 ? " : class(" + t.classes() + ")" : "");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;").replace("*/", "*&#47;");
    }
}
