package org.nnl.emit.formula;

import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.Options.Precision;
import org.nnl.equations.Op;
import org.nnl.schedule.Value;

/**
 * The Java in which formulas are written: scalar or lanes, {@code float} or {@code double}. Its table says how every
 * operation looks.
 */
public final class Dialect {

    /** Comparisons and the like with their arguments exchanged: a vector's methods are called on a vector. */
    static final Map<Op, Op> MIRRORED = Map.of(
            Op.ADD, Op.ADD, Op.MUL, Op.MUL, Op.MAX, Op.MAX, Op.MIN, Op.MIN, Op.LT, Op.GT, Op.LE, Op.GE, Op.GT, Op.LT,
            Op.GE, Op.LE, Op.EQ, Op.EQ, Op.NE, Op.NE);

    /** The shuffles of {@link #sumLanes}, among the members a class needs. */
    public static final String AHEAD = "AHEAD";

    /** Before the size of a row: the lanes of the last vector that belong to it, all before which are whole vectors. */
    public static final String REST = "REST_";

    /** The array {@code behind}, as long as a vector. */
    public static final String BEHIND = "behind";

    /** The method {@code transpose}, among the members a class needs; it needs {@link #AHEAD}. */
    public static final String TRANSPOSE = "TRANSPOSE";

    /** Two shuffles and a mask, {@code EVEN}, {@code ODD} and {@code UPPER}, that read every second element. */
    public static final String EVERY_SECOND = "EVERY_SECOND";

    private final Precision precision;
    private final boolean vector;
    private final EnumMap<Op, Form> forms;
    private final Dialect scalar;
    private final Dialect wide;

    private Dialect(Precision precision, boolean vector, EnumMap<Op, Form> forms, Dialect scalar, Dialect wide) {
        this.precision = precision;
        this.vector = vector;
        this.forms = forms;
        this.scalar = scalar;
        this.wide = wide;
    }

    /** Plain Java. */
    public static Dialect scalar(Precision precision) {
        Dialect wide = precision == Precision.DOUBLE ? null : scalar(Precision.DOUBLE);
        return new Dialect(precision, false, ScalarForms.of(precision), null, wide);
    }

    /**
     * Lanes of {@code jdk.incubator.vector}. The class must hold the constants {@code SPECIES}, the species of its
     * precision, and {@code WHOLE}, that of {@code int} (for {@code float}) or {@code long} of the same length.
     */
    public static Dialect vector(Precision precision) {
        Dialect scalar = scalar(precision);
        return new Dialect(precision, true, VectorForms.of(precision), scalar, scalar.wide());
    }

    /**
     * Statements after which lane 0 of each vector holds the sum of all its lanes; they need {@link #AHEAD}. Not {@code
     * reduceLanes}: its order is the JVM's to choose, and since JDK 23 it is another one in compiled code than in
     * interpreted, so that the same step gave other last digits once it was compiled. Not a method either: where much has
     * been inlined already, HotSpot calls it and boxes the vectors.
     */
    public List<String> sumLanes(String... vectors) {
        return Lanes.sum(precision, List.of(vectors));
    }

    /** Members that what is written may use, as {@link FormulaWriter#functions} says: the text of some. */
    public static String function(String name, Precision precision) {
        return switch (name) {
            case AHEAD -> Lanes.ahead(precision);
            case TRANSPOSE -> Lanes.transpose(precision);
            case BEHIND -> Lanes.behind(precision);
            case EVERY_SECOND -> Lanes.everySecond(precision);
            default -> name.startsWith(REST) ? Lanes.rest(precision, name, name.substring(REST.length())) : ScalarForms.FUNCTIONS.get(name);
        };
    }

    /** The same precision without lanes. */
    public Dialect scalars() {
        return scalar();
    }

    /** Whether the value can be written in lanes. */
    public boolean canWrite(Value value) {
        boolean[] all = {true};
        expand(value).visit(v -> {
            if (v instanceof Value.Apply a && a.op() != Op.UNIFORM) all[0] &= forms.containsKey(a.op());
        });
        return all[0];
    }

    /** The Java type of real numbers that are no vectors. */
    public String real() {
        return precision.java();
    }

    /** The vector of real numbers. */
    public String realVector() {
        return precision == Precision.FLOAT ? "FloatVector" : "DoubleVector";
    }

    /** The vector of integers with as many lanes. */
    public String wholeVector() {
        return precision == Precision.FLOAT ? "IntVector" : "LongVector";
    }

    /** The lanes of a vector of real numbers of which something is true. */
    public String mask() {
        return precision == Precision.FLOAT ? "VectorMask<Float>" : "VectorMask<Double>";
    }

    String type(Operand o) {
        return switch (o.kind()) {
            case REAL -> o.lanes() ? realVector() : real();
            case WIDE -> "double";
            case WHOLE -> o.lanes() ? wholeVector() : "int";
            case TRUTH -> o.lanes() ? mask() : "boolean";
        };
    }

    /** A number as a literal of the class's precision. */
    public String literal(double v) {
        String box = precision == Precision.FLOAT ? "Float" : "Double";
        String suffix = precision == Precision.FLOAT ? "f" : "";
        if (Double.isNaN(v)) return box + ".NaN";
        double x = precision == Precision.FLOAT ? (float) v : v;
        if (Double.isInfinite(x)) return box + (x > 0 ? ".POSITIVE_INFINITY" : ".NEGATIVE_INFINITY");
        if (x == Math.rint(x) && Math.abs(x) < 1e7)
            return (x == 0 && 1 / x < 0 ? "-0" : Long.toString((long) x)) + (precision == Precision.FLOAT ? "f" : ".0");
        return (precision == Precision.FLOAT ? Float.toString((float) v) : Double.toString(v)) + suffix;
    }

    Form form(Op op) {
        return forms.get(op);
    }

    Dialect scalar() {
        return vector ? scalar : this;
    }

    Dialect wide() {
        return wide == null ? scalar() : wide;
    }

    /** How a product and a sum are written in one rounding; null where this is not done. */
    Form.Inline fused() {
        return vector ? VectorForms.FUSED : null;
    }

    /** Whether an argument is a condition rather than a number. */
    static boolean wantsTruth(Op op, int argument) {
        return op == Op.AND || op == Op.OR || op == Op.NOT || op == Op.SELECT && argument == 0;
    }

    /** Whether an argument must be a vector: what a method is called on, the first but for select. */
    boolean wantsLanes(Op op, int argument) {
        return op == Op.SELECT ? argument != 1 : op == Op.POW || argument == 0;
    }

    String filled(String scalar) {
        return realVector() + ".broadcast(SPECIES, " + scalar + ")";
    }

    String filledMask(String scalar) {
        return "SPECIES.maskAll(" + scalar + ")";
    }

    String filledWhole(String scalar) {
        return wholeVector() + ".broadcast(WHOLE, " + scalar + ")";
    }

    String wholeType() {
        return wholeVector();
    }

    String wholeToReal(String lanes) {
        return precision == Precision.FLOAT
                ? "((FloatVector) " + lanes + ".convert(VectorOperators.I2F, 0))"
                : "((DoubleVector) " + lanes + ".convert(VectorOperators.L2D, 0))";
    }

    Form.Recipe mix() {
        return precision == Precision.FLOAT ? VectorForms.MIX_INT : VectorForms.MIX_LONG;
    }

    Form.Recipe unit() {
        return precision == Precision.FLOAT ? VectorForms.UNIT_FLOAT : VectorForms.UNIT_DOUBLE;
    }

    /** The value with constants folded and every operation that is defined by others replaced by them. */
    Value expand(Value v) {
        return expand(v, new IdentityHashMap<>());
    }

    private Value expand(Value v, IdentityHashMap<Value, Value> done) {
        if (!(v instanceof Value.Apply a)) return v;
        Value known = done.get(v);
        if (known != null) return known;
        List<Value> args = a.arguments().stream().map(x -> expand(x, done)).toList();
        args.forEach(x -> done.put(x, x));
        Value defined = definition(a.op(), args);
        Value out = defined == null ? new Value.Apply(a.op(), args) : expand(defined, done);
        done.put(v, out);
        return out;
    }

    private Value definition(Op op, List<Value> args) {
        if (op != Op.UNIFORM && args.stream().allMatch(x -> x instanceof Value.Number))
            return new Value.Number(op.apply(args.stream().mapToDouble(x -> ((Value.Number) x).value()).toArray()));
        if (op == Op.STOP) return args.get(0);
        if (op == Op.POW) return Identities.power(args.get(0), args.get(1));
        if (op == Op.MAX || op == Op.MIN) return bounded(args, op == Op.MAX);
        return forms.get(op) instanceof Form.Definition d ? d.body().apply(args) : null;
    }

    private static Value bounded(List<Value> args, boolean max) {
        for (int i = 0; i < 2; i++)
            if (args.get(i) instanceof Value.Number n && !Double.isNaN(n.value()))
                return max ? Identities.max(args.get(1 - i), n) : Identities.min(args.get(1 - i), n);
        return null;
    }
}
