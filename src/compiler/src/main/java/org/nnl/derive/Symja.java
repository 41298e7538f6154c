package org.nnl.derive;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.matheclipse.core.basic.Config;
import org.matheclipse.core.eval.EvalEngine;
import org.matheclipse.core.expression.F;
import org.matheclipse.core.expression.S;
import org.matheclipse.core.interfaces.IAST;
import org.matheclipse.core.interfaces.IExpr;
import org.matheclipse.core.interfaces.IFraction;
import org.matheclipse.core.interfaces.IInteger;
import org.matheclipse.core.interfaces.IRational;
import org.matheclipse.core.interfaces.ISymbol;
import org.nnl.equations.Expr;
import org.nnl.equations.GraphReader;
import org.nnl.equations.Op;

/**
 * The oracle for scalar calculus: a computer algebra system behind one question, the partial derivative of a formula
 * by one of its leaves.
 *
 * <p>Symja knows {@code + - * /} and integer powers. Every other operation is to it a function without meaning, which
 * it differentiates by the chain rule into {@code f'(…)}; what f' is says {@link Op#partials()}. So nothing is rewritten
 * into raw exponentials that overflow, and a new operation needs a row of data and nothing here. What comes back is
 * translated strictly: a head that is not known is an error, never a guess.
 *
 * <p>Starting Symja takes seconds: make one only when a derivative is not known yet. Its tables are one for the whole
 * JVM and not made for several threads, so only one thread at a time gets in, whichever instance it has: a Maven build
 * compiles the models of several modules at once.
 */
final class Symja {
    /** Leaves of a derivative beyond which only the chain rule is applied: algebra on polynomials takes exponential time. */
    private static final int LARGEST_ALGEBRA = 40;

    /** The same for what factorises polynomials. */
    private static final int LARGEST_FACTORS = 25;

    /** Higher integer powers are taken as functions, which algebra does not multiply out. */
    private static final int LARGEST_POWER = 4;

    private final EvalEngine engine;
    private final Map<String, ISymbol> symbols = new LinkedHashMap<>();
    private final Map<IExpr, Expr> leaves = new LinkedHashMap<>();
    private final Map<IExpr, Op> heads = new LinkedHashMap<>();

    Symja() {
        synchronized (Symja.class) {
            start();
            engine = new EvalEngine(true);
            engine.setQuietMode(true);
            for (Op op : Op.values()) heads.put(symbol(op.symbol()), op);
        }
    }

    private static void start() {
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.setProperty(
                "log4j2.loggerContextFactory", "org.apache.logging.log4j.simple.SimpleLoggerContextFactory");
        System.setProperty("log4j2.simplelogLevel", "OFF");
        Config.JAS_NO_THREADS = true; // its pool of threads would keep the JVM alive for a minute
        F.initSymbols();
    }

    /**
     * Forms of {@code ∂formula/∂variable}, all equal as functions but not as computations: as differentiated, over a
     * common denominator, expanded, and as a multiple of the formula's own value {@link Formula#RESULT}. The first is
     * the plain chain rule.
     */
    List<Expr> derivatives(Expr formula, String variable) {
        synchronized (Symja.class) {
            EvalEngine.set(engine);
            return forms(formula, variable);
        }
    }

    private List<Expr> forms(Expr formula, String variable) {
        Map<IExpr, Expr> written = new LinkedHashMap<>();
        IExpr f = engine.evaluate(translate(formula, Map.of(), written));
        written.put(f, Formula.leaf(Formula.RESULT));
        IExpr d = engine.evaluate(resolve(engine.evaluate(F.D(f, symbol(variable)))));

        Map<IExpr, IExpr> frozen = new LinkedHashMap<>();
        IExpr plain = freeze(d, frozen);
        IExpr complemented = freeze(engine.evaluate(complement(d)), frozen);
        IExpr whole = freeze(f, frozen);
        Set<IExpr> forms = new LinkedHashSet<>();
        forms.add(plain);
        forms.add(complemented);
        if (complemented.leafCount() <= LARGEST_ALGEBRA) {
            forms.add(engine.evaluate(F.Expand(plain)));
            forms.add(engine.evaluate(F.Expand(complemented)));
            if (!mentions(d, Op.SELECT)) {
                // a common denominator would divide the branch that is taken by something from the one that is not
                forms.add(engine.evaluate(F.Together(plain)));
                forms.add(engine.evaluate(F.Together(complemented)));
                boolean small = plain.leafCount() + whole.leafCount() <= LARGEST_FACTORS;
                if (small) forms.add(engine.evaluate(F.Factor(plain)));
                if (small && !f.isZero()) {
                    IExpr ratio = engine.evaluate(F.Factor(F.Cancel(F.Divide(plain, whole))));
                    forms.add(engine.evaluate(F.Times(symbol(Formula.RESULT), ratio)));
                }
            }
        }
        Set<IExpr> divisors = new LinkedHashSet<>();
        divisors(plain, divisors);
        divisors(whole, divisors);
        List<Expr> found = new ArrayList<>();
        for (IExpr form : forms) {
            Set<IExpr> own = new LinkedHashSet<>();
            divisors(form, own);
            if (!divisors.containsAll(own)) continue; // it would have poles of its own, as 2·y/u for u²
            found.add(read(thaw(form, frozen), written));
        }
        return found;
    }

    /** What the expression divides by. */
    private static void divisors(IExpr e, Set<IExpr> found) {
        if (!(e instanceof IAST ast)) return;
        if (ast.isPower() && ast.arg2().isNegativeResult()) found.add(ast.arg1());
        for (int k = 1; k <= ast.argSize(); k++) divisors(ast.get(k), found);
    }

    /** Puts a symbol for every function, so that algebra works around functions and leaves their arguments alone. */
    private IExpr freeze(IExpr e, Map<IExpr, IExpr> frozen) {
        if (!(e instanceof IAST ast)) return e;
        if (!heads.containsKey(ast.head())) return map(ast, x -> freeze(x, frozen));
        for (Map.Entry<IExpr, IExpr> known : frozen.entrySet()) if (known.getValue().equals(e)) return known.getKey();
        IExpr name = symbol("~" + frozen.size());
        frozen.put(name, e);
        return name;
    }

    private IExpr thaw(IExpr e, Map<IExpr, IExpr> frozen) {
        if (frozen.containsKey(e)) return frozen.get(e);
        return e instanceof IAST ast ? map(ast, x -> thaw(x, frozen)) : e;
    }

    private ISymbol symbol(String name) {
        // two dummies of one name differ, and names such as E and I are taken: keep each one that was made
        return symbols.computeIfAbsent(name, F::Dummy);
    }

    /** The formula in Symja's terms; {@code values} stand for names; {@code written} remembers how each part was written. */
    private IExpr translate(Expr e, Map<String, IExpr> values, Map<IExpr, Expr> written) {
        if (e instanceof Expr.Const c) return number(c);
        if (e instanceof Expr.IndexValue) {
            String name = Formula.leafName(e);
            IExpr value = values.get(name);
            if (value != null) return value;
            ISymbol s = symbol(name);
            leaves.put(s, e);
            return s;
        }
        Expr.Apply a = (Expr.Apply) e;
        IExpr[] x = new IExpr[a.op().arity()];
        for (int k = 0; k < x.length; k++) x[k] = translate(a.arguments().get(k), values, written);
        IExpr t = engine.evaluate(combine(a, x));
        if (written != null && t.isAST()) written.putIfAbsent(t, e);
        return t;
    }

    private IExpr combine(Expr.Apply a, IExpr[] x) {
        switch (a.op()) {
            case ADD:
                return F.Plus(x[0], x[1]);
            case SUB:
                return F.Subtract(x[0], x[1]);
            case MUL:
                return F.Times(x[0], x[1]);
            case DIV:
                return F.Divide(x[0], x[1]);
            case NEG:
                return F.Negate(x[0]);
            case POW:
                if (x[1] instanceof IInteger n && Math.abs(n.toBigNumerator().doubleValue()) <= LARGEST_POWER)
                    return F.Power(x[0], x[1]);
                break;
            case SELECT:
                if (Signs.OF_FORMULAS.isTrue(read(x[0], Map.of()))) return x[1];
                // a switched factor is a factor and a switch; reading back puts the product inside again
                if (x[2].isZero() && !x[1].isOne()) return F.Times(x[1], select(x[0], F.C1, F.C0));
                if (x[1].isZero() && !x[2].isOne()) return F.Times(x[2], select(x[0], F.C0, F.C1));
                break;
            default:
        }
        return F.function(symbol(a.op().symbol()), x);
    }

    private IExpr select(IExpr condition, IExpr a, IExpr b) {
        return F.function(symbol(Op.SELECT.symbol()), condition, a, b);
    }

    /** Integers and simple fractions take part in algebra; any other number is a symbol, lest it be rounded or expanded. */
    private IExpr number(Expr.Const c) {
        double v = c.value();
        if (v == Math.rint(v) && Math.abs(v) < 1e9) return F.ZZ((long) v);
        if (v * 16 == Math.rint(v * 16) && Math.abs(v) < 1e6) return F.QQ((long) (v * 16), 16);
        ISymbol s = symbol("#" + v);
        leaves.put(s, c);
        return s;
    }

    /** Puts for every {@code f'(x…)} what the table of operations says. */
    private IExpr resolve(IExpr e) {
        if (!(e instanceof IAST ast)) return e;
        if (ast.head() instanceof IAST of && of.head() instanceof IAST orders && orders.head().equals(S.Derivative)) {
            Op op = heads.get(of.arg1());
            int by = -1;
            for (int k = 1; k <= orders.argSize(); k++) {
                if (orders.get(k).isOne() && by < 0) by = k - 1;
                else if (!orders.get(k).isZero()) by = -2;
            }
            if (op == null || by < 0) throw new IllegalStateException("not a first derivative of an operation: " + e);
            Map<String, IExpr> values = new LinkedHashMap<>();
            IExpr[] x = new IExpr[op.arity()];
            for (int k = 0; k < x.length; k++) {
                x[k] = resolve(ast.get(k + 1));
                values.put(String.valueOf((char) ('a' + k)), x[k]);
            }
            values.put("r", F.function(ast.head().first(), x));
            return translate(GraphReader.readExpr(op.partials().get(by)), values, null);
        }
        return map(ast, this::resolve);
    }

    /** {@code sigmoid(-a) = 1 - sigmoid(a)} where both occur, so that terms can meet and cancel. */
    private IExpr complement(IExpr d) {
        ISymbol sigmoid = symbol(Op.SIGMOID.symbol());
        Set<IExpr> arguments = new LinkedHashSet<>();
        collect(d, sigmoid, arguments);
        IExpr result = d;
        for (IExpr a : arguments) {
            IExpr opposite = engine.evaluate(F.Negate(a));
            boolean longer = a.toString().length() > opposite.toString().length();
            if (longer && arguments.contains(opposite))
                result = replace(result, F.function(sigmoid, a), F.Subtract(F.C1, F.function(sigmoid, opposite)));
        }
        return result;
    }

    private static void collect(IExpr e, ISymbol head, Set<IExpr> arguments) {
        if (!(e instanceof IAST ast)) return;
        if (ast.head().equals(head)) arguments.add(ast.arg1());
        for (int k = 1; k <= ast.argSize(); k++) collect(ast.get(k), head, arguments);
    }

    private static IExpr replace(IExpr e, IExpr old, IExpr with) {
        if (e.equals(old)) return with;
        return e instanceof IAST ast ? map(ast, x -> replace(x, old, with)) : e;
    }

    private static IExpr map(IAST ast, java.util.function.UnaryOperator<IExpr> f) {
        IExpr[] x = new IExpr[ast.argSize()];
        for (int k = 0; k < x.length; k++) x[k] = f.apply(ast.get(k + 1));
        return F.function(ast.head(), x);
    }

    private boolean mentions(IExpr e, Op op) {
        if (!(e instanceof IAST ast)) return false;
        if (ast.head().equals(symbol(op.symbol()))) return true;
        for (int k = 1; k <= ast.argSize(); k++) if (mentions(ast.get(k), op)) return true;
        return false;
    }

    // From here on: back from Symja's terms.

    private Expr read(IExpr e, Map<IExpr, Expr> written) {
        Expr known = written.get(e);
        if (known != null) return known;
        if (e.equals(symbol(Formula.RESULT))) return Formula.leaf(Formula.RESULT);
        if (leaves.containsKey(e)) return leaves.get(e);
        if (e instanceof IRational q) return Expr.of(value(q));
        if (!(e instanceof IAST ast)) throw new IllegalStateException("not understood: " + e);
        if (ast.isPlus()) return readSum(ast, written);
        if (ast.isTimes() || ast.isPower()) return readProduct(ast, written);
        Op op = heads.get(ast.head());
        if (op == null || op.arity() != ast.argSize()) throw new IllegalStateException("not understood: " + e);
        List<Expr> arguments = new ArrayList<>();
        for (int k = 1; k <= ast.argSize(); k++) arguments.add(read(ast.get(k), written));
        return Tidy.apply(op, arguments);
    }

    /** Positive terms first, then the others subtracted. */
    private Expr readSum(IAST sum, Map<IExpr, Expr> written) {
        Expr plus = Expr.ZERO;
        Expr minus = Expr.ZERO;
        for (int k = 1; k <= sum.argSize(); k++) {
            IExpr term = sum.get(k);
            boolean negative = term.isNegative()
                    || term.isTimes() && ((IAST) term).arg1() instanceof IRational q && q.isNegative();
            if (negative) minus = Tidy.sum(minus, read(engine.evaluate(F.Negate(term)), written));
            else plus = Tidy.sum(plus, read(term, written));
        }
        if (minus.isConst(0)) return plus;
        return plus.isConst(0) ? Tidy.negate(minus) : Tidy.sum(plus, Tidy.negate(minus));
    }

    /** Coefficient and factors over the factors with negative exponent. */
    private Expr readProduct(IAST product, Map<IExpr, Expr> written) {
        List<IExpr> factors = new ArrayList<>();
        if (product.isTimes()) for (int k = 1; k <= product.argSize(); k++) factors.add(product.get(k));
        else factors.add(product);
        double coefficient = 1;
        List<Expr> above = new ArrayList<>();
        Expr denominator = Expr.ONE;
        for (IExpr factor : factors) {
            if (factor instanceof IRational q) {
                coefficient *= value(q);
            } else if (factor.isPower() && !written.containsKey(factor)) {
                if (!(((IAST) factor).arg2() instanceof IInteger n))
                    throw new IllegalStateException("not an integer power: " + factor);
                Expr base = read(((IAST) factor).arg1(), written);
                int exponent = n.toInt();
                Expr power = Tidy.isGate(base) ? base : power(base, Math.abs(exponent));
                if (exponent < 0) denominator = Tidy.product(denominator, power);
                else above.add(power);
            } else {
                above.add(read(factor, written));
            }
        }
        above.sort(Comparator.comparingInt(Expr::nodes)); // y*(1 - y), not (1 - y)*y
        Expr numerator = Expr.ONE;
        for (Expr factor : above) numerator = Tidy.product(numerator, factor);
        Expr magnitude = Tidy.product(Expr.of(Math.abs(coefficient)), numerator);
        Expr quotient = Tidy.quotient(magnitude, denominator);
        return coefficient < 0 ? Tidy.negate(quotient) : quotient;
    }

    /** {@code a^n}, with {@code sqrt(a)² = a}. */
    private static Expr power(Expr base, int n) {
        if (!Tidy.isOp(base, Op.SQRT) || n < 2) return Tidy.power(base, n);
        Expr even = Tidy.power(base.children().get(0), n / 2);
        return n % 2 == 0 ? even : Tidy.product(even, base);
    }

    private static double value(IRational q) {
        if (q instanceof IInteger n) return n.toBigNumerator().doubleValue();
        BigInteger p = ((IFraction) q).toBigNumerator();
        return p.doubleValue() / ((IFraction) q).toBigDenominator().doubleValue();
    }
}
