package org.nnl.load;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.nnl.Options;
import org.nnl.emit.WriteClass;
import org.nnl.library.Compiled;
import org.nnl.program.Program;
import org.nnl.simplify.Simplify;

/** Prints how many bytes a training step allocates once compiled; run by {@link ClassQualityTest} in a JVM of its own. */
final class AllocatedBytes {
    private AllocatedBytes() {}

    public static void main(String[] args) throws Throwable {
        Program p = Simplify.simplify(Compiled.model(ClassQualityTest.DIGITS));
        Options o = Options.DEFAULT.with(Options.Backend.valueOf(args[0]), Options.Precision.FLOAT);
        Class<?> type = InMemoryCompiler.load(Map.of(WriteClass.className(p, o), WriteClass.of(p, o)));
        Object model = type.getConstructor(long.class).newInstance(1L);
        MethodHandle step = MethodHandles.publicLookup()
                .unreflect(type.getMethod("trainStep", float[].class, int[].class, int.class))
                .asType(MethodType.methodType(float.class, Object.class, float[].class, int[].class, int.class));
        float[] x = new float[32 * 64];
        int[] y = new int[32];
        for (int k = 0; k < x.length; k++) x[k] = k % 7 / 7f;
        com.sun.management.ThreadMXBean bean = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        // vectors are boxed until the second compiler has done its work, which takes long on a busy machine
        long end = System.nanoTime() + 120_000_000_000L;
        while (least > 0 && System.nanoTime() < end) {
            long before = bean.getThreadAllocatedBytes(thread);
            for (int k = 0; k < 200; k++)
                if (Float.isNaN((float) step.invokeExact(model, x, y, 32))) throw new AssertionError("not a number");
            least = Math.min(least, (bean.getThreadAllocatedBytes(thread) - before) / 200);
        }
        System.out.println("bytes a step: " + least);
    }
}
