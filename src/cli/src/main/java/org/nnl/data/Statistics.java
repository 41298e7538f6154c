package org.nnl.data;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** What the rows of a feature say about its size, each of its numbers by itself. */
record Statistics(double[] low, double[] high, double[] mean, double[] deviation) {

    /** Of the rows that have a value and may be looked at. */
    static Statistics of(Feature f, IntPredicate rows) {
        int n = f.elements();
        double[] low = new double[n], high = new double[n], mean = new double[n], square = new double[n];
        Arrays.fill(low, Double.POSITIVE_INFINITY);
        Arrays.fill(high, Double.NEGATIVE_INFINITY);
        long count = 0;
        for (int r = 0; r < f.rows(); r++) {
            if (!rows.test(r) || !f.has(r)) continue;
            count++;
            for (int k = 0; k < n; k++) {
                double v = f.get(r, k), d = v - mean[k];
                low[k] = Math.min(low[k], v);
                high[k] = Math.max(high[k], v);
                mean[k] += d / count;
                square[k] += d * (v - mean[k]);
            }
        }
        for (int k = 0; k < n; k++) square[k] = Math.sqrt(square[k] / Math.max(1, count));
        return new Statistics(low, high, mean, square);
    }

    /** The mean of a column's numbers in these rows; 0 if it has none. */
    static double mean(Column c, int rows, IntPredicate of) {
        double sum = 0, n = 0;
        for (int r = 0; r < rows; r++)
            if (of.test(r) && !Double.isNaN(c.number(r))) {
                sum += c.number(r);
                n++;
            }
        return n == 0 ? 0 : sum / n;
    }

    /**
     * What is subtracted, then by what is divided: lowest value and range, or mean and deviation. What does not vary is
     * divided by nothing.
     */
    double[][] scale(boolean range) {
        double[] scale = deviation.clone();
        for (int k = 0; k < scale.length; k++) {
            if (range) scale[k] = high[k] - low[k];
            if (!(scale[k] > 0) || Double.isInfinite(scale[k])) scale[k] = 1;
        }
        return new double[][] {range ? low : mean, scale};
    }
}
