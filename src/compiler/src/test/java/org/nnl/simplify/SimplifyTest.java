package org.nnl.simplify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.GraphReader;

class SimplifyTest {
    /** Simplifies, compares values, and compares the equations as text. */
    private static void check(String graph, String expected) {
        Graph simple = Sampled.simplified(GraphReader.read(graph));
        assertThat(simple.equations().stream().map(Equation::toString).collect(Collectors.joining("\n")))
                .isEqualTo(expected.strip());
    }

    @Test
    void deadEquationsAndTheirTensorsGo() {
        check("""
                input x[B, 3]
                value u[B, 3]
                value v[B, 3]
                value y[B, 3]
                u[b,i] = x[b,i]*x[b,i]  for b < B, i < 3
                v[b,i] = tanh(u[b,i])  for b < B, i < 3
                y[b,i] = exp(x[b,i])  for b < B, i < 3
                result y
                """, """
                y[b,i] = exp(x[b,i])  for b < B, i < 3
                """);
    }

    @Test
    void copiesGoIntoTheirReaders() {
        check("""
                input x[B, 4, 3]
                param W[2, 3]
                value u[B, 3]
                value y[B, 2]
                u[b,j] = x[b,2,j]  for b < B, j < 3
                y[b,i] += W[i,j]*u[b,j]  for b < B, i < 2, j < 3
                result y
                """, """
                y[b,i] += W[i,j]*x[b,2,j]  for b < B, i < 2, j < 3
                """);
    }

    @Test
    void aCopyThatLooksDifferentOutsideStays() {
        check("""
                input x[5]
                value u[4]
                value y[4]
                u[i] = x[i+1]  for i < 4
                y[i] = u[i-1] + u[i]  for i < 4
                result y
                """, """
                u[i] = x[i+1]  for i < 4
                y[i] = u[i-1] + u[i]  for i < 4
                """);
    }

    @Test
    void aChoiceIsMadeBeforeTheMaximumAndArithmeticWithinIt() {
        check("""
                input x[B, 6]
                value u[B, 6]
                value v[B, 6]
                value y[B, 3]
                value z[B, 3]
                u[b,i] = select(x[b,i] > 0, x[b,i], 0)  for b < B, i < 6
                y[b,i] max= u[b,2*i+k]  for b < B, i < 3, k < 2
                v[b,i] = x[b,i] + 1  for b < B, i < 6
                z[b,i] max= v[b,2*i+k]  for b < B, i < 3, k < 2
                result y
                result z
                """, """
                u[b,i] = select(x[b,i] > 0, x[b,i], 0)  for b < B, i < 6
                y[b,i] max= u[b,2*i+k]  for b < B, i < 3, k < 2
                z[b,i] max= x[b,2*i+k] + 1  for b < B, i < 3, k < 2
                """);
    }

    @Test
    void whatIsReadOnceMovesAndWhatIsSharedStays() {
        check("""
                input x[B, 3]
                value u[B, 3]
                value h[B, 3]
                value v[B, 3]
                value y[B, 3]
                u[b,i] = x[b,i] + 1  for b < B, i < 3
                h[b,i] = tanh(u[b,i])  for b < B, i < 3
                v[b,i] = h[b,i]*h[b,i]  for b < B, i < 3
                y[b,i] = h[b,i] + v[b,i]/(1 + v[b,i])  for b < B, i < 3
                result y
                """, """
                h[b,i] = tanh(x[b,i] + 1)  for b < B, i < 3
                v[b,i] = h[b,i]*h[b,i]  for b < B, i < 3
                y[b,i] = h[b,i] + v[b,i]/(1 + v[b,i])  for b < B, i < 3
                """);
    }

    @Test
    void oneHotBecomesALookUp() {
        check("""
                input x[B] : class(5)
                param W[3, 5]
                value o[B, 5]
                value y[B, 3]
                o[b,j] = select(j == x[b], 1, 0)  for b < B, j < 5
                y[b,i] += W[i,j]*o[b,j]  for b < B, i < 3, j < 5
                result y
                """, """
                y[b,i] = W[i,x[b]]  for b < B, i < 3
                """);
    }

    @Test
    void oneHotBecomesARowAccumulation() {
        check("""
                input x[B] : class(5)
                input d_y[B, 3]
                value o[B, 5]
                value d_W[3, 5]
                o[b,j] = select(j == x[b], 1, 0)  for b < B, j < 5
                d_W[i,j] += d_y[b,i]*o[b,j]  for b < B, i < 3, j < 5
                result d_W
                """, """
                d_W[i,x[b]] += d_y[b,i]  for b < B, i < 3
                """);
    }

    @Test
    void oneHotOutOfRangeIsGuarded() {
        check("""
                input x[B] : class(9)
                input d_y[B, 3]
                value d_W[3, 5]
                d_W[i,j] += select(j == x[b], d_y[b,i], 0)  for b < B, i < 3, j < 5
                result d_W
                """, """
                d_W[i,x[b]] += select(x[b] < 5, d_y[b,i], 0)  for b < B, i < 3
                """);
    }

    @Test
    void equalEquationsAreOne() {
        check("""
                input x[B, 3]
                param W[2, 3]
                value u[B, 2]
                value v[B, 2]
                value y[B, 2]
                u[b,i] += W[i,j]*x[b,j]  for b < B, i < 2, j < 3
                v[b,k] += x[b,i]*W[k,i]  for b < B, k < 2, i < 3
                y[b,i] = u[b,i] + tanh(v[b,i])  for b < B, i < 2
                result y
                """, """
                u[b,i] += W[i,j]*x[b,j]  for b < B, i < 2, j < 3
                y[b,i] = u[b,i] + tanh(u[b,i])  for b < B, i < 2
                """);
    }

    @Test
    void sumsOfProductsAreSplit() {
        check("""
                input x[B, 3]
                input h[B, 3]
                param W[2, 3]
                param U[2, 3]
                value y[B, 2]
                y[b,i] += W[i,j]*x[b,j] - U[i,j]*h[b,j]  for b < B, i < 2, j < 3
                result y
                """, """
                y[b,i] += W[i,j]*x[b,j]  for b < B, i < 2, j < 3
                y.sum[b,i] += U[i,j]*h[b,j]  for b < B, i < 2, j < 3
                y[b,i] += -y.sum[b,i]  for b < B, i < 2
                """);
    }

    @Test
    void factorsOfOneSideAreOneTensor() {
        check("""
                input d[B, 8]
                input h[B, 8]
                input x[B, 5]
                value d_W[8, 5]
                value d_b[8]
                d_W[i,j] += d[b,i]*(1 - h[b,i]*h[b,i])*x[b,j]  for b < B, i < 8, j < 5
                d_b[i] += d[b,i]*(1 - h[b,i]*h[b,i])  for b < B, i < 8
                result d_W, d_b
                """, """
                d_W.factor[b,i] = d[b,i]*(1 - h[b,i]*h[b,i])  for b < B, i < 8
                d_W[i,j] += d_W.factor[b,i]*x[b,j]  for b < B, i < 8, j < 5
                d_b[i] += d_W.factor[b,i]  for b < B, i < 8
                """);
    }

    @Test
    void invariantFactorsLeaveTheSum() {
        check("""
                input x[B, 3]
                input y[B]
                value loss
                loss[] += y[b]*x[b,i]*x[b,i]/size(B)  for b < B, i < 3
                result loss
                """, """
                loss.sum[] += y[b]*x[b,i]*x[b,i]  for b < B, i < 3
                loss[] = loss.sum[]/size(B)
                """);
    }

    @Test
    void costlyScalarsAreComputedOnce() {
        check("""
                param w[50]
                input m[50]
                setting beta
                setting step : integer
                value w'[50]
                w'[i] = w[i] - m[i]/(1 - beta[]^step[])  for i < 50
                commit w <- w'
                """, """
                beta.power.inverse[] = 1/(1 - beta[]^step[])
                w'[i] = w[i] - m[i]*beta.power.inverse[]  for i < 50
                """);
    }

    @Test
    void sharedTranscendentalsAreTensors() {
        check("""
                input x[B, 3]
                value y[B, 3]
                value z[B, 3]
                value h[B, 3]
                value u[B, 3]
                y[b,i] = 1 + exp(2*x[b,i])  for b < B, i < 3
                z[b,i] = x[b,i]*exp(x[b,i]*2)  for b < B, i < 3
                h[b,i] = tanh(x[b,i])  for b < B, i < 3
                u[b,i] = 1 - tanh(x[b,i])*tanh(x[b,i])  for b < B, i < 3
                result y, z, h, u
                """, """
                x.exp[b,i] = exp(2*x[b,i])  for b < B, i < 3
                y[b,i] = 1 + x.exp[b,i]  for b < B, i < 3
                z[b,i] = x[b,i]*x.exp[b,i]  for b < B, i < 3
                h[b,i] = tanh(x[b,i])  for b < B, i < 3
                u[b,i] = 1 - h[b,i]*h[b,i]  for b < B, i < 3
                """);
    }

    @Test
    void adjointsOfSoftmaxCrossEntropyMeet() {
        check("""
                input p[B, 4]
                target y[B] : class(4)
                value d_z[B, 4]
                d_z[b,k] += p[b,k]/size(B)  for b < B, k < 4
                d_z[b,y[b]] += -1/size(B)  for b < B
                result d_z
                """, """
                d_z.part[] = 1/size(B)
                d_z[b,k] = (p[b,k] - select(k == y[b], 1, 0))*d_z.part[]  for b < B, k < 4
                """);
    }

    @Test
    void sumsThatAreOnlyPassedOnAddDirectly() {
        check("""
                input g[B, 3]
                param W[3, 3]
                value s[B, 3]
                value d_x[B, 3]
                s[b,j] += W[i,j]*g[b,i]  for b < B, i < 3, j < 3
                d_x[b,j] += s[b,j]  for b < B, j < 3
                d_x[b,j] += g[b,j]  for b < B, j < 3
                result d_x
                """, """
                d_x[b,j] += W[i,j]*g[b,i]  for b < B, i < 3, j < 3
                d_x[b,j] += g[b,j]  for b < B, j < 3
                """);
    }

    @Test
    void productsAreSummedInTheCheapestOrder() {
        check("""
                input x[B, 10]
                param P[10, 10]
                param Q[10, 10]
                value y[B, 10]
                y[b,l] += x[b,j]*P[j,k]*Q[k,l]  for b < B, l < 10, j < 10, k < 10
                result y
                """, """
                y.sum[l,j] += P[j,k]*Q[k,l]  for l < 10, j < 10, k < 10
                y[b,l] += y.sum[l,j]*x[b,j]  for b < B, l < 10, j < 10
                """);
    }

    @Test
    void exponentialsOfASumAndItsGradientAreShared() {
        check("""
                input z[B, 3]
                value s[B]
                value p[B, 3]
                s[b] += exp(z[b,k])  for b < B, k < 3
                p[b,k] = exp(z[b,k])/s[b]  for b < B, k < 3
                result s, p
                """, """
                z.exp[b,k] = exp(z[b,k])  for b < B, k < 3
                s[b] += z.exp[b,k]  for b < B, k < 3
                p[b,k] = z.exp[b,k]/s[b]  for b < B, k < 3
                """);
    }

    @Test
    void dimensionsWithoutVariationGo() {
        check("""
                input x[B, 3]
                input g[B]
                value u[B, 3]
                value y[B, 3]
                value z[B, 3]
                u[b,i] = g[b]*g[b]  for b < B, i < 3
                y[b,i] = u[b,i] + x[b,i]  for b < B, i < 3
                z[b,i] = u[b,i] - x[b,i]  for b < B, i < 3
                result y, z
                """, """
                u2[b] = g[b]*g[b]  for b < B
                y[b,i] = u2[b] + x[b,i]  for b < B, i < 3
                z[b,i] = u2[b] - x[b,i]  for b < B, i < 3
                """);
    }

    @Test
    void sumsAreWrittenWhereTheyAreCopied() {
        check("""
                input p[B, 2, 3]
                param V[3, 4]
                value a[B, 2, 4]
                value y[B, 8]
                a[b,h,c] += p[b,h,j]*V[j,c]  for b < B, h < 2, c < 4, j < 3
                y[b,4*h+c] = a[b,h,c]  for b < B, h < 2, c < 4
                result y
                """, """
                y[b,c+4*h] += p[b,h,j]*V[j,c]  for b < B, h < 2, c < 4, j < 3
                """);
    }

    @Test
    void slicesThatAreWrittenOnceAreSet() {
        check("""
                input x[B, 3]
                value y[B, 2, 3]
                y[b,0,i] += x[b,i]*x[b,i]  for b < B, i < 3
                y[b,1,i] += exp(x[b,i])  for b < B, i < 3
                result y
                """, """
                y[b,0,i] = x[b,i]*x[b,i]  for b < B, i < 3
                y[b,1,i] = exp(x[b,i])  for b < B, i < 3
                """);
    }

    @Test
    void recurrencesKeepTheirDelay() {
        check("""
                input x[B, 6, 2]
                param U[2, 2]
                value a[B, 6, 2]
                value s[B, 6, 2]
                value h[B, 6, 2]
                value c[B, 6, 2]
                value y[B, 2]
                a[b,t,i] += U[i,j]*h[b,t-1,j]  for b < B, t < 6, i < 2, j < 2
                s[b,t,i] = a[b,t,i] + x[b,t,i]  for b < B, t < 6, i < 2
                h[b,t,i] = tanh(s[b,t,i])  for b < B, t < 6, i < 2
                c[b,t,i] = 0.5*c[b,t-1,i]  for b < B, t < 6, i < 2
                y[b,i] = h[b,5,i] + c[b,5,i]  for b < B, i < 2
                result y
                """, """
                a[b,t,i] += U[i,j]*h[b,t-1,j]  for b < B, t < 6, i < 2, j < 2
                h[b,t,i] = tanh(a[b,t,i] + x[b,t,i])  for b < B, t < 6, i < 2
                c[b,t,i] = 0.5*c[b,t-1,i]  for b < B, t < 6, i < 2
                y[b,i] = h[b,5,i] + c[b,5,i]  for b < B, i < 2
                """);
    }

    @Test
    void zeroAdjointsVanish() {
        check("""
                input x[B, 3]
                value u[B, 3]
                value y[B, 3]
                u[b,i] += 0*x[b,i]  for b < B, i < 3
                y[b,i] += x[b,i]  for b < B, i < 3
                y[b,i] += u[b,i]*x[b,i]  for b < B, i < 3
                result y
                """, """
                y[b,i] = x[b,i]  for b < B, i < 3
                """);
    }

    @Test
    void unusedAxesAreCounted() {
        check("""
                input x[3]
                value y[3]
                y[i] += x[i]  for b < B, i < 3, j < 4
                result y
                """, """
                y[i] = 4*x[i]*size(B)  for i < 3
                """);
    }

    @Test
    void whatIsDoneIsRecorded() {
        Graph g = Simplify.simplify(GraphReader.read("""
                input x[3]
                value y[3]
                y[i] += x[i]*1  for i < 3
                result y
                """));
        assertThat(g.equations().get(0).origin().rewrites()).containsExactly("algebra", "sum of one");
    }

    @Test
    void manyEquationsTakeTimeInProportion() {
        long small = time(100), large = time(1000);
        assertThat(large).isLessThan(60 * Math.max(small, 20_000_000L));
    }

    private static long time(int layers) {
        StringBuilder s = new StringBuilder("input x[B, 8]\n");
        StringBuilder e = new StringBuilder();
        String last = "x";
        for (int n = 0; n < layers; n++) {
            s.append("param W").append(n).append("[8, 8]\nvalue z").append(n).append("[B, 8]\nvalue h").append(n).append("[B, 8]\n");
            e.append("z%1$d[b,i] += W%1$d[i,j]*%2$s[b,j]  for b < B, i < 8, j < 8\n".formatted(n, last));
            e.append("h%1$d[b,i] = tanh(z%1$d[b,i]*1) + %2$s[b,i]  for b < B, i < 8\n".formatted(n, last));
            last = "h" + n;
        }
        Graph g = GraphReader.read(s + "" + e + "result " + last);
        long start = System.nanoTime();
        Graph simple = Simplify.simplify(g);
        assertThat(simple.equations()).hasSize(2 * layers);
        return System.nanoTime() - start;
    }

    @Test
    void aMaskIsReadFromTheValueWhereTheArgumentIsNeededForNothingElse() {
        for (String body : new String[] {"select(x[b,i] > 0, x[b,i], 0)", "max(x[b,i], 0)", "select(x[b,i] > 0, x[b,i], 0.01*x[b,i])"})
            check(masked(body, "select(x[b,i] > 0, u[b,i], 0)"), """
                    x[b,i] += W[i,j]*u[b,j]  for b < B, i < 3, j < 3
                    h[b,i] = %s  for b < B, i < 3
                    y[b,i] = select(h[b,i] > 0, u[b,i], 0)  for b < B, i < 3
                    """.formatted(body));
    }

    @Test
    void aMaskIsReadFromTheArgumentWhereTheValueDoesNotTellOrTheArgumentIsNeeded() {
        String[][] cases = {
            {"select(x[b,i] > 0, x[b,i], (-0.01)*x[b,i])", "select(x[b,i] > 0, u[b,i], 0)"},
            {"select(x[b,i] > 0, x[b,i], 1)", "select(x[b,i] > 0, u[b,i], 0)"},
            {"max(x[b,i], 1)", "select(x[b,i] > 0, u[b,i], 0)"},
            {"max(x[b,i], 0)", "select(x[b,i] > 0, x[b,i]*u[b,i], 0)"}
        };
        for (String[] c : cases)
            check(masked(c[0], c[1]), """
                    x[b,i] += W[i,j]*u[b,j]  for b < B, i < 3, j < 3
                    h[b,i] = %s  for b < B, i < 3
                    y[b,i] = %s  for b < B, i < 3
                    """.formatted(c[0], c[1]));
    }

    @Test
    void aMaskStaysWhereArgumentAndValueLookDifferentOutside() {
        String mask = "select(x[b,i-1] > 0, u[b,i], 0)";
        check(masked("max(x[b,i], 0)", mask).replace("value x[B, 3]", "value x[B, 3] outside 1"), """
                x[b,i] += W[i,j]*u[b,j]  for b < B, i < 3, j < 3
                h[b,i] = max(x[b,i], 0)  for b < B, i < 3
                y[b,i] = %s  for b < B, i < 3
                """.formatted(mask));
        check(masked("max(x[b,i], 0)", mask), """
                x[b,i] += W[i,j]*u[b,j]  for b < B, i < 3, j < 3
                h[b,i] = max(x[b,i], 0)  for b < B, i < 3
                y[b,i] = select(h[b,i-1] > 0, u[b,i], 0)  for b < B, i < 3
                """);
    }

    /** As in the gradient of max(dense(x, 3), 0.1), in which the bias is part of the argument. */
    @Test
    void aMaskByAnExpressionIsReadFromTheValueToo() {
        for (String[] c : new String[][] {
            {"max(x[b,i] + c[i], 0.1)", "select(x[b,j] + c[j] > 0.1, u[b,j], 0)", "select(h[b,j] > 0.1, u[b,j], 0)"},
            {"select(x[b,i] + c[i] > 0, x[b,i] + c[i], 0)", "select(x[b,j] + c[j] > 0, u[b,j], 0)", "select(h[b,j] > 0, u[b,j], 0)"},
            {"max(x[b,i] + c[i], 0.1)", "select(x[b,j] + c[j] > 0.2, u[b,j], 0)", "select(x[b,j] + c[j] > 0.2, u[b,j], 0)"},
            {"max(x[b,i] + c[i], 0.1)", "select(x[b,j] + c[0] > 0.1, u[b,j], 0)", "select(x[b,j] + c[0] > 0.1, u[b,j], 0)"}})
            check(masked(c[0], c[1]).replace("y[b,i] = %s  for b < B, i".formatted(c[1]), "y[b,j] = %s  for b < B, j".formatted(c[1])).replace("value x", "param c[3]\nvalue x"), """
                    x[b,i] += W[i,j]*u[b,j]  for b < B, i < 3, j < 3
                    h[b,i] = %s  for b < B, i < 3
                    y[b,j] = %s  for b < B, j < 3
                    """.formatted(c[0], c[2]));
    }

    private static String masked(String value, String mask) {
        return """
                input u[B, 3]
                param W[3, 3]
                value x[B, 3]
                value h[B, 3]
                value y[B, 3]
                x[b,i] += W[i,j]*u[b,j]  for b < B, i < 3, j < 3
                h[b,i] = %s  for b < B, i < 3
                y[b,i] = %s  for b < B, i < 3
                result h, y
                """.formatted(value, mask);
    }
}
