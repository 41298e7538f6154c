package org.nnl.emit.formula;

import java.util.List;
import org.nnl.equations.Op;
import org.nnl.schedule.Value;

/** Operations written in terms of others, the same in every back end. */
final class Identities {
    private Identities() {}

    static Value number(double v) {
        return new Value.Number(v);
    }

    static Value apply(Op op, Value... arguments) {
        return new Value.Apply(op, List.of(arguments));
    }

    /** Maximum with a number by comparison: not a number stays so. */
    static Value max(Value x, Value bound) {
        return apply(Op.SELECT, apply(Op.LE, x, bound), bound, x);
    }

    static Value min(Value x, Value bound) {
        return apply(Op.SELECT, apply(Op.GT, x, bound), bound, x);
    }

    /** {@code e^-|x|}, the same for x and -x, so that terms of both share it. */
    private static Value decay(Value x) {
        Value size = x instanceof Value.Apply a && a.op() == Op.NEG ? a.arguments().get(0) : x;
        return apply(Op.EXP, apply(Op.NEG, apply(Op.ABS, size)));
    }

    /** {@code e^-|x|} decides: {@code 1/(1+e)} at x ≥ 0, {@code e/(1+e)} below, each without cancellation. */
    static Value sigmoid(Value x) {
        Value e = decay(x);
        Value above = apply(Op.SELECT, apply(Op.LT, x, number(0)), e, number(1));
        return apply(Op.DIV, above, apply(Op.ADD, number(1), e));
    }

    /** {@code max(x,0) + log1p(e^-|x|)}. */
    static Value softplus(Value x) {
        Value e = decay(x);
        return apply(Op.ADD, max(x, number(0)), apply(Op.LOG1P, e));
    }

    /**
     * Kahan: with u = 1+x as rounded, {@code log(u) · x/(u-1)} makes good what was lost in the rounding; x itself where
     * u = 1, {@code log(u)} where 1 no longer counts.
     */
    static Value log1p(Value x) {
        Value u = apply(Op.ADD, number(1), x);
        Value factor = apply(
                Op.SELECT, apply(Op.GT, x, number(0x1p60)), number(1), apply(Op.DIV, x, apply(Op.SUB, u, number(1))));
        return apply(Op.SELECT, apply(Op.EQ, u, number(1)), x, apply(Op.MUL, apply(Op.LOG, u), factor));
    }

    /**
     * The error function: {@code x·P(x²)} for |x| < 1, {@code ±(1 - t·e^(Q(t)-x²))} with {@code t = 1/(1+|x|/2)} beyond,
     * up to where it is 1. P and Q, highest coefficient first, are Chebyshev fits made in multiple precision.
     */
    record ErrorFunction(double[] p, double[] q, double end) {
        /** Relative error 1e-9. */
        static final ErrorFunction FLOAT = new ErrorFunction(
                new double[] {
                    7.889119541473622e-05, -0.000802084128217631, 0.00518953533954764, -0.026854444591974887,
                    0.11283600176257672, -0.3761262713596563, 1.1283791659137508
                },
                new double[] {
                    -0.2818409435695889, 1.0967507831019636, -1.528505283179543, 0.7835791227629784,
                    -0.2464080666142641, 0.45100228151452837, 0.9901441358702233, -1.2649584675350944
                },
                4);
        /** Relative error 1e-16. */
        static final ErrorFunction DOUBLE = new ErrorFunction(
                new double[] {
                    -7.795898827002142e-10, 1.3720064546777686e-08, -1.6208483801871705e-07, 1.6447424703317362e-06,
                    -1.492473690741966e-05, 0.00012055294904839707, -0.0008548325975389692, 0.0052239776071164225,
                    -0.02686617064323777, 0.11283791670945006, -0.37612638903183543, 1.1283791670955126
                },
                new double[] {
                    -0.4142604476067671, 2.589510179633918, -6.955739646049414, 10.160149195900907,
                    -8.163308863183769, 2.696696205945424, 0.9277029045545424, -1.438521467984253, 1.041281130451966,
                    -0.5028884165287777, -0.026820532360460527, -0.10974800826646662, 0.08675848003549348,
                    0.3746679608317724, 1.0000195174712871, -1.265512649954472
                },
                6);

        Value of(Value x) {
            Value a = apply(Op.ABS, x);
            Value small = apply(Op.MUL, x, polynomial(apply(Op.MUL, x, x), p));
            Value c = min(a, number(end));
            Value t = apply(Op.DIV, number(1), apply(Op.ADD, number(1), apply(Op.MUL, number(0.5), c)));
            Value e = apply(Op.EXP, apply(Op.SUB, polynomial(t, q), apply(Op.MUL, c, c)));
            Value large = apply(Op.MUL, apply(Op.SIGN, x), apply(Op.SUB, number(1), apply(Op.MUL, t, e)));
            return apply(Op.SELECT, apply(Op.LT, a, number(1)), small, large);
        }
    }

    /** Horner's scheme, highest coefficient first. */
    private static Value polynomial(Value x, double[] coefficients) {
        Value sum = number(coefficients[0]);
        for (int i = 1; i < coefficients.length; i++)
            sum = apply(Op.ADD, apply(Op.MUL, sum, x), number(coefficients[i]));
        return sum;
    }

    /** Small whole and half exponents by multiplication and square root; null for any other. */
    static Value power(Value x, Value exponent) {
        if (!(exponent instanceof Value.Number n)) return null;
        double e = n.value();
        if (e < 0) {
            Value inverse = power(x, number(-e));
            return inverse == null ? null : apply(Op.DIV, number(1), inverse);
        }
        if (e == 0) return number(1);
        if (e == 0.5) return apply(Op.SQRT, x);
        if (e != Math.rint(e) || e > 16) return null;
        if (e == 1) return x;
        Value half = power(x, number(Math.floor(e / 2)));
        Value square = apply(Op.MUL, half, half);
        return e % 2 == 0 ? square : apply(Op.MUL, square, x);
    }
}
