package org.nnl.derive;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Graph;
import org.nnl.equations.Op;

/**
 * Brings formulas to forms that stay finite and exact, before they are differentiated: the derivative of
 * {@code log(sigmoid(a))} taken as it stands divides 0 by 0 at a = -800, that of {@code -softplus(-a)} is
 * {@code sigmoid(-a)}. Under a logarithm a read is taken for what it is defined by, so that it makes no difference
 * whether a probability has a name.
 */
final class Stabilize {

    /** Under a logarithm, reads looked through. */
    static final List<Rule> LOGARITHMS = List.of(
            Rule.of("log-exp", "log(exp(a))", "a"),
            Rule.of("log-sigmoid", "log(sigmoid(a))", "-softplus(-a)"),
            Rule.of("log-complement", "log(1 - sigmoid(a))", "-softplus(a)"),
            Rule.of("log-softplus", "log(1 + exp(a))", "softplus(a)"),
            Rule.of("log-softplus", "log1p(exp(a))", "softplus(a)"),
            Rule.splitting("log-quotient", "log(a/b)", "log(a) - log(b)"),
            Rule.splitting("log-product", "log(a*b)", "log(a) + log(b)"),
            Rule.splitting("log-power", "log(a^b)", "b*log(a)"),
            Rule.splitting("log-root", "log(sqrt(a))", "0.5*log(a)"));

    /** Anywhere, on formulas as written. */
    static final List<Rule> FORMS = List.of(
            Rule.of("sigmoid", "1/(1 + exp(-a))", "sigmoid(a)"),
            Rule.of("sigmoid", "exp(a)/(1 + exp(a))", "sigmoid(a)"),
            Rule.of("sigmoid", "1/(1 + exp(a))", "sigmoid(-a)"),
            Rule.of("tanh", "(exp(a) - exp(-a))/(exp(a) + exp(-a))", "tanh(a)"),
            Rule.of("log1p", "log(1 + a)", "log1p(a)"),
            Rule.of("expm1", "exp(a) - 1", "expm1(a)"));

    private final Definitions definitions;
    private final Signs signs;
    private final List<Axis> box;
    private final List<String> applied = new ArrayList<>();

    private Stabilize(Definitions definitions, Signs signs, List<Axis> box) {
        this.definitions = definitions;
        this.signs = signs;
        this.box = box;
    }

    /** The graph with every body in its stable form. */
    static Graph stabilize(Graph graph) {
        return LogSumExp.shift(rewritten(LogSumExp.shift(rewritten(graph))));
    }

    private static Graph rewritten(Graph graph) {
        Definitions definitions = new Definitions(graph);
        Signs signs = new Signs(definitions.notNegative());
        List<Equation> equations = new ArrayList<>();
        for (Equation e : graph.equations()) {
            Stabilize s = new Stabilize(definitions, signs, e.box());
            Expr body = e.body().rewrite(s::simplest);
            Equation stable = body.equals(e.body()) ? e : e.withBody(body);
            for (String rule : s.applied) stable = stable.withOrigin(stable.origin().rewritten(rule));
            equations.add(stable);
        }
        return graph.withEquations(equations);
    }

    /** The form of a node whose arguments have theirs. */
    private Expr simplest(Expr e) {
        if (!(e instanceof Expr.Apply)) return e;
        Expr log = logarithm(e, Set.of());
        if (log != null) return log;
        for (Rule r : FORMS) {
            Map<String, Expr> bound = r.match(e, read -> null);
            if (bound != null) {
                applied.add(r.name());
                return r.apply(bound);
            }
        }
        return e;
    }

    /** The form of a logarithm by {@link #LOGARITHMS}; null if no rule applies. */
    private Expr logarithm(Expr e, Set<String> seen) {
        if (!Tidy.isOp(e, Op.LOG) && !Tidy.isOp(e, Op.LOG1P)) return null;
        for (Rule r : LOGARITHMS) {
            Set<String> through = new HashSet<>(seen);
            Map<String, Expr> bound = r.match(e, read -> through.add(read.tensor()) ? definitions.of(read, box) : null);
            if (bound == null) continue;
            int mark = applied.size();
            applied.add(r.name());
            if (!r.splits()) return r.apply(bound);
            if (bound.values().stream().anyMatch(signs::isNotNegative)) {
                boolean[] gained = new boolean[1];
                Expr split = r.apply(bound).rewrite(x -> {
                    Expr better = logarithm(x, through);
                    gained[0] |= better != null;
                    if (better != null) return better;
                    return x instanceof Expr.Apply a ? Tidy.apply(a.op(), a.arguments()) : x;
                });
                if (gained[0]) return split;
            }
            while (applied.size() > mark) applied.remove(applied.size() - 1);
        }
        return null;
    }
}
