package org.nnl.emit.formula;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nnl.equations.Op;
import org.nnl.schedule.Value;

/**
 * Writes values as Java statements and expressions. A subexpression that occurs more than once is computed once, into
 * a local; what the innermost loop does not change is computed before it ({@link #prologue}); numbers that depend on
 * settings alone are computed in {@code double}.
 *
 * <p>One writer serves one straight piece of code: locals it made are used again by later calls, until {@link #forget}
 * says that memory has changed or that a block has ended.
 */
public final class FormulaWriter {
    private static final int WIDEST = 96;
    private static final Pattern HOLE = Pattern.compile("\\$(\\w+)|\\{([^{}]+)}");

    private final Dialect dialect;
    private final Leaves leaves;
    private final UnaryOperator<String> fresh;
    private final List<String> prologue = new ArrayList<>();
    private final List<String> statements = new ArrayList<>();
    private final Set<String> functions = new LinkedHashSet<>();
    private final Map<Value, Operand> known = new HashMap<>();
    private final Map<Value, Operand> inlined = new HashMap<>();
    private final Map<String, Operand> narrowed = new HashMap<>();
    private Map<Value, Integer> uses = Map.of();

    /** What a local is being declared with; null if none is. */
    private Value declared;

    /**
     * @param leaves what loads, locals and integers are in Java
     * @param fresh  makes a name of a local that is not in use yet, from one that says what it holds
     */
    public FormulaWriter(Dialect dialect, Leaves leaves, UnaryOperator<String> fresh) {
        this.dialect = dialect;
        this.leaves = leaves;
        this.fresh = fresh;
    }

    /** The value as a number; lanes if it differs between lanes, else a scalar of the class's precision. */
    public Operand value(Value value) {
        return real(start(value));
    }

    /** The value as a scalar {@code int}, cut off at the point; integers pass no floating-point number on their way. */
    public String integer(Value value) {
        Operand o = start(value);
        if (o.kind() == Operand.Kind.TRUTH) o = real(o);
        return o.kind() == Operand.Kind.WHOLE ? o.java() : "(int) " + o.at(Operand.UNARY);
    }

    /** The value as a vector, filled with the scalar if it is the same in all lanes. */
    public String lanes(Value value) {
        return spread(value(value));
    }

    /** The value as a vector that a local is declared with: it needs no other local of its own, however long it is. */
    public String initialLanes(Value value) {
        declared = dialect.expand(value);
        String java = spread(real(begin(declared)));
        declared = null;
        return java;
    }

    /** The value as a condition: a {@code boolean} expression or a mask. */
    public Operand truth(Value value) {
        return truthOf(start(value));
    }

    /** Statements to stand before the innermost loop, in order, since the last call. */
    public List<String> prologue() {
        return drain(prologue);
    }

    /** Statements to stand before the use of the operands given out, in order, since the last call. */
    public List<String> statements() {
        return drain(statements);
    }

    /** Static methods that the generated class must hold, {@link Dialect#function their text} by name. */
    public Set<String> functions() {
        return functions;
    }

    /** Forgets locals that hold values of the loop's body. */
    public void forget() {
        known.values().removeIf(o -> !o.invariant());
    }

    private static List<String> drain(List<String> list) {
        List<String> out = List.copyOf(list);
        list.clear();
        return out;
    }

    private Operand start(Value value) {
        return begin(dialect.expand(value));
    }

    private Operand begin(Value v) {
        uses = new HashMap<>();
        inlined.clear();
        count(v);
        return emit(v);
    }

    private void count(Value v) {
        if (uses.merge(v, 1, Integer::sum) == 1) for (Value c : v.children()) count(c);
    }

    private Operand emit(Value v) {
        Operand o = known.get(v);
        if (o == null) o = inlined.get(v);
        if (o != null) return o;
        if (v instanceof Value.Number n) return number(n, dialect);
        o = v instanceof Value.Apply a ? apply(a) : leaves.real(v);
        if (!o.isName() && v != declared && (uses.getOrDefault(v, 1) > 1 || o.java().length() > WIDEST)) o = local(o, hint(v));
        (o.isName() ? known : inlined).put(v, o);
        return o;
    }

    private static Operand number(Value.Number n, Dialect d) {
        String text = d.literal(n.value());
        return new Operand(text, Operand.Kind.REAL, false, true, text.startsWith("-") ? Operand.UNARY : Operand.ATOM);
    }

    private static String hint(Value v) {
        if (v instanceof Value.Apply a) return a.op().isInfix() || a.op().isTruth() ? "t" : a.op().symbol();
        return v instanceof Value.Load l ? l.array() : "t";
    }

    /** Puts an operand into a local. */
    private Operand local(Operand o, String hint) {
        return local(o, hint, dialect.type(o));
    }

    private Operand local(Operand o, String hint, String type) {
        String name = fresh.apply(hint);
        (o.invariant() ? prologue : statements).add(type + " " + name + " = " + o.java() + ";");
        return o.with(name, Operand.ATOM);
    }

    private Operand apply(Value.Apply a) {
        Op op = a.op();
        if (op == Op.UNIFORM) return uniform(a);
        Operand fused = fuse(a);
        if (fused != null) return fused;
        List<Operand> args = new ArrayList<>();
        for (int i = 0; i < a.arguments().size(); i++) {
            Operand o = emit(a.arguments().get(i));
            args.add(Dialect.wantsTruth(op, i) ? truthOf(o) : o);
        }
        boolean lanes = args.stream().anyMatch(Operand::lanes);
        boolean invariant = args.stream().allMatch(Operand::invariant);
        boolean wide = !lanes && isWide(a, args);
        Dialect d = wide ? dialect.wide() : lanes ? dialect : dialect.scalar();
        for (int i = 0; i < args.size(); i++) {
            Operand o = args.get(i);
            if (wide && a.arguments().get(i) instanceof Value.Number n) o = number(n, d);
            else if (!wide && !Dialect.wantsTruth(op, i)) o = real(o);
            args.set(i, invariant ? o : hoisted(o, a.arguments().get(i)));
        }
        Operand.Kind kind = op.isTruth() ? Operand.Kind.TRUTH : wide ? Operand.Kind.WIDE : Operand.Kind.REAL;
        return write(d, op, args, new Operand("", kind, lanes, invariant, Operand.ATOM));
    }

    /** What does not change within the loop, before it. */
    private Operand hoisted(Operand o, Value v) {
        return !o.invariant() || o.isName() || v instanceof Value.Number ? o : local(o, hint(v));
    }

    /** Whether all arguments are doubles that depend on settings, or numbers. */
    private static boolean isWide(Value.Apply a, List<Operand> args) {
        boolean any = false;
        for (int i = 0; i < args.size(); i++) {
            Operand o = args.get(i);
            if (o.kind() == Operand.Kind.WIDE) any = true;
            else if (!(a.arguments().get(i) instanceof Value.Number) && !Dialect.wantsTruth(a.op(), i)) return false;
        }
        return any;
    }

    private Operand write(Dialect d, Op op, List<Operand> args, Operand shape) {
        Op written = op;
        if (shape.lanes() && !args.get(0).lanes() && Dialect.MIRRORED.containsKey(op)) {
            written = Dialect.MIRRORED.get(op);
            args = List.of(args.get(1), args.get(0));
        }
        Form form = d.form(written);
        if (form instanceof Form.Inline inline) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < args.size(); i++) {
                Operand o = args.get(i);
                boolean vector = shape.lanes() && !o.lanes() && (d.wantsLanes(written, i) || o.kind() == Operand.Kind.TRUTH);
                texts.add(vector ? spread(o) : o.at(inline.levels().get(i)));
            }
            String text = fill(inline.template(), texts, new HashMap<>(), d);
            return shape.with(text, inline.level());
        }
        if (form instanceof Form.Recipe recipe) {
            Operand x = args.get(0).isName() ? args.get(0) : local(args.get(0), "x");
            return write(shape, recipe, x);
        }
        throw new IllegalArgumentException("no form of " + op + " in " + (shape.lanes() ? "lanes" : "scalars"));
    }

    private String fill(String template, List<String> args, Map<String, String> locals, Dialect d) {
        Matcher m = HOLE.matcher(template);
        StringBuilder out = new StringBuilder();
        while (m.find()) {
            String text;
            if (m.group(2) != null) text = d.filled(m.group(2));
            else if (Character.isDigit(m.group(1).charAt(0))) text = args.get(Integer.parseInt(m.group(1)));
            else text = locals.computeIfAbsent(m.group(1), fresh::apply);
            m.appendReplacement(out, Matcher.quoteReplacement(text));
        }
        m.appendTail(out);
        return out.toString();
    }

    /** {@code a·b + c} in one rounding, where lanes of a product are used in a sum and nowhere else; null if there are none. */
    private Operand fuse(Value.Apply sum) {
        if (sum.op() != Op.ADD && sum.op() != Op.SUB || dialect.fused() == null) return null;
        for (int i = 0; i < 2; i++) {
            if (!(sum.arguments().get(i) instanceof Value.Apply p) || p.op() != Op.MUL) continue;
            if (uses.getOrDefault(p, 1) > 1 || known.containsKey(p)) continue;
            Value va = p.arguments().get(0), vb = p.arguments().get(1), vc = sum.arguments().get(1 - i);
            if (!emit(va).lanes() && !emit(vb).lanes()) continue;
            Operand a = real(emit(va)), b = real(emit(vb));
            Operand c = real(emit(vc));
            if (sum.op() == Op.SUB && (i == 0 ? c.lanes() : a.lanes() && b.lanes())) return null;
            a = hoisted(a, va);
            b = hoisted(b, vb);
            if (!a.lanes()) {
                Operand swap = a;
                a = b;
                b = swap;
            }
            if (sum.op() == Op.SUB) {
                if (i == 0) c = negated(c);
                else b = negated(b);
            }
            c = hoisted(c, vc);
            boolean vectors = b.lanes() || c.lanes();
            List<String> texts = List.of(a.at(Operand.ATOM), vectors ? spread(b) : b.java(), vectors ? spread(c) : c.java());
            boolean invariant = a.invariant() && b.invariant() && c.invariant();
            String text = fill(dialect.fused().template(), texts, new HashMap<>(), dialect);
            return new Operand(text, Operand.Kind.REAL, true, invariant, Operand.ATOM);
        }
        return null;
    }

    private static Operand negated(Operand o) {
        return o.with(o.java().startsWith("-") ? o.java().substring(1) : "-" + o.at(Operand.UNARY + 1), Operand.UNARY);
    }

    /** As a number of the class's precision. */
    private Operand real(Operand o) {
        return switch (o.kind()) {
            case REAL -> o;
            case WIDE -> {
                Operand narrow = o.with("(" + dialect.real() + ") " + o.at(Operand.UNARY), Operand.UNARY).as(Operand.Kind.REAL);
                if (dialect.real().equals("double")) yield o.as(Operand.Kind.REAL);
                yield o.isName() ? narrowed(o, narrow) : narrow;
            }
            case WHOLE -> o.lanes()
                    ? o.with(dialect.wholeToReal(o.java()), Operand.ATOM).as(Operand.Kind.REAL)
                    : o.with("(" + dialect.real() + ") " + o.at(Operand.UNARY), Operand.UNARY).as(Operand.Kind.REAL);
            case TRUTH -> o.lanes()
                    ? o.with(dialect.filled(dialect.literal(0)) + ".blend(" + dialect.literal(1) + ", " + o.java() + ")", Operand.ATOM)
                            .as(Operand.Kind.REAL)
                    : o.with(o.at(2) + " ? " + dialect.literal(1) + " : " + dialect.literal(0), Operand.WEAKEST)
                            .as(Operand.Kind.REAL);
        };
    }

    /** One conversion of a wide local, however often it is used. */
    private Operand narrowed(Operand wide, Operand cast) {
        return narrowed.computeIfAbsent(wide.java(), n -> local(cast, n));
    }

    private Operand truthOf(Operand o) {
        if (o.kind() == Operand.Kind.TRUTH) return o;
        Operand r = real(o);
        return r.lanes()
                ? r.with(r.at(Operand.ATOM) + ".compare(VectorOperators.NE, 0)", Operand.ATOM).as(Operand.Kind.TRUTH)
                : r.with(r.at(6) + " != 0", 5).as(Operand.Kind.TRUTH);
    }

    /** In every lane. */
    private String spread(Operand o) {
        if (o.lanes()) return o.at(Operand.ATOM);
        return switch (o.kind()) {
            case TRUTH -> dialect.filledMask(o.java());
            case WHOLE -> dialect.filledWhole(o.java());
            case REAL, WIDE -> dialect.filled(o.java());
        };
    }

    /** The counter-based generator, {@link org.nnl.equations.CounterRandom}, in integer arithmetic. */
    private Operand uniform(Value.Apply a) {
        List<Operand> args = new ArrayList<>();
        for (Value v : a.arguments())
            args.add(v instanceof Value.Number n
                    ? Operand.whole(n.value() == (int) n.value() ? Integer.toString((int) n.value()) : (long) n.value() + "L", true)
                    : leaves.whole(v));
        functions.add("mix");
        Operand seed = args.get(0);
        if (seed.lanes()) throw new IllegalArgumentException("a seed is one number: " + a);
        Operand s = seed.isName() ? seed : local(seed.with("(long) " + seed.at(Operand.UNARY), Operand.UNARY), "seed", "long");
        Operand h = local(s.with("mix((int) " + s.java() + " ^ mix((int) (" + s.java() + " >>> 32)))", Operand.ATOM), "hash", "int");
        for (Operand step : args.subList(1, 4)) {
            boolean invariant = h.invariant() && step.invariant();
            if (!h.lanes() && !step.lanes()) {
                String next = "mix(" + h.java() + " + (int) " + step.at(Operand.UNARY) + " * 0x9e3779b9 + 0x7f4a7c15)";
                h = local(new Operand(next, Operand.Kind.WHOLE, false, invariant, Operand.ATOM), "hash", "int");
            } else {
                String sum = step.lanes()
                        ? step.at(Operand.ATOM) + ".mul(0x9e3779b9)" + (h.lanes() ? ".add(" + h.java() + ").add(0x7f4a7c15)" : ".add(" + h.java() + " + 0x7f4a7c15)")
                        : h.java() + ".add((int) " + step.at(Operand.UNARY) + " * 0x9e3779b9 + 0x7f4a7c15)";
                Operand sumLocal = local(new Operand(sum, Operand.Kind.WHOLE, true, invariant, Operand.ATOM), "hash", dialect.wholeType());
                h = write(sumLocal, dialect.mix(), sumLocal);
            }
        }
        if (h.lanes()) return write(h.as(Operand.Kind.REAL), dialect.unit(), h);
        String text = "((" + h.java() + " >>> 9) + 0.5" + (dialect.real().equals("float") ? "f" : "") + ") * 0x1p-23" + (dialect.real().equals("float") ? "f" : "");
        return new Operand(text, Operand.Kind.REAL, false, h.invariant(), 8);
    }

    private Operand write(Operand shape, Form.Recipe recipe, Operand x) {
        Map<String, String> locals = new HashMap<>();
        for (String line : recipe.lines()) {
            boolean last = line.startsWith("return ");
            String text = fill(last ? line.substring(7, line.length() - 1) : line, List.of(x.java()), locals, dialect);
            if (last) return local(shape.with(text, Operand.ATOM), recipe.name());
            (x.invariant() ? prologue : statements).add(text);
        }
        throw new IllegalStateException(recipe.name() + " returns nothing");
    }
}
