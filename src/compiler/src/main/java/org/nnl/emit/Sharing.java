package org.nnl.emit;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.lang.model.element.Modifier;
import org.nnl.Options;
import org.nnl.emit.kernel.Kernels;
import org.nnl.program.TrainSettings;
import org.nnl.schedule.Division;
import org.nnl.schedule.Routine;
import org.nnl.schedule.Schedule;
import org.nnl.schedule.Step;
import org.nnl.schedule.Steps;

/**
 * Routines divided over threads. Such a routine is two methods of one name: one computes a part of its range, the other
 * all of it, by itself or by the class's {@code Team}. The team calls parts by number.
 */
final class Sharing {
    static final String FROM = "from";
    static final String TO = "to";

    /** Parameters of a routine whose calls cut their own ranges: the number of its part, and of how many. */
    static final String PART = "part", PARTS = "parts";

    static final String SCRATCH = "scratch";

    /** Cases of the method that calls parts, far below what the JIT refuses. */
    private static final int MOST_CASES = 250;

    /** Routines that are run by the team, in the order of their numbers. */
    private final List<Routine> numbered;

    /** Names of routines that are called whole. */
    private final Set<String> whole = new HashSet<>();

    private final String className;
    private final TypeName scratchType;

    /** Names of routines whose parts need a place for copies. */
    private final Set<String> copying = new HashSet<>();

    Sharing(Schedule schedule, String className, Options options) {
        TypeName real = options.precision() == Options.Precision.FLOAT ? TypeName.FLOAT : TypeName.DOUBLE;
        TypeName row = ArrayTypeName.of(real);
        this.scratchType = options.backend() == Options.Backend.SCALAR ? ArrayTypeName.of(row) : row;
        this.className = className;
        for (Routine r : schedule.routines().values())
            Steps.visit(r.steps(), s -> {
                if (s instanceof Step.Call c && (c.share() == 0 || c.share() == Step.Call.ONE)) whole.add(c.routine());
            });
        this.numbered = schedule.routines().values().stream()
                .filter(r -> r.division() != null && whole.contains(r.name()) && r.division().least() != Division.NEVER)
                .limit(MOST_CASES)
                .toList();
    }

    /** Whether nothing is divided. */
    boolean isEmpty() {
        return numbered.isEmpty();
    }

    /**
     * Calls of routines that are one after the other what a public method does.
     *
     * @param what the constant for it: whether threads share it is found out for each
     */
    String run(String what, String... entries) {
        StringBuilder s = new StringBuilder();
        if (!isEmpty()) s.append("    share(").append(what).append(", examples);\n");
        for (String e : entries) s.append("    ").append(e).append("(examples);\n");
        if (!isEmpty()) s.append("    shared(").append(what).append(");\n");
        return s.toString();
    }

    /** Whether parts of a routine can be told to need a place for copies: those of one that has been written. */
    boolean copies(Routine r) {
        return copying.contains(r.name());
    }

    /** The parameters of a method that computes a part. */
    void addParameters(MethodSpec.Builder m, Division d, boolean scratch) {
        m.addParameter(TypeName.INT, d.isParts() ? PART : FROM).addParameter(TypeName.INT, d.isParts() ? PARTS : TO);
        if (scratch) m.addParameter(scratchType, SCRATCH);
    }

    /**
     * The method that computes all of a divided routine; null if nobody wants all.
     *
     * @param scratch whether its parts need a place for copies
     */
    MethodSpec whole(Routine r, boolean scratch) {
        if (scratch) copying.add(r.name());
        if (!whole.contains(r.name())) return null;
        Division d = r.division();
        String count = d.isParts() ? "1" : JavaIntegers.java(d.count());
        MethodSpec.Builder m = MethodSpec.methodBuilder(r.name()).addModifiers(Modifier.PRIVATE)
                .addParameter(TypeName.INT, JavaIntegers.EXAMPLES);
        r.variables().forEach(v -> m.addParameter(TypeName.INT, v));
        String own = arguments(r.variables());
        String all = r.name() + "(examples, " + own + "0, " + count + (scratch ? ", " + SCRATCH : "") + ");\n";
        if (!numbered.contains(r)) return m.addCode(CodeBlock.of("$L", all)).build();
        m.addComment("$L.", d);
        if (d.halves() != null) {
            m.addCode(CodeBlock.of("$L", "if (team == null || team.size != 2 || examples < " + d.least() + ") " + d.halves()
                    + "(examples, cut(1, 2, examples, " + d.multiple() + "));\nelse team.run(this, " + numbered.indexOf(r) + ", examples, "
                    + "0, ".repeat(variables()) + "examples, " + d.multiple() + ");\n"));
            return m.build();
        }
        String alone = d.least() > 1 ? "team == null || examples < " + d.least() : "team == null";
        String padded = own + "0, ".repeat(variables() - r.variables().size());
        m.addCode(CodeBlock.of("$L", "if (" + alone + ") " + all
                + "else team.run(this, " + numbered.indexOf(r) + ", examples, " + padded + (d.isParts() ? "team.size" : count) + ", " + d.multiple() + ");\n"));
        return m.build();
    }

    /** What a class has beside its routines, as text: methods to set the number of threads, and the team. */
    String text(Kernels kernels) {
        if (numbered.isEmpty()) return indented(template("alone.txt"));
        List<String> names = IntStream.range(0, variables()).mapToObj(k -> "variable" + k).toList();
        String cases = numbered.stream()
                .map(r -> "        case " + numbered.indexOf(r) + ":\n            " + r.name() + "(examples, "
                        + arguments(names.subList(0, r.variables().size())) + (r.division().isParts() ? "from, threads()" : "from, to")
                        + (copies(r) ? ", " + SCRATCH : "") + ");\n            return;")
                .collect(Collectors.joining("\n"));
        String text = template("team.txt");
        boolean copies = numbered.stream().anyMatch(this::copies);
        if (!copies) text = text.lines().filter(l -> !l.contains(SCRATCH)).collect(Collectors.joining("\n"));
        text = text.replace("@SCRATCH_PARAMETER@", copies ? ", " + scratchType + " " + SCRATCH : "")
                .replace("@SCRATCH_ARGUMENT@", copies ? ", " + SCRATCH + "[part]" : "")
                .replace("@SCRATCHES@", scratchType.toString().replaceFirst("\\[", "[size]["))
                .replace("@SCRATCH@", scratchType.toString())
                .replace("@NEW_SCRATCH@", copies ? kernels.newScratch() : "")
                .replace("@CASES@", cases)
                .replace("@PARAMETERS@", names.stream().map(n -> "int " + n + ", ").collect(Collectors.joining()))
                .replace("@ARGUMENTS@", arguments(names))
                .replace("@FIELDS@", arguments(names))
                .replace("@ASSIGNMENTS@", names.stream().map(n -> "        this." + n + " = " + n + ";\n").collect(Collectors.joining()))
                .replace("@MODEL@", className);
        return indented(text);
    }

    private static String indented(String text) {
        return text.lines().map(l -> l.isBlank() ? "\n" : "    " + l + "\n").collect(Collectors.joining());
    }

    /** Loop variables that parts are handed at most. */
    private int variables() {
        return numbered.stream().mapToInt(r -> r.variables().size()).max().orElse(0);
    }

    private static String arguments(List<String> names) {
        return names.stream().map(n -> n + ", ").collect(Collectors.joining());
    }

    private static String template(String name) {
        try (InputStream in = Sharing.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@MOST_THREADS@", "" + TrainSettings.MOST_THREADS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
