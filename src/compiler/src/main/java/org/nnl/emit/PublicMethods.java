package org.nnl.emit;

import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import com.palantir.javapoet.TypeVariableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import org.nnl.Options;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.schedule.Array;
import org.nnl.schedule.Count;
import org.nnl.schedule.Schedule;

/** What a user of a generated class does with examples: steps, passes, prediction. */
final class PublicMethods {
    private final Program program;
    private final Schedule schedule;
    private final Storage storage;
    private final Arguments arguments;
    private final Sharing sharing;
    private final String type;
    private final String real;
    private final List<Tensor> given = new ArrayList<>();
    private final Template template = new Template("methods.txt");

    PublicMethods(
            Program program, Schedule schedule, Storage storage, Arguments arguments, Sharing sharing, Options options) {
        this.program = program;
        this.sharing = sharing;
        this.storage = storage;
        this.schedule = schedule;
        this.arguments = arguments;
        this.type = WriteClass.className(program, options);
        this.real = options.precision().java();
        given.addAll(program.inputs());
        given.addAll(program.targets());
        template.put("R", real).put("CLASS", type);
    }

    /** Adds methods to the class, and returns the types nested in it. */
    List<String> addTo(TypeSpec.Builder c) {
        List<String> types = new ArrayList<>();
        boolean trains = trains(schedule);
        template.put("RESET", trains ? "    pending = 0;\n" : "");
        template.put("PENDING", trains ? "    pending = examples;\n" : "");
        if (trains) fields(c);
        data(given);
        if (trains) {
            trainStep(c);
            add(c, "train");
        }
        if (has("gradient")) {
            template.put("RUN", sharing.run("TRAINING", schedule.entries().get("gradient")));
            add(c, "gradient");
        }
        if (trains) {
            template.put("UPDATE", shared(lines("    ", List.of("update", "commit gradient", "commit update"), g ->
                    has(g) ? schedule.entries().get(g) + "(examples);" : null)));
            add(c, "update");
        }
        boolean evaluates = has("loss") && !program.losses().isEmpty();
        if (evaluates) {
            template.put("RUN", sharing.run("EVALUATION", schedule.entries().get("loss")));
            add(c, "loss");
            add(c, "lastLoss");
            add(c, "evaluate");
            pass(c, trains);
            types.add(examples());
        }
        if (trains) add(c, "onStep");
        if (evaluates || has("gradient")) {
            template.put("TRAINING", storage.grown(false).isEmpty() ? ""
                    : "    if (examples > trainingCapacity) growForTraining(capacity);\n");
            template.put("TAKEN", taken(given));
            add(c, "give");
        }
        if (has("predict") && !program.outputs().isEmpty()) {
            data(program.inputs());
            template.put("TAKEN", taken(program.inputs()));
            types.add(predict(c));
            add(c, "predictor");
        }
        add(c, "ready");
        add(c, "checkLength");
        if (given.stream().anyMatch(t -> t.classes() > 0)) add(c, "checkClasses");
        return types;
    }

    /** A step of training: gradient and update in one routine if there is one. */
    private void trainStep(TypeSpec.Builder c) {
        Conflicts conflicts = new Conflicts(program, schedule);
        template.put("OR", conflicts.reason());
        template.put("CONFLICT", conflicts.beforeUpdate());
        String[] entries = Stream.of(Schedule.TRAINING, "commit gradient", "commit update").filter(this::has)
                .map(schedule.entries()::get).toArray(String[]::new);
        template.put("RUN", sharing.run("TRAINING", entries));
        template.put("WHOLESTEP", template.text(has(Schedule.TRAINING) ? "wholeStepShared" : "wholeStep") + "\n");
        add(c, "trainStep");
    }

    /** The update, which the threads share that have shared its gradient. */
    private String shared(String update) {
        return sharing.isEmpty() ? update : "    shareOn(TRAINING);\n" + update + "\n    shared(TRAINING);";
    }

    private void fields(TypeSpec.Builder c) {
        c.addField(FieldSpec.builder(TypeName.INT, "pending", Modifier.PRIVATE)
                .addJavadoc("Examples of a gradient that has not been applied, else 0.\n").build());
        c.addField(FieldSpec.builder(TypeName.INT, "frozen", Modifier.PRIVATE)
                .addJavadoc("How many parameters are frozen.\n").build());
        c.addField(FieldSpec.builder(
                        TypeVariableName.get("Consumer<" + type + ">"), "listener", Modifier.PRIVATE)
                .addJavadoc("Called after every update, null if nobody listens.\n").build());
    }

    /** Whether the class has training steps. */
    static boolean trains(Schedule schedule) {
        return schedule.entries().containsKey("gradient") && schedule.entries().containsKey("update");
    }

    private boolean has(String graph) {
        return schedule.entries().containsKey(graph);
    }

    private void add(TypeSpec.Builder c, String section) {
        template.methods(section).forEach(c::addMethod);
    }

    /** The words for arguments that hand data over. */
    private void data(List<Tensor> tensors) {
        template.put("DATA", lines("", tensors, t ->
                " * @param " + arguments.given(t.name()) + " " + describe(ClassDoc.signature(t), t.isBatched()))
                + "\n * @param examples how many, at least 1\n");
        template.put("GIVEN", each(tensors, t -> type(t) + " " + arguments.given(t.name()) + ", "));
        template.put("ARGS", each(tensors, t -> arguments.given(t.name()) + ", "));
        if (!program.losses().isEmpty()) template.put("LOSS", figure(program.losses().get(0).tensor()));
    }

    private String type(Tensor t) {
        return (t.isInteger() ? "int" : real) + "[]";
    }

    private static String describe(String signature, boolean batched) {
        return "{@code " + signature + "}" + (batched ? ", one after the other for every example" : "");
    }

    private static <T> String each(List<T> all, Function<T, String> text) {
        return all.stream().map(text).collect(Collectors.joining());
    }

    /** A line for each, none where the function gives null. */
    private static <T> String lines(String indent, List<T> all, Function<T, String> line) {
        return all.stream().map(line).filter(l -> l != null).map(l -> indent + l).collect(Collectors.joining("\n"));
    }

    /** Checks arguments, and keeps them. */
    private String taken(List<Tensor> tensors) {
        return lines("    ", tensors, t -> {
            Array a = schedule.of(t.name());
            String name = arguments.given(t.name());
            String n = elements(a.count());
            return "checkLength(\"" + t.name() + "\", " + name + ".length, " + n + ");\n    "
                    + (t.classes() > 0
                            ? "checkClasses(\"" + t.name() + "\", " + name + ", "
                                    + (n.contains("L") ? JavaIntegers.java(a.count()) : n) + ", " + t.classes() + ");\n    "
                            : "")
                    + "this." + a.name() + " = " + name + ";";
        });
    }

    /** The field that holds a scalar. */
    private String figure(String tensor) {
        Array a = schedule.of(tensor);
        return a.isField() ? a.name() : a.name() + "[0]";
    }

    /** Losses and metrics by name, with the fields that hold them; one loss alone needs no name. */
    static Map<String, String> figures(Program program, Schedule schedule) {
        Map<String, String> all = new LinkedHashMap<>();
        if (program.losses().size() > 1) program.losses().forEach(l -> all.put(l.name(), l.tensor()));
        program.metrics().forEach(m -> all.put(m, m));
        all.values().removeIf(tensor -> schedule.of(tensor) == null);
        all.replaceAll((name, tensor) -> {
            Array a = schedule.of(tensor);
            return a.isField() ? a.name() : a.name() + "[0]";
        });
        return all;
    }

    /** Names made of those of the data, different from all of them and from each other. */
    private Map<Tensor, String> besides(String suffix) {
        Map<Tensor, String> names = new LinkedHashMap<>();
        for (Tensor t : given) names.put(t, arguments.free(arguments.given(t.name()) + suffix));
        return names;
    }

    private long ofOne(Tensor t) {
        return t.elements(1);
    }

    private void pass(TypeSpec.Builder c, boolean trains) {
        Map<Tensor, String> one = besides("One");
        List<String> figures = new ArrayList<>();
        figures.add(figure(program.losses().get(0).tensor()));
        figures(program, schedule).values().stream().filter(f -> !figures.contains(f)).forEach(figures::add);
        template.put("BUFFERS", lines("    ", given, t -> {
            String element = t.isInteger() ? "int" : real;
            long n = ofOne(t);
            return "final " + element + "[] " + one.get(t) + " = new " + element + "[" + n + "];\n    final " + element + "[] "
                    + arguments.given(t.name()) + " = new " + element + "["
                    + (!t.isBatched() ? "" + n : n == 1 ? "BATCH" : "BATCH * " + n) + "];";
        }));
        template.put("ONES", given.stream().map(one::get).collect(Collectors.joining(", ")));
        template.put("COLLECT", lines("            ", given, t -> copy(one.get(t), 0, arguments.given(t.name()), "n", t)));
        String step = each(given, t -> arguments.given(t.name()) + ", ") + "n);";
        template.put("STEP", trains
                ? "        if (training) trainStep(" + step + "\n        else loss(" + step
                : "        loss(" + step);
        template.put("FIGURES", "" + figures.size());
        template.put("SUM", lines("        ", figures, f -> "sums[" + figures.indexOf(f) + "] += (double) n * this." + f + ";"));
        template.put("MEAN", lines("    ", figures, f -> "this." + f + " = "
                + (real.equals("float") ? "(float) (sums[" + figures.indexOf(f) + "] / count)" : "sums[" + figures.indexOf(f) + "] / count")
                + ";"));
        add(c, "pass");
    }

    /** Copies an example; {@code index} is its number in the batched one of the two arrays. */
    private String copy(String from, int start, String to, String index, Tensor t) {
        long n = ofOne(t);
        if (!t.isBatched()) return "System.arraycopy(" + from + ", " + start + ", " + to + ", 0, " + n + ");";
        if (n == 1) return to + "[" + index + "] = " + from + "[" + start + "];";
        return "System.arraycopy(" + from + ", " + start + ", " + to + ", " + n + " * " + index + ", " + n + ");";
    }

    private String examples() {
        Map<Tensor, String> to = besides("To");
        template.put("ONEDATA", given.stream()
                .map(t -> "     * @param " + arguments.given(t.name()) + " takes {@code " + ClassDoc.signature(t) + "}\n")
                .collect(Collectors.joining()));
        template.put("ONE", given.stream().map(t -> type(t) + " " + arguments.given(t.name())).collect(Collectors.joining(", ")));
        template.put("ALL", each(given, t -> type(t) + " " + arguments.given(t.name()) + ", "));
        template.put("ALLARGS", each(given, t -> arguments.given(t.name()) + ", "));
        template.put("NEXT", given.stream().map(t -> type(t) + " " + to.get(t)).collect(Collectors.joining(", ")));
        template.put("CHECKS", lines("        ", given, t -> "checkLength(\"" + t.name() + "\", " + arguments.given(t.name())
                + ".length, " + (t.isBatched() ? (ofOne(t) == 1 ? "" : ofOne(t) + "L * ") + "count" : ofOne(t)) + ");"));
        template.put("COPY", lines("                ", given, t -> {
            String from = arguments.given(t.name());
            long n = ofOne(t);
            if (!t.isBatched()) return "System.arraycopy(" + from + ", 0, " + to.get(t) + ", 0, " + n + ");";
            return n == 1
                    ? to.get(t) + "[0] = " + from + "[order[k]];"
                    : "System.arraycopy(" + from + ", " + n + " * order[k], " + to.get(t) + ", 0, " + n + ");";
        }));
        template.put("ORDERED", template.text(program.train().stateful() ? "streams" : "shuffled") + "\n");
        return template.text("type Examples");
    }

    private String predict(TypeSpec.Builder c) {
        List<Array> outputs = program.outputs().stream().map(schedule::of).toList();
        template.put("OUTDATA", lines("", outputs, a -> {
            String shape = a.shape().stream().filter(x -> !x.batch()).map(Count::toString).collect(Collectors.joining(", "));
            return " * @param " + arguments.output(a.tensor()) + " takes "
                    + describe(a.tensor() + (shape.isEmpty() ? "" : "[" + shape + "]"), a.count().batch());
        }) + "\n");
        template.put("OUT", outputs.stream().map(a -> ", " + (a.integer() ? "int" : real) + "[] " + arguments.output(a.tensor()))
                .collect(Collectors.joining()));
        template.put("OUTCHECKS", lines("    ", outputs, a ->
                "checkLength(\"" + a.tensor() + "\", " + arguments.output(a.tensor()) + ".length, " + elements(a.count()) + ");"));
        template.put("RUN", sharing.run("PREDICTION", schedule.entries().get("predict")));
        template.put("RESULTS", lines("    ", outputs, a -> a.isField()
                ? arguments.output(a.tensor()) + "[0] = this." + a.name() + ";"
                : "System.arraycopy(this." + a.name() + ", 0, " + arguments.output(a.tensor()) + ", 0, " + JavaIntegers.java(a.count()) + ");"));
        add(c, "predict");
        template.put("OUTARGS", outputs.stream().map(a -> ", " + arguments.output(a.tensor())).collect(Collectors.joining()));
        Set<String> touched = new HashSet<>();
        for (String graph : List.of("predict", "begin", "step")) touched.addAll(schedule.touched(graph));
        String settings = schedule.arrays().values().stream()
                .filter(a -> a.kind() == Array.Kind.SETTING && touched.contains(a.name()))
                .map(a -> "    own." + a.name() + " = model." + a.name() + ";\n").collect(Collectors.joining());
        template.put("SETTINGS", settings);
        template.put("MODEL", settings.isEmpty() ? "" : "    private final @CLASS@ model;\n");
        template.put("KEEP", settings.isEmpty() ? "" : "        this.model = model;\n");
        String steps = new StepMethods(program, schedule, arguments, real, template, sharing).addTo(c);
        template.put("PREDICT", (template.text("predictWith") + steps).replaceAll("(?m)^(?=.)", "    "));
        return template.text("type Predictor");
    }

    /** A count as a Java expression of type int or long. */
    static String elements(Count n) {
        return !n.batch() ? n.factor() + "L" : n.factor() == 1 ? "examples" : n.factor() + "L * examples";
    }
}
