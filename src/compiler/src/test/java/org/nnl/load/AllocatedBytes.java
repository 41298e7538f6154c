package org.nnl.load;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nnl.Options;
import org.nnl.emit.WriteClass;
import org.nnl.library.Compiled;
import org.nnl.program.Program;
import org.nnl.simplify.Simplify;

/**
 * Prints how many bytes a training step, a prediction and a longer pass allocate once compiled; run by {@link
 * ClassQualityTest} in a JVM of its own.
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

                public void run() {
                    for (int k = 0; k < x.length; k++) x[k] = k % 7 / 7f;
                    System.out.println("bytes a step: " + least(() -> bytes(() -> model.trainStep(x, y, 32))));
                    System.out.println("bytes a prediction: " + least(() -> bytes(() -> predictor.predict(x, 32, p))));
                    System.out.println("bytes a longer pass: " + least(() -> bytes(() -> pass(640)) - bytes(() -> pass(64))));
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
                    for (long end = System.nanoTime() + 120_000_000_000L; least > 0 && System.nanoTime() < end; )
                        least = Math.min(least, Math.abs(bytes.getAsLong()));
                    return least;
                }
            }
            """;

    private AllocatedBytes() {}

    public static void main(String[] args) throws ReflectiveOperationException {
        Program p = Simplify.simplify(Compiled.model(ClassQualityTest.DIGITS));
        Options o = Options.DEFAULT.with(Options.Backend.valueOf(args[0]), Options.Precision.FLOAT);
        Map<String, String> sources = new LinkedHashMap<>();
        sources.put("User", USER);
        sources.put("Tiny", WriteClass.of(p, o));
        ((Runnable) InMemoryCompiler.load(sources).getConstructor().newInstance()).run();
    }
}
