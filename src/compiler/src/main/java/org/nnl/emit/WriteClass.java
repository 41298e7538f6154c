package org.nnl.emit;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.emit.formula.Dialect;
import org.nnl.emit.kernel.Kernels;
import org.nnl.equations.ExprPrinter;
import org.nnl.program.Program;
import org.nnl.schedule.Array;
import org.nnl.schedule.ClassNames;
import org.nnl.schedule.Count;
import org.nnl.schedule.RareLoops;
import org.nnl.schedule.Routine;
import org.nnl.schedule.Schedule;
import org.nnl.schedule.Summary;

/** Writes the class of a model: the same text for the same arguments, whatever the machine. */
public final class WriteClass {
    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");

    private final Program program;
    private final Schedule schedule;
    private final Options options;
    private final TypeName real;
    private final ShortRows rows;
    private final Storage storage;
    private final Arguments arguments;
    private final Sharing sharing;
    private final SharedNests nests;
    private final RareLoops rare;

    /** What routines do that do not do their equations in one go. */
    private final Map<String, String> summaries;

    private WriteClass(Program program, Schedule schedule, Options options, int alike, double patience) {
        this.program = program;
        this.schedule = schedule;
        this.options = options;
        this.real = options.precision() == Options.Precision.FLOAT ? TypeName.FLOAT : TypeName.DOUBLE;
        this.storage = new Storage(program, schedule, options);
        this.rows = new ShortRows(schedule, storage, options.precision().lanes());
        this.arguments = new Arguments(program, schedule);
        this.sharing = new Sharing(schedule, className(program, options), options);
        this.summaries = Summary.of(schedule);
        this.nests = new SharedNests(schedule, options, rows, alike);
        this.rare = new RareLoops(schedule, patience);
    }

    /** The text of the class's file. */
    public static String of(Program program, Schedule schedule, Options options) {
        return of(program, schedule, options, SharedNests.LEAST, RareLoops.PATIENCE);
    }

    /**
     * The same with another opinion on which loops share a method, and which have one for each row.
     *
     * @param alike    nests that share one at least, where they differ in arrays alone
     * @param patience seconds in which loops over rows have to be compiled, or else their rows are methods
     */
    public static String of(Program program, Schedule schedule, Options options, int alike, double patience) {
        return new WriteClass(program, schedule, options, alike, patience).file();
    }

    /** Schedules a program and writes its class. */
    public static String of(Program program, Options options) {
        return of(program, org.nnl.schedule.MakeSchedule.of(program, options), options);
    }

    /** The name of the class, without its package. */
    public static String className(Program program, Options options) {
        return options.className().isEmpty() ? program.name() : options.className();
    }

    /** Why a class cannot have that name; null if it can. */
    public static String objection(String className) {
        if (ClassNames.isWord(className)) return "which is a word of Java";
        return ClassNames.isType(className) ? "since it uses a type of that name" : null;
    }

    private String file() {
        TypeSpec.Builder c = TypeSpec.classBuilder(className(program, options))
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .addJavadoc("$L", ClassDoc.of(program, arguments, options));
        c.addField(FieldSpec.builder(TypeName.INT, "BATCH", Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                .addJavadoc("Examples a step, as the model has it; steps may be given more or fewer.\n")
                .initializer("$L", schedule.batch()).build());
        if (options.backend() == Backend.VECTOR) species(c);
        Set<String> functions = new LinkedHashSet<>();
        Kernels kernels = new Kernels(options, new ClassSurroundings(schedule), schedule.batch());
        TypeSpec.Builder routines = TypeSpec.classBuilder("Routines"); // first, since they say which arrays need room
        for (Routine r : schedule.routines().values()) routine(r, routines, functions, kernels);
        schedule.arrays().values().forEach(a -> c.addField(field(a)));
        List<String> types = members(c);
        routines.build().methodSpecs().forEach(c::addMethod);
        List<String> shared = nests.methods(functions);
        functions.addAll(kernels.functions());
        JavaFile.Builder file = JavaFile.builder(options.packageName(), c.build())
                .skipJavaLangImports(true)
                .indent("    ")
                .addFileComment("Generated by NNL from $L. Changes belong there.", program.source());
        return DenseText.of(complete(file.build().toString(), shared, functions, kernels, types));
    }

    /** Adds what is the same in kind for all classes, public methods first, and returns the types nested in the class. */
    private List<String> members(TypeSpec.Builder c) {
        TypeSpec.Builder all = TypeSpec.classBuilder("Members");
        storage.addTo(all);
        List<String> types = new ArrayList<>(new PublicMethods(program, schedule, storage, arguments, sharing, options).addTo(all));
        types.add(new ByName(program, schedule, options).addTo(all));
        types.add(SavedForm.addTo(all, program, schedule, options));
        storage.addGrowth(all);
        TypeSpec members = all.build();
        members.fieldSpecs().forEach(c::addField);
        for (boolean isPublic : new boolean[] {true, false})
            for (MethodSpec m : members.methodSpecs())
                if (m.modifiers().contains(Modifier.PUBLIC) == isPublic) c.addMethod(m);
        return types;
    }

    /** Adds the imports and static functions that statements, which are plain text to JavaPoet, make use of. */
    private String complete(String text, List<String> shared, Set<String> functions, Kernels kernels, List<String> types) {
        StringBuilder more = new StringBuilder();
        if (!shared.isEmpty()) more.append("\n    // Nests: loops that routines share, each over the arrays it is given.\n");
        for (String m : shared) more.append('\n').append(m.stripTrailing().indent(4));
        if (!kernels.methods().isEmpty()) more.append("\n    // Kernels: matrix products, each for the rows from first to last.\n");
        if (!kernels.scratchType().isEmpty())
            more.append("\n    /** Where kernels keep copies. */\n    private final " + kernels.scratchType() + " scratch = "
                    + kernels.newScratch() + ";\n");
        for (String m : kernels.methods()) more.append('\n').append(m.stripTrailing().indent(4));
        for (String f : functions) more.append('\n').append(Dialect.function(f, options.precision()).stripTrailing().indent(4));
        for (String t : types) more.append('\n').append(t.replaceAll("(?m)^(?=.)", "    ")).append('\n');
        more.append(sharing.text(kernels));
        String whole = text.substring(0, text.lastIndexOf('}')) + more + "}\n";
        if (whole.split("\\bWHOLE\\b", -1).length == 2) whole = whole.replaceFirst("(?m)^.* WHOLE = .*\n\n?", "");
        String code = COMMENT.matcher(whole).replaceAll("");
        Set<String> imports = new java.util.TreeSet<>();
        for (String name : ClassNames.IMPORTS) {
            String simple = name.substring(name.lastIndexOf('.') + 1);
            if (Pattern.compile("(?<![.\\w])" + simple + "\\b").matcher(code).find()) imports.add(name);
        }
        List<String> lines = new ArrayList<>(whole.lines().map(String::stripTrailing).toList());
        int first = -1;
        for (int k = 0; k < lines.size() && !lines.get(k).startsWith("public final class"); k++)
            if (lines.get(k).startsWith("import ")) {
                if (first < 0) first = k;
                imports.add(lines.get(k).substring(7, lines.get(k).length() - 1));
            }
        lines.removeIf(l -> l.startsWith("import "));
        for (String i : imports) lines.add(first++, "import " + i + ";");
        return String.join("\n", lines) + "\n";
    }

    private void species(TypeSpec.Builder c) {
        boolean isFloat = real == TypeName.FLOAT;
        ClassName species = ClassName.get("jdk.incubator.vector", "VectorSpecies");
        ClassName vector = ClassName.get("jdk.incubator.vector", isFloat ? "FloatVector" : "DoubleVector");
        ClassName whole = ClassName.get("jdk.incubator.vector", isFloat ? "IntVector" : "LongVector");
        ClassName shape = ClassName.get("jdk.incubator.vector", "VectorShape");
        c.addField(FieldSpec.builder(
                        ParameterizedTypeName.get(species, real.box()), "SPECIES",
                        Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .initializer("$T.SPECIES_PREFERRED.vectorBitSize() <= 512\n    ? $T.SPECIES_PREFERRED : $T.SPECIES_512",
                        vector, vector, vector)
                .build());
        c.addField(FieldSpec.builder(TypeName.INT, "LANES", Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .initializer("SPECIES.length()").build());
        c.addField(FieldSpec.builder(
                        ParameterizedTypeName.get(species, isFloat ? TypeName.INT.box() : TypeName.LONG.box()), "WHOLE",
                        Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .initializer("$T.SPECIES_PREFERRED.withShape(SPECIES.vectorShape())", whole)
                .build());
    }

    private FieldSpec field(Array a) {
        TypeName element = a.integer() ? TypeName.INT : real;
        String doc = describe(a);
        if (a.kind() == Array.Kind.SETTING) {
            double value = program.settings().get(a.tensor());
            return FieldSpec.builder(TypeName.DOUBLE, a.name(), Modifier.PRIVATE)
                    .initializer("$L", ExprPrinter.number(value)).addJavadoc("$L", doc).build();
        }
        if (a.kind() == Array.Kind.SCALAR)
            return FieldSpec.builder(element, a.name(), Modifier.PRIVATE).addJavadoc("$L", doc).build();
        com.palantir.javapoet.ArrayTypeName type = com.palantir.javapoet.ArrayTypeName.of(element);
        if (storage.isShared(a))
            return FieldSpec.builder(type, a.name(), Modifier.PRIVATE, Modifier.FINAL).addJavadoc("$L", doc).build();
        if (a.kind() == Array.Kind.GIVEN || storage.grown(true).contains(a) || storage.grown(false).contains(a))
            return FieldSpec.builder(type, a.name(), Modifier.PRIVATE).addJavadoc("$L", doc).build();
        FieldSpec.Builder fixed = FieldSpec.builder(type, a.name(), Modifier.PRIVATE, Modifier.FINAL).addJavadoc("$L", doc);
        return fixed.initializer("new $T[$L]", element, storage.size(a)).build();
    }

    /** {@code h.W[64, 10], a parameter.} */
    private static String describe(Array a) {
        StringBuilder shape = new StringBuilder(a.tensor());
        if (!a.shape().isEmpty()) shape.append(a.shape());
        return shape + switch (a.kind()) {
            case GIVEN -> ", given by the caller.\n";
            case PARAMETER -> ", a parameter.\n";
            case STATE -> ", kept from step to step.\n";
            case SETTING -> ", a setting.\n";
            case COMPUTED, SCALAR -> (a.isHelper() ? ": " + a.holds() : a.isReused() ? ", one step of time at once" : a.hasRoom() ? ", with room around it for reads beyond its edges" : "") + ".\n";
        };
    }

    /** The method of a routine; two if it is divided. */
    private void routine(Routine r, TypeSpec.Builder c, Set<String> functions, Kernels kernels) {
        boolean divided = r.division() != null;
        RoutineWriter w = new RoutineWriter(schedule, options, kernels, sharing, nests, rows, rare);
        String body = w.body(r);
        functions.addAll(w.functions());
        MethodSpec whole = divided ? sharing.whole(r, w.usesScratch()) : null;
        if (whole != null) c.addMethod(whole);
        MethodSpec.Builder m = MethodSpec.methodBuilder(r.name()).addModifiers(Modifier.PRIVATE);
        m.addParameter(TypeName.INT, JavaIntegers.EXAMPLES);
        r.variables().forEach(v -> m.addParameter(TypeName.INT, v));
        if (divided) sharing.addParameters(m, r.division(), w.usesScratch());
        for (String line : r.heading()) m.addComment("$L", line);
        if (summaries.containsKey(r.name())) m.addComment("$L", summaries.get(r.name()));
        c.addMethod(m.addCode(CodeBlock.of("$L", body)).build());
        for (RoutineWriter.RowMethod row : w.rowMethods()) {
            MethodSpec.Builder one = MethodSpec.methodBuilder(row.name()).addModifiers(Modifier.PRIVATE);
            row.parameters().forEach(p -> one.addParameter(TypeName.INT, p));
            for (String line : r.heading()) one.addComment("$L", line);
            one.addComment("One row of it: HotSpot compiles soon what is called once a row.");
            c.addMethod(one.addCode(CodeBlock.of("$L", row.body())).build());
        }
    }
}
