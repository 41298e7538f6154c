package org.nnl.derive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Op;
import org.nnl.equations.Tensor;

/**
 * Sums of exponentials that could overflow, taken relative to their greatest term. Where {@code s[i] += exp(a)} and
 * s is used under a logarithm or as the divisor of an exponential,
 * <pre>    s.top[i] max= a,    s.scaled[i] += exp(a - stop(s.top[i]))
 *    log(s[i])   =  s.top[i] + log(s.scaled[i])
 *    exp(c)/s[i] =  exp(c - stop(s.top[i])) / s.scaled[i]</pre>
 * In {@code log(s)} the derivative through the top is that of log s.scaled by the top with opposite sign, so it is
 * stopped in both. A sum that was shifted by a maximum already stays.
 */
final class LogSumExp {
    private final Graph graph;
    private final Definitions definitions;
    private final Map<String, Tensor> tensors;
    private final Map<String, List<Equation>> added = new LinkedHashMap<>();

    private LogSumExp(Graph graph) {
        this.graph = graph;
        this.definitions = new Definitions(graph);
        this.tensors = new LinkedHashMap<>(graph.tensors());
    }

    static Graph shift(Graph graph) {
        LogSumExp s = new LogSumExp(graph);
        List<Equation> rewritten = new ArrayList<>();
        for (Equation e : graph.equations()) {
            Expr body = e.body().rewrite(x -> s.stable(x, e.box()));
            rewritten.add(body.equals(e.body()) ? e : e.withBody(body).withOrigin(e.origin().rewritten("log-sum-exp")));
        }
        if (s.added.isEmpty()) return graph;
        List<Equation> equations = new ArrayList<>();
        for (Equation e : rewritten) {
            equations.add(e);
            equations.addAll(s.added.getOrDefault(e.target(), List.of()));
        }
        return graph.withTensors(s.tensors).withEquations(equations);
    }

    private Expr stable(Expr e, List<Axis> box) {
        if (Tidy.isOp(e, Op.LOG) && e.children().get(0) instanceof Expr.Read s && isNaive(s, box))
            return Expr.apply(Op.STOP, top(s)).plus(Expr.apply(Op.LOG, scaled(s)));
        if (Tidy.isOp(e, Op.DIV) && e.children().get(1) instanceof Expr.Read s && isNaive(s, box)) {
            Expr exponent = exponent(e.children().get(0), box);
            if (exponent != null)
                return Expr.apply(Op.EXP, exponent.minus(Expr.apply(Op.STOP, top(s)))).over(scaled(s));
        }
        return e;
    }

    /** The a of exp(a), also where the exponential has a name; else null. */
    private Expr exponent(Expr e, List<Axis> box) {
        Expr seen = e instanceof Expr.Read r ? definitions.of(r, box) : e;
        return Tidy.isOp(seen, Op.EXP) ? seen.children().get(0) : null;
    }

    /** Whether s is a sum of exponentials that nothing keeps from overflowing. */
    private boolean isNaive(Expr.Read s, List<Axis> box) {
        Equation sum = definitions.whole(s.tensor(), Fold.SUM);
        if (sum == null || !definitions.isInside(s, box)) return false;
        Expr a = exponent(sum.body(), sum.box());
        if (a == null || a.tensors().isEmpty() || a.tensors().contains(s.tensor())) return false;
        boolean shifted = Tidy.isOp(a, Op.SUB) && isMaximum(a.children().get(1), sum.box());
        if (!shifted && !added.containsKey(s.tensor())) add(sum, a);
        return !shifted;
    }

    private boolean isMaximum(Expr e, List<Axis> box) {
        if (Tidy.isOp(e, Op.STOP)) return isMaximum(e.children().get(0), box);
        if (!(e instanceof Expr.Read r)) return false;
        if (definitions.whole(r.tensor(), Fold.MAX) != null) return true;
        Expr defined = definitions.of(r, box);
        return defined != null && isMaximum(defined, box);
    }

    private void add(Equation sum, Expr a) {
        String s = sum.target();
        for (String name : List.of(s + ".top", s + ".scaled"))
            tensors.put(name, Tensor.real(name, Tensor.Role.VALUE, graph.tensor(s).shape()));
        Expr top = Expr.apply(Op.STOP, Expr.read(s + ".top", sum.indices()));
        added.put(s, List.of(
                Equation.of(s + ".top", sum.indices(), Fold.MAX, sum.box(), a, sum.origin().rewritten("log-sum-exp")),
                Equation.of(s + ".scaled", sum.indices(), Fold.SUM, sum.box(), Expr.apply(Op.EXP, a.minus(top)),
                        sum.origin().rewritten("log-sum-exp"))));
    }

    private static Expr top(Expr.Read s) {
        return Expr.read(s.tensor() + ".top", s.indices());
    }

    private static Expr scaled(Expr.Read s) {
        return Expr.read(s.tensor() + ".scaled", s.indices());
    }
}
