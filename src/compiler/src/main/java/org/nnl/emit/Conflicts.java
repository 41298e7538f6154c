package org.nnl.emit;

import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
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
import org.nnl.schedule.Schedule;
import org.nnl.schedule.Value;

/**
 * What settings must fulfil together, in the generated class: a method that says what they do not, asked before an update
 * and when a file is loaded. A class whose settings have nothing to do with each other has none of this.
 */
final class Conflicts {
    private final List<Condition> conditions;
    private final Schedule schedule;

    /** The settings that the conditions are about. */
    private final Set<String> settings = new LinkedHashSet<>();

    Conflicts(Program program, Schedule schedule) {
        this.conditions = program.rules().conditions();
        this.schedule = schedule;
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
        return ifAny(", or if settings contradict each\n *     other");
    }

    /** Statements by which an update is refused. */
    String beforeUpdate() {
        return ifAny("    final String conflict = conflict(\n            " + each(s -> "this." + name(s)) + ");\n"
                + "    if (conflict != null) throw new IllegalStateException(conflict);\n");
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

    /** Adds the method. */
    void addTo(TypeSpec.Builder c) {
        if (conditions.isEmpty()) return;
        MethodSpec.Builder m = MethodSpec.methodBuilder("conflict").addModifiers(Modifier.PRIVATE, Modifier.STATIC)
                .addJavadoc("What these settings do not fulfil together; null if all is well.\n")
                .returns(String.class);
        settings.forEach(s -> m.addParameter(TypeName.DOUBLE, name(s)));
        Set<String> taken = new HashSet<>();
        settings.forEach(s -> taken.add(name(s)));
        FormulaWriter writer = new FormulaWriter(
                Dialect.scalar(Precision.DOUBLE), leaf -> Operand.scalar(((Value.Local) leaf).name(), false),
                hint -> IntStream.iterate(1, n -> n + 1).mapToObj(n -> hint + n).filter(taken::add).findFirst().orElseThrow());
        for (Condition condition : conditions) {
            Operand holds = writer.truth(value(condition.holds()));
            writer.statements().forEach(s -> m.addCode("$L\n", s));
            String values = condition.holds().tensors().stream()
                    .map(s -> s + " is \" + " + name(s)).collect(Collectors.joining(" + \", "));
            m.addCode("if (!($L))\n    return $S\n            + \", and $L;\n", holds.java(),
                    "'" + condition.by() + "' requires " + condition.text(), values);
        }
        c.addMethod(m.addCode("return null;\n").build());
    }

    private Value value(Expr e) {
        if (e instanceof Expr.Const c) return new Value.Number(c.value());
        if (e instanceof Expr.Read r) return new Value.Local(name(r.tensor()));
        Expr.Apply a = (Expr.Apply) e;
        return new Value.Apply(a.op(), a.arguments().stream().map(this::value).toList());
    }
}
