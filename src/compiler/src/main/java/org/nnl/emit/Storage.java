package org.nnl.emit;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import com.palantir.javapoet.TypeVariableName;
import com.palantir.javapoet.TypeName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.lang.model.element.Modifier;
import org.nnl.Options;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.schedule.Array;
import org.nnl.schedule.Schedule;

/**
 * Where the arrays of a generated class come from. Objects that predict with one model's weights share parameters,
 * states and gradients; what prediction works in, each has for itself. Arrays for training alone are made at the first
 * step.
 */
final class Storage {
    private final Program program;
    private final Schedule schedule;
    private final String type;
    private final String real;
    private final int lanes;
    private final Set<String> predicting;
    private final Set<String> gradients = new HashSet<>();

    /** How many vectors arrays have room for behind their last element. */
    private final Map<String, Integer> longer = new HashMap<>();

    Storage(Program program, Schedule schedule, Options options) {
        this.lanes = options.precision().lanes();
        this.program = program;
        this.schedule = schedule;
        this.type = WriteClass.className(program, options);
        this.real = options.precision().java();
        this.predicting = new HashSet<>();
        for (String graph : List.of("initial", "predict", "begin", "commit begin", "step", "commit step"))
            predicting.addAll(schedule.touched(graph));
        for (Tensor t : program.parameters()) {
            Array d = schedule.of(Program.ADJOINT + t.name());
            if (d != null) gradients.add(d.name());
        }
    }

    /** Whether an object alone sees an array, so that it may be longer than its tensor. */
    boolean isOwn(Array a) {
        return a.kind() == Array.Kind.COMPUTED && !isShared(a);
    }

    /** Gives an array room for so many vectors behind its last element. */
    void lengthen(String array, int vectors) {
        longer.merge(array, vectors, Math::max);
    }

    /** Whether the constructors give a field its array: what is kept, and gradients, which have names. */
    boolean isShared(Array a) {
        return a.kind() == Array.Kind.PARAMETER || a.kind() == Array.Kind.STATE || gradients.contains(a.name());
    }

    /**
     * Arrays made when they are first needed and again for more examples: those that prediction works in, or those for
     * training alone. The latter include arrays of fixed size.
     */
    List<Array> grown(boolean prediction) {
        return schedule.arrays().values().stream()
                .filter(a -> a.kind() == Array.Kind.COMPUTED && !isShared(a))
                .filter(a -> prediction ? a.count().batch() && predicting.contains(a.name()) : !predicting.contains(a.name()))
                .toList();
    }

    /** Adds constructors and what they fill. */
    void addTo(TypeSpec.Builder c) {
        c.addField(FieldSpec.builder(TypeVariableName.get("Tensor[]"), "tensors", Modifier.PRIVATE, Modifier.FINAL)
                .addJavadoc("Parameters, then states.\n").build());
        c.addField(FieldSpec.builder(TypeName.INT, "capacity", Modifier.PRIVATE)
                .addJavadoc("Examples that the arrays have room for.\n").build());
        if (!grown(false).isEmpty())
            c.addField(FieldSpec.builder(TypeName.INT, "trainingCapacity", Modifier.PRIVATE)
                    .addJavadoc("Examples that the arrays for training have room for.\n").build());
        MethodSpec.Builder m = MethodSpec.constructorBuilder()
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("A model with the initial values that a seed gives: the same for the same seed.\n")
                .addParameter(TypeName.LONG, "seed")
                .addStatement("this(null)");
        for (Array a : schedule.arrays().values())
            if (a.kind() == Array.Kind.SETTING && a.tensor().equals("seed")) m.addStatement("this.$L = seed", a.name());
        if (schedule.entries().containsKey("initial")) m.addStatement("$L(1)", schedule.entries().get("initial"));
        if (program.train().threads() > 1) m.addStatement("threads($L)", program.train().threads());
        c.addMethod(m.build());
        c.addMethod(sharing());
    }

    /** Adds what makes arrays grow. */
    void addGrowth(TypeSpec.Builder c) {
        grow(c, "grow", "capacity", grown(true));
        if (!grown(false).isEmpty()) grow(c, "growForTraining", "trainingCapacity", grown(false));
    }

    private MethodSpec sharing() {
        MethodSpec.Builder m = MethodSpec.constructorBuilder()
                .addModifiers(Modifier.PRIVATE)
                .addJavadoc("A model of its own, or one that predicts with another's weights.\n")
                .addParameter(TypeVariableName.get(type), "shared");
        for (Array a : schedule.arrays().values())
            if (isShared(a))
                m.addStatement("$L = shared == null ? new $L[$L] : shared.$L", a.name(), a.integer() ? "int" : real,
                        a.count().factor(), a.name());
        CodeBlock.Builder table = CodeBlock.builder().add("tensors = shared != null ? shared.tensors : new Tensor[] {\n");
        for (Tensor t : program.parameters()) {
            Array d = schedule.of(Program.ADJOINT + t.name());
            row(table, t, t.name(), d != null ? d.name() : "new " + real + "[" + t.elements(1) + "]");
        }
        for (Tensor t : program.states()) row(table, t, owner(t), "null");
        return m.addCode(table.add("};\n").build()).addStatement("grow(BATCH)").build();
    }

    private void row(CodeBlock.Builder table, Tensor t, String parameter, String gradient) {
        table.add("    new Tensor($S, $S, $L, $L),\n", t.name(), parameter, schedule.of(t.name()).name(), gradient);
    }

    /** The parameter for which the optimiser keeps a state, named after it; empty for other states. */
    private String owner(Tensor state) {
        if (!program.graphs().containsKey("update") || !program.graph("update").commits().containsKey(state.name()))
            return "";
        String owner = "";
        for (Tensor p : program.parameters())
            if (state.name().startsWith(p.name() + ".") && p.name().length() > owner.length()) owner = p.name();
        return owner;
    }

    /** How long an array is, as Java. */
    String size(Array a) {
        int n = a.count().factor();
        int more = longer.getOrDefault(a.name(), 0) * lanes;
        if (!a.count().batch()) return "" + (n + more);
        String all = n == 1 ? "examples" : "Math.multiplyExact(examples, " + n + ")";
        return more == 0 ? all : "Math.addExact(" + all + ", " + more + ")";
    }

    private void grow(TypeSpec.Builder c, String name, String field, List<Array> arrays) {
        MethodSpec.Builder m = MethodSpec.methodBuilder(name).addModifiers(Modifier.PRIVATE)
                .addParameter(TypeName.INT, JavaIntegers.EXAMPLES)
                .addStatement("$L = examples", field);
        if (name.equals("grow") && StepMethods.has(program)) m.addStatement("$L = 0", StepMethods.SEQUENCES);
        for (Array a : arrays) {
            String size = size(a);
            if (a.count().batch()) m.addStatement("$L = new $L[$L]", a.name(), a.integer() ? "int" : real, size);
            else m.addStatement("if ($L == null) $L = new $L[$L]", a.name(), a.name(), a.integer() ? "int" : real, size);
        }
        c.addMethod(m.build());
    }
}
