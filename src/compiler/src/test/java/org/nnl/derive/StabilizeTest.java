package org.nnl.derive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnl.equations.Expr;
import org.nnl.equations.Graph;
import org.nnl.equations.GraphReader;
import org.nnl.equations.Index;
import org.nnl.evaluate.Evaluator;
import org.nnl.verify.Verifier;

class StabilizeTest {
    private static final Partials PARTIALS = Partials.shipped();

    static Stream<Rule> rules() {
        return Stream.concat(Stabilize.LOGARITHMS.stream(), Stabilize.FORMS.stream());
    }

    /** Both sides at random arguments. */
    @ParameterizedTest
    @MethodSource("rules")
    void bothSidesAreEqual(Rule rule) {
        Random random = new Random(3);
        for (int n = 0; n < 20; n++) {
            double a = 0.1 + random.nextDouble(), b = 0.1 + 2 * random.nextDouble();
            if (!rule.splits() && random.nextBoolean()) a = -a;
            assertThat(value(rule.to(), a, b)).isCloseTo(value(rule.from(), a, b), within(1e-12));
        }
    }

    private static double value(Expr e, double a, double b) {
        Expr body = e.rewrite(x -> "a".equals(Formula.leafName(x)) ? Expr.of(a)
                : "b".equals(Formula.leafName(x)) ? Expr.of(b) : x);
        Graph g = GraphReader.read("value v\nv[] = " + body + "\nresult v");
        return Evaluator.evaluate(g, Map.of(), 1).get("v")[0];
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            log(sigmoid(u[])) | -softplus(-u[])
            log(1 - sigmoid(u[])) | -softplus(u[])
            log(sigmoid(-u[])) | -softplus(u[])
            log(u[]) | log(u[])
            log(u[]/v[]) | log(u[]/v[])
            log(exp(u[])/v[]) | u[] - log(v[])
            log(v[]*sigmoid(u[])) | log(v[]) - softplus(-u[])
            log(exp(u[])^2) | 2*u[]
            log(1 + u[]) | log1p(u[])
            log(u[] + 1) | log1p(u[])
            log(1 + exp(u[])) | softplus(u[])
            exp(u[]) - 1 | expm1(u[])
            1/(1 + exp(-u[])) | sigmoid(u[])
            1/(1 + exp(-(u[] + v[]))) | sigmoid(u[] + v[])
            1 - sigmoid(u[]) | 1 - sigmoid(u[])
            """)
    void forms(String body, String stable) {
        Graph g = GraphReader.read("param u\nparam v\nvalue y\ny[] = " + body + "\nresult y");
        assertThat(Stabilize.stabilize(g).equations().get(0).body().toString()).isEqualTo(stable);
    }

    /** Loss and derivative by z of a graph of z[3,4] (and y[3]), at logits between -900 and 900. */
    private static Map<String, double[]> gradient(String equations, double... z) {
        Graph g = Stabilize.stabilize(GraphReader.read("""
                target y[3] : class(4)
                target t[3,4]
                param z[3,4]
                value p[3,4]
                value e[3,4]
                value m[3]
                value top[3]
                value s[3]
                value q[3,4]
                value loss
                """ + equations + "\nresult loss"));
        Graph d = Verifier.check(Adjoints.extend(g, "loss", Map.of("z", "d_z"), "d_", PARTIALS), "derive");
        Map<String, double[]> given = new LinkedHashMap<>();
        given.put("z", z);
        given.put("y", new double[] {1, 3, 0});
        given.put("t", new double[] {1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0});
        return Evaluator.evaluate(d, given, 1);
    }

    private static final double[] FAR = {900, -900, 0, 5, -900, -900, -900, -900, 900, 900, -900, 1};

    private static final String CROSS_ENTROPY = "loss[] += -log(q[r,y[r]])  for r < 3";

    private static final String SOFTMAX = """
            m[r] max= z[r,i]  for r < 3, i < 4
            top[r] = stop(m[r])  for r < 3
            e[r,i] = exp(z[r,i] - top[r])  for r < 3, i < 4
            s[r] += e[r,i]  for r < 3, i < 4
            p[r,i] = e[r,i]/s[r]  for r < 3, i < 4
            q[r,i] = p[r,i]  for r < 3, i < 4
            """ + CROSS_ENTROPY;

    private static final String NAIVE_SOFTMAX = """
            e[r,i] = exp(z[r,i])  for r < 3, i < 4
            s[r] += exp(z[r,i])  for r < 3, i < 4
            q[r,i] = e[r,i]/s[r]  for r < 3, i < 4
            """ + CROSS_ENTROPY;

    @Test
    void crossEntropyOfSoftmaxGivesSoftmaxLessOneHot() {
        for (String text : List.of(SOFTMAX, NAIVE_SOFTMAX)) {
            Map<String, double[]> v = gradient(text, FAR);
            double[] y = v.get("y");
            double loss = 0;
            for (int r = 0; r < 3; r++) {
                double max = Double.NEGATIVE_INFINITY, sum = 0;
                for (int i = 0; i < 4; i++) max = Math.max(max, FAR[4 * r + i]);
                for (int i = 0; i < 4; i++) sum += Math.exp(FAR[4 * r + i] - max);
                for (int i = 0; i < 4; i++)
                    assertThat(v.get("d_z")[4 * r + i])
                            .isCloseTo(Math.exp(FAR[4 * r + i] - max) / sum - (i == y[r] ? 1 : 0), within(1e-12));
                loss += Math.log(sum) + max - FAR[4 * r + (int) y[r]];
            }
            assertThat(v.get("loss")[0]).isCloseTo(loss, within(1e-9));
            assertThat(v.get("q")).doesNotContain(Double.NaN);
        }
    }

    @Test
    void binaryCrossEntropyOfSigmoidGivesProbabilityLessTarget() {
        Map<String, double[]> v = gradient("""
                p[r,i] = sigmoid(z[r,i])  for r < 3, i < 4
                q[r,i] = p[r,i]  for r < 3, i < 4
                loss[] += -(t[r,i]*log(q[r,i]) + (1 - t[r,i])*log(1 - q[r,i]))  for r < 3, i < 4
                """, FAR);
        for (int k = 0; k < 12; k++)
            assertThat(v.get("d_z")[k]).isCloseTo(1 / (1 + Math.exp(-FAR[k])) - v.get("t")[k], within(1e-12));
        assertThat(v.get("loss")[0]).isFinite();
    }

    @Test
    void binaryCrossEntropyIsDerivedAsADifference() {
        Graph g = Stabilize.stabilize(GraphReader.read("""
                target y[B]
                param z[B]
                value p[B]
                value loss
                p[b] = sigmoid(z[b])  for b < B
                loss[] += -(y[b]*log(p[b]) + (1 - y[b])*log(1 - p[b]))/size(B)  for b < B
                """));
        Graph d = Adjoints.extend(g, "loss", Map.of("z", "d_z"), "d_", PARTIALS);
        assertThat(d.writers("d_z")).singleElement()
                .hasToString("d_z[b] = d_loss[]*(sigmoid(z[b]) - y[b])/size(B)  for b < B");
        assertThat(d.writers("d_z").get(0).origin().reason()).isEqualTo("∂loss/∂z through loss[]");
    }

    @Test
    void divergenceOfTwoSoftmaxes() {
        Map<String, double[]> v = gradient(SOFTMAX.replace(CROSS_ENTROPY,
                "loss[] += q[r,i]*log(q[r,i]/p[r,3-i])  for r < 3, i < 4"), FAR);
        assertThat(v.get("loss")[0]).isFinite();
        for (double x : v.get("d_z")) assertThat(x).isFinite();
    }

    @Test
    void aReadThatMayLieOutsideIsNotReplacedByItsDefinition() {
        String text = "param u[3]\nvalue p[3]\nvalue y[3]\np[i] = sigmoid(u[i])  for i < 3\ny[i] = log(p[i-1])  for i < 3";
        assertThat(Stabilize.stabilize(GraphReader.read(text)).equations().get(1).body().toString()).isEqualTo("log(p[i-1])");
    }

    @Test
    void boundIndexIsSubstituted() {
        Expr.Read read = Expr.read("p", List.of(Index.axis("b"), Index.of(2)));
        Graph g = GraphReader.read("param u[B,3]\nvalue p[B,3]\np[c,i] = sigmoid(u[c,2-i])  for c < B, i < 3\nvalue y[B]\ny[b] = 1  for b < B");
        assertThat(new Definitions(g).of(read, g.equations().get(1).box())).hasToString("sigmoid(u[b,0])");
    }
}
