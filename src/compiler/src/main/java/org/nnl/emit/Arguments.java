package org.nnl.emit;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.schedule.ClassNames;
import org.nnl.schedule.Schedule;
import org.nnl.stepwise.Stepwise;

/**
 * Names of what the public methods of a class are given: those of the model, but for an underscore where the methods have
 * another use for a name, or Java has, or another argument.
 */
final class Arguments {
    /** Names that the methods' own variables have. */
    private static final Set<String> RESERVED = Set.of(
            "count", "seed", "order", "random", "k", "n", "sums", "source", "training", "other", "swapped", "steps", "before",
            "own", "model");

    private final Map<String, String> given = new HashMap<>();
    private final Map<String, String> outputs = new HashMap<>();
    private final Set<String> used;

    Arguments(Program program, Schedule schedule) {
        used = bare(program, schedule);
        List<String> data = Stream.concat(program.inputs().stream(), program.targets().stream()).map(Tensor::name).toList();
        UnaryOperator<String> asOutput = o -> data.contains(o) ? o + "_out" : o;
        // What can keep its name does, whatever is declared before it.
        for (String n : data) if (isFree(n) && used.add(n)) given.put(n, n);
        for (String o : program.outputs()) {
            String n = asOutput.apply(o);
            if (isFree(n) && used.add(n)) outputs.put(o, n);
        }
        for (String n : data) given.computeIfAbsent(n, this::free);
        for (String o : program.outputs()) outputs.computeIfAbsent(o, x -> free(asOutput.apply(x)));
    }

    /** The argument that hands over an input or target. */
    String given(String tensor) {
        return given.get(tensor);
    }

    /** The argument that takes an output, which may be an input at the same time. */
    String output(String tensor) {
        return outputs.get(tensor);
    }

    /** A name like this one that is no argument; the next call gives another. */
    String free(String like) {
        String name = ClassNames.identifier(like);
        while (!isFree(name) || !used.add(name)) name += "_";
        return name;
    }

    private static boolean isFree(String name) {
        return ClassNames.identifier(name).equals(name) && !RESERVED.contains(name) && !ClassNames.isTaken(name);
    }

    /** Fields of the model that methods use without {@code this}. */
    private static Set<String> bare(Program program, Schedule schedule) {
        Set<String> fields = new HashSet<>();
        if (!program.losses().isEmpty()) fields.add(schedule.of(program.losses().get(0).tensor()).name());
        if (StepMethods.has(program))
            for (Tensor t : program.graph(Stepwise.STEP).tensors().values())
                if (t.role() == Tensor.Role.STATE) fields.add(schedule.of(t.name()).name());
        return fields;
    }
}
