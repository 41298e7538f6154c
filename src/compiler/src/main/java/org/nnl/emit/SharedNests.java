package org.nnl.emit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.nnl.Options;
import org.nnl.emit.formula.Dialect;
import org.nnl.emit.kernel.Parameter;
import org.nnl.emit.kernel.Renaming;
import org.nnl.emit.kernel.Surroundings;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Array;
import org.nnl.schedule.Division;
import org.nnl.schedule.Routine;
import org.nnl.schedule.Schedule;
import org.nnl.schedule.SchedulePrinter;
import org.nnl.schedule.Step;
import org.nnl.schedule.Steps;

/**
 * Loop nests that say the same of different arrays are one method, which every layer calls: HotSpot compiles it once, and
 * it is hot after the first steps however deep the network. As for the kernels of products, {@link Renaming} makes equal
 * what differs in arrays and places alone:
 * <pre>d_h1_b[i] += d_h1_sum[64*b + i]   and   d_h2_b[i] += d_h2_sum[64*b + i]   are   d_b[i] += d_sum[64*b + i]</pre>
 * Parameters are what differs; what is the same in all stays a field or a number. A nest that adds up to one number, as for the
 * norm of a gradient, returns it.
 */
final class SharedNests {
    /**
     * Nests that share a method at least. Small networks have up to three of a kind (three layers); in a step of some microseconds a
     * call would be seen.
     */
    static final int LEAST = 4;

    /** Names of tensors in a comment at most. */
    private static final int MOST_NAMED = 6;

    private final Schedule schedule;
    private final Options options;
    private final ShortRows rows;
    private final Surroundings around;
    private final Map<Nest.Key, List<Nest>> nests = new LinkedHashMap<>();
    private final Map<Nest.Key, Method> methods = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    /**
     * A method that nests share.
     *
     * @param steps      over the parameters
     * @param chosen     the names in it
     * @param parameters in order, without the number of examples
     * @param examples   whether it takes the number of examples
     * @param arrays     one that stands for each parameter that is an array or a field, by the parameter's name
     * @param comment    what it computes, and for which tensors
     */
    private record Method(
            String name, List<Step> steps, NestNames chosen, List<Parameter> parameters, boolean examples, Map<String, Array> arrays,
            List<String> comment) {}

    /**
     * @param rows  which vectors may run over the end of their row, in arrays of their own: nests with such are not shared
     * @param alike nests that share a method at least
     */
    SharedNests(Schedule schedule, Options options, ShortRows rows, int alike) {
        this.rows = rows;
        this.schedule = schedule;
        this.options = options;
        this.around = new ClassSurroundings(schedule);
        for (Routine r : schedule.routines().values()) collect(Parts.of(r), r.division());
        nests.values().removeIf(n -> n.size() < alike);
        nests.forEach((key, all) -> methods.put(key, method(all)));
    }

    private void collect(List<Step> steps, Division division) {
        for (int k = 0; k < steps.size(); k++) {
            if (steps.get(k) instanceof Step.When w) collect(w.body(), division);
            Nest nest = nest(Nest.at(steps, k, around), division);
            if (nest != null) nests.computeIfAbsent(nest.key(), key -> new ArrayList<>()).add(nest);
        }
    }

    /** The nest that some steps are; null for none. */
    private Nest nest(List<Step> steps, Division division) {
        return steps.isEmpty() || rows.in(steps, division) ? null : Nest.of(Nest.ofAnyLength(steps, options.precision().lanes()), around);
    }

    /**
     * A call in place of steps.
     *
     * @param java  the statement
     * @param steps how many
     */
    record Call(String java, int steps) {}

    /** The call that does what the steps of a routine do from a place on, outside all loops; null if they share no method. */
    Call call(List<Step> all, int k, Division division) {
        List<Step> steps = methods.isEmpty() ? List.of() : Nest.at(all, k, around);
        Nest nest = nest(steps, division);
        Method m = nest == null ? null : methods.get(nest.key());
        if (m == null) return null;
        Step.Loop l = Nest.loop(steps);
        Renaming own = new Renaming(around, m.chosen.again());
        own.steps(nest.steps());
        List<String> arguments = new ArrayList<>();
        for (Parameter p : m.parameters) {
            String argument = own.arguments().get(own.parameters().indexOf(p));
            arguments.add(argument.equals(Nest.START) ? around.index(l.from())
                    : argument.equals(Nest.END) ? around.index(l.to()) : argument);
        }
        if (m.examples) arguments.add(JavaIntegers.EXAMPLES);
        String call = m.name + "(" + String.join(", ", arguments) + ");", result = Nest.result(steps);
        return new Call(result == null ? call : real() + " " + result + " = " + call, steps.size());
    }

    // ---- methods

    private Method method(List<Nest> all) {
        Set<String> taken = new HashSet<>(schedule.arrays().keySet());
        taken.addAll(List.of(JavaIntegers.EXAMPLES, Sharing.SCRATCH));
        NestNames chosen = NestNames.of(all, taken);
        Nest first = all.get(0);
        Renaming renaming = new Renaming(around, chosen.again());
        List<Step> steps = renaming.steps(first.steps());
        List<Parameter> parameters = new ArrayList<>(renaming.parameters());
        parameters.sort(Comparator.comparing(Parameter::kind));
        Map<String, Array> arrays = new LinkedHashMap<>();
        for (int k = 0; k < first.arrays().size(); k++)
            if (chosen.array(k) != null) arrays.put(chosen.array(k), schedule.array(first.arrays().get(k)));
        List<String> comment = new ArrayList<>(SchedulePrinter.print(steps).lines().toList());
        comment.add(users(all, chosen));
        String name = unique(chosen.method(steps));
        return new Method(name, steps, chosen, parameters, usesExamples(steps), arrays, comment);
    }

    private String unique(String name) {
        String candidate = name;
        for (int n = 2; !names.add(candidate); n++) candidate = name + "_v" + n;
        return candidate;
    }

    /** {@code For h.W, h2.W, h3.W.} */
    private String users(List<Nest> all, NestNames chosen) {
        int first = IntStream.range(0, all.get(0).arrays().size()).filter(k -> chosen.array(k) != null).findFirst().orElse(0);
        List<String> tensors = all.stream()
                .map(n -> Nest.result(n.steps()) == null ? Nest.last(Nest.loop(n.steps())).array() : n.arrays().get(first))
                .map(array -> schedule.array(array).tensor()).distinct().toList();
        if (tensors.size() <= MOST_NAMED) return "For " + String.join(", ", tensors) + ".";
        return "For " + String.join(", ", tensors.subList(0, MOST_NAMED - 2)) + ", … " + tensors.get(tensors.size() - 1) + ", "
                + tensors.size() + " tensors.";
    }

    private static boolean usesExamples(List<Step> steps) {
        boolean[] used = {false};
        for (Affine a : Steps.integers(steps)) used[0] |= a.usesBatch();
        for (Affine a : Steps.addresses(steps)) used[0] |= a.usesBatch();
        Steps.visit(steps, s -> {
            if (s instanceof Step.Store w) w.inside().forEach(i -> used[0] |= i.size().batch());
            if (s instanceof Step.When w) w.inside().forEach(i -> used[0] |= i.size().batch());
        });
        Steps.loads(steps).forEach(x -> x.inside().forEach(i -> used[0] |= i.size().batch()));
        return used[0];
    }

    /** The text of all methods; adds the static functions that they call. */
    List<String> methods(Set<String> functions) {
        List<String> texts = new ArrayList<>();
        nests.keySet().forEach(key -> texts.add(text(methods.get(key), functions)));
        return texts;
    }

    private String text(Method m, Set<String> functions) {
        Map<String, Array> arrays = new LinkedHashMap<>(schedule.arrays());
        m.arrays.forEach((name, a) -> arrays.put(name, a.named(name)));
        Schedule own = new Schedule(arrays, Map.of(), Map.of(), schedule.batch(), List.of());
        RoutineWriter w = new RoutineWriter(own, options, null, null, null, null, null);
        List<String> integers = m.parameters.stream().filter(p -> !p.isArray()).map(Parameter::name).toList();
        String body = w.body(new Routine("", List.of(), integers, m.steps), m.arrays.keySet());
        functions.addAll(w.functions());
        List<String> declared = new ArrayList<>();
        for (Parameter p : m.parameters) declared.add(p.declaration(real(), ""));
        if (m.examples) declared.add("int " + JavaIntegers.EXAMPLES);
        String result = Nest.result(m.steps);
        boolean fields = schedule.arrays().keySet().stream()
                .anyMatch(a -> Pattern.compile("\\b" + a + "\\b").matcher(body).find());
        String type = result == null ? "void" : real();
        StringBuilder s = new StringBuilder("private " + (fields ? "" : "static ") + type + " " + m.name + "("
                + String.join(", ", declared) + ") {\n");
        for (String c : m.comment) s.append("    // ").append(c).append('\n');
        s.append(body.indent(4));
        if (result != null) s.append("    return ").append(result).append(";\n");
        return s.append("}\n").toString();
    }

    private String real() {
        return Dialect.scalar(options.precision()).real();
    }
}
