package org.nnl.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.elaborate.Sources;

/** Whatever the things of a model are called, its class compiles, and is told what they are by these names. */
class AnyNameTest {
    /** Words of the language, functions that take an index in brackets, and what the model below uses itself. */
    private static final Set<String> NOT = Set.of(
            "if", "then", "else", "and", "or", "not", "for", "sum", "mean", "max", "min", "argmax", "product", "tanh", "step", "seed",
            "training", "loss", "identity", "sgd", "adam", "__metadata__", "t0", "h0", "b0");

    /** Names of the language of which a class could have thought, too. */
    private static final List<String> MORE = List.of(
            "_", "__", "var", "yield", "record", "größe", "gräße", "gr__e", "class", "class_", "count", "count_", "count__", "examples_",
            "sequences", "sequences_", "x", "x_out", "xOne", "xTo", "xTo_", "M", "toString", "hashCode", "AHEAD_1", "BACK_2", "BIT_4",
            "Short", "Object", "Integer", "FloatVector", "DoubleVector", "LongVector", "this", "super", "null", "true");

    private static final int ROLES = 6;

    /** A model in which names are, in turn, inputs, targets, parameters, tensors, outputs, and axes with metrics. */
    private static String model(List<String> names) {
        int n = names.size() / ROLES;
        IntFunction<List<String>> role = r -> names.subList(r * n, (r + 1) * n);
        List<String> inputs = role.apply(0), targets = role.apply(1), parameters = role.apply(2), tensors = role.apply(3),
                outputs = role.apply(4), others = role.apply(5);
        StringBuilder s = new StringBuilder("model M {\naxis t0 = 3\nparam b0[50] = 1\n");
        for (int k = 0; k < n; k++) {
            s.append("input ").append(inputs.get(k)).append(k % 2 == 0 ? "[t0]\n" : "\n");
            s.append("target ").append(targets.get(k)).append('\n');
            s.append("param ").append(parameters.get(k)).append(k % 2 == 0 ? "" : "[2]").append(" = 0.1\n");
        }
        for (int k = 0; k < n; k++)
            s.append(tensors.get(k)).append("[t0] = tanh(").append(inputs.get(k)).append(k % 2 == 0 ? "[t0]" : "").append(" * ")
                    .append(parameters.get(k)).append(k % 2 == 0 ? "" : "[1]").append(")\n");
        s.append("h0[t0] = tanh(h0[t0-1] + ").append(tensors.stream().map(x -> x + "[t0]").collect(Collectors.joining(" + "))).append(")\n");
        for (int k = 0; k < n; k++)
            s.append("output ").append(outputs.get(k)).append("[t0] = h0[t0] * ").append(k + 1).append('\n');
        for (int k = 0; k + 1 < n; k += 2)
            s.append("axis ").append(others.get(k)).append(" = 50\nmetric ").append(others.get(k + 1)).append(" = sum[")
                    .append(others.get(k)).append("] b0[").append(others.get(k)).append("]\n");
        return s.append("loss (h0[2] - ").append(String.join(" - ", targets)).append(")^2\ntrain { optimizer sgd, batch 4 }\n}\n")
                .toString();
    }

    private static String java(String text, Options options) {
        return Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", options).java();
    }

    /** All names that a class uses, those of its own types, constants, fields, methods and variables included. */
    private static List<String> names(Options options) {
        List<String> plain = IntStream.range(0, 2 * ROLES).mapToObj(k -> "name" + k).toList();
        Set<String> all = new LinkedHashSet<>(MORE);
        for (String text : List.of(model(plain), "model M {\ninput x[200]\ntarget y : class(40)\nh = dense(x, 300, tanh)\n"
                + "output p = softmax(dense(h, 40))\nloss crossEntropy(p, y)\ntrain { optimizer adam, batch 100, threads 2 }\n}"))
            Pattern.compile("[A-Za-z_]\\w*").matcher(java(text, options).replaceAll("(?s)/\\*.*?\\*/|//[^\n]*|\"[^\"\n]*\"", ""))
                    .results().forEach(m -> all.add(m.group()));
        all.removeAll(NOT);
        all.removeAll(plain);
        all.removeIf(n -> n.startsWith("d_"));
        return new ArrayList<>(all);
    }

    /** Each name in some of the roles. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void allNamesThatAClassUsesItselfAreNamesOfItsModel(Backend backend) {
        Options options = Options.DEFAULT.with(backend, Precision.FLOAT);
        List<String> names = names(options);
        int most = 8 * ROLES;
        while (names.size() % most != 0) names.add("more" + names.size());
        List<String> failed = new ArrayList<>();
        for (int turn = 0; turn < (backend == Backend.VECTOR ? 2 : 1); turn++) {
            Collections.rotate(names, most / ROLES);
            for (int k = 0; k < names.size(); k += most) {
                String text = model(names.subList(k, k + most));
                try {
                    assertThat(Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", options).load()).isNotNull();
                } catch (RuntimeException | AssertionError e) {
                    failed.add(e.getMessage());
                }
            }
        }
        assertThat(failed).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void namesOfTheModelAreThoseOfItsMethods(Backend backend) throws Exception {
        String model = """
                axis t = 2
                input count[t], count_[t], sequences, Math[t], größe[t]
                param BATCH = 2, pending = 3
                System[t] = BATCH * count[t] + 10 * count_[t] + 100 * sequences + 1000 * Math[t] + 10000 * größe[t] + System[t-1]
                output examples[t] = System[t] + pending
                """;
        Compilation c = Compiler.compile(
                Sources.of(Map.of("m.nnl", "model M {\n" + model + "}\n")), "m.nnl", Options.DEFAULT.with(backend, Precision.FLOAT));
        Class<?> type = c.load();
        Object m = type.getConstructor(long.class).newInstance(1L);
        assertThat((float[]) type.getMethod("parameter", String.class).invoke(m, "BATCH")).containsExactly(2);
        assertThat((float[]) type.getMethod("parameter", String.class).invoke(m, "pending")).containsExactly(3);
        Class<?> a = float[].class;
        float[] all = new float[2], one = new float[1];
        type.getMethod("predict", a, a, a, a, a, int.class, a)
                .invoke(m, floats(1, 2), floats(3, 4), floats(5), floats(6, 7), floats(8, 9), 1, all);
        assertThat(all).containsExactly(86535, 86532 + 97547);
        type.getMethod("begin", a, int.class).invoke(m, floats(5), 1);
        Method step = type.getMethod("step", a, a, a, a, a);
        step.invoke(m, floats(1), floats(3), floats(6), floats(8), one);
        assertThat(one).containsExactly(all[0]);
        step.invoke(m, floats(2), floats(4), floats(7), floats(9), one);
        assertThat(one).containsExactly(all[1]);
        assertThatThrownBy(() -> step.invoke(m, floats(1), floats(), floats(1), floats(1), one))
                .hasRootCauseMessage("count_ has 0 elements, needed are 1");
        assertThat(c.java()).contains("public void predict(float[] count__, float[] count_, float[] sequences_, float[] Math_, float[] größe,");
    }

    private static float[] floats(float... all) {
        return all;
    }

    @Test
    void aParameterIsNotTheHeaderOfAFile() {
        String text = "model M {\n    input x\n    param w = 1, __metadata__ = 2\n    output y = w * x + __metadata__\n}\n";
        assertThatThrownBy(() -> java(text, Options.DEFAULT))
                .hasMessageContaining("m.nnl:3:18: error: what is saved cannot be called '__metadata__'");
    }
}
