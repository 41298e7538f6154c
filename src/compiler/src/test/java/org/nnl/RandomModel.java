package org.nnl;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes models nobody thought of: random shapes, expressions, folds, layers, recurrences, convolutions and losses, as
 * the text of an {@code .nnl} file. The same seed gives the same text. Every model is well-formed, smooth or with kinks
 * of measure zero, and moderate in its values, so that its gradient can be checked by differences.
 */
final class RandomModel {
    private static final int[] SIZES = {1, 2, 3, 5, 7, 8, 9, 13};
    private static final int[] LARGE = {1, 7, 8, 9, 13, 31, 100};
    private static final String[] ACTIVATIONS = {
        "tanh", "sigmoid", "relu", "leakyRelu", "elu", "gelu", "swish", "softplus", "identity", "mish", "sin"
    };

    private final SplittableRandom random;
    private final int[] sizes;
    private final StringBuilder declarations = new StringBuilder();
    private final StringBuilder body = new StringBuilder();
    private final List<Vector> vectors = new ArrayList<>();
    private final List<String> penalties = new ArrayList<>();
    private int names;

    /** A name that holds a vector. */
    private record Vector(String name, int size) {}

    private RandomModel(long seed, boolean large) {
        random = new SplittableRandom(seed);
        sizes = large ? LARGE : SIZES;
    }

    /** @param large whether axis sizes go up to 100, for comparing back ends; small ones are for differences */
    static String text(long seed, boolean large) {
        return new RandomModel(seed, large).write(seed);
    }

    private String write(long seed) {
        int n = size();
        declarations.append("    input  x[").append(n).append("]\n");
        vectors.add(new Vector("x", n));
        if (random.nextInt(3) == 0) word();
        if (random.nextInt(3) == 0) sequence();
        if (random.nextInt(4) == 0) image();
        int statements = 1 + random.nextInt(5);
        for (int k = 0; k < statements; k++) statement();
        loss();
        return "model Random" + seed + " {\n" + declarations + body + "}\n";
    }

    private void statement() {
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> {
                int units = size();
                define(units, "dense(" + pick().name() + ", " + units + ", " + activation() + ")");
            }
            case 3 -> elementwise();
            case 4 -> {
                Vector v = pick();
                String w = parameter(v.size());
                define(v.size(), "%1$s[i] * %2$s[i] + 0.5 * %3$s(%1$s[i])", "i", v.name(), w, activation());
            }
            case 5 -> {
                // an outer product, folded again over either axis
                Vector a = pick();
                Vector b = pick();
                String m = fresh();
                line(m + "[i, j] = " + a.name() + "[i] * " + activation() + "(" + b.name() + "[j])");
                String fold = new String[] {"sum", "mean", "max"}[random.nextInt(3)];
                define(a.size(), fold + "[j] " + m + "[i, j]", "i");
            }
            case 6 -> define(pick(), "softmax(%s)");
            case 7 -> {
                Vector v = pick();
                if (v.size() > 1) define(v, "layerNorm(%s)");
                else elementwise();
            }
            case 8 -> {
                Vector v = pick();
                if (v.size() < 3) return;
                int from = random.nextInt(v.size() - 1);
                int to = from + 1 + random.nextInt(v.size() - from);
                define(to - from, v.name() + "[" + from + ":" + Math.min(to, v.size()) + "]");
            }
            case 9 -> {
                Vector v = pick();
                String w = fresh();
                int k = 1 + random.nextInt(Math.min(3, v.size()));
                declarations.append("    param  ").append(w).append('[').append(k).append("] ~ normal(0, 0.7)\n");
                define(
                        v.size(),
                        "sum[q < " + k + "] " + w + "[q] * " + v.name() + "[i + q - " + random.nextInt(k) + "]",
                        "i < " + v.size());
            }
            case 10, 11, 12 -> shared();
            default -> {
                Vector v = pick();
                String s = fresh();
                line(s + " = sum[i] " + v.name() + "[i]^2");
                define(v.size(), "%s[i] / sqrt(1 + %s)", "i", v.name(), s);
            }
        }
    }

    /** Two vectors of one size, or a vector and itself, in a random expression of an index. */
    private void elementwise() {
        Vector a = pick();
        Vector b = pick();
        if (b.size() != a.size()) b = a;
        String x = a.name() + "[i]";
        String y = b.name() + "[i]";
        String e =
                switch (random.nextInt(7)) {
                    case 0 -> x + " * " + y;
                    case 1 -> "0.5 * " + x + " - " + y + "^2 / 4";
                    case 2 -> "if " + x + " > " + y + " then " + activation() + "(" + x + ") else -0.3 * " + y;
                    case 3 -> "max(" + x + ", 0.1 + 0.5 * " + y + ")";
                    case 4 -> "exp(-(" + x + ")^2) + " + activation() + "(" + y + ")";
                    case 5 -> x + " / (1 + " + y + "^2)";
                    default -> "log(1 + " + x + "^2) - abs(" + y + " - 0.2)";
                };
        define(a.size(), e, "i");
    }

    /** Something that all examples share: made of the whole batch, of parameters alone, or kept from step to step. */
    private void shared() {
        Vector v = pick();
        String x = v.name() + "[i]", m = fresh();
        switch (random.nextInt(6)) {
            case 0 -> {
                // the batch normalised, by hand
                String q = fresh();
                line(m + "[i] = mean[batch] " + x);
                line(q + "[i] = mean[batch] (" + x + " - " + m + "[i])^2");
                define(v.size(), "(%1$s - %2$s[i]) / sqrt(0.1 + %3$s[i])", "i", x, m, q);
            }
            case 1 -> {
                // a running mean: read as it was before the step
                declarations.append("    state  ").append(m).append('[').append(v.size()).append("] = 0.1\n");
                line(m + "[i] = 0.9 * " + m + "[i] + 0.1 * (mean[batch] " + x + ")");
                define(v.size(), "%1$s - 0.5 * %2$s[i]", "i", x, m);
            }
            case 2 -> {
                // softmax over the batch
                String s = fresh();
                line(m + "[i] = exp(sin(" + x + "))");
                line(s + "[i] = mean[batch] " + m + "[i]");
                define(v.size(), "%1$s[i] / %2$s[i]", "i", m, s);
            }
            case 3 -> {
                // one number of the whole batch, put back into every example
                line(m + " = sum[i] (mean[batch] " + activation() + "(" + x + "))");
                define(v.size(), "%1$s * sigmoid(%2$s)", "i", x, m);
            }
            case 4 -> {
                // of parameters alone: weights brought to norm 1
                String w = parameter(v.size());
                line(m + "[i] = " + w + "[i] / sqrt(0.1 + (sum[j] " + w + "[j]^2))");
                define(v.size(), "%1$s * %2$s[i] + tanh(%2$s[i])", "i", x, m);
            }
            default -> {
                // a penalty on weights, added to the loss
                String w = parameter(v.size());
                line(m + " = sum[i] " + activation() + "(" + w + "[i])^2");
                penalties.add("0.01 * " + m);
                define(v.size(), "%1$s * %2$s[i]", "i", x, w);
            }
        }
    }

    private void word() {
        int k = 2 + random.nextInt(9);
        int size = size();
        declarations.append("    input  word : class(").append(k).append(")\n");
        define(size, "embedding(word, " + size + ")");
    }

    /** A sequence through a recurrence; its last state, its mean or its states joined go on. */
    private void sequence() {
        int t = 1 + random.nextInt(6);
        int n = 1 + random.nextInt(4);
        int m = 1 + random.nextInt(5);
        declarations.append("    axis   t = ").append(t).append("\n    input  s[t, ").append(n).append("]\n");
        String h = fresh();
        switch (random.nextInt(5)) {
            case 0 -> line(h + "[t] = rnn(s[t], " + h + "[t-1], m = " + m + ")");
            case 1 -> line(h + "[t] = gru(s[t], " + h + "[t-1], m = " + m + ")");
            case 2 -> {
                String c = fresh();
                line(h + "[t], " + c + "[t] = lstm(s[t], " + h + "[t-1], " + c + "[t-1], m = " + m + ")");
            }
            case 3 -> line(h + "[t] = rnn(s[t], " + h + "[t+1], m = " + m + ")");
            default -> line(h + "[t] = gru(s[t], " + h + "[t-2], m = " + m + ")");
        }
        if (random.nextBoolean()) define(m, h + "[" + (t - 1) + "]");
        else define(m, "mean[u] " + h + "[u, i]", "i");
    }

    private void image() {
        int side = 4 + random.nextInt(4);
        int channels = 1 + random.nextInt(2);
        int out = 1 + random.nextInt(3);
        int kernel = 1 + random.nextInt(3);
        int stride = 1 + random.nextInt(2);
        int pad = random.nextInt(kernel);
        declarations.append("    input  image[").append(channels).append(", ").append(side).append(", ").append(side)
                .append("]\n");
        String y = fresh();
        line(y + " = conv2d(image, " + out + ", " + kernel + ", stride = " + stride + ", pad = " + pad + ", f = "
                + activation() + ")");
        define(out, (random.nextBoolean() ? "max" : "mean") + "[u, v] " + y + "[i, u, v]", "i");
    }

    private void loss() {
        Vector v = vectors.get(vectors.size() - 1);
        switch (random.nextInt(5)) {
            case 0 -> {
                int k = 2 + random.nextInt(5);
                declarations.append("    target y : class(").append(k).append(")\n");
                line("p = softmax(dense(" + v.name() + ", " + k + "))");
                loss("crossEntropy(p, y)");
            }
            case 1 -> {
                declarations.append("    target y\n");
                line("z = dense(" + v.name() + ", 1)");
                line("p = sigmoid(z[0])");
                loss("binaryCrossEntropy(p, y)");
            }
            case 2 -> {
                declarations.append("    target y\n");
                line("z = dense(" + v.name() + ", 1)");
                loss("huber(z[0], y)");
            }
            case 3 -> {
                declarations.append("    target y[3]\n");
                line("p = dense(" + v.name() + ", 3, " + activation() + ")");
                loss("meanSquare(p, y)");
            }
            default -> {
                declarations.append("    target y\n");
                line("z = dense(" + v.name() + ", 1)");
                loss("sqrt(0.1 + (mean[batch] (z[0] - y)^2))");
            }
        }
        String optimizer = new String[] {
            "sgd(rate = 0.05)", "momentum(rate = 0.02)", "nesterov(rate = 0.02)", "adagrad(rate = 0.05)",
            "rmsprop(rate = 0.01)", "adam(rate = 0.01)", "adamw(rate = 0.01)"
        }[random.nextInt(7)];
        line("train { optimizer " + optimizer + (random.nextInt(3) == 0 ? ", clip 1" : "") + ", batch " + (random.nextBoolean() ? 5 : 16) + " }");
    }

    private void loss(String value) {
        line("loss " + value + String.join("", penalties.stream().map(p -> " + " + p).toList()));
    }

    private void define(Vector v, String format) {
        define(v.size(), format.formatted(v.name()));
    }

    private void define(int size, String value) {
        String name = fresh();
        line(name + " = " + value);
        vectors.add(new Vector(name, size));
    }

    private void define(int size, String format, String index, Object... arguments) {
        String name = fresh();
        line(name + "[" + index + "] = " + format.formatted(arguments));
        vectors.add(new Vector(name, size));
    }

    private String parameter(int size) {
        String w = fresh();
        declarations.append("    param  ").append(w).append('[').append(size).append("] ~ normal(0, 0.7)\n");
        return w;
    }

    private void line(String text) {
        body.append("    ").append(text).append('\n');
    }

    private Vector pick() {
        // the latest more often, so that models get deep
        return random.nextBoolean() ? vectors.get(vectors.size() - 1) : vectors.get(random.nextInt(vectors.size()));
    }

    private String activation() {
        return ACTIVATIONS[random.nextInt(ACTIVATIONS.length)];
    }

    private int size() {
        return sizes[random.nextInt(sizes.length)];
    }

    private String fresh() {
        return "v" + names++;
    }
}
