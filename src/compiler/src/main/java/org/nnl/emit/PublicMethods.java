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
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Modifier;
import org.nnl.Options;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.schedule.Array;
import org.nnl.schedule.Count;
import org.nnl.schedule.Schedule;

/** What a user of a generated class sees: construction, steps, prediction, and views by name. */
final class PublicMethods {
    private static final ClassName STRING = ClassName.get(String.class);
    private final Program program;
    private final Schedule schedule;
    private final TypeName real;

    PublicMethods(Program program, Schedule schedule, Options options) {
        this.program = program;
        this.schedule = schedule;
        this.real = options.precision() == Options.Precision.FLOAT ? TypeName.FLOAT : TypeName.DOUBLE;
    }

    /** A parameter's name in Java. */
    static String argument(String tensor) {
        String s = tensor.replaceAll("\\W", "_");
        return SourceVersion.isKeyword(s) || s.equals("examples") ? s + "_" : s;
    }

    void addTo(TypeSpec.Builder c) {
        constructor(c);
        if (has("gradient") && has("update")) trainStep(c);
        if (has("loss")) loss(c);
        if (has("gradient")) gradient(c);
        if (has("predict") && !program.outputs().isEmpty()) predict(c);
        metric(c);
        names(c);
        views(c);
        settings(c);
        checks(c);
        grow(c);
    }

    private boolean has(String graph) {
        return schedule.entries().containsKey(graph);
    }

    private void constructor(TypeSpec.Builder c) {
        MethodSpec.Builder m = MethodSpec.constructorBuilder()
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("A model with the initial values that a seed gives: the same for the same seed.\n")
                .addParameter(TypeName.LONG, "seed");
        for (Array a : schedule.arrays().values())
            if (a.kind() == Array.Kind.SETTING && a.tensor().equals("seed")) m.addStatement("this.$L = seed", a.name());
        m.addStatement("grow($L)", schedule.batch());
        if (has("initial")) m.addStatement("$L(1)", schedule.entries().get("initial"));
        c.addMethod(m.build());
    }

    private MethodSpec.Builder method(String name, boolean targets) {
        MethodSpec.Builder m = MethodSpec.methodBuilder(name).addModifiers(Modifier.PUBLIC);
        List<Tensor> given = new ArrayList<>(program.inputs());
        if (targets) given.addAll(program.targets());
        for (Tensor t : given) m.addParameter(ArrayTypeName.of(t.isInteger() ? TypeName.INT : real), argument(t.name()));
        m.addParameter(TypeName.INT, JavaIntegers.EXAMPLES);
        return m;
    }

    private static String describe(Tensor t) {
        return ClassDoc.signature(t) + (t.isBatched() ? ", one after the other for every example" : "");
    }

    /** Comments on the arguments. */
    private void document(MethodSpec.Builder m, boolean targets) {
        List<Tensor> given = new ArrayList<>(program.inputs());
        if (targets) given.addAll(program.targets());
        for (Tensor t : given) m.addJavadoc("@param $L {@code $L}\n", argument(t.name()), describe(t));
        m.addJavadoc("@param examples how many, at least 1\n");
    }

    /** Takes the arguments over into the fields, after checking them. */
    private void accept(MethodSpec.Builder m, boolean targets) {
        m.addStatement("ready(examples)");
        List<Tensor> given = new ArrayList<>(program.inputs());
        if (targets) given.addAll(program.targets());
        for (Tensor t : given) {
            Array a = schedule.of(t.name());
            Count n = a.count();
            String name = argument(t.name());
            m.addStatement("checkLength($S, $L.length, $L)", t.name(), name, elements(n));
            if (t.classes() > 0)
                m.addStatement("checkClasses($S, $L, (int) ($L), $L)", t.name(), name, elements(n), t.classes());
            m.addStatement("this.$L = $L", a.name(), name);
        }
    }

    private static String elements(Count n) {
        return !n.batch() ? n.factor() + "L" : n.factor() == 1 ? "examples" : n.factor() + "L * examples";
    }

    private void trainStep(TypeSpec.Builder c) {
        MethodSpec.Builder m = method("trainStep", true).returns(real)
                .addJavadoc("One step of training: loss, its gradient, and the optimiser's update of all parameters.\n\n");
        document(m, true);
        m.addJavadoc("@return the loss before the update\n");
        accept(m, true);
        m.addStatement("$L(examples)", schedule.entries().get("gradient"));
        m.addStatement("$L(examples)", schedule.entries().get("update"));
        for (String graph : List.of("gradient", "update"))
            if (has("commit " + graph)) m.addStatement("$L(examples)", schedule.entries().get("commit " + graph));
        m.addStatement("return $L", lossField());
        c.addMethod(m.build());
    }

    private String lossField() {
        Array a = schedule.of(program.losses().get(0).tensor());
        return a.isField() ? a.name() : a.name() + "[0]";
    }

    private void loss(TypeSpec.Builder c) {
        MethodSpec.Builder m = method("loss", true).returns(real)
                .addJavadoc("The loss as used for evaluation; metrics can then be read. Changes nothing.\n\n");
        document(m, true);
        accept(m, true);
        m.addStatement("$L(examples)", schedule.entries().get("loss"));
        m.addStatement("return $L", lossField());
        c.addMethod(m.build());
    }

    private void gradient(TypeSpec.Builder c) {
        MethodSpec.Builder m = method("gradient", true).returns(real)
                .addJavadoc("The loss as trained and its gradient, which can then be read with"
                        + " {@link #gradient(String)}. Changes no\nparameter.\n\n");
        document(m, true);
        m.addJavadoc("@return the loss\n");
        accept(m, true);
        m.addStatement("$L(examples)", schedule.entries().get("gradient"));
        m.addStatement("return $L", lossField());
        c.addMethod(m.build());
    }

    private void predict(TypeSpec.Builder c) {
        MethodSpec.Builder m = method("predict", false).addJavadoc("Computes the outputs.\n\n");
        document(m, false);
        List<Array> outputs = program.outputs().stream().map(schedule::of).toList();
        for (int k = 0; k < outputs.size(); k++) {
            Array a = outputs.get(k);
            String name = outputName(program.outputs().get(k));
            m.addParameter(ArrayTypeName.of(a.integer() ? TypeName.INT : real), name);
            String shape = a.shape().stream().filter(x -> !x.batch()).map(Count::toString).collect(Collectors.joining(", "));
            m.addJavadoc("@param $L where {@code $L} is put$L\n", name,
                    a.tensor() + (shape.isEmpty() ? "" : "[" + shape + "]"),
                    a.count().batch() ? ", one after the other for every example" : "");
        }
        accept(m, false);
        for (int k = 0; k < outputs.size(); k++) {
            Array a = outputs.get(k);
            m.addStatement("checkLength($S, $L.length, $L)", a.tensor(), outputName(program.outputs().get(k)), elements(a.count()));
        }
        m.addStatement("$L(examples)", schedule.entries().get("predict"));
        for (int k = 0; k < outputs.size(); k++) {
            Array a = outputs.get(k);
            String name = outputName(program.outputs().get(k));
            if (a.isField()) m.addStatement("$L[0] = this.$L", name, a.name());
            else m.addStatement("System.arraycopy(this.$L, 0, $L, 0, $L)", a.name(), name, JavaIntegers.java(a.count()));
        }
        c.addMethod(m.build());
    }

    private String outputName(String tensor) {
        String name = argument(tensor);
        return program.inputs().stream().anyMatch(t -> argument(t.name()).equals(name)) ? name + "_out" : name;
    }

    private void metric(TypeSpec.Builder c) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String name : program.metrics()) {
            Array a = schedule.of(name);
            if (a != null) all.put(name, a.isField() ? a.name() : a.name() + "[0]");
        }
        c.addMethod(choice("metric", real, all, "metric",
                "The value of a metric in the last {@link #trainStep} or {@link #loss}.\n".replace("{@link #trainStep}", "step").replace("{@link #loss}", "evaluation")));
    }

    private static MethodSpec choice(String method, TypeName type, Map<String, String> all, String what, String doc) {
        MethodSpec.Builder m = MethodSpec.methodBuilder(method)
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("$L", doc)
                .addJavadoc("\n@throws IllegalArgumentException if there is no $L of that name\n", what)
                .addParameter(STRING, "name")
                .returns(type);
        if (!all.isEmpty()) {
            m.beginControlFlow("switch (name)");
            all.forEach((name, java) -> m.addCode("case $S:\n$>return $L;\n$<", name, java));
            m.addCode("default:\n$>break;\n$<");
            m.endControlFlow();
        }
        String known = all.isEmpty() ? "there is none" : "there are " + String.join(", ", all.keySet());
        return m.addStatement("throw new $T($S + name + $S)", IllegalArgumentException.class,
                "no " + what + " '", "', " + known).build();
    }

    private void names(TypeSpec.Builder c) {
        list(c, "parameterNames", "Names of the parameters", program.parameters().stream().map(Tensor::name).toList());
        list(c, "stateNames", "Names of what is kept from step to step beside the parameters",
                program.states().stream().map(Tensor::name).toList());
        list(c, "metricNames", "Names of the metrics", program.metrics());
        list(c, "settingNames", "Names of the settings", List.copyOf(program.settings().keySet()));
        Map<String, String> shapes = new LinkedHashMap<>();
        List<Tensor> all = new ArrayList<>(program.inputs());
        all.addAll(program.targets());
        all.addAll(program.parameters());
        all.addAll(program.states());
        for (Tensor t : all)
            shapes.put(t.name(), "new int[] {" + t.shape().stream().filter(x -> !x.isBatch())
                    .map(Object::toString).collect(Collectors.joining(", ")) + "}");
        for (String name : program.outputs()) {
            Array a = schedule.of(name);
            if (a != null)
                shapes.putIfAbsent(name, "new int[] {" + a.shape().stream().filter(x -> !x.batch())
                        .map(Object::toString).collect(Collectors.joining(", ")) + "}");
        }
        MethodSpec m = choice("shape", ArrayTypeName.of(TypeName.INT), shapes, "tensor",
                "The shape of an input, target, output, parameter or state, without the axis of the examples.\n");
        c.addMethod(m.toBuilder().addModifiers(Modifier.STATIC).build());
    }

    private static void list(TypeSpec.Builder c, String method, String doc, List<String> names) {
        String all = names.stream().map(n -> '"' + n + '"').collect(Collectors.joining(", "));
        c.addMethod(MethodSpec.methodBuilder(method)
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .addJavadoc("$L.\n", doc)
                .returns(ParameterizedTypeName.get(ClassName.get(List.class), STRING))
                .addStatement("return $T.of($L)", List.class, all)
                .build());
    }

    private void views(TypeSpec.Builder c) {
        Map<String, String> parameters = new LinkedHashMap<>();
        Map<String, String> gradients = new LinkedHashMap<>();
        Map<String, String> states = new LinkedHashMap<>();
        for (Tensor t : program.parameters()) {
            parameters.put(t.name(), schedule.of(t.name()).name());
            Array d = schedule.of(Program.ADJOINT + t.name());
            if (d != null) gradients.put(t.name(), d.isField() ? "new " + real + "[] {" + d.name() + "}" : d.name());
        }
        for (Tensor t : program.states()) states.put(t.name(), schedule.of(t.name()).name());
        TypeName array = ArrayTypeName.of(real);
        c.addMethod(choice("parameter", array, parameters, "parameter",
                "The live values of a parameter, row-major: what is written there counts.\n"));
        c.addMethod(choice("gradient", array, gradients, "gradient",
                "The gradient of the loss by a trained parameter, as the last step left it; a parameter that is frozen, or that"
                        + " no loss\ndepends on, has none.\n"));
        c.addMethod(choice("state", array, states, "state",
                "The live values of a state, row-major.\n"));
    }

    private void settings(TypeSpec.Builder c) {
        Map<String, String> read = new LinkedHashMap<>();
        for (String s : program.settings().keySet()) read.put(s, schedule.of(s).name());
        c.addMethod(choice("setting", TypeName.DOUBLE, read, "setting", "The value of a setting.\n"));
        MethodSpec.Builder m = MethodSpec.methodBuilder("setting").addModifiers(Modifier.PUBLIC)
                .addJavadoc("Changes a setting: {@code step} counts the steps from 1, {@code seed} feeds all"
                        + " randomness, the others are the\noptimiser's.\n\n"
                        + "@throws IllegalArgumentException if there is no setting of that name\n")
                .addParameter(STRING, "name").addParameter(TypeName.DOUBLE, "value");
        if (!read.isEmpty()) {
            m.beginControlFlow("switch (name)");
            read.forEach((name, java) -> m.addCode("case $S:\n$>this.$L = value;\nreturn;\n$<", name, java));
            m.addCode("default:\n$>throw new $T($S + name + $S);\n$<", IllegalArgumentException.class,
                    "no setting '", "', there are " + String.join(", ", read.keySet()));
            m.endControlFlow();
        } else {
            m.addStatement("throw new $T($S + name + $S)", IllegalArgumentException.class, "no setting '", "'");
        }
        c.addMethod(m.build());
    }

    private static void checks(TypeSpec.Builder c) {
        c.addMethod(MethodSpec.methodBuilder("checkLength").addModifiers(Modifier.PRIVATE, Modifier.STATIC)
                .addParameter(STRING, "name").addParameter(TypeName.INT, "length").addParameter(TypeName.LONG, "needed")
                .beginControlFlow("if (length < needed)")
                .addStatement("throw new $T(name + $S + length + $S + needed)", IllegalArgumentException.class,
                        " has ", " elements, needed are ")
                .endControlFlow().build());
        c.addMethod(MethodSpec.methodBuilder("checkClasses").addModifiers(Modifier.PRIVATE, Modifier.STATIC)
                .addParameter(STRING, "name").addParameter(ArrayTypeName.of(TypeName.INT), "labels")
                .addParameter(TypeName.INT, "count").addParameter(TypeName.INT, "classes")
                .beginControlFlow("for (int k = 0; k < count; k++)")
                .beginControlFlow("if (labels[k] < 0 || labels[k] >= classes)")
                .addStatement("throw new $T(name + $S + k + $S + labels[k] + $S + (classes - 1))",
                        IllegalArgumentException.class, "[", "] is ", ", allowed are 0 to ")
                .endControlFlow().endControlFlow().build());
    }

    private void grow(TypeSpec.Builder c) {
        c.addMethod(MethodSpec.methodBuilder("ready").addModifiers(Modifier.PRIVATE)
                .addParameter(TypeName.INT, "examples")
                .beginControlFlow("if (examples < 1)")
                .addStatement("throw new $T($S + examples)", IllegalArgumentException.class, "at least one example is needed, not ")
                .endControlFlow()
                .beginControlFlow("if (examples > capacity)")
                .addStatement("grow(examples)")
                .endControlFlow().build());
        MethodSpec.Builder m = MethodSpec.methodBuilder("grow").addModifiers(Modifier.PRIVATE)
                .addComment("Arrays that hold something for every example.")
                .addParameter(TypeName.INT, "examples")
                .addStatement("capacity = examples");
        for (Array a : schedule.arrays().values())
            if (a.kind() == Array.Kind.COMPUTED && a.count().batch())
                m.addStatement("$L = new $T[$L]", a.name(), a.integer() ? TypeName.INT : real,
                        a.count().factor() == 1 ? "examples" : "Math.multiplyExact(examples, " + a.count().factor() + ")");
        c.addMethod(m.build());
    }
}
