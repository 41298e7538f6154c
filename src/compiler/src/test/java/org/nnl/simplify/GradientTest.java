package org.nnl.simplify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnl.derive.Derive;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.GraphReader;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.program.TrainSettings;

/** Gradients as derived and as simplified: the same values, at a cost within a small factor of the loss alone. */
class GradientTest {
    /** Work of a graph: for every equation, points of its box times operations, a transcendental counting ten. */
    static double cost(Graph g) {
        double cost = 0;
        for (Equation e : g.equations()) {
            double points = 1;
            for (Axis a : e.box()) points *= a.size().at(32);
            double[] operations = {e.fold() == Fold.SET ? 0 : 1};
            e.body().visit(x -> {
                if (x instanceof Expr.Apply a) operations[0] += Algebra.isCostly(a.op()) ? 10 : 1;
            });
            cost += points * operations[0];
        }
        return cost;
    }

    /** The equations without their origins, which quote derivatives. */
    private static String text(Graph g) {
        StringBuilder s = new StringBuilder();
        g.equations().forEach(e -> s.append(e).append('\n'));
        return s.toString();
    }

    private static Graph gradient(Graph training) {
        List<Tensor> params =
                training.tensors().values().stream().filter(t -> t.role() == Tensor.Role.PARAM).toList();
        Program p = new Program(
                "M", "", "m.nnl", List.of(), List.of(), params, List.of(), Map.of(), List.of(), List.of(),
                List.of(new Program.Objective("loss", "loss", params.stream().map(Tensor::name).toList())),
                TrainSettings.DEFAULT, Map.of("training", training));
        return Derive.derive(p).graph("gradient");
    }

    /** The simplified gradient, checked against the derived one. */
    private static Graph check(String model, double factor) {
        Graph training = GraphReader.read(model);
        Graph gradient = gradient(training);
        Graph simple = Sampled.simplified(gradient);
        assertThat(cost(simple)).as("%s", simple).isLessThanOrEqualTo(cost(gradient));
        assertThat(cost(simple) / cost(Simplify.simplify(training))).as("%s", simple).isLessThan(factor);
        return simple;
    }

    @Test
    void layerAndSoftmaxCrossEntropy() {
        Graph g = check("""
                graph training
                input x[B, 64]
                target y[B] : class(10)
                param W[32, 64]
                param c[32]
                param V[10, 32]
                param d[10]
                value z.1[B, 32]
                value z[B, 32]
                value h[B, 32]
                value q.1[B, 10]
                value q[B, 10]
                value top[B]
                value s[B]
                value p[B, 10]
                value l[B]
                value loss
                z.1[b,i] += W[i,j]*x[b,j]  for b < B, i < 32, j < 64
                z[b,i] = z.1[b,i] + c[i]  for b < B, i < 32
                h[b,i] = tanh(z[b,i])  for b < B, i < 32
                q.1[b,i] += V[i,j]*h[b,j]  for b < B, i < 10, j < 32
                q[b,i] = q.1[b,i] + d[i]  for b < B, i < 10
                top[b] max= q[b,i]  for b < B, i < 10
                s[b] += exp(q[b,i] - top[b])  for b < B, i < 10
                p[b,i] = exp(q[b,i] - top[b])/s[b]  for b < B, i < 10
                l[b] = -log(p[b,y[b]])  for b < B
                loss[] += l[b]/size(B)  for b < B
                result loss
                """, 3.5);
        assertThat(text(g))
                .contains("d_q[b,i] = d_s[b]*q.exp[b,i] - select(i == y[b], d_l2[], 0)")
                .doesNotContain("argmax");
    }

    @Test
    void normalisationAndBinaryCrossEntropy() {
        Graph g = check("""
                graph training
                input x[B, 16]
                target y[B]
                param W[12, 16]
                param gain[12]
                param shift[12]
                param v[12]
                value z[B, 12]
                value mean[B]
                value var[B]
                value n[B, 12]
                value o.1[B]
                value o[B]
                value loss
                z[b,i] += W[i,j]*x[b,j]  for b < B, i < 12, j < 16
                mean[b] += z[b,i]/12  for b < B, i < 12
                var[b] += (z[b,i] - mean[b])^2/12  for b < B, i < 12
                n[b,i] = (z[b,i] - mean[b])/sqrt(var[b] + 0.00001)*gain[i] + shift[i]  for b < B, i < 12
                o.1[b] += v[i]*select(n[b,i] > 0, n[b,i], 0)  for b < B, i < 12
                o[b] = sigmoid(o.1[b])  for b < B
                loss[] += -(y[b]*log(o[b]) + (1 - y[b])*log(1 - o[b]))/size(B)  for b < B
                result loss
                """, 3.5);
        assertThat(text(g).split("sqrt\\(")).hasSize(1 + 1);
    }

    @Test
    void convolutionAndMaximum() {
        Graph g = check("""
                graph training
                input x[B, 1, 10, 10]
                target y[B, 10]
                param K[8, 1, 5, 5]
                param c[8]
                param W[10, 8, 3, 3]
                value z.1[B, 8, 6, 6]
                value h[B, 8, 6, 6]
                value m[B, 8, 3, 3]
                value o[B, 10]
                value loss
                z.1[b,o,i,j] += K[o,q,u,v]*x[b,q,i+u,j+v]  for b < B, o < 8, i < 6, j < 6, q < 1, u < 5, v < 5
                h[b,o,i,j] = select(z.1[b,o,i,j] + c[o] > 0, z.1[b,o,i,j] + c[o], 0)  for b < B, o < 8, i < 6, j < 6
                m[b,o,i,j] max= h[b,o,2*i+u,2*j+v]  for b < B, o < 8, i < 3, j < 3, u < 2, v < 2
                o[b,k] += W[k,o,i,j]*m[b,o,i,j]  for b < B, k < 10, o < 8, i < 3, j < 3
                loss[] += (o[b,k] - y[b,k])^2/10/size(B)  for b < B, k < 10
                result loss
                """, 3.5);
        assertThat(text(g)).contains("d_K[o,q,u,v] += d_z.1[b,o,i,j]*x[b,q,i+u,j+v]");
    }

    @Test
    void maskedAttention() {
        Graph g = check("""
                graph training
                input x[B, 12, 16]
                target y[B, 12, 16]
                param Q[16, 16]
                param K[16, 16]
                param V[16, 16]
                value q[B, 12, 16]
                value k[B, 12, 16]
                value v[B, 12, 16]
                value s[B, 12, 12]
                value top[B, 12]
                value e[B, 12]
                value a[B, 12, 12]
                value o[B, 12, 16]
                value loss
                q[b,t,i] += Q[i,j]*x[b,t,j]  for b < B, t < 12, i < 16, j < 16
                k[b,t,i] += K[i,j]*x[b,t,j]  for b < B, t < 12, i < 16, j < 16
                v[b,t,i] += V[i,j]*x[b,t,j]  for b < B, t < 12, i < 16, j < 16
                s[b,t,u] += q[b,t,i]*k[b,u,i]/sqrt(16)  for b < B, t < 12, u < 12, i < 16
                top[b,t] max= select(u <= t, s[b,t,u], -1000)  for b < B, t < 12, u < 12
                e[b,t] += select(u <= t, exp(s[b,t,u] - top[b,t]), 0)  for b < B, t < 12, u < 12
                a[b,t,u] = select(u <= t, exp(s[b,t,u] - top[b,t])/e[b,t], 0)  for b < B, t < 12, u < 12
                o[b,t,i] += a[b,t,u]*v[b,u,i]  for b < B, t < 12, i < 16, u < 12
                loss[] += (o[b,t,i] - y[b,t,i])^2/192/size(B)  for b < B, t < 12, i < 16
                result loss
                """, 3.5);
        assertThat(text(g).split("exp\\(")).hasSize(1 + 1);
    }

    @Test
    void embedding() {
        Graph g = check("""
                graph training
                input w[B, 8] : class(50)
                target y[B]
                param E[50, 6]
                param W[4, 6]
                param v[4]
                value e[B, 8, 6]
                value a[B, 6]
                value h[B, 4]
                value o[B]
                value loss
                e[b,t,k] = E[w[b,t],k]  for b < B, t < 8, k < 6
                a[b,k] += e[b,t,k]/8  for b < B, t < 8, k < 6
                h[b,i] += W[i,k]*a[b,k]  for b < B, i < 4, k < 6
                o[b] += v[i]*tanh(h[b,i])  for b < B, i < 4
                loss[] += (o[b] - y[b])^2/size(B)  for b < B
                result loss
                """, 3.5);
        assertThat(text(g)).contains("d_E[w[b,t],k] += ");
    }

    @Test
    void lstm() {
        Graph g = check("""
                graph training
                input x[B, 4, 20]
                target y[B, 4] : class(7)
                param W[4, 5, 20]
                param U[4, 5, 5]
                param b[4, 5]
                param V[7, 5]
                value a[B, 4, 4, 5]
                value c[B, 4, 5]
                value h[B, 4, 5]
                value z[B, 4, 7]
                value m[B, 4]
                value s[B, 4]
                value l[B, 4]
                value loss
                a[b,t,g,i] += W[g,i,j]*x[b,t,j]  for b < B, t < 4, g < 4, i < 5, j < 20
                a[b,t,g,i] += U[g,i,k]*h[b,t-1,k]  for b < B, t < 4, g < 4, i < 5, k < 5
                a[b,t,g,i] += b[g,i]  for b < B, t < 4, g < 4, i < 5
                c[b,t,i] = sigmoid(a[b,t,1,i])*c[b,t-1,i] + sigmoid(a[b,t,0,i])*tanh(a[b,t,2,i])  for b < B, t < 4, i < 5
                h[b,t,i] = sigmoid(a[b,t,3,i])*tanh(c[b,t,i])  for b < B, t < 4, i < 5
                z[b,t,k] += V[k,i]*h[b,t,i]  for b < B, t < 4, k < 7, i < 5
                m[b,t] max= z[b,t,k]  for b < B, t < 4, k < 7
                s[b,t] += exp(z[b,t,k] - m[b,t])  for b < B, t < 4, k < 7
                l[b,t] = m[b,t] + log(s[b,t]) - z[b,t,y[b,t]]  for b < B, t < 4
                loss[] += l[b,t]/4/size(B)  for b < B, t < 4
                result loss
                """, 4);
        assertThat(text(g)).doesNotContain("argmax");
        assertThat(text(g).split("sigmoid\\(")).hasSize(1 + 3);
    }
}
