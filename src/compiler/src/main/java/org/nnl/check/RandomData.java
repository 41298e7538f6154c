package org.nnl.check;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;

/** Data that fit a program's inputs and targets: normal inputs, targets between 0 and 1, classes evenly. */
public final class RandomData {
    private RandomData() {}

    /** Inputs and targets by name, row-major, the examples first. */
    public static Map<String, double[]> of(Program program, int examples, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, double[]> data = new LinkedHashMap<>();
        for (Tensor t : program.inputs()) data.put(t.name(), values(t, examples, random, true));
        for (Tensor t : program.targets()) data.put(t.name(), values(t, examples, random, false));
        return data;
    }

    private static double[] values(Tensor t, int examples, SplittableRandom random, boolean normal) {
        double[] v = new double[Math.toIntExact(t.elements(examples))];
        for (int i = 0; i < v.length; i++)
            v[i] = t.isInteger()
                    ? random.nextInt(Math.max(1, t.classes()))
                    : normal ? gaussian(random) : random.nextDouble();
        return v;
    }

    /** Box and Muller. */
    private static double gaussian(SplittableRandom random) {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }
}
