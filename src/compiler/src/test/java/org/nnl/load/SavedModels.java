package org.nnl.load;

import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.emit.WriteClass;
import org.nnl.equations.Tensor;
import org.nnl.library.Compiled;
import org.nnl.program.Program;
import org.nnl.simplify.Simplify;

/** Small models for the tests of files, and what they hold. */
final class SavedModels {
    static final Options SCALAR = Options.DEFAULT.with(Backend.SCALAR, Precision.FLOAT);

    /** What a step depends on besides weights: randomness, running averages, carried states, schedules. */
    static final Map<String, String> MODELS = new LinkedHashMap<>();

    static {
        MODELS.put("dropout and noise", """
                input x[6]
                target y[2]
                h = dropout(dense(noise(x, 0.2), 9, tanh), 0.3)
                output z = dense(h, 2)
                loss mean[i] (z[i] - y[i])^2
                train { optimizer adamw(rate = cosine(step, 0.1, 20)), batch 4, clip 1 }
                """);
        MODELS.put("batch normalisation", """
                input x[6]
                target y[2]
                h = relu(batchNorm(dense(x, 9)))
                output z = dense(h, 2)
                loss mean[i] (z[i] - y[i])^2
                train { optimizer rmsprop(rate = 0.01), batch 4 }
                """);
        MODELS.put("carried state", """
                axis t = 3
                input x[t, 2]
                target y[t, 4]
                h[t], c[t] = lstm(x[t], h[t-1], c[t-1], m = 4)
                output z[t] = dense(h[t], 4)
                loss mean[t] mean[i] (z[t, i] - y[t, i])^2
                train { optimizer momentum(rate = 0.1), batch 4, stateful }
                """);
    }

    static Class<?> type(Program p, Options o) {
        return InMemoryCompiler.load(Map.of(WriteClass.className(p, o), WriteClass.of(p, o)));
    }

    static Class<?> type(String body) {
        return type(Simplify.simplify(Compiled.model(body)), SCALAR);
    }

    /** Four examples that depend on the step. */
    static Object[] data(Program p, int step, Precision precision) {
        Random random = new Random(step);
        List<Object> all = new ArrayList<>();
        for (List<Tensor> some : List.of(p.inputs(), p.targets()))
            for (Tensor t : some) all.add(GeneratedClassTest.array(t, GeneratedClassTest.random(t, 4, random), precision));
        return all.toArray();
    }

    /** All that a model holds. */
    static List<Object> everything(Instance m) {
        List<Object> all = new ArrayList<>();
        for (String name : m.names("parameter")) all.add(numbers(m.parameter(name)));
        for (String name : m.names("state")) all.add(numbers(m.state(name)));
        for (String name : m.names("setting")) all.add(m.setting(name));
        return all;
    }

    static List<Double> numbers(Object array) {
        List<Double> all = new ArrayList<>();
        for (int k = 0; k < Array.getLength(array); k++) all.add(Array.getDouble(array, k));
        return all;
    }

    static final String SMALL = """
            input x[2]
            target y
            h = dense(x, 3)
            output z = sum[i] h[i]
            loss (z - y)^2
            train { optimizer momentum(rate = 0.1), batch 2 }
            """;

    static Path saved(Path folder) throws IOException {
        Instance m = new Instance(type(SMALL), 1);
        m.trainStep(new Object[] {new float[] {1, 2}, new float[] {3}}, 1);
        Path file = folder.resolve("small.safetensors");
        m.save(file);
        return file;
    }

    static String header(byte[] bytes) {
        return new String(bytes, 8, (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0), StandardCharsets.UTF_8);
    }

    private SavedModels() {}
}
