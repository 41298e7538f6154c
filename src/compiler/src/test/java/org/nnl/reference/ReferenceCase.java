package org.nnl.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A case of the reference gradients, which PyTorch computed in double precision: its model and the numbers it must
 * give. The numbers lie outside the repository, in {@code ../shared/reference} from its root.
 *
 * @param name    of the case
 * @param model   its .nnl text
 * @param numbers {@code param/NAME}, {@code data/NAME}, {@code loss}, {@code grad/NAME}, {@code output/NAME},
 *                {@code after3/NAME}, {@code after3_loss}
 */
public record ReferenceCase(String name, String model, Map<String, double[]> numbers) {

    /** The cases without recurrence, convolution or attention. */
    public static final List<String> PLAIN = List.of(
            "line",
            "logistic",
            "mlp_tanh",
            "mlp_relu",
            "residual",
            "pinn",
            "optimizer_sgd",
            "optimizer_sgd_momentum",
            "optimizer_sgd_nesterov",
            "optimizer_adagrad",
            "optimizer_rmsprop",
            "optimizer_adam",
            "optimizer_adamw");

    public static final List<String> STRUCTURED = List.of("rnn", "lstm", "gru", "lenet", "attention");

    /** The folder of the numbers, or null where there is none. */
    public static Path folder() {
        for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
            Path folder = p.resolve("shared/reference");
            if (Files.isDirectory(folder)) return folder;
        }
        return null;
    }

    /** Reads a case; its folder must exist. */
    public static ReferenceCase read(String name) throws IOException {
        return new ReferenceCase(name, model(name), Safetensors.read(folder().resolve(name + ".safetensors")));
    }

    /** The .nnl text of a case. */
    public static String model(String name) throws IOException {
        try (var in = ReferenceCase.class.getResourceAsStream("/reference/" + name + ".nnl")) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    /** The tensors whose names start with a prefix, by the rest of their names. */
    public Map<String, double[]> all(String prefix) {
        Map<String, double[]> found = new LinkedHashMap<>();
        numbers.forEach((key, value) -> {
            if (key.startsWith(prefix)) found.put(key.substring(prefix.length()), value);
        });
        return found;
    }

    /** Number of examples: the length of a data tensor over that of one example. */
    public int examples(String input, int perExample) {
        return numbers.get("data/" + input).length / perExample;
    }

    /** |a - b| / |b|, Euclidean; the plain |a - b| where b is 0. */
    public static double error(double[] a, double[] b) {
        if (a.length != b.length) return Double.POSITIVE_INFINITY;
        double difference = 0;
        double size = 0;
        for (int i = 0; i < a.length; i++) {
            difference += (a[i] - b[i]) * (a[i] - b[i]);
            size += b[i] * b[i];
        }
        return Math.sqrt(difference) / (size == 0 ? 1 : Math.sqrt(size));
    }
}
