package org.nnl.emit;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import org.nnl.Options;
import org.nnl.equations.ExprPrinter;
import org.nnl.equations.Tensor;
import org.nnl.program.Limit;
import org.nnl.program.Program;
import org.nnl.schedule.Array;
import org.nnl.schedule.Schedule;

/** What a generated class shows by name: parameters, gradients, states, metrics, settings. */
final class ByName {
    private static final ClassName STRING = ClassName.get(String.class);
    private final Program program;
    private final Schedule schedule;
    private final Template template = new Template("methods.txt");
    private final TypeName real;

    ByName(Program program, Schedule schedule, Options options) {
        this.program = program;
        this.schedule = schedule;
        this.real = options.precision() == Options.Precision.FLOAT ? TypeName.FLOAT : TypeName.DOUBLE;
        template.put("R", options.precision().java());
    }

    /** Adds methods to the class, and returns the type nested in it. */
    String addTo(TypeSpec.Builder c) {
        Map<String, String> figures = PublicMethods.figures(program, schedule);
        Map<String, String> settings = new LinkedHashMap<>();
        program.settings().keySet().forEach(s -> settings.put(s, schedule.of(s).name()));
        choice(c, real, "metric", figures, "metricNames()",
                "The value of a metric in the last step or evaluation, its mean in the last pass.\n");
        add(c, "parameter");
        if (schedule.entries().containsKey("gradient")) add(c, "gradientByName");
        add(c, "state");
        if (PublicMethods.trains(schedule)) add(c, "freeze");
        choice(c, TypeName.DOUBLE, "setting", settings, "settingNames()", "The value of a setting.\n");
        change(c, settings);
        list(c, "parameterNames", "Names of the parameters", program.parameters().stream().map(Tensor::name).toList());
        list(c, "stateNames", "Names of what is kept from step to step beside the parameters",
                program.states().stream().map(Tensor::name).toList());
        list(c, "metricNames", "Names of the metrics", List.copyOf(figures.keySet()));
        list(c, "settingNames", "Names of the settings", List.copyOf(settings.keySet()));
        shape(c);
        add(c, "byName");
        allowed(c);
        new Conflicts(program, schedule).addTo(c);
        return template.text("type Tensor");
    }

    private void add(TypeSpec.Builder c, String section) {
        template.methods(section).forEach(c::addMethod);
    }

    private static void list(TypeSpec.Builder c, String method, String doc, List<String> names) {
        c.addMethod(MethodSpec.methodBuilder(method)
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .addJavadoc("$L.\n", doc)
                .returns(ParameterizedTypeName.get(ClassName.get(List.class), STRING))
                .addStatement("return $L", listOf(names))
                .build());
    }

    private static String listOf(List<String> names) {
        String all = ClassDoc.wrap(names.stream().map(n -> '"' + n + '"').collect(Collectors.joining(", "))).strip();
        return all.contains("\n") ? "List.of(\n" + all.indent(8).stripTrailing() + ")" : "List.of(" + all + ")";
    }

    /** A method that gives what belongs to a name. */
    private static void choice(
            TypeSpec.Builder c, TypeName type, String what, Map<String, String> all, String known, String doc) {
        MethodSpec.Builder m = MethodSpec.methodBuilder(what)
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("$L", doc)
                .addParameter(STRING, "name")
                .returns(type);
        String kind = what.equals("shape") ? "tensor" : what;
        if (what.equals("shape")) m.addModifiers(Modifier.STATIC);
        if (all.isEmpty()) {
            m.addStatement("throw unknown($S, name, $L)", kind, known);
        } else {
            m.addCode("return switch (name) {\n");
            all.forEach((name, java) -> m.addCode("    case $S -> $L;\n", name, java));
            m.addCode("    default -> throw unknown($S, name, $L);\n};\n", kind, known);
        }
        c.addMethod(m.build());
    }

    private void change(TypeSpec.Builder c, Map<String, String> settings) {
        String present = program.settings().entrySet().stream()
                .map(e -> "{@code " + e.getKey() + "} " + ExprPrinter.number(e.getValue()))
                .collect(Collectors.joining(", "));
        MethodSpec.Builder m = MethodSpec.methodBuilder("setting").addModifiers(Modifier.PUBLIC)
                .addJavadoc("$L", ClassDoc.wrap("Changes a setting, for the steps to come. {@code step} counts the steps from"
                        + " 1, {@code seed} feeds all randomness, the others are the optimiser's. At first: " + present + "."
                        + new Conflicts(program, schedule).remark())
                        + "\n@throws IllegalArgumentException if the setting cannot have that value\n")
                .addParameter(STRING, "name").addParameter(TypeName.DOUBLE, "value")
                .addStatement("allowed(name, value)");
        m.addCode("switch (name) {\n");
        settings.forEach((name, java) -> m.addCode("    case $S -> this.$L = value;\n", name, java));
        c.addMethod(m.addCode("    default -> throw unknown($S, name, settingNames());\n}\n", "setting").build());
    }

    /** The table of what settings can be; those that can be any number are not in it. */
    private void allowed(TypeSpec.Builder c) {
        StringBuilder rows = new StringBuilder();
        for (String setting : program.settings().keySet()) {
            List<Limit> limits = program.rules().limits().getOrDefault(setting, List.of());
            if (limits.isEmpty()) continue;
            String test = limits.stream()
                    .map(l -> "value " + (l.isWhole() ? "== Math.rint(value)" : l.operator() + " " + ExprPrinter.number(l.bound())))
                    .collect(Collectors.joining(" && "));
            String needed = limits.stream().map(Limit::toString).collect(Collectors.joining(", "));
            rows.append("        case \"").append(setting).append("\" -> ").append(test).append(" ? null : \"").append(needed)
                    .append("\";\n");
        }
        template.put("LIMITS", rows.toString());
        add(c, "allowed");
    }

    private void shape(TypeSpec.Builder c) {
        Map<String, String> shapes = new LinkedHashMap<>();
        Stream.of(program.inputs(), program.targets(), program.parameters(), program.states())
                .flatMap(List::stream)
                .forEach(t -> shapes.put(t.name(), sizes(t.shape().stream().filter(x -> !x.isBatch()))));
        for (String name : program.outputs()) {
            Array a = schedule.of(name);
            if (a != null) shapes.putIfAbsent(name, sizes(a.shape().stream().filter(x -> !x.batch())));
        }
        choice(c, ArrayTypeName.of(TypeName.INT), "shape", shapes, listOf(new ArrayList<>(shapes.keySet())),
                "The shape of an input, target, output, parameter or state, without the axis of the examples.\n");
    }

    private static String sizes(Stream<?> shape) {
        return "new int[] {" + shape.map(Object::toString).collect(Collectors.joining(", ")) + "}";
    }
}
