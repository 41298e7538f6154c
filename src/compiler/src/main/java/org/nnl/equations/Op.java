package org.nnl.equations;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The scalar operations, one row each: text form, number of arguments, and meaning in double precision. A truth value
 * is 1 or 0; any number other than 0 counts as true. Every operation is total: outside its mathematical domain it
 * gives what IEEE 754 says.
 */
public enum Op {
    ADD("+", 2, a -> a[0] + a[1], "1", "1"),
    SUB("-", 2, a -> a[0] - a[1], "1", "-1"),
    MUL("*", 2, a -> a[0] * a[1], "b", "a"),
    DIV("/", 2, a -> a[0] / a[1], "1/b", "-r/b"),
    POW("^", 2, a -> Math.pow(a[0], a[1]), "select(b == 0, 0, b*a^(b - 1))", "select(a > 0, r*log(a), 0)"),
    NEG("neg", 1, a -> -a[0], "-1"),
    EXP("exp", 1, a -> Math.exp(a[0]), "r"),
    EXPM1("expm1", 1, a -> Math.expm1(a[0]), "exp(a)"),
    LOG("log", 1, a -> Math.log(a[0]), "1/a"),
    LOG1P("log1p", 1, a -> Math.log1p(a[0]), "1/(1 + a)"),
    SQRT("sqrt", 1, a -> Math.sqrt(a[0]), "select(r > 0, 0.5/r, 0)"),
    SIN("sin", 1, a -> Math.sin(a[0]), "cos(a)"),
    COS("cos", 1, a -> Math.cos(a[0]), "-sin(a)"),
    TANH("tanh", 1, a -> Math.tanh(a[0]), "1 - r*r"),
    /** {@code 1/(1+e^-x)}. */
    SIGMOID("sigmoid", 1, a -> sigmoid(a[0]), "r*(1 - r)"),
    /** {@code log(1+e^x)}, finite and exact for every finite x. */
    SOFTPLUS("softplus", 1, a -> Math.max(a[0], 0) + Math.log1p(Math.exp(-Math.abs(a[0]))), "sigmoid(a)"),
    /** The error function, to about 1e-15. */
    ERF("erf", 1, a -> ErrorFunction.erf(a[0]), "1.1283791670955126*exp(-(a*a))"),
    ABS("abs", 1, a -> Math.abs(a[0]), "sign(a)"),
    /** -1, 0 or 1. */
    SIGN("sign", 1, a -> Math.signum(a[0]), "0"),
    FLOOR("floor", 1, a -> Math.floor(a[0]), "0"),
    MAX("max", 2, a -> Math.max(a[0], a[1]), "select(a > b, 1, 0)", "select(a > b, 0, 1)"),
    MIN("min", 2, a -> Math.min(a[0], a[1]), "select(a < b, 1, 0)", "select(a < b, 0, 1)"),
    LT("<", 2, a -> truth(a[0] < a[1]), "0", "0"),
    LE("<=", 2, a -> truth(a[0] <= a[1]), "0", "0"),
    GT(">", 2, a -> truth(a[0] > a[1]), "0", "0"),
    GE(">=", 2, a -> truth(a[0] >= a[1]), "0", "0"),
    EQ("==", 2, a -> truth(a[0] == a[1]), "0", "0"),
    NE("!=", 2, a -> truth(a[0] != a[1]), "0", "0"),
    AND("and", 2, a -> truth(a[0] != 0 && a[1] != 0), "0", "0"),
    OR("or", 2, a -> truth(a[0] != 0 || a[1] != 0), "0", "0"),
    NOT("not", 1, a -> truth(a[0] == 0), "0"),
    /** {@code select(c, a, b)}: a where c, else b; the branch not taken has no influence, not even as NaN. */
    SELECT("select", 3, a -> a[0] != 0 ? a[1] : a[2], "0", "select(a, 1, 0)", "select(a, 0, 1)"),
    /**
     * {@code uniform(seed, stream, step, counter)}: the counter-based generator. A number strictly between 0 and 1 of
     * 24 bits, hence the same in {@code float} and {@code double}; its arguments are integers.
     */
    UNIFORM("uniform", 4, a -> CounterRandom.uniform((long) a[0], (int) a[1], (int) a[2], (int) a[3]), "0", "0", "0", "0"),
    /** The value itself, through which no derivative passes. */
    STOP("stop", 1, a -> a[0], "0");

    private static final Map<String, Op> BY_SYMBOL =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Op::symbol, Function.identity()));

    private final String symbol;
    private final int arity;
    private final Meaning meaning;
    private final List<String> partials;

    Op(String symbol, int arity, Meaning meaning, String... partials) {
        this.symbol = symbol;
        this.arity = arity;
        this.meaning = meaning;
        this.partials = List.of(partials);
    }

    /** What the operation computes, in double precision. */
    @FunctionalInterface
    public interface Meaning {
        double of(double... arguments);
    }

    public String symbol() {
        return symbol;
    }

    public int arity() {
        return arity;
    }

    public double apply(double... arguments) {
        return meaning.of(arguments);
    }

    /**
     * The partial derivative by each argument, as text over the arguments {@code a}, {@code b}, {@code c} and the result
     * {@code r}. At a kink it is a subgradient: {@code abs'(0) = 0}; a tie of {@code max} or {@code min} goes to the
     * second argument, so that {@code max(x, 0)} has derivative 0 at 0; {@code sqrt'(0) = 0}, since a finite choice
     * keeps the gradient of a norm finite where all its arguments vanish.
     */
    public List<String> partials() {
        return partials;
    }

    /** Whether it is written between its two arguments. */
    public boolean isInfix() {
        return arity == 2 && this != MAX && this != MIN;
    }

    /** Whether its result is a truth value. */
    public boolean isTruth() {
        return ordinal() >= LT.ordinal() && ordinal() <= NOT.ordinal();
    }

    /** The operation written {@code symbol}, or null. */
    public static Op of(String symbol) {
        return BY_SYMBOL.get(symbol);
    }

    private static double truth(boolean b) {
        return b ? 1 : 0;
    }

    private static double sigmoid(double x) {
        if (x >= 0) return 1 / (1 + Math.exp(-x));
        double e = Math.exp(x);
        return e / (1 + e);
    }
}
