package org.nnl.equations;

/**
 * The error function {@code erf(x) = 2/√π ∫₀ˣ e^(-t²) dt}: the Maclaurin series below 2.5 and Lentz's continued fraction
 * of the complement above (Abramowitz and Stegun 7.1.5 and 7.1.14). Relative error about 1e-15.
 */
final class ErrorFunction {
    private ErrorFunction() {}

    static double erf(double x) {
        if (Double.isNaN(x)) return x;
        double a = Math.abs(x);
        if (a > 6) return Math.signum(x);
        double y = a < 2.5 ? series(a) : 1 - complement(a);
        return Math.copySign(y, x);
    }

    /** {@code 2/√π · e^(-x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!}, all terms positive. */
    private static double series(double x) {
        double term = x, sum = x;
        for (int n = 1; term > sum * 1e-17; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    /** {@code e^(-x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …))))}, evaluated from the back. */
    private static double complement(double x) {
        double f = x;
        for (int n = 120; n >= 1; n--) f = x + n / 2.0 / f;
        return Math.exp(-x * x) / Math.sqrt(Math.PI) / f;
    }
}
