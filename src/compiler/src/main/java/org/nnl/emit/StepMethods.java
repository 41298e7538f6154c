package org.nnl.emit;

import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.nnl.equations.Graph;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.schedule.Array;
import org.nnl.schedule.Schedule;
import org.nnl.stepwise.Stepwise;

/** Step-wise prediction in the generated class: {@code begin}, then {@code step} after {@code step}. */
final class StepMethods {
    /** The field that counts the sequences under way: 0 if there are none. */
    static final String SEQUENCES = "sequences";

    private final Program program;
    private final Schedule schedule;
    private final Arguments arguments;
    private final String real;
    private final Template template;
    private final Sharing sharing;

    StepMethods(Program program, Schedule schedule, Arguments arguments, String real, Template template, Sharing sharing) {
        this.program = program;
        this.schedule = schedule;
        this.arguments = arguments;
        this.real = real;
        this.template = template;
        this.sharing = sharing;
    }

    static boolean has(Program program) {
        return program.graphs().containsKey(Stepwise.STEP);
    }

    /**
     * Adds the methods.
     *
     * @return the methods of a predictor that hand on to them
     */
    String addTo(TypeSpec.Builder c) {
        if (!has(program)) return "";
        c.addField(FieldSpec.builder(TypeName.INT, SEQUENCES, Modifier.PRIVATE)
                .addJavadoc("Sequences that {@link #step} goes on with; 0 before {@link #begin}.\n").build());
        Graph step = program.graph(Stepwise.STEP);
        List<Tensor> stepped = given(step), constant = given(program.graph(Stepwise.BEGIN));
        List<Tensor> outputs = step.results().stream().map(step::tensor).toList();
        template.put("BEGINDATA", each(constant, t -> described(t, "@param " + argument(t))));
        template.put("BEGINGIVEN", each(constant, t -> type(t) + " " + argument(t) + ", "));
        template.put("BEGINARGS", each(constant, t -> argument(t) + ", "));
        template.put("BEGINTAKEN", each(constant, this::taken));
        template.put("BEGINRUN", run("BEGINNING", Stepwise.BEGIN));
        template.put("STEPDATA", each(stepped, t -> described(t, "@param " + argument(t)))
                + each(outputs, t -> described(t, "@param " + output(t) + " takes")));
        String given = each(stepped, t -> ", " + type(t) + " " + argument(t)) + each(outputs, t -> ", " + type(t) + " " + output(t));
        String handed = each(stepped, t -> ", " + argument(t)) + each(outputs, t -> ", " + output(t));
        template.put("STEPGIVEN", given.substring(2));
        template.put("STEPARGS", handed.substring(2));
        template.put("STEPLIMIT", each(List.copyOf(step.tensors().values()), t -> limit(step, t)));
        template.put("STEPTAKEN", each(stepped, this::taken)
                + each(outputs, t -> "    checkLength(\"" + Stepwise.visible(t.name()) + "\", " + output(t) + ".length, "
                        + PublicMethods.elements(schedule.of(t.name()).count()) + ");\n"));
        template.put("STEPRUN", run("ONE_STEP", Stepwise.STEP));
        template.put("STEPRESULTS", each(outputs, t -> {
            Array a = schedule.of(t.name());
            return a.isField() ? "    " + output(t) + "[0] = this." + a.name() + ";\n"
                    : "    System.arraycopy(this." + a.name() + ", 0, " + output(t) + ", 0, "
                            + JavaIntegers.java(a.count()) + ");\n";
        }));
        template.methods(Stepwise.BEGIN).forEach(c::addMethod);
        template.methods(Stepwise.STEP).forEach(c::addMethod);
        return "\n" + template.text("stepWith");
    }

    /** The tensors given to a graph, in order of the model's inputs. */
    static List<Tensor> given(Graph graph) {
        return graph.tensors().values().stream().filter(t -> t.role() == Tensor.Role.INPUT).toList();
    }

    private static String each(List<Tensor> all, Function<Tensor, String> text) {
        return all.stream().map(text).collect(Collectors.joining());
    }

    private String argument(Tensor t) {
        return arguments.given(Stepwise.visible(t.name()));
    }

    private String output(Tensor t) {
        return arguments.output(Stepwise.visible(t.name()));
    }

    private String type(Tensor t) {
        return (t.isInteger() ? "int" : real) + "[]";
    }

    /** {@code x[3] : class(5)}, under the model's name. */
    private static String described(Tensor t, String what) {
        String dims = t.shape().stream().filter(x -> !x.isBatch()).map(Size::toString).collect(Collectors.joining(", "));
        return " * " + what + " {@code " + Stepwise.visible(t.name()) + (dims.isEmpty() ? "" : "[" + dims + "]")
                + (t.classes() > 0 ? " : class(" + t.classes() + ")" : "") + "}, one after the other for every sequence\n";
    }

    private String taken(Tensor t) {
        Array a = schedule.of(t.name());
        String of = Stepwise.visible(t.name()), name = argument(t), n = PublicMethods.elements(a.count());
        return "    checkLength(\"" + of + "\", " + name + ".length, " + n + ");\n"
                + (t.classes() > 0 ? "    checkClasses(\"" + of + "\", " + name + ", "
                        + JavaIntegers.java(a.count()) + ", " + t.classes() + ");\n" : "")
                + "    this." + a.name() + " = " + name + ";\n";
    }

    /** A counter of steps that has an end. */
    private String limit(Graph step, Tensor t) {
        if (t.role() != Tensor.Role.STATE || t.classes() <= 0 || t.isBatched() || !step.commits().containsKey(t.name()))
            return "";
        return "    if (" + schedule.of(t.name()).name() + "[0] >= " + t.classes() + ")\n        throw new IllegalStateException("
                + "\"the model knows no more than " + t.classes() + " steps: begin(...) a new sequence\");\n";
    }

    private String run(String what, String graph) {
        String[] entries = List.of(graph, "commit " + graph).stream().filter(schedule.entries()::containsKey)
                .map(schedule.entries()::get).toArray(String[]::new);
        return sharing.run(what, entries);
    }
}
