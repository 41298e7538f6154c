package org.nnl.load;

import com.sun.management.ThreadMXBean;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nnl.Options;
import org.nnl.emit.WriteClass;
import org.nnl.library.Compiled;
import org.nnl.program.Program;
import org.nnl.simplify.Simplify;
import org.nnl.stepwise.Stepwise;

/**
 * Prints how many bytes a training step, a prediction and a longer pass allocate once compiled, and whether compiled code
 * gives the numbers of interpreted code to the bit; run by {@link ClassQualityTest} in a JVM of its own.
 */
final class AllocatedBytes {
    private static final String USER =
            """
            public final class User implements Runnable {
                private static final com.sun.management.ThreadMXBean BEAN = (com.sun.management.ThreadMXBean)
                        java.lang.management.ManagementFactory.getThreadMXBean();
                private final Tiny model = new Tiny(1);
                private final Tiny.Predictor predictor = model.predictor();
                private final float[] x = new float[32 * 64];
                private final int[] y = new int[32];
                private final float[] p = new float[32 * 10];
                private final Sequence.Predictor sequence = new Sequence(1).predictor();

                public void run() {
                    for (int k = 0; k < x.length; k++) x[k] = k % 7 / 7f + 0.001f * (k % 31);
                    float[] interpreted = gradient(), forecast = forecast();
                    System.out.println("bytes a step: " + least(() -> bytes(() -> model.trainStep(x, y, 32))));
                    System.out.println("bytes a prediction: " + least(() -> bytes(() -> predictor.predict(x, 32, p))));
                    sequence.begin(1);
                    System.out.println("bytes a step of a sequence: " + least(() -> bytes(() -> sequence.step(y, p))));
                    System.out.println("bytes a longer pass: " + least(() -> bytes(() -> pass(640)) - bytes(() -> pass(64))));
                    System.out.println("same numbers once compiled: " + 
                            (java.util.Arrays.equals(interpreted, gradient()) && java.util.Arrays.equals(forecast, forecast())));
                }

                /** Its dot products end in sums of lanes. */
                private float[] forecast() {
                    Sequence.Predictor fresh = new Sequence(1).predictor();
                    float[] last = new float[13];
                    fresh.begin(1);
                    for (int k = 0; k < 5; k++) fresh.step(new int[] {k}, last);
                    return last;
                }

                private float[] gradient() {
                    Tiny fresh = new Tiny(1);
                    fresh.gradient(x, y, 32);
                    return fresh.gradient("h.W").clone();
                }

                private void pass(int count) {
                    int[] left = {count};
                    model.train((one, label) -> {
                        System.arraycopy(x, 0, one, 0, 64);
                        label[0] = left[0] % 10;
                        return left[0]-- > 0;
                    });
                }

                private static long bytes(Runnable call) {
                    long thread = Thread.currentThread().getId();
                    long before = BEAN.getThreadAllocatedBytes(thread);
                    for (int k = 0; k < 200; k++) call.run();
                    return (BEAN.getThreadAllocatedBytes(thread) - before) / 200;
                }

                /** Vectors are boxed until the second compiler has done its work, which takes long on a busy machine. */
                private static long least(java.util.function.LongSupplier bytes) {
                    long least = Long.MAX_VALUE;
                    for (long end = System.nanoTime() + 60_000_000_000L; least > 0 && System.nanoTime() < end; )
                        least = Math.min(least, Math.abs(bytes.getAsLong()));
                    return least;
                }
            }
            """;

    private static final String CHARACTERS =
            """
            axis  t = 9
            input x[t] : class(13)
            target y[t] : class(13)
            h[t], c[t] = lstm(onehot(x[t]), h[t-1], c[t-1], m = 21)
            output p[t] = softmax(200 * dense(h[t], 13) + 0.1 * sum[k < 3] h[t-k, 0])
            loss mean[t] crossEntropy(p[t], y[t])
            train { optimizer sgd(rate = 0.005), batch 4 }
            """;

    private AllocatedBytes() {}

    public static void main(String[] args) throws ReflectiveOperationException {
        Program p = Simplify.simplify(Compiled.model(ClassQualityTest.DIGITS));
        Options o = Options.DEFAULT.with(Options.Backend.valueOf(args[0]), Options.Precision.FLOAT);
        Map<String, String> sources = new LinkedHashMap<>();
        sources.put("User", USER);
        sources.put("Tiny", WriteClass.of(p, o));
        Options named = new Options("", "Sequence", o.backend(), o.precision(), Map.of());
        sources.put("Sequence", WriteClass.of(Simplify.simplify(Stepwise.of(Compiled.model(CHARACTERS))), named));
        ((Runnable) InMemoryCompiler.load(sources, ThreadMXBean.class).getConstructor().newInstance()).run();
    }
}
