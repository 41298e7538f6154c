package org.nnl.simplify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nnl.simplify.Sampled.check;

import org.junit.jupiter.api.Test;
import org.nnl.equations.Graph;
import org.nnl.equations.GraphReader;

class SimplifyTest {
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

    private static final String POOLED = """
            input x[B, 6]
            input g[B, 3]
            value m[B, 3]
            value at[B, 3] : class(2)
            value d[B, 6]
            value y[B, 6]
            value z[B]
            m[b,i] max= x[b,2*i+u]  for b < B, i < 3, u < 2
            at[b,i] argmax=(u) x[b,2*i+u]  for b < B, i < 3, u < 2
            d[b,2*i+at[b,i]] += g[b,i]  for b < B, i < 3
            y[b,k] = select(x[b,k] > 0, d[b,k], 0)  for b < B, k < 6
            z[b] += y[b,k]  for b < B, k < 6
            result m
            result y
            result z
            """;

    @Test
    void whatIsSentToWhereAMaximumWasIsMaskedBefore() {
        check(POOLED, """
                m[b,i] max= x[b,2*i+u]  for b < B, i < 3, u < 2
                at[b,i] argmax=(u) x[b,2*i+u]  for b < B, i < 3, u < 2
                y.sent[b,i] = select(m[b,i] > 0, g[b,i], 0)  for b < B, i < 3
                y[b,2*i+at[b,i]] += y.sent[b,i]  for b < B, i < 3
                z[b] += y.sent[b,i]  for b < B, i < 3
                """);
    }

    @Test
    void whatIsSentIsNotMaskedBeforeWhereThatIsNotTheSame() {
        // windows meet; what is asked is not the maximum's; nothing does not stay nothing; part of the row is summed
        for (String[] change : new String[][] {
            {"2*i+", "i+"}, {"x[b,k] > 0", "g[b,k] > 0"}, {"d[b,k], 0)", "d[b,k], 1)"}, {"x[b,k] > 0", "x[b,k+1] > 0"}
        }) {
            Graph g = GraphReader.read(POOLED.replace(change[0], change[1]));
            assertThat(Sampled.simplified(g).toString()).as(String.join(" to ", change)).doesNotContain("sent");
        }
        Graph part = Sampled.simplified(GraphReader.read(POOLED.replace("z[b] += y[b,k]  for b < B, k < 6", "z[b] += y[b,k]  for b < B, k < 5")));
        assertThat(part.toString()).contains("y[b,2*i+at[b,i]] += y.sent[b,i]", "z[b] += y[b,k]");
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

    /** How long it takes is measured by the benchmark {@code CompileTime}. */
    @Test
    void everyLayerOfADeepNetworkIsSimplified() {
        int layers = 1000;
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
        assertThat(Simplify.simplify(g).equations()).hasSize(2 * layers);
    }
}
