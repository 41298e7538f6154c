package org.nnl.elaborate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nnl.Options;
import org.nnl.equations.Derivative;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.program.TrainSettings;
import org.nnl.syntax.SourceException;
import org.nnl.verify.Verifier;

/** From text to equations, one feature of the language a test. */
class ElaboratorTest {

    private static Program program(String text) {
        return program(text, Map.of());
    }

    private static Program program(String text, Map<String, Double> overrides) {
        Program p = Elaborator.elaborate(
                Sources.of(Map.of("m.nnl", text)), "m.nnl",
                new Options("", "", Options.Backend.SCALAR, Options.Precision.DOUBLE, overrides));
        for (Graph g : p.graphs().values()) assertThat(Verifier.problems(g)).as(g.name()).isEmpty();
        return p;
    }

    /** The equations of a graph, a line each. */
    private static String equations(Program p, String graph) {
        return p.graph(graph).equations().stream().map(e -> e + "\n").collect(Collectors.joining());
    }

    private static String predict(String text) {
        return equations(program(text), "predict");
    }

    @Test
    void aLayerOwnsParametersUnderTheNameOfItsEquation() {
        Program p = program("""
                model M {
                    input  x[3]
                    target y
                    h = dense(x, 2, tanh)
                    z = dense(h, 1)
                    loss (z[0] - y)^2
                }
                """);
        assertThat(p.parameters()).extracting(Tensor::toString)
                .containsExactly("param h.W[2, 3]", "param h.b[2]", "param z.W[1, 2]", "param z.b[1]");
        assertThat(equations(p, "training")).isEqualTo("""
                h.sum[b,i] += h.W[i,j]*x[b,j]  for b < B, i < 2, j < 3
                h[b,i] = tanh(h.sum[b,i] + h.b[i])  for b < B, i < 2
                z.sum[b,i] += z.W[i,j]*h[b,j]  for b < B, i < 1, j < 2
                z[b,i] = z.sum[b,i] + z.b[i]  for b < B, i < 1
                loss.sum[] += (z[b,0] - y[b])^2  for b < B
                loss[] = loss.sum[]*(1/size(B))
                """);
        assertThat(p.outputs()).containsExactly("z");
    }

    @Test
    void severalLayersInOneEquationAreNumbered() {
        Program p = program("""
                layer two(x[n], k) -> [k] {
                    q = linear(x, k)
                    return linear(q, k)
                }
                model M {
                    input x[3]
                    h = linear(linear(x, 2), 4)
                    u = two(h, 5)
                    output u
                }
                """);
        assertThat(p.parameters()).extracting(Tensor::name)
                .containsExactly("h.linear.W", "h.linear2.W", "u.q.W", "u.linear.W");
    }

    @Test
    void repeatSetsNamesAnewAndGivesEachPassItsParameters() {
        Program p = program("""
                model M(depth = 2) {
                    input x[3]
                    h = x
                    repeat depth { h = h + linear(h, 3) }
                    output h
                }
                """);
        assertThat(p.parameters()).extracting(Tensor::name).containsExactly("h2.W", "h3.W");
        assertThat(p.outputs()).containsExactly("h3");
    }

    @Test
    void aRecurrenceReadsWhatItDefinesAndFindsItsSize() {
        assertThat(predict("""
                layer cell(x[n], h[m]) -> [m] {
                    param W[m, n] ~ glorot
                    param U[m, m] ~ glorot
                    return tanh(W @ x + U @ h)
                }
                model M {
                    axis  t = 4
                    input x[t, 3]
                    h[t] = cell(x[t], h[t-1], m = 2)
                    z = h[3]
                    output z
                }
                """)).isEqualTo("""
                h.sum[b,t,i] += h.W[i,j]*x[b,t,j]  for b < B, t < 4, i < 2, j < 3
                h.sum2[b,t,i] += h.U[i,j]*h[b,t-1,j]  for b < B, t < 4, i < 2, j < 2
                h[b,t,i] = tanh(h.sum[b,t,i] + h.sum2[b,t,i])  for b < B, t < 4, i < 2
                z[b,i] = h[b,3,i]  for b < B, i < 2
                """);
    }

    @Test
    void equationsMayBeRecurrentTogetherAndInAnyOrder() {
        assertThat(predict("""
                model M {
                    axis  t = 4
                    input x[t]
                    output h
                    h[t] = 0.5 * c[t] + h[t+1]
                    c[t] = x[t] - h[t+1]
                }
                """)).isEqualTo("""
                h[b,t] = 0.5*c[b,t] + h[b,t+1]  for b < B, t < 4
                c[b,t] = x[b,t] - h[b,t+1]  for b < B, t < 4
                """);
    }

    @Test
    void aValueBeforeTheBeginningIsStoredInARowOfItsOwn() {
        assertThat(predict("""
                model M {
                    axis  t = 4
                    input x[t]
                    input start
                    h[-1] = start
                    h[t] = x[t] + h[t-1]
                    output h
                }
                """)).isEqualTo("""
                h.rows[b,0] = start[b]  for b < B
                h.rows[b,t+1] = x[b,t] + h.rows[b,t]  for b < B, t < 4
                h[b,i] = h.rows[b,i+1]  for b < B, i < 4
                """);
    }

    @Test
    void anIndexRunsAsFarAsItsReadsAllow() {
        assertThat(predict("""
                model M {
                    input x[8, 9]
                    param K[3, 3] ~ he
                    y[i, j] = sum[u, v] K[u, v] * x[2 * i + u - 1, j + v]
                    z[i] = x[2 * i, 0] + x[2 * i + 1, 0]
                    r[i] = x[7 - i, 0]
                    output y
                    output z
                    output r
                }
                """)).isEqualTo("""
                y[b,i,j] += K[u,v]*x[b,2*i+u-1,j+v]  for b < B, i < 4, j < 7, u < 3, v < 3
                z[b,i] = x[b,2*i,0] + x[b,2*i+1,0]  for b < B, i < 4
                r[b,i] = x[b,-i+7,0]  for b < B, i < 8
                """);
    }

    @Test
    void foldsHaveEquationsOfTheirOwn() {
        assertThat(predict("""
                model M {
                    input x[3]
                    a = mean[i] x[i]
                    c = (max[i] x[i]) - (min[i] x[i])
                    k = argmax[i] x[i]
                    p = product[i < 2] x[i]
                    output a
                    output c
                    output k
                    output p
                }
                """)).isEqualTo("""
                a.sum[b] += x[b,i]  for b < B, i < 3
                a[b] = a.sum[b]*0.3333333333333333  for b < B
                c.max[b] max= x[b,i]  for b < B, i < 3
                c.min[b] max= -x[b,i]  for b < B, i < 3
                c[b] = c.max[b] - -c.min[b]  for b < B
                k[b] argmax=(i) x[b,i]  for b < B, i < 3
                p.product[b,i] = p.product[b,i-1]*x[b,i]  for b < B, i < 2
                p[b] = p.product[b,1]  for b < B
                """);
    }

    @Test
    void aFunctionOfScalarsIsAppliedAtEveryPosition() {
        assertThat(predict("""
                function bend(x, a = 2) = if x > 0 then x else a * x
                model M {
                    input x[3]
                    param w[3] = 1
                    y = bend(w * x, a = 0.5)
                    output y
                }
                """)).isEqualTo("""
                y.x[b,i] = w[i]*x[b,i]  for b < B, i < 3
                y[b,i] = select(y.x[b,i] > 0, y.x[b,i], 0.5*y.x[b,i])  for b < B, i < 3
                """);
    }

    @Test
    void aClassIsAnIndex() {
        Program p = program("""
                model M {
                    axis   t = 2
                    input  word[t] : class(5)
                    target y : class(3)
                    param  E[5, 3] ~ normal(0, 1)
                    e[t] = E[word[t]]
                    z = e[0] + e[1]
                    loss crossEntropy(softmax(z), y)
                }
                """);
        assertThat(equations(p, "predict")).isEqualTo("""
                e[b,t,i] = E[word[b,t],i]  for b < B, t < 2, i < 3
                z[b,i] = e[b,0,i] + e[b,1,i]  for b < B, i < 3
                """);
        assertThat(equations(p, "loss")).contains("loss.sum[] += -log(loss.p[b,y[b]])  for b < B\n");
    }

    @Test
    void partsSlicesAndVectors() {
        assertThat(predict("""
                model M {
                    input x[5]
                    input s
                    y[i < 3] = x[i]
                    y[3 + j] = s * x[1:3][j]
                    v = [s, 2, x[0]]
                    output y
                    output v
                }
                """)).isEqualTo("""
                y[b,i] = x[b,i]  for b < B, i < 3
                y[b,j+3] = s[b]*x[b,j+1]  for b < B, j < 2
                v[b,0] = s[b]  for b < B
                v[b,1] = 2  for b < B
                v[b,2] = x[b,0]  for b < B
                """);
    }

    @Test
    void noiseAndStatesBelongToTraining() {
        Program p = program("""
                layer center(x[n]) -> [n] {
                    state average[n] = 1
                    m[i] = mean[batch] x[i]
                    y[i] = x[i] - (if training then m[i] else average[i])
                    average[i] = 0.9 * average[i] + 0.1 * m[i]
                    return y
                }
                model M {
                    input  x[3]
                    target y
                    h = center(x)
                    u = dropout(h, 0.5)
                    loss ((sum[i] u[i]) - y)^2
                }
                """);
        assertThat(equations(p, "predict")).isEqualTo("""
                h[b,i] = x[b,i] - h.average[i]  for b < B, i < 3
                u[b,i] = h[b,i]  for b < B, i < 3
                """);
        assertThat(p.graph("predict").commits()).isEmpty();
        assertThat(equations(p, "training")).startsWith("""
                h.m.sum[i] += x[b,i]  for b < B, i < 3
                h.m[i] = h.m.sum[i]*(1/size(B))  for i < 3
                h[b,i] = x[b,i] - h.m[i]  for b < B, i < 3
                h.average'[i] = 0.9*h.average[i] + 0.1*h.m[i]  for i < 3
                u[b,i] = select(uniform(seed[], 65536, step[], {3*b+i}) < 0.5, 0, h[b,i]/0.5)  for b < B, i < 3
                """);
        assertThat(p.graph("training").commits()).isEqualTo(Map.of("h.average", "h.average'"));
        assertThat(equations(p, "initial")).isEqualTo("h.average.start[i] = 1  for i < 3\n");
    }

    /** Two batches of four steps, the state carried over, are one of eight. */
    @Test
    void aStatefulRecurrenceGoesOnWhereTheLastBatchEnded() {
        String model = """
                model M {
                    axis   t = 4
                    input  x[t]
                    target y
                    param  u = 0.5
                    h[t] = tanh(x[t] + u * h[t-1] - 0.3 * h[t-2] + 0.2 * c[t-1])
                    c[t] = 0.5 * h[t] + c[t-1]
                    loss   (sum[t] h[t] - y)^2
                    train  { optimizer sgd(rate = 0), batch 2, stateful }
                }
                """;
        Program p = org.nnl.derive.Derive.derive(program(model));
        assertThat(p.states()).extracting(Tensor::toString).containsExactly("state h.carried[2, 2]", "state c.carried[2]");
        double[] x = {0.1, 0.2, -0.3, 0.4, 0.5, 0.6, 0.7, -0.8};
        org.nnl.evaluate.EvaluatedModel four = new org.nnl.evaluate.EvaluatedModel(p, 1);
        for (int half = 0; half < 2; half++)
            four.trainStep(Map.of("x", java.util.Arrays.copyOfRange(x, 4 * half, 4 * half + 4), "y", new double[1]), 1);
        Program whole = program(model.replace("axis   t = 4", "axis   t = 8").replace(", stateful", ""));
        double[] h = new org.nnl.evaluate.EvaluatedModel(whole, 1)
                .run("training", Map.of("x", x, "y", new double[1]), 1).get("h");
        assertThat(four.value("h.carried")[0]).isEqualTo(h[7]);
        assertThat(four.value("h.carried")[1]).isEqualTo(h[6]);
        assertThat(equations(p, "predict")).contains("h.rows[b,-r+1] = 0  for b < B, r < 2\n");
    }

    @Test
    void gradientTransformsTakeTheirArgumentsByNameToo() {
        String text = "optimizer cut(low = -1, high = 1) { g = max(low, min(high, g)) }\n"
                + "model M { input x; param w = 0; loss (w * x)^2; train { cut %s, optimizer sgd } }";
        String given = program(text.formatted("-2 3")).settings().toString();
        assertThat(given).contains("cut.low=-2.0", "cut.high=3.0");
        for (String same : new String[] {"(high = 3, low = -2)", "(-2, 3)", "(-2, high = 3)"})
            assertThat(program(text.formatted(same)).settings()).hasToString(given);
        assertThat(program(text.formatted("(low = -2)")).settings()).containsEntry("cut.low", -2.0);
    }

    @Test
    void whatIsSetFromOutsideIsHeldToTheSameAsWhatIsWritten() {
        String text = "model M(k = 4) { require k >= 2; input x; param w = 0; loss (k * w * x)^2;"
                + " train { optimizer adam, unroll 4, checkpoint 2 } }";
        assertThat(program(text, Map.of("unroll", 0.0, "checkpoint", 0.0, "stateful", 0.0, "rate", 0.0)).train())
                .hasToString(program(text.replace(", unroll 4, checkpoint 2", "")).train().toString());
        Map<String, String> refused = Map.of(
                "threads=1e6", "m.nnl: error: 'threads' is a whole number from 1 to 1024, not 1000000",
                "threads=2.5", "not 2.5", "batch=0", "'batch' is a whole number, at least 1, not 0",
                "stateful=3", "'stateful' is 0 or 1, not 3", "epochs=1e12", "'epochs' is a whole number",
                "rate=-1", "error: 'adam' requires rate >= 0, and rate is -1",
                "beta1=1", "error: 'adam' requires beta1 < 1, and beta1 is 1",
                "k=1", "m.nnl:1:26: error: this model requires k >= 2, and k is 1");
        refused.forEach((set, message) -> {
            String[] s = set.split("=");
            assertThatThrownBy(() -> program(text, Map.of(s[0], Double.valueOf(s[1])))).as(set)
                    .hasMessageContaining(message);
        });
    }

    @Test
    void optimisersAreWrittenForOneElement() {
        Program p = program("""
                optimizer heavy(rate = 0.1, mu = 0.9) {
                    state v = 0
                    v = mu * v + g
                    w = w - rate * v
                }
                model M {
                    input  x
                    target y
                    param  a[2] = 0
                    param  c = 0
                    loss   (a[0] * x + a[1] * x^2 + c - y)^2
                    train  { optimizer heavy(rate = inverseDecay(step, 0.5)), clip 5, batch 8, seed 7 }
                }
                """, Map.of("mu", 0.5, "batch", 16.0));
        assertThat(equations(p, "update")).isEqualTo("""
                clip.total[] += d_a[i]^2  for i < 2
                clip.total[] += d_c[]^2
                clip.norm[] = sqrt(clip.total[])
                rate[] = 0.5/(1 + step[]/1000)
                a.v'[i] = mu[]*a.v[i] + select(clip.norm[] > clip[], d_a[i]*clip[]/clip.norm[], d_a[i])  for i < 2
                c.v'[] = mu[]*c.v[] + select(clip.norm[] > clip[], d_c[]*clip[]/clip.norm[], d_c[])
                a'[i] = a[i] - rate[]*a.v'[i]  for i < 2
                c'[] = c[] - rate[]*c.v'[]
                step'[] = step[] + 1
                """);
        assertThat(p.graph("update").commits()).isEqualTo(Map.of(
                "a", "a'", "c", "c'", "a.v", "a.v'", "c.v", "c.v'", "step", "step'"));
        assertThat(p.settings()).isEqualTo(Map.of("seed", 7.0, "step", 1.0, "clip", 5.0, "mu", 0.5));
        assertThat(p.train().batch()).isEqualTo(16);
        assertThat(p.states()).extracting(Tensor::name).containsExactly("a.v", "c.v");
    }

    @Test
    void derivativesAreAskedFor() {
        Program p = program("""
                model M {
                    input x
                    param a = 1
                    u = sin(a * x)
                    v = d(u, x)
                    loss (d(v, x) + u)^2
                }
                """);
        assertThat(p.graph("training").derivatives()).extracting(Derivative::result, Derivative::of, Derivative::by)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("v", "u", "x"),
                        org.assertj.core.groups.Tuple.tuple("loss.d", "v", "x"));
    }

    @Test
    void severalLossesTrainTheirOwnParameters() {
        Program p = program("""
                model Pair {
                    input noise[2]
                    input x[3]
                    g = linear(noise, 3)
                    c = linear(x, 1)
                    loss critic: c[0]^2 for c
                    loss maker: sum[i] (g[i] - x[i])^2 for g
                    train critic { optimizer sgd(rate = 0.1) }
                    train maker { optimizer momentum }
                }
                """);
        assertThat(p.losses()).extracting(Program.Objective::toString).containsExactly(
                "Objective[name=critic, tensor=critic, parameters=[c.W]]",
                "Objective[name=maker, tensor=maker, parameters=[g.W]]");
        assertThat(equations(p, "update")).isEqualTo("""
                c.W'[i,j] = c.W[i,j] - critic.rate[]*d_c.W[i,j]  for i < 1, j < 3
                g.W.v'[i,j] = maker.mu[]*g.W.v[i,j] + d_g.W[i,j]  for i < 3, j < 2
                g.W.v'2[i,j] = select(abs(g.W.v'[i,j]) > 1.0E-30, g.W.v'[i,j], 0)  for i < 3, j < 2
                g.W'[i,j] = g.W[i,j] - maker.rate[]*g.W.v'2[i,j]  for i < 3, j < 2
                step'[] = step[] + 1
                """);
    }

    @Test
    void trainBlocksKnowTheNumbersOfTheModelAndOneWithoutNameIsForTheLossesWithoutOne() {
        Program p = program("""
                model M(half = 8) {
                    const  size = 2 * half
                    axis   t = 10
                    input  x
                    target y
                    param  a = 0, b = 0
                    loss   first: (a * x - y)^2 for a
                    loss   second: (b * x - y)^2 for b
                    train  { optimizer sgd(rate = 1 / size), batch size, every 2 }
                    train  second { optimizer sgd(rate = cosine(step, twice * half, t)), epochs twice }
                    const  twice = 2
                }
                """, Map.of("half", 4.0));
        assertThat(p.train()).isEqualTo(new TrainSettings(8, 2, 1, 0, 1, false, 0, 0));
        assertThat(p.settings()).containsEntry("first.rate", 0.125);
        assertThat(equations(p, "update")).contains("first.due", "second.rate[] = 4*(1 + cos(", "step[]/10")
                .doesNotContain("second.due");
    }

    @Test
    void outputsAreWhatTheLossReads() {
        Program p = program("""
                model M {
                    input  x[3]
                    target y : class(2)
                    z = dense(x, 2)
                    penalty = 0.01 * (sum[i, j] z.W[i, j]^2)
                    loss   crossEntropy(softmax(z), y)
                }
                """.replace("penalty = 0.01 * (sum[i, j] z.W[i, j]^2)", ""));
        assertThat(p.outputs()).containsExactly("z");
    }

    @Test
    void importsMayGoInCirclesAndOnesOwnNamesHideTheLibrary() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("a/m.nnl", """
                import "../b/p.nnl"
                model M {
                    input x
                    output y = relu(x)
                }
                """);
        texts.put("b/p.nnl", "import \"../a/m.nnl\"\nfunction relu(x) = x + 3\n");
        Program p = Elaborator.elaborate(Sources.of(texts), "a/m.nnl", Options.DEFAULT);
        assertThat(equations(p, "predict")).isEqualTo("y[b] = x[b] + 3  for b < B\n");
    }

    @Test
    void anUnknownOverrideIsRefused() {
        assertThatThrownBy(() -> program("model M(hidden = 3) {\n input x\n output y = x + hidden\n}\n", Map.of("hiden", 4.0)))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("'M' has no parameter or setting 'hiden'; did you mean 'hidden'?");
    }

    @Test
    void everyFileOfTheLibraryIsListed() {
        java.io.File[] files = java.nio.file.Path.of("src/main/resources/org/nnl/library").toFile().listFiles();
        assertThat(files).extracting(f -> f.getName().replace(".nnl", "")).containsExactlyInAnyOrderElementsOf(Library.FILES);
    }
}
