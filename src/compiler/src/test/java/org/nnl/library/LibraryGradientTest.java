package org.nnl.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nnl.check.GradientCheck;
import org.nnl.program.Program;

/** Every layer and function of the library, in a tiny model whose gradient is compared with central differences. */
class LibraryGradientTest {
    private static final String VECTOR = "input x[3]\nparam w[4, 3] ~ normal(0, 1)\na = w @ x\n";
    private static final String SUM = "loss sum[i] (i + 1) * h[i]\n";
    private static final String SQUARES = "loss sum[i] (i + 1) * h[i]^2\n";
    private static final String NUMBER = "input x[3]\ntarget y\nparam w[3] ~ normal(0, 1)\nz = sum[i] w[i] * x[i]\n";
    private static final String CLASSES = "input x[3]\ntarget y : class(4)\nparam w[4, 3] ~ normal(0, 1)\nz = w @ x\n";
    private static final String SEQUENCE = "axis t = 5\ninput x[t, 3]\nparam v[3, 3] ~ normal(0, 1)\ne[t] = v @ x[t]\n";
    private static final String LAST = "loss sum[i] (i + 1) * h[4, i]^2\n";
    private static final String STEPS = "loss sum[s < 5, i] (s + 1) * (i + 1) * h[s, i]^2\n";
    private static final String IMAGE =
            "input x[2, 7, 6]\nparam v[2] ~ normal(1, 1)\ne[c, i, j] = v[c] * x[c, i, j]\n";
    private static final String MAPS = "loss sum[c, i, j] (c + 1) * (i + 2 * j + 1) * h[c, i, j]^2\n";

    /** By the name of the definition; a name may have variants after a space. */
    private static Map<String, String> models() {
        Map<String, String> m = new LinkedHashMap<>();
        for (String f : List.of("identity", "relu", "leakyRelu", "elu", "selu", "gelu", "geluTanh", "swish", "mish",
                "softsign", "hardSigmoid"))
            m.put(f, VECTOR + "h = " + f + "(a)\n" + SQUARES);
        m.put("leakyRelu slope", VECTOR + "h = leakyRelu(a, 0.3)\n" + SQUARES);
        m.put("elu alpha", VECTOR + "h = elu(a, alpha = 0.5)\n" + SQUARES);
        m.put("softmax", VECTOR + "h = softmax(a)\n" + SQUARES);
        m.put("logSoftmax", VECTOR + "h = logSoftmax(a)\n" + SUM);
        m.put("onehot", CLASSES + "h = onehot(y)\nloss sum[i] h[i] * z[i]^2\n");

        m.put("squaredError", NUMBER + "loss squaredError(z, y)\n");
        m.put("absoluteError", NUMBER + "loss absoluteError(z, y)\n");
        m.put("huber", NUMBER + "loss huber(z, y)\n");
        m.put("huber delta", NUMBER + "loss huber(z, y, delta = 0.3)\n");
        m.put("logCosh", NUMBER + "loss logCosh(z, y)\n");
        m.put("quantile", NUMBER + "loss quantile(z, y, 0.9)\n");
        m.put("hinge", NUMBER + "loss hinge(z, 2 * y - 1)\n");
        m.put("poisson", NUMBER + "loss poisson(z, y)\n");
        m.put("binaryCrossEntropy", NUMBER + "loss binaryCrossEntropy(sigmoid(z), y)\n");
        m.put("crossEntropy", CLASSES + "loss crossEntropy(softmax(z), y)\n");
        m.put("smoothCrossEntropy", CLASSES + "loss smoothCrossEntropy(softmax(z), y)\n");
        m.put("softCrossEntropy", VECTOR + "target y[4]\nloss softCrossEntropy(softmax(a), y)\n");
        m.put("kl", VECTOR + "target y[4]\nloss kl(softmax(y), softmax(a))\n");
        m.put("kl of", VECTOR + "target y[4]\nloss kl(softmax(a), softmax(y))\n");
        m.put("meanSquare", VECTOR + "target y[4]\nloss meanSquare(a, y)\n");
        m.put("normalKl", VECTOR + "param u[4, 3] ~ normal(0, 1)\nloss normalKl(a, u @ x)\n");
        m.put("gram", IMAGE + "h = gram(e)\nloss sum[i, j] (i + 2 * j + 1) * h[i, j]^2\n");

        m.put("dense", VECTOR + "h = dense(a, 5, tanh)\n" + SQUARES);
        m.put("linear", VECTOR + "h = linear(a, 5)\n" + SQUARES);
        m.put("bilinear", VECTOR + "h = bilinear(a, x, 5)\n" + SQUARES);
        m.put("embedding", "input x : class(6)\nh = embedding(x, 5)\n" + SQUARES);
        m.put("residual", VECTOR + "h = residual(a, 5)\n" + SQUARES);
        m.put("highway", VECTOR + "h = highway(a)\n" + SQUARES);
        m.put("gated", VECTOR + "h = gated(a, 5)\n" + SQUARES);
        m.put("prelu", VECTOR + "h = prelu(a)\n" + SQUARES);
        m.put("dropout", VECTOR + "h = dropout(a, 0.3)\n" + SQUARES);
        m.put("noise", VECTOR + "h = noise(a, 0.3)\n" + SQUARES);
        m.put("gaussian", VECTOR + "h[i] = a[i] * (2 + gaussian())\n" + SQUARES);
        m.put("sampleNormal", VECTOR + "param u[4, 3] ~ normal(0, 1)\nh = sampleNormal(a, u @ x)\n" + SQUARES);

        m.put("layerNorm", VECTOR + "h = layerNorm(a)\n" + SUM);
        m.put("rmsNorm", VECTOR + "h = rmsNorm(a)\n" + SUM);
        m.put("batchNorm", VECTOR + "h = batchNorm(a)\nloss sum[i] (i + 1) * (h[i] - 0.3)^3\n");
        m.put("batchNorm2d",
                IMAGE + "h = batchNorm2d(tanh(e))\nloss sum[c, i, j] (c + 1) * (i + 2 * j + 1) * (h[c, i, j] - 0.3)^3\n");

        m.put("rnn", SEQUENCE + "h[t] = rnn(e[t], h[t-1], m = 4)\n" + LAST);
        m.put("rnn relu", SEQUENCE + "h[t] = rnn(e[t], h[t-1], relu, m = 4)\n" + LAST);
        m.put("lstm", SEQUENCE + "h[t], c[t] = lstm(e[t], h[t-1], c[t-1], m = 4)\n" + LAST);
        m.put("peepholeLstm", SEQUENCE + "h[t], c[t] = peepholeLstm(e[t], h[t-1], c[t-1], m = 4)\n" + LAST);
        m.put("gru", SEQUENCE + "h[t] = gru(e[t], h[t-1], m = 4)\n" + LAST);
        m.put("gru stacked",
                SEQUENCE + "g[t] = gru(e[t], g[t-1], m = 4)\nh[t] = gru(g[t], h[t-1], m = 3)\n" + LAST);
        m.put("rnnSequence", SEQUENCE + "h = rnnSequence(e, 4)\n" + STEPS);
        m.put("gruSequence", SEQUENCE + "h = gruSequence(e, 4)\n" + STEPS);
        m.put("lstmSequence", SEQUENCE + "h = lstmSequence(e, 4)\n" + STEPS);
        m.put("bidirectionalGru", SEQUENCE + "h = bidirectionalGru(e, 4)\n" + STEPS);
        m.put("bidirectionalLstm", SEQUENCE + "h = bidirectionalLstm(e, 4)\n" + STEPS);

        m.put("conv1d",
                "input x[2, 9]\nparam v[2] ~ normal(1, 1)\ne[c, i] = v[c] * x[c, i]\n"
                        + "h = conv1d(e, 3, 3, stride = 2, pad = 1)\nloss sum[c, i] (c + 1) * (i + 1) * h[c, i]^2\n");
        m.put("conv1d dilated",
                "input x[2, 9]\nparam v[2] ~ normal(1, 1)\ne[c, i] = v[c] * x[c, i]\n"
                        + "h = conv1d(e, 3, 3, dilation = 2, f = tanh)\n"
                        + "loss sum[c, i] (c + 1) * (i + 1) * h[c, i]^2\n");
        m.put("conv2d", IMAGE + "h = conv2d(e, 3, 3)\n" + MAPS);
        m.put("conv2d strided", IMAGE + "h = conv2d(e, 3, 3, stride = 2, pad = 1, f = tanh)\n" + MAPS);
        m.put("conv2d dilated", IMAGE + "h = conv2d(e, 2, 2, dilation = 2)\n" + MAPS);
        m.put("depthwiseConv2d", IMAGE + "h = depthwiseConv2d(e, 3, pad = 1)\n" + MAPS);
        m.put("transposedConv2d", IMAGE + "h = transposedConv2d(e, 3, 3, stride = 2, pad = 1)\n" + MAPS);
        m.put("transposedConv1d",
                "input x[2, 5]\nparam v[2] ~ normal(1, 1)\ne[c, i] = v[c] * x[c, i]\n"
                        + "h = transposedConv1d(e, 3, 4, stride = 2, pad = 1)\n"
                        + "loss sum[c, i] (c + 1) * (i + 1) * h[c, i]^2\n");
        m.put("causalConv", SEQUENCE + "h = causalConv(e, 4, 2, dilation = 2, f = tanh)\n" + STEPS);
        m.put("maxPool1d",
                "input x[2, 9]\nparam v[2] ~ normal(1, 1)\ne[c, i] = v[c] * x[c, i]\n"
                        + "h = maxPool1d(e, 2)\nloss sum[c, i] (c + 1) * (i + 1) * h[c, i]^2\n");
        m.put("averagePool1d",
                "input x[2, 9]\nparam v[2] ~ normal(1, 1)\ne[c, i] = v[c] * x[c, i]\n"
                        + "h = averagePool1d(e, 3, stride = 2)\nloss sum[c, i] (c + 1) * (i + 1) * h[c, i]^2\n");
        m.put("maxPool2d", IMAGE + "h = maxPool2d(e, 2)\n" + MAPS);
        m.put("maxPool2d overlapping", IMAGE + "h = maxPool2d(e, 3, stride = 2)\n" + MAPS);
        m.put("averagePool2d", IMAGE + "h = averagePool2d(e, 2)\n" + MAPS);
        m.put("globalAverage", IMAGE + "h = globalAverage(e)\n" + SQUARES);
        m.put("upsample2d", IMAGE + "h = upsample2d(e)\n" + MAPS);
        m.put("flatten", IMAGE + "h = flatten(e)\n" + SQUARES);
        m.put("flatten2d", SEQUENCE + "h = flatten2d(e)\n" + SQUARES);
        m.put("image", "input x[12]\nparam v[12] ~ normal(1, 1)\nh = image(v * x, 2, 3, 2)\n" + MAPS);
        m.put("concatenate", VECTOR + "h = concatenate(a, x)\n" + SQUARES);

        m.put("attention", SEQUENCE + "h = attention(e, e, x)\n" + STEPS);
        m.put("maskedAttention", SEQUENCE + "input n : class(6)\nh = maskedAttention(e, e, x, n)\n" + STEPS);
        m.put("additiveAttention", SEQUENCE + "h = additiveAttention(e[4], e, 6)\n" + SQUARES);
        m.put("multiHeadAttention",
                "axis t = 5\ninput x[t, 4]\nh = multiHeadAttention(x, heads = 2)\n" + STEPS);
        m.put("multiHeadAttention causal",
                "axis t = 5\ninput x[t, 4]\nh = multiHeadAttention(x, heads = 2, causal = 1)\n" + STEPS);
        m.put("multiHeadAttention masked",
                "axis t = 5\ninput x[t, 4]\ninput n : class(6)\nh = multiHeadAttention(x, heads = 2, length = max(1, n))\n" + STEPS);
        m.put("crossAttention",
                "axis t = 5\ninput x[t, 4]\ninput y[7, 3]\ninput n : class(8)\n"
                        + "h = crossAttention(x, y, heads = 2, length = max(1, n))\n" + STEPS);
        m.put("decoderBlock",
                "axis t = 5\ninput x[t, 4]\ninput y[7, 3]\nh = decoderBlock(x, y, heads = 2, hidden = 6)\n" + STEPS);
        m.put("transformerBlock",
                "axis t = 5\ninput x[t, 4]\nh = transformerBlock(x, heads = 2, hidden = 6, causal = 1)\n" + STEPS);
        m.put("positions", SEQUENCE + "h = e * positions(5, 3)\n" + STEPS);
        m.put("rotated", "axis t = 5\ninput x[t, 4]\nparam v[4] ~ normal(0, 1)\ne[t] = v * x[t]\nh = rotated(e)\n" + STEPS);
        m.put("learnedPositions", SEQUENCE + "h = learnedPositions(e)\n" + STEPS);
        return m;
    }

    @TestFactory
    Stream<DynamicTest> gradientsEqualCentralDifferences() {
        return models().entrySet().stream().map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
            Program program = Compiled.model(e.getValue());
            List<GradientCheck.Row> rows = GradientCheck.check(program, 4, 7, 12);
            assertThat(rows).isNotEmpty().allSatisfy(row -> assertThat(row.passed()).as(row.toString()).isTrue());
        }));
    }

    /** Optimisers, distributions and schedules have tests of their own values. */
    @Test
    void everyLayerAndFunctionIsTried() throws IOException {
        Set<String> tried = new TreeSet<>();
        models().keySet().forEach(k -> tried.add(k.split(" ")[0]));
        assertThat(tried).containsAll(definitions("(?:layer|function)", "schedules.nnl", "optimizers.nnl"));
    }

    /** Names defined in the library by one of some words, without those of some files. */
    static List<String> definitions(String words, String... without) throws IOException {
        List<String> names = new ArrayList<>();
        Path library = Path.of(
                System.getProperty("basedir", ""), "src/main/resources/org/nnl/library").toAbsolutePath();
        try (Stream<Path> files = Files.list(library)) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                if (List.of(without).contains(file.getFileName().toString())) continue;
                Matcher found = Pattern.compile("^" + words + " (\\w+)", Pattern.MULTILINE)
                        .matcher(Files.readString(file, StandardCharsets.UTF_8));
                while (found.find()) names.add(found.group(1));
            }
        }
        assertThat(names).isNotEmpty();
        return names;
    }
}
