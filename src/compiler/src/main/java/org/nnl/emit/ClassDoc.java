package org.nnl.emit;

import java.util.List;
import java.util.stream.Collectors;
import org.nnl.Options;
import org.nnl.equations.Graph;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.schedule.ClassNames;
import org.nnl.stepwise.Stepwise;

/** The comment at the head of a generated class: what the model is and how the class is used. */
final class ClassDoc {
    private ClassDoc() {}

    static String of(Program p, Arguments arguments, Options options) {
        StringBuilder s = new StringBuilder();
        if (!p.doc().isBlank()) s.append(escape(p.doc().strip())).append("\n\n<p>");
        s.append("The model {@code ").append(p.name()).append("} of {@code ").append(p.source()).append("}.\n\n");
        s.append("<pre>{@code\n").append(example(p, arguments, options)).append("}</pre>\n\n");
        rows(s, "Inputs", p.inputs());
        rows(s, "Targets", p.targets());
        rows(s, "Parameters", p.parameters());
        rows(s, "States", p.states());
        Stepwise.obstacles(p).forEach((output, why) -> s.append(wrap("<p>Not predicted step by step: {@code " + output
                + "}, since " + escape(why) + ".")));
        s.append('\n').append(wrap("<p>Arrays are row-major, examples first, as long as needed or longer. A name that does not exist"
                + " is an IllegalArgumentException that says which do. The same seed, calls and data give the same numbers to"
                + " the last bit on the same Java and processor. One thread at a time may use a model; " + (predicts(p)
                ? "others may use predictors made by {@link #predictor}, which share its weights."
                : "several models may be used at the same time.")));
        return s.toString();
    }

    private static boolean predicts(Program p) {
        return p.graphs().containsKey("predict") && !p.outputs().isEmpty();
    }

    /** A few lines of Java, with the names of the model. */
    private static String example(Program p, Arguments arguments, Options options) {
        String name = WriteClass.className(p, options);
        StringBuilder s = new StringBuilder();
        s.append(name).append(" model = new ").append(name).append("(1);").append(" // a seed\n");
        if (p.graphs().containsKey("gradient")) {
            String data = data(p, arguments, true);
            String ordered = p.train().stateful() ? name + ".Examples.streams(" + data + "count)"
                    : name + ".Examples.shuffled(" + data + "count, epoch)";
            s.append("for (int epoch = 1; epoch <= ").append(p.train().epochs()).append("; epoch++)\n    model.train(")
                    .append(ordered).append(");\n");
            s.append(options.precision().java()).append(" loss = model.evaluate(").append(name).append(".Examples.of(")
                    .append(data).append("count));\n");
            if (!p.metrics().isEmpty())
                s.append(options.precision().java()).append(' ').append(ClassNames.identifier(p.metrics().get(0)))
                        .append(" = model.metric(\"").append(p.metrics().get(0)).append("\");\n");
        }
        s.append("model.save(Path.of(\"").append(name.toLowerCase(java.util.Locale.ROOT)).append(".safetensors\"));\n");
        if (predicts(p))
            s.append(name).append(".Predictor predictor = model.predictor(); // one for each thread\n")
                    .append("predictor.predict(").append(data(p, arguments, false)).append("count, ")
                    .append(p.outputs().stream().map(arguments::output).collect(Collectors.joining(", ")))
                    .append(");\n");
        if (StepMethods.has(p))
            s.append("predictor.begin(").append(given(p.graph(Stepwise.BEGIN), arguments)).append("1); // or step by step\n")
                    .append("predictor.step(").append(given(p.graph(Stepwise.STEP), arguments))
                    .append(p.graph(Stepwise.STEP).results().stream()
                            .map(o -> arguments.output(Stepwise.visible(o)))
                            .collect(Collectors.joining(", ")))
                    .append(");\n");
        return s.toString();
    }

    private static String given(Graph g, Arguments arguments) {
        return StepMethods.given(g).stream()
                .map(t -> arguments.given(Stepwise.visible(t.name())) + ", ").collect(Collectors.joining());
    }

    private static String data(Program p, Arguments arguments, boolean targets) {
        StringBuilder s = new StringBuilder();
        p.inputs().forEach(t -> s.append(arguments.given(t.name())).append(", "));
        if (targets) p.targets().forEach(t -> s.append(arguments.given(t.name())).append(", "));
        return s.toString();
    }

    private static void rows(StringBuilder s, String title, List<Tensor> tensors) {
        if (tensors.isEmpty()) return;
        s.append(wrap("<p>" + title + ": "
                + tensors.stream().map(t -> "{@code " + signature(t) + "}").collect(Collectors.joining(", ")) + "."));
    }

    /** {@code x[64]}, {@code y : class(10)}: without the axis of the examples. */
    static String signature(Tensor t) {
        String dims = t.shape().stream().filter(x -> !x.isBatch()).map(Size::toString).collect(Collectors.joining(", "));
        return t.name() + (dims.isEmpty() ? "" : "[" + dims + "]")
                + (t.classes() > 0 ? " : class(" + t.classes() + ")" : "");
    }

    /** Text in lines of at most 110 characters, broken at spaces outside braces. */
    static String wrap(String text) {
        StringBuilder s = new StringBuilder();
        int column = 0;
        for (String word : text.split(" (?![^{}]*})")) {
            if (column > 0 && column + word.length() > 110) {
                s.append('\n');
                column = 0;
            }
            s.append(column == 0 ? "" : " ").append(word);
            column += word.length() + 1;
        }
        return s.append('\n').toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;").replace("*/", "*&#47;");
    }
}
