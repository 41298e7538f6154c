package org.nnl.emit;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.lang.model.element.Modifier;
import org.nnl.Options.Precision;
import org.nnl.emit.formula.Dialect;
import org.nnl.emit.formula.FormulaWriter;
import org.nnl.emit.formula.Operand;
import org.nnl.equations.Expr;
import org.nnl.program.Condition;
import org.nnl.program.Program;
import org.nnl.program.Scheduled;
import org.nnl.schedule.Schedule;
import org.nnl.schedule.Value;

/**
 * What settings must fulfil together, in the generated class: a method that says what they do not, asked before an update
 * and when a file is loaded. And what hyper-parameters that are scheduled must be: another, asked before an update alone,
 * since a file may hold the step before which a training ended. A class without such conditions has none of this.
 */
final class Conflicts {
    private final List<Condition> conditions = new ArrayList<>();
    private final List<Condition> conditionsAtStep = new ArrayList<>();
    private final Map<String, Scheduled> scheduled = new LinkedHashMap<>();
    private final Schedule schedule;
    private final Set<String> taken = new HashSet<>();

    /** The settings that the conditions are about. */
    private final Set<String> settings = new LinkedHashSet<>();

    Conflicts(Program program, Schedule schedule) {
        this.schedule = schedule;
        program.rules().scheduled().forEach((name, s) -> {
            if (isPlain(s.value())) scheduled.put(name, s);
        });
        for (Condition c : program.rules().conditions()) {
            boolean there = c.holds().tensors().stream().allMatch(t -> scheduled.containsKey(t) || schedule.of(t) != null);
            if (!there || !isPlain(c.holds())) continue; // what no equation reads is no field
            (c.holds().tensors().stream().anyMatch(scheduled::containsKey) ? conditionsAtStep : conditions).add(c);
        }
        conditions.forEach(c -> settings.addAll(c.holds().tensors()));
    }

    /** The text, if there are conditions; none if there are none. */
    private String ifAny(String text) {
        return conditions.isEmpty() ? "" : text;
    }

    /** For the documentation of what changes settings. */
    String remark() {
        return ifAny(" The next update checks what they must fulfil together: " + conditions.stream().map(Condition::text)
                .distinct().map(t -> "{@code " + t + "}").collect(Collectors.joining(", ")) + ".");
    }

    /** For the documentation of an update. */
    String reason() {
        return ifAny(", or if settings contradict each\n *     other")
                + (scheduled.isEmpty() ? "" : ", or if\n *     what the schedule gives for this step cannot be: " + scheduled.keySet().stream()
                        .map(s -> "{@code " + s + "}").collect(Collectors.joining(", ")));
    }

    /** Statements by which an update is refused. */
    String beforeUpdate() {
        return ifAny("    final String conflict = conflict(\n            " + each(s -> "this." + name(s)) + ");\n"
                + "    if (conflict != null) throw new IllegalStateException(conflict);\n")
                + (scheduled.isEmpty() ? "" : "    final String wrong = wrongAtStep();\n"
                        + "    if (wrong != null) throw new IllegalStateException(wrong);\n");
    }

    /** Statements by which a file is refused. */
    String whenLoaded() {
        return ifAny("        final String conflict = !saved.wrong.isEmpty() ? null : conflict(\n            "
                + each(s -> "settings.getOrDefault(\"" + s + "\", this." + name(s) + ")") + ");\n"
                + "        if (conflict != null) saved.wrong.add(conflict);\n");
    }

    private String name(String setting) {
        return schedule.of(setting).name();
    }

    /** For each setting, on lines of their own. */
    private String each(Function<String, String> text) {
        return settings.stream().map(text).collect(Collectors.joining(",\n            "));
    }

    /** Adds the methods. */
    void addTo(TypeSpec.Builder c) {
        if (!conditions.isEmpty()) c.addMethod(ofSettings());
        if (!scheduled.isEmpty()) c.addMethod(ofSchedules());
    }

    private MethodSpec ofSettings() {
        MethodSpec.Builder m = MethodSpec.methodBuilder("conflict").addModifiers(Modifier.PRIVATE, Modifier.STATIC)
                .addJavadoc("What these settings do not fulfil together; null if all is well.\n")
                .returns(String.class);
        settings.forEach(s -> m.addParameter(TypeName.DOUBLE, name(s)));
        settings.forEach(s -> taken.add(name(s)));
        FormulaWriter writer = writer();
        for (Condition condition : conditions) {
            Operand holds = writer.truth(value(condition.holds(), this::name));
            writer.statements().forEach(s -> m.addCode("$L\n", s));
            String values = condition.holds().tensors().stream()
                    .map(s -> s + " is \" + " + name(s)).collect(Collectors.joining(" + \", "));
            m.addCode("if (!($L))\n    return $S\n            + \", and $L;\n", holds.java(),
                    "'" + condition.by() + "' requires " + condition.text(), values);
        }
        return m.addCode("return null;\n").build();
    }

    /** Computes each schedule once, which is then a number of its own, checked by itself and with others. */
    private MethodSpec ofSchedules() {
        MethodSpec.Builder m = MethodSpec.methodBuilder("wrongAtStep").addModifiers(Modifier.PRIVATE)
                .addJavadoc("What is wrong with what a schedule gives for this step; null if all is well.\n")
                .returns(String.class);
        Map<String, String> locals = new LinkedHashMap<>();
        Function<String, String> leaf = tensor -> locals.containsKey(tensor) ? locals.get(tensor) : "this." + name(tensor);
        FormulaWriter writer = writer();
        scheduled.forEach((tensor, s) -> {
            Operand value = writer.value(value(s.value(), leaf));
            writer.statements().forEach(line -> m.addCode("$L\n", line));
            String local = fresh("v");
            m.addCode("final double $L = $L;\n", local, value.java());
            locals.put(tensor, local);
            m.addCode("if ($L!Double.isFinite($L))\n    return $L;\n", due(s), local, said("", List.of(tensor), leaf));
        });
        for (Condition condition : conditionsAtStep) {
            List<String> all = List.copyOf(condition.holds().tensors());
            Operand holds = writer.truth(value(condition.holds(), leaf));
            writer.statements().forEach(line -> m.addCode("$L\n", line));
            m.addCode("if ($L!($L))\n    return $L;\n",
                    due(all.stream().filter(scheduled::containsKey).map(scheduled::get).findFirst().orElseThrow()), holds.java(),
                    said("'" + condition.by() + "' requires " + condition.text() + ", and ", all, leaf));
        }
        return m.addCode("return null;\n").build();
    }

    /**
     * {@code "… at step " + step + " rate (m.nnl:6) is " + (float) v1}: what is computed in double precision has digits at
     * its end that rounding made, and that say nothing to a reader.
     */
    private String said(String what, List<String> tensors, Function<String, String> leaf) {
        return CodeBlock.of("$S + (long) this.$L", what + "at step ", name("step")) + tensors.stream()
                .map(t -> CodeBlock.of("$S + $L", (tensors.indexOf(t) == 0 ? " " : ", ") + t
                        + (scheduled.containsKey(t) ? " (" + scheduled.get(t).place() + ")" : "") + " is ", (scheduled.containsKey(t) ? "(float) " : "") + leaf.apply(t)))
                .map(x -> "\n            + " + x).collect(Collectors.joining());
    }

    private String due(Scheduled s) {
        return s.every() == 1 ? "" : "this." + name("step") + " % " + s.every() + " == 0 && ";
    }

    /** Whether an expression needs no methods beside it. */
    private boolean isPlain(Expr e) {
        FormulaWriter writer = writer();
        writer.value(value(e, tensor -> tensor));
        return writer.functions().isEmpty();
    }

    private FormulaWriter writer() {
        return new FormulaWriter(
                Dialect.scalar(Precision.DOUBLE), leaf -> Operand.scalar(((Value.Local) leaf).name(), false), this::fresh);
    }

    private String fresh(String hint) {
        return IntStream.iterate(1, n -> n + 1).mapToObj(n -> hint + n).filter(taken::add).findFirst().orElseThrow();
    }

    /** The expression in Java's terms; {@code leaf} says where a tensor is. */
    private static Value value(Expr e, Function<String, String> leaf) {
        if (e instanceof Expr.Const c) return new Value.Number(c.value());
        if (e instanceof Expr.Read r) return new Value.Local(leaf.apply(r.tensor()));
        Expr.Apply a = (Expr.Apply) e;
        return new Value.Apply(a.op(), a.arguments().stream().map(x -> value(x, leaf)).toList());
    }
}
