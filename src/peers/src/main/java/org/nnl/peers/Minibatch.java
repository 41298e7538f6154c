package org.nnl.peers;

import java.util.Random;
import org.nnl.benchmarks.Workload;

/**
 * The data of a workload: numbers uniform in [-1, 1), row-major, examples first; classes uniform. Time does not depend
 * on the values, so the generated classes, which draw their own, see data of the same kind.
 *
 * @param x       the input, numbers or class numbers
 * @param xShape  its shape, examples first
 * @param y       the target, numbers or class numbers
 * @param yShape  its shape, examples first
 * @param classes classes of the target, 0 for numbers
 */
record Minibatch(float[] x, long[] xShape, float[] y, long[] yShape, int classes) {

    static Minibatch of(Workload w) {
        return switch (w) {
            case W1 -> of(0, 2, new long[] {32, 2}, new long[] {32});
            case W2 -> of(0, 10, new long[] {32, 64}, new long[] {32});
            case W3 -> of(0, 10, new long[] {64, 784}, new long[] {64});
            case W4 -> of(0, 10, new long[] {256, 784}, new long[] {256});
            case W5 -> of(65, 65, new long[] {32, 64}, new long[] {32, 64});
            case W6 -> of(0, 0, new long[] {16, 32, 8}, new long[] {16});
            case W7 -> of(0, 0, new long[] {1, 50, 1}, new long[] {1, 50});
            case W8 -> of(0, 10, new long[] {64, 1, 28, 28}, new long[] {64});
            case W9 -> of(0, 0, new long[] {16, 32, 64}, new long[] {16, 32, 64});
        };
    }

    private static Minibatch of(int xClasses, int yClasses, long[] xShape, long[] yShape) {
        Random random = new Random(1);
        return new Minibatch(values(random, xShape, xClasses), xShape, values(random, yShape, yClasses), yShape, yClasses);
    }

    private static float[] values(Random random, long[] shape, int classes) {
        int n = 1;
        for (long s : shape) n *= (int) s;
        float[] v = new float[n];
        for (int i = 0; i < n; i++) v[i] = classes > 0 ? random.nextInt(classes) : 2 * random.nextFloat() - 1;
        return v;
    }

    /** Its first example. */
    Minibatch first() {
        return new Minibatch(part(x, xShape), one(xShape), part(y, yShape), one(yShape), classes);
    }

    /** The numbers with a one at each class. */
    static float[] oneHot(float[] classNumbers, int classes) {
        float[] v = new float[classNumbers.length * classes];
        for (int i = 0; i < classNumbers.length; i++) v[i * classes + (int) classNumbers[i]] = 1;
        return v;
    }

    static int[] integers(float[] v) {
        int[] n = new int[v.length];
        for (int i = 0; i < n.length; i++) n[i] = (int) v[i];
        return n;
    }

    private static float[] part(float[] v, long[] shape) {
        return java.util.Arrays.copyOf(v, v.length / (int) shape[0]);
    }

    private static long[] one(long[] shape) {
        long[] s = shape.clone();
        s[0] = 1;
        return s;
    }
}
