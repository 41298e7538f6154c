package org.nnl.simplify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnl.equations.Expr;
import org.nnl.equations.GraphReader;
import org.nnl.equations.Op;

class AlgebraTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            1 + 2*3                                | 7
            1/0                                    | 1/0
            x[] + 0                                | x[]
            0 - x[]                                | -x[]
            x[]*1                                  | x[]
            x[]*0                                  | 0
            0/x[]                                  | 0
            x[]/1                                  | x[]
            -(-x[])                                | x[]
            x[]/4                                  | 0.25*x[]
            x[]/3                                  | x[]/3
            x[]*2                                  | 2*x[]
            2*(3*x[])                              | 6*x[]
            2*x[]/3                                | 0.6666666666666666*x[]
            (-x[])*(-y[])                          | x[]*y[]
            (-x[])*y[]                             | -(x[]*y[])
            x[] + (-y[])                           | x[] - y[]
            x[] - (-y[])                           | x[] + y[]
            -x[] + y[]                             | y[] - x[]
            -(x[] - y[])                           | y[] - x[]
            x[] + (-2)*y[]                         | x[] - 2*y[]
            x[] - x[]                              | 0
            x[] + y[] - x[]                        | y[]
            x[] + x[]                              | 2*x[]
            x[]*y[] + y[]*x[]                      | 2*x[]*y[]
            2*x[] + 3*x[]                          | 5*x[]
            x[] + 1 + 2                            | x[] + 3
            a[]*x[] + a[]*y[]                      | a[]*(x[] + y[])
            x[]/a[] - y[]/a[]                      | (x[] - y[])/a[]
            x[]*(y[]*z[])                          | x[]*(y[]*z[])
            x[]*y[]/x[]                            | y[]
            sqrt(x[])*sqrt(x[])                    | x[]
            x[]^2                                  | x[]*x[]
            x[]^0.5                                | sqrt(x[])
            x[]^(-1)                               | 1/x[]
            x[]^0                                  | 1
            1^x[]                                  | 1
            select(1, x[], y[])                    | x[]
            select(x[] > 0, y[], y[])              | y[]
            select(c[] > 0, select(c[] > 0, x[], y[]), z[]) | select(c[] > 0, x[], z[])
            select(not(c[] > 0), x[], y[])         | select(c[] <= 0, x[], y[])
            select(c[] > 0, select(d[] > 0, x[], 0), 0) | select(c[] > 0 and d[] > 0, x[], 0)
            y[]*select(c[] > 0, 1, 0)              | select(c[] > 0, y[], 0)
            y[i]*select(c[j] > 0, x[j], 0)         | y[i]*select(c[j] > 0, x[j], 0)
            (c[] > 0)*y[]                          | select(c[] > 0, y[], 0)
            select(c[] > 0, x[], 0) + select(c[] > 0, y[], 0) | select(c[] > 0, x[] + y[], 0)
            p[k] + select(k == y[], -1, 0)         | p[k] - select(k == y[], 1, 0)
            a[]*p[k] - select(k == y[], a[], 0)    | a[]*(p[k] - select(k == y[], 1, 0))
            not(not(x[] < y[]))                    | x[] < y[]
            not(x[] < y[])                         | x[] >= y[]
            1 and x[] < y[]                        | x[] < y[]
            0 and x[] < y[]                        | 0
            {i+1} == {i}                           | 0
            x[] < x[]                              | 0
            tanh(-x[])                             | -tanh(x[])
            abs(-x[])                              | abs(x[])
            max(x[], x[])                          | x[]
            log(exp(x[])/s[])                      | x[] - log(s[])
            log(exp(x[]))                          | x[]
            log(a[]*exp(x[] - y[]))                | x[] - y[] + log(a[])
            log(a[]/exp(x[]))                      | log(a[]) - x[]
            select(k == y[b], p[y[b]], 0)          | select(k == y[b], p[k], 0)
            select(k == y[b], p[k]/p[y[b]], 0)     | select(k == y[b], 1, 0)
            (x[] + 1)*(x[] + 1)/(1 + x[])          | x[] + 1
            """)
    void rules(String from, String to) {
        Expr simple = Algebra.simplify(GraphReader.readExpr(from.strip()));
        assertThat(simple).hasToString(to.strip());
        assertThat(Algebra.simplify(simple)).isEqualTo(simple);
    }

    @Test
    void randomExpressionsKeepTheirValueAndAreSimplifiedOnce() {
        Random random = new Random(7);
        for (int n = 0; n < 20_000; n++) {
            Expr e = expression(random, 1 + random.nextInt(5));
            Expr simple = Algebra.simplify(e);
            assertThat(Algebra.simplify(simple)).as("%s", e).isEqualTo(simple);
            for (int k = 0; k < 3; k++) {
                double[] at = {random.nextGaussian(), random.nextGaussian(), 1 + random.nextInt(3)};
                double before = value(e, at), after = value(simple, at);
                // comparisons of nearly equal numbers may turn with rounding; such points say nothing
                if (!Double.isFinite(before) || Math.abs(before) > 1e6 || isEdge(e, at)) continue;
                assertThat(after).as("%s -> %s", e, simple).isCloseTo(before, org.assertj.core.data.Offset.offset(1e-6 * (1 + Math.abs(before))));
            }
        }
    }

    private static Expr expression(Random r, int depth) {
        if (depth == 0)
            return r.nextInt(3) == 0
                    ? Expr.of(new double[] {0, 1, -1, 2, 0.5, 3, -4}[r.nextInt(7)])
                    : Expr.read("xyz".substring(r.nextInt(3)).substring(0, 1), java.util.List.of());
        Op[] ops = {
            Op.ADD, Op.ADD, Op.SUB, Op.SUB, Op.MUL, Op.MUL, Op.MUL, Op.DIV, Op.NEG, Op.POW, Op.SELECT, Op.LT, Op.GT, Op.AND,
            Op.NOT, Op.TANH, Op.ABS, Op.MAX, Op.SQRT, Op.SIGMOID
        };
        Op op = ops[r.nextInt(ops.length)];
        if (op == Op.POW) return Expr.apply(op, expression(r, depth - 1), Expr.of(r.nextInt(4) - 1));
        Expr[] a = new Expr[op.arity()];
        for (int k = 0; k < a.length; k++) a[k] = expression(r, depth - 1);
        return Expr.apply(op, a);
    }

    static double value(Expr e, double[] at) {
        if (e instanceof Expr.Const c) return c.value();
        if (e instanceof Expr.Read r) return at["xyz".indexOf(r.tensor())];
        double[] a = e.children().stream().mapToDouble(c -> value(c, at)).toArray();
        return ((Expr.Apply) e).op().apply(a);
    }

    /** Whether some condition, denominator or root is so near its edge that rounding, or 0/0, decides. */
    private static boolean isEdge(Expr e, double[] at) {
        boolean[] edge = new boolean[1];
        e.visit(x -> {
            if (!Double.isFinite(value(x, at))) edge[0] = true;
            if (!(x instanceof Expr.Apply a)) return;
            double[] v = a.arguments().stream().mapToDouble(c -> value(c, at)).toArray();
            switch (a.op()) {
                case LT, GT, MAX -> edge[0] |= Math.abs(v[0] - v[1]) < 1e-9;
                case NOT, AND, SQRT -> {
                    for (double d : v) edge[0] |= Math.abs(d) < 1e-9 && d != 0 || a.op() == Op.SQRT && d < 1e-9;
                }
                case SELECT, ABS -> edge[0] |= Math.abs(v[0]) < 1e-9;
                case DIV -> edge[0] |= Math.abs(v[1]) < 1e-6;
                case POW -> edge[0] |= Math.abs(v[0]) < 1e-6;
                default -> {}
            }
        });
        return edge[0];
    }
}
