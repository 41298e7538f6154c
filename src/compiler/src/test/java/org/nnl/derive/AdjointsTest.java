package org.nnl.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.nnl.equations.Graph;
import org.nnl.equations.GraphReader;
import org.nnl.equations.Tensor;
import org.nnl.evaluate.Evaluator;
import org.nnl.verify.Verifier;

/** The rule against central differences, on graphs as text. */
class AdjointsTest {
    private static final Partials PARTIALS = Partials.shipped();

    /** The greatest difference between derived gradient and central differences over all params of a graph with result loss. */
    static double worst(String text, Partials partials, UnaryOperator<Graph> fault) {
        Graph g = Derive.requested(Stabilize.stabilize(GraphReader.read(text)), partials);
        Map<String, String> wanted = new LinkedHashMap<>();
        for (Tensor t : g.tensors().values())
            if (t.role() == Tensor.Role.PARAM) wanted.put(t.name(), "d_" + t.name());
        Graph d = fault.apply(Verifier.check(Adjoints.extend(g, "loss", wanted, "d_", partials), "derive"));
        int batch = 3;
        Map<String, double[]> given = new LinkedHashMap<>();
        Random random = new Random(5);
        for (Tensor t : g.tensors().values()) {
            if (t.role() == Tensor.Role.VALUE) continue;
            double[] v = new double[(int) t.elements(batch)];
            for (int k = 0; k < v.length; k++)
                v[k] = t.isInteger() ? random.nextInt(t.classes()) : random.nextGaussian() * 0.8;
            given.put(t.name(), v);
        }
        Map<String, double[]> values = Evaluator.evaluate(d, given, batch);
        double worst = 0;
        for (String p : wanted.keySet()) {
            double[] w = given.get(p);
            double[] dw = values.get("d_" + p);
            for (int k = 0; k < w.length; k++) {
                double old = w[k];
                double h = 1e-5;
                w[k] = old + h;
                double up = Evaluator.evaluate(g, given, batch).get("loss")[0];
                w[k] = old - h;
                double down = Evaluator.evaluate(g, given, batch).get("loss")[0];
                w[k] = old;
                double difference = (up - down) / (2 * h);
                double error = Math.abs(dw[k] - difference) / (1 + Math.abs(difference));
                if (!(error <= worst)) worst = error;
            }
        }
        return worst;
    }

    private static void check(String text) {
        assertThat(worst(text, PARTIALS, g -> g)).isLessThan(1e-7);
    }

    static final String LAYER = """
            graph loss
            input x[B,4]
            param W[3,4]
            param c[3]
            value z[B,3]
            value h[B,3]
            value loss
            z[b,i] += W[i,j]*x[b,j]  for b < B, i < 3, j < 4
            z[b,i] += c[i]  for b < B, i < 3
            h[b,i] = tanh(z[b,i])  for b < B, i < 3
            loss[] += h[b,i]^2/size(B)  for b < B, i < 3
            result loss
            """;

    @Test
    void matrixProductBiasTanh() {
        check(LAYER);
    }

    static final String CONVOLUTION = """
            graph loss
            input x[B,2,7,7]
            param K[3,2,3,3]
            param c[3]
            value z[B,3,4,4]
            value a[B,3,4,4]
            value p[B,3,2,2]
            value loss
            z[b,o,i,j] += K[o,q,u,v]*x[b,q,2*i+u-1,2*j+v-1]  for b < B, o < 3, i < 4, j < 4, q < 2, u < 3, v < 3
            a[b,o,i,j] = max(z[b,o,i,j] + c[o], 0)  for b < B, o < 3, i < 4, j < 4
            p[b,o,i,j] += 0.25*a[b,o,2*i+u,2*j+v]  for b < B, o < 3, i < 2, j < 2, u < 2, v < 2
            loss[] += p[b,o,i,j]*p[b,o,i,j]  for b < B, o < 3, i < 2, j < 2
            result loss
            """;

    @Test
    void stridedPaddedConvolutionReluAveragePool() {
        check(CONVOLUTION);
    }

    static final String MAX_POOL = """
            graph loss
            input x[B,6,6]
            param K[2,3,3]
            value z[B,2,6,6]
            value p[B,2,3,3]
            value loss
            z[b,o,i,j] += K[o,u,v]*x[b,i+u-1,j+v-1]  for b < B, o < 2, i < 6, j < 6, u < 3, v < 3
            p[b,o,i,j] max= tanh(z[b,o,2*i+u,2*j+v])  for b < B, o < 2, i < 3, j < 3, u < 2, v < 2
            loss[] += sin(p[b,o,i,j])  for b < B, o < 2, i < 3, j < 3
            result loss
            """;

    @Test
    void convolutionMaxPool() {
        check(MAX_POOL);
    }

    @Test
    void maximumOverEverything() {
        check("""
                graph loss
                input x[B,4]
                param w[4]
                value m
                value loss
                m[] max= w[i]*x[b,i]*i  for b < B, i < 4
                loss[] = m[]^2
                result loss
                """);
    }

    static final String EMBEDDING = """
            graph loss
            input w[B,5] : class(3)
            param E[3,4]
            value s[B,4]
            value loss
            s[b,k] += E[w[b,t],k]*(t + 1)  for b < B, k < 4, t < 5
            loss[] += sin(s[b,k])  for b < B, k < 4
            result loss
            """;

    @Test
    void embeddingWithARepeatedToken() {
        check(EMBEDDING);
    }

    static final String SOFTMAX = """
            graph loss
            input x[B,4]
            target y[B] : class(5)
            param W[5,4]
            value z[B,5]
            value m[B]
            value e[B,5]
            value s[B]
            value p[B,5]
            value q[B,5]
            value loss
            z[b,i] += W[i,j]*x[b,j]  for b < B, i < 5, j < 4
            m[b] max= z[b,i]  for b < B, i < 5
            e[b,i] = exp(z[b,i] - stop(m[b]))  for b < B, i < 5
            s[b] += e[b,i]  for b < B, i < 5
            p[b,i] = e[b,i]/s[b]  for b < B, i < 5
            q[b,i] = p[b,i]  for b < B, i < 5
            loss[] += -log(q[b,y[b]])/size(B)  for b < B
            result loss
            """;

    @Test
    void softmaxCrossEntropy() {
        check(SOFTMAX);
    }

    @Test
    void softmaxWithoutStop() {
        check(SOFTMAX.replace("stop(m[b])", "m[b]"));
    }

    static final String NORMALISATION = """
            graph loss
            input x[B,6]
            param W[6,6]
            param g[6]
            param c[6]
            value z[B,6]
            value mean[B]
            value v[B]
            value n[B,6]
            value loss
            z[b,i] += W[i,j]*x[b,j]  for b < B, i < 6, j < 6
            mean[b] += z[b,i]/6  for b < B, i < 6
            v[b] += (z[b,i] - mean[b])^2/6  for b < B, i < 6
            n[b,i] = (z[b,i] - mean[b])/sqrt(v[b] + 0.00001)*g[i] + c[i]  for b < B, i < 6
            loss[] += sin(n[b,i])  for b < B, i < 6
            result loss
            """;

    @Test
    void layerNormalisation() {
        check(NORMALISATION);
    }

    @Test
    void recurrence() {
        check("""
                graph loss
                input x[B,5,3]
                param W[4,3]
                param U[4,4]
                value a[B,5,4]
                value h[B,5,4]
                value loss
                a[b,t,i] += W[i,j]*x[b,t,j]  for b < B, t < 5, i < 4, j < 3
                a[b,t,i] += U[i,k]*h[b,t-1,k]  for b < B, t < 5, i < 4, k < 4
                h[b,t,i] = tanh(a[b,t,i])  for b < B, t < 5, i < 4
                loss[] += h[b,4,i]^2  for b < B, i < 4
                result loss
                """);
    }

    @Test
    void gatedRecurrentUnit() {
        check("""
                graph loss
                input x[B,4,3]
                param W[3,4,3]
                param U[3,4,4]
                value a[B,4,2,4]
                value n[B,4,4]
                value h[B,4,4]
                value loss
                a[b,t,g,i] += W[g,i,j]*x[b,t,j]  for b < B, t < 4, g < 2, i < 4, j < 3
                a[b,t,g,i] += U[g,i,k]*h[b,t-1,k]  for b < B, t < 4, g < 2, i < 4, k < 4
                n[b,t,i] += W[2,i,j]*x[b,t,j]  for b < B, t < 4, i < 4, j < 3
                n[b,t,i] += U[2,i,k]*sigmoid(a[b,t,0,k])*h[b,t-1,k]  for b < B, t < 4, i < 4, k < 4
                h[b,t,i] = (1 - sigmoid(a[b,t,1,i]))*tanh(n[b,t,i]) + sigmoid(a[b,t,1,i])*h[b,t-1,i]  for b < B, t < 4, i < 4
                loss[] += h[b,t,i]^2  for b < B, t < 4, i < 4
                result loss
                """);
    }

    static final String LSTM = """
            graph loss
            input x[B,4,3]
            param W[4,5,3]
            param U[4,5,5]
            param c0[5]
            value a[B,4,4,5]
            value c[B,4,5]
            value h[B,4,5]
            value loss
            a[b,t,g,i] += W[g,i,j]*x[b,t,j]  for b < B, t < 4, g < 4, i < 5, j < 3
            a[b,t,g,i] += U[g,i,k]*h[b,t-1,k]  for b < B, t < 4, g < 4, i < 5, k < 5
            c[b,t,i] = sigmoid(a[b,t,1,i])*select(t == 0, c0[i], c[b,t-1,i]) + sigmoid(a[b,t,0,i])*tanh(a[b,t,2,i])  for b < B, t < 4, i < 5
            h[b,t,i] = sigmoid(a[b,t,3,i])*tanh(c[b,t,i])  for b < B, t < 4, i < 5
            loss[] += sin(h[b,t,i])  for b < B, t < 4, i < 5
            result loss
            """;

    @Test
    void longShortTermMemory() {
        check(LSTM);
    }

    @Test
    void huberEluOuter() {
        check("""
                graph loss
                input x[B,3]
                target y[B,3,3]
                param W[3,3]
                value z[B,3]
                value a[B,3]
                value o[B,3,3]
                value loss
                z[b,i] += W[i,j]*x[b,j]  for b < B, i < 3, j < 3
                a[b,i] = select(z[b,i] > 0, z[b,i], 0.7*expm1(z[b,i]))  for b < B, i < 3
                o[b,i,j] = a[b,i]*a[b,j]  for b < B, i < 3, j < 3
                loss[] += select(abs(o[b,i,j] - y[b,i,j]) < 1, 0.5*(o[b,i,j] - y[b,i,j])^2, abs(o[b,i,j] - y[b,i,j]) - 0.5)  for b < B, i < 3, j < 3
                result loss
                """);
    }

    @Test
    void disjointParts() {
        check("""
                graph loss
                param w[2,3]
                value y[4,3]
                value loss
                y[i,j] = sin(w[i,j])  for i < 2, j < 3
                y[i+2,j] = w[i,j]*w[1-i,j]  for i < 2, j < 3
                loss[] += y[i,j]*y[3-i,j]*(i + 1)  for i < 4, j < 3
                result loss
                """);
    }

    static final String WAVE = """
            graph loss
            input x[B,2]
            param W[5,2]
            param c[5]
            param v[5]
            value z[B,5]
            value h[B,5]
            value u[B]
            value g[B,2]
            value gx[B]
            value gg[B,2]
            value loss
            z[b,i] += W[i,j]*x[b,j]  for b < B, i < 5, j < 2
            z[b,i] += c[i]  for b < B, i < 5
            h[b,i] = tanh(z[b,i])  for b < B, i < 5
            u[b] += v[i]*h[b,i]  for b < B, i < 5
            gx[b] = g[b,0]  for b < B
            g = d(u, x)
            gg = d(gx, x)
            loss[] += (gg[b,0] + g[b,1]*u[b])^2  for b < B
            result loss
            """;

    @Test
    void secondDerivatives() {
        check(WAVE);
    }
}
