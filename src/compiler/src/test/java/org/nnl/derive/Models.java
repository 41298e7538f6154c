package org.nnl.derive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.nnl.Options;
import org.nnl.elaborate.Elaborator;
import org.nnl.elaborate.Sources;
import org.nnl.program.Program;

/** The models that derivation is tested with: samples, reference models, and every function and layer of the library. */
final class Models {
    private Models() {}

    private static Path root() {
        return Path.of(System.getProperty("basedir", "."));
    }

    static Path shipped() {
        return root().resolve("src/main/resources/org/nnl/derive/partials.txt");
    }

    /** Model files by name. */
    static Map<String, Path> files() {
        Map<String, Path> files = new TreeMap<>();
        for (String folder : List.of("src/test/resources/reference", "src/test/resources/models", "../../samples"))
            try (Stream<Path> list = Files.list(root().resolve(folder))) {
                list.filter(f -> f.toString().endsWith(".nnl")).forEach(f -> files.put(f.getParent().getFileName() + "/" + f.getFileName(), f));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        return files;
    }

    /** Texts of small models, each around something of the library, by what that is. */
    static Map<String, String> library() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String f : List.of("identity", "relu", "leakyRelu", "elu", "selu", "gelu", "geluTanh", "swish", "mish", "softsign",
                "hardSigmoid", "sigmoid", "tanh", "softplus", "softmax", "logSoftmax"))
            texts.put(f, model("input x[5]\n target y[5]\n h = dense(x, 5)\n output p = " + f + "(h)\n loss meanSquare(p, y)"));
        for (String loss : List.of("squaredError", "absoluteError", "huber", "logCosh", "quantile", "hinge", "poisson"))
            texts.put(loss, model("input x[5]\n target y\n param w[5] ~ normal(0, 1)\n output p = sum[i] w[i]*x[i]\n loss " + loss + "(p, y)"));
        texts.put("binaryCrossEntropy", model("input x[5]\n target y\n param w[5] ~ normal(0, 1)\n output p = sigmoid(sum[i] w[i]*x[i])\n loss binaryCrossEntropy(p, y)"));
        for (String loss : List.of("crossEntropy", "smoothCrossEntropy"))
            texts.put(loss, model("input x[5]\n target y : class(6)\n z = dense(x, 6)\n output p = softmax(z)\n loss " + loss + "(p, y)"));
        texts.put("softCrossEntropy", model("input x[5]\n input q[6]\n z = dense(x, 6)\n output p = softmax(z)\n loss softCrossEntropy(p, softmax(q))"));
        texts.put("kl", model("input x[5]\n z = dense(x, 6)\n u = dense(x, 6)\n p = softmax(z)\n q = softmax(u)\n output p\n loss kl(q, p)"));
        texts.put("variational", model("input x[5]\n m = dense(x, 6)\n v = dense(x, 6)\n z = sampleNormal(m, v)\n output p = dense(z, 5)\n loss meanSquare(p, x) + normalKl(m, v)"));
        for (String layer : List.of("linear(x, 4)", "bilinear(x, x, 4)", "residual(x, 7)", "highway(x)", "gated(x, 4)", "prelu(x)",
                "layerNorm(x)", "rmsNorm(x)", "batchNorm(x)"))
            texts.put(layer, model("input x[5]\n a = dense(x, 5)\n output p = " + layer.replace("x", "a") + "\n loss sum[i] sin(p[i] * (i + 1))"));
        texts.put("dropout", model("input x[5]\n a = dense(x, 5)\n b = dropout(a)\n output p = noise(b)\n loss sum[i] p[i]^2"));
        texts.put("embedding", model("axis t = 4\n input w[t] : class(7)\n a[t] = embedding(w[t], 5)\n output p = learnedPositions(a)\n loss sum[t, i] sin(p[t, i] * (i + 1))"));
        for (String cell : List.of("rnnSequence(x, 5)", "gruSequence(x, 5)", "lstmSequence(x, 5)", "bidirectionalGru(x, 5)",
                "bidirectionalLstm(x, 5)", "multiHeadAttention(x, 3)", "transformerBlock(x, 3, 7)", "transformerBlock(x, 3, 7, causal = 1)"))
            texts.put(cell, model("axis t = 5\n input x[t, 6]\n output h = " + cell + "\n loss sum[t, i] sin(h[t, i])"));
        for (String seen : List.of("crossAttention(x, y, 3)", "decoderBlock(x, y, 3, 7)", "causalConv(x, 6, 2, dilation = 2, f = tanh)"))
            texts.put(seen, model("axis t = 5\n input x[t, 6]\n input y[4, 3]\n output h = " + seen + "\n loss sum[t, i] sin(h[t, i]) + y[0, 0]"));
        texts.put("rotated", model("axis t = 5\n input x[t, 6]\n q[t] = linear(x[t], 4)\n output h = rotated(q)\n loss sum[t, i] sin(h[t, i])"));
        texts.put("peepholeLstm", model("axis t = 5\n input x[t, 6]\n h[t], c[t] = peepholeLstm(x[t], h[t-1], c[t-1], m = 4)\n output h\n loss sum[t, i] sin(h[t, i])"));
        texts.put("additiveAttention", model("axis t = 5\n input x[t, 6]\n input q[4]\n output h = additiveAttention(q, x, 7)\n loss sum[i] sin(h[i])"));
        texts.put("maskedAttention", model("axis t = 5\n input x[t, 6]\n input n : class(6)\n q[t] = linear(x[t], 4)\n k[t] = linear(x[t], 4)\n output h = maskedAttention(q, k, x, n)\n loss sum[t, i] sin(h[t, i])"));
        texts.put("conv1d", model("input x[2, 12]\n a = conv1d(x, 3, 3, stride = 2, pad = 1, f = relu)\n b = maxPool1d(a, 2)\n output c = averagePool1d(b, 3)\n loss sum[i, j] sin(c[i, j])"));
        texts.put("conv2d", model("input x[2, 9, 9]\n a = conv2d(x, 3, 3, pad = 1, dilation = 2, f = tanh)\n b = batchNorm2d(a)\n c = maxPool2d(b, 2)\n output d = globalAverage(c)\n loss sum[i] sin(d[i])"));
        texts.put("depthwise", model("input x[2, 8, 8]\n a = depthwiseConv2d(x, 3, stride = 2)\n b = upsample2d(a)\n c = averagePool2d(b, 3)\n d = flatten(c)\n output p = dense(d, 3)\n loss sum[i] sin(p[i])"));
        texts.put("transposed", model("input x[2, 4, 4]\n a = transposedConv2d(x, 3, 3, stride = 2, pad = 1)\n g = gram(a)\n output p = flatten2d(g)\n loss sum[i] sin(p[i])"));
        texts.put("norm", model("input x[5]\n target y[5]\n h = dense(x, 5)\n output p = h\n loss sqrt(sum[i] (p[i] - y[i])^2)"));
        texts.put("rms", model("input x[5]\n target y[5]\n h = dense(x, 5)\n output p = h\n loss sqrt(mean[batch, i] (p[i] - y[i])^2)"));
        texts.put("cosine", model("input x[5]\n target y[5]\n output h = dense(x, 5)\n n = sqrt(sum[i] h[i]^2)\n p = sum[i] h[i]*y[i] / (n * sqrt(sum[j] y[j]^2))\n loss 1 - p"));
        return texts;
    }

    private static String model(String lines) {
        return "model M {\n " + lines + "\n train { optimizer sgd(rate = 0.1), batch 4, epochs 1, seed 1 }\n}\n";
    }

    static Map<String, Program> all() {
        Map<String, Program> programs = new LinkedHashMap<>();
        files().forEach((name, file) -> programs.put(name, Elaborator.elaborate(Sources.files(), file.toString(), Options.DEFAULT)));
        library().forEach((name, text) -> programs.put(name, program(text)));
        return programs;
    }

    static Program program(String text) {
        return Elaborator.elaborate(Sources.of(Map.of("m.nnl", text)), "m.nnl", Options.DEFAULT);
    }
}
