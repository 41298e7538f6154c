package org.nnl.load;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.emit.WriteClass;
import org.nnl.library.Compiled;
import org.nnl.simplify.Simplify;
import org.nnl.stepwise.Stepwise;

/** Java that users of a generated class would write, compiled against one and run. */
final class UserClass {
    static final String MODEL =
            """
            input x[3]
            target y : class(4)
            h = dense(x, 5, tanh)
            z = dense(h, 4)
            param unused[2] = 1
            output p = softmax(z)
            loss crossEntropy(p, y)
            metric accuracy = argmax[i] p[i] == y
            train { optimizer adam(rate = 0.05), batch 8 }
            """;

    /** 29 examples, three batches of 8 and one of 5. */
    private static final String DATA =
            """
                static final int COUNT = 29;
                static final float[] X = new float[3 * COUNT];
                static final int[] Y = new int[COUNT];
                static {
                    for (int k = 0; k < X.length; k++) X[k] = (float) Math.sin(1.7 * k);
                    for (int k = 0; k < COUNT; k++) Y[k] = (k * k + 1) % 4;
                }
                static float[] x(int from, int n) { return Arrays.copyOfRange(X, 3 * from, 3 * (from + n)); }
                static int[] y(int from, int n) { return Arrays.copyOfRange(Y, from, from + n); }
                static void check(boolean b) { if (!b) throw new AssertionError(); }
                static void same(Tiny a, Tiny b) {
                    for (String p : Tiny.parameterNames()) check(Arrays.equals(a.parameter(p), b.parameter(p)));
                    for (String s : Tiny.stateNames()) check(Arrays.equals(a.state(s), b.state(s)));
                }
                static String error(Runnable r) {
                    try {
                        r.run();
                    } catch (RuntimeException e) {
                        return e.getClass().getSimpleName() + ": " + e.getMessage();
                    }
                    return "nothing";
                }
            """;

    /** Runs statements, which end in a return, beside the class of a model. */
    @SuppressWarnings("unchecked")
    static <T> T run(String model, Options options, String statements) throws Exception {
        String user = "import java.util.*;\npublic final class User implements java.util.concurrent.Callable<Object> {\n"
                + DATA + "    public Object call() throws Exception {\n" + statements.indent(8) + "    }\n}\n";
        Map<String, String> sources = new LinkedHashMap<>();
        sources.put("User", user);
        sources.put("Tiny", WriteClass.of(Simplify.simplify(Stepwise.of(Compiled.model(model))), options));
        Class<?> type = InMemoryCompiler.load(sources);
        return (T) ((Callable<Object>) type.getConstructor().newInstance()).call();
    }

    static <T> T run(String statements) throws Exception {
        return run(MODEL, Options.DEFAULT.with(Backend.SCALAR, Precision.FLOAT), statements);
    }

    private UserClass() {}
}
