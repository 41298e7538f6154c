package org.nnl.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.bench.Machine;
import org.nnl.bench.Nests;
import org.nnl.elaborate.Sources;

/**
 * How fast layers of every kind are trained, two of each: a table with the share of the core's peak, and the nest of the
 * generated code that takes longest. What to look for are nests that take long far below the speed of others: there equations have
 * not become what they could be. Element-wise layers and short sums do little with each number they read, and stay low.
 *
 * <p>Arguments: names of layers; all if none.
 */
public final class LayerStudy {
    /** Seconds of a measurement, after twice as many of warm-up. */
    private static final double SECONDS = 6;

    /**
     * @param before    what the model declares: axes, and the input
     * @param equations that give {@code a}
     * @param last      an expression in {@code a} with a number for each of its values
     */
    private record Layers(String name, String before, String equations, String last) {
        private String model() {
            return """
                    model Layers {
                        %s
                        target y
                        %s
                        output p = dense(%s, 1)[0]
                        loss   (p - y)^2
                        train  { optimizer adam, batch 32 }
                    }
                    """.formatted(before, equations, last);
        }
    }

    private static Layers picture(String name, String shape, String equations) {
        return new Layers(name, "input x[" + shape + "]", equations, "flatten(a)");
    }

    private static Layers sequence(String name, int inputs, String equations) {
        return new Layers(name, "axis t = 32\n    input x[t, " + inputs + "]", equations, "a[31]");
    }

    private static final List<Layers> ALL = List.of(
            new Layers("dense", "input x[100]", "a = dense(dense(x, 200, relu), 100, tanh)", "a"),
            new Layers("dense-few", "input x[3]", "a = dense(dense(dense(x, 50, relu), 3, tanh), 100, relu)", "a"),
            new Layers("layer-norm", "input x[64]", "a = layerNorm(dense(layerNorm(dense(x, 128)), 128, gelu))", "a"),
            picture("conv-3x3", "16, 14, 14", "a = conv2d(conv2d(x, 32, 3, f = relu), 64, 3, f = relu)"),
            picture("conv-3x3-padded", "3, 16, 16", "a = conv2d(conv2d(x, 32, 3, pad = 1, f = relu), 32, 3, pad = 1, f = relu)"),
            picture("conv-3x3-stride", "3, 32, 32", "a = conv2d(conv2d(x, 32, 3, stride = 2, pad = 1, f = relu), 64, 3, stride = 2, pad = 1, f = relu)"),
            picture("conv-3x3-deep", "256, 6, 6", "a = conv2d(conv2d(x, 256, 3, pad = 1, f = relu), 256, 3, pad = 1, f = relu)"),
            picture("conv-5x5-pool", "1, 28, 28", "a = maxPool2d(conv2d(maxPool2d(conv2d(x, 8, 5, f = relu), 2), 16, 5, f = relu), 2)"),
            picture("conv-1x1", "16, 16, 16", "a = conv2d(conv2d(x, 64, 1, f = relu), 32, 1, f = relu)"),
            picture("conv-depthwise", "16, 16, 16", "a = conv2d(depthwiseConv2d(x, 3, pad = 1, f = relu), 32, 1, f = relu)"),
            picture("conv-transposed", "16, 8, 8", "a = transposedConv2d(transposedConv2d(x, 16, 3, stride = 2, pad = 1, f = relu), 8, 3, stride = 2, pad = 1)"),
            picture("batch-norm", "16, 14, 14", "a = batchNorm2d(conv2d(batchNorm2d(conv2d(x, 16, 3)), 16, 3))"),
            new Layers("conv1d", "input x[4, 64]", "c = conv1d(conv1d(x, 32, 5, f = relu), 32, 3, f = relu)\n    a = flatten2d(c)", "a"),
            sequence("causal-conv", 16, "a = causalConv(causalConv(x, 32, 3, f = relu), 32, 3, dilation = 2, f = relu)"),
            sequence("rnn", 2, "a = rnnSequence(rnnSequence(x, 50), 50)"),
            sequence("lstm", 3, "a = lstmSequence(lstmSequence(x, 64), 64)"),
            sequence("gru", 8, "a = gruSequence(gruSequence(x, 48), 48)"),
            sequence("bidirectional-gru", 3, "a = bidirectionalGru(x, 32)"),
            sequence("transformer", 48, "a = transformerBlock(transformerBlock(x, 6, 96), 6, 96, causal = 1)"));

    private LayerStudy() {}

    public static void main(String[] args) {
        List<String> wanted = List.of(args);
        for (String w : wanted)
            if (ALL.stream().noneMatch(l -> l.name.equals(w))) throw new IllegalArgumentException("no such layers: " + w);
        double peak = Machine.peak();
        System.out.println(Machine.description() + "\n");
        System.out.println("| layers | step, µs | GFLOP/s | of a core's peak | longest nest | of the step | GFLOP/s |");
        System.out.println("|---|--:|--:|--:|---|--:|--:|");
        for (Layers l : ALL) if (wanted.isEmpty() || wanted.contains(l.name)) run(l, peak);
    }

    private static void run(Layers l, double peak) {
        Compilation c = Compiler.compile(Sources.of(Map.of("layers.nnl", l.model())), "layers.nnl", Options.DEFAULT);
        List<Nests> nests = Nests.of(c, Options.Precision.FLOAT, SECONDS);
        double micros = nests.stream().mapToDouble(Nests::micros).sum();
        double speed = nests.stream().mapToDouble(n -> n.calls() * n.estimate().operations()).sum() / micros / 1e3;
        Nests longest = nests.get(0);
        System.out.printf(
                Locale.ROOT, "| %s | %.1f | %.1f | %.0f %% | `%s` | %.0f %% | %.1f |%n",
                l.name, micros, speed, 100 * speed / peak, longest.routine(), 100 * longest.micros() / micros, longest.gigaflops());
    }
}
