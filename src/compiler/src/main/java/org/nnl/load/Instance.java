package org.nnl.load;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * An object of a generated class, for tools that do not know the class when they are compiled. Arrays are handed on as
 * they are: {@code float[]} or {@code double[]} for real tensors, by the precision of the class, and {@code int[]} for
 * classes; inputs first, then targets, in the order of the model. Not for use by several threads at once.
 */
public final class Instance {
    private final Class<?> type;
    private final Object object;

    /** An object with the initial values that the seed gives. */
    public Instance(Class<?> type, long seed) {
        this.type = type;
        try {
            object = type.getConstructor(long.class).newInstance(seed);
        } catch (InvocationTargetException e) {
            throw rethrown(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " is no generated class", e);
        }
    }

    public Class<?> type() {
        return type;
    }

    /** A training step; the loss before it. */
    public double trainStep(Object[] data, int examples) {
        return number(call("trainStep", with(data, examples)));
    }

    /** Loss and metrics, as for evaluation. */
    public double loss(Object[] data, int examples) {
        return number(call("loss", with(data, examples)));
    }

    /** The loss as trained; gradients can then be read. */
    public double gradient(Object[] data, int examples) {
        return number(call("gradient", with(data, examples)));
    }

    /** The optimiser's update by the gradient just computed. */
    public void update() {
        call("update");
    }

    /** Computes the outputs into the given arrays. */
    public void predict(Object[] inputs, int examples, Object[] outputs) {
        Object[] all = Arrays.copyOf(with(inputs, examples), inputs.length + 1 + outputs.length);
        System.arraycopy(outputs, 0, all, inputs.length + 1, outputs.length);
        call("predict", all);
    }

    /** Sets how many threads compute. */
    public void threads(int number) {
        call("threads", number);
    }

    /** Begins sequences; given are the inputs that do not run along time. */
    public void begin(Object[] inputs, int examples) {
        call("begin", with(inputs, examples));
    }

    /** Predicts one step of every sequence. */
    public void step(Object[] inputs, Object[] outputs) {
        Object[] all = Arrays.copyOf(inputs, inputs.length + outputs.length);
        System.arraycopy(outputs, 0, all, inputs.length, outputs.length);
        call("step", all);
    }

    /** A metric of the last training step or loss. */
    public double metric(String name) {
        return number(call("metric", name));
    }

    @SuppressWarnings("unchecked")
    public List<String> names(String kind) {
        return (List<String>) call(kind + "Names");
    }

    public int[] shape(String name) {
        return (int[]) call("shape", name);
    }

    /** The live array of a parameter. */
    public Object parameter(String name) {
        return call("parameter", name);
    }

    /** The live array of a parameter's gradient, as the last {@link #gradient} or {@link #trainStep} left it. */
    public Object gradient(String name) {
        return call("gradient", name);
    }

    /** The live array of a state. */
    public Object state(String name) {
        return call("state", name);
    }

    public double setting(String name) {
        return number(call("setting", name));
    }

    public void setting(String name, double value) {
        call("setting", name, value);
    }

    public void save(Path file) throws IOException {
        file("save", file);
    }

    public void load(Path file) throws IOException {
        file("load", file);
    }

    /** Parameters alone, made of the tensors of a file as the map says. */
    public void loadParameters(Path file, Map<String, String> made) throws IOException {
        file("loadParameters", file, made);
    }

    private void file(String method, Object... arguments) throws IOException {
        try {
            find(method, arguments).invoke(object, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IOException io) throw io;
            throw rethrown(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " has no " + method, e);
        }
    }

    private static Object[] with(Object[] data, int examples) {
        Object[] all = Arrays.copyOf(data, data.length + 1);
        all[data.length] = examples;
        return all;
    }

    private Object call(String method, Object... arguments) {
        try {
            return find(method, arguments).invoke(object, arguments);
        } catch (InvocationTargetException e) {
            throw rethrown(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(type + "." + method + " is not public", e);
        }
    }

    private Method find(String name, Object[] arguments) {
        for (Method m : type.getMethods()) {
            if (!m.getName().equals(name) || m.getParameterCount() != arguments.length) continue;
            boolean fits = true;
            Class<?>[] types = m.getParameterTypes();
            for (int i = 0; i < types.length && fits; i++)
                fits = types[i].isInstance(arguments[i])
                        || types[i] == int.class && arguments[i] instanceof Integer
                        || types[i] == double.class && arguments[i] instanceof Double;
            if (fits) return m;
        }
        StringBuilder given = new StringBuilder();
        for (Object a : arguments) given.append(given.length() == 0 ? "" : ", ").append(a.getClass().getSimpleName());
        throw new IllegalArgumentException(type.getSimpleName() + " has no " + name + "(" + given + ")");
    }

    private static double number(Object result) {
        return ((Number) result).doubleValue();
    }

    private static RuntimeException rethrown(Throwable cause) {
        if (cause instanceof RuntimeException r) return r;
        if (cause instanceof Error e) throw e;
        return new IllegalStateException(cause);
    }
}
