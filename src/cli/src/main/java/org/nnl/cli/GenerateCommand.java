package org.nnl.cli;

import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.nnl.Compilation;
import org.nnl.data.DataException;
import org.nnl.equations.Tensor;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import org.nnl.train.TrainingRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "generate",
        description = {
            "Writes a text with a trained sequence model, a character after the other.",
            "The model has one input of classes x[t], and an output p[t, k] of probabilities of what comes next."
        })
final class GenerateCommand implements Callable<Integer> {
    @Mixin
    private ModelFile model;

    @Option(names = "--weights", paramLabel = "PATH", description = "File or folder (default: trained/MODEL).")
    private Path weights;

    @Option(names = "--prompt", paramLabel = "TEXT", defaultValue = "", description = "What the text begins with.")
    private String prompt;

    @Option(names = "--length", paramLabel = "N", defaultValue = "500", description = "Characters to write (default: 500).")
    private int length;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "1",
            description = "Below 1 more of the probable, above 1 more variety; 0 always the most probable (default: 1).")
    private double temperature;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of the choices (default: 1).")
    private long seed;

    @Override
    public Integer call() throws IOException {
        Path from = Kept.weights(weights, model);
        TrainingRecord record = TrainingRecord.read(from.toAbsolutePath().getParent());
        Kept.apply(record, model);
        Compilation c = model.compile();
        Kept.warnOfChange(record, c);
        Program p = c.simplified();
        Tensor input = p.inputs().get(0);
        Tensor output = p.outputs().stream()
                .map(p.graph("predict")::tensor)
                .filter(t -> t.rank() == 3 && !t.isInteger())
                .findFirst()
                .orElse(null);
        if (p.inputs().size() != 1 || !input.isInteger() || input.rank() != 2 || output == null
                || !output.shape().get(1).equals(input.shape().get(1)))
            throw new DataException(model.file + ": is no model of sequences: generate wants one input x[t] : class(k) and an"
                    + " output p[t, k]");
        List<String> names = record.fit().labels(input.name());
        if (names == null) throw new DataException(from + ": its record names no characters");
        Instance instance = new Instance(c.load(), 1);
        instance.load(from);
        write(instance, p, input, output, names);
        return ExitCode.OK;
    }

    /**
     * The window is filled from its front, so that the model starts as it did in training; when it is full, the older
     * half is forgotten.
     */
    private void write(Instance instance, Program p, Tensor input, Tensor output, List<String> names) {
        int steps = (int) input.elements(1);
        int classes = output.shape().get(2).at(1);
        List<Integer> window = new ArrayList<>();
        prompt.codePoints().forEach(ch -> {
            int code = names.indexOf(new String(Character.toChars(ch)));
            if (code < 0)
                throw new DataException("the prompt's '" + new String(Character.toChars(ch))
                        + "' does not occur in the training text");
            window.add(code);
        });
        SplittableRandom random = new SplittableRandom(seed);
        if (window.isEmpty()) window.add(Math.max(0, names.indexOf("\n")));
        else System.out.print(prompt);
        int[] x = new int[steps];
        Object[] outputs = p.outputs().stream().map(p.graph("predict")::tensor).map(this::array).toArray();
        Object probabilities = outputs[p.outputs().indexOf(output.name())];
        for (int i = 0; i < length; i++) {
            if (window.size() > steps) window.subList(0, window.size() - Math.max(1, steps / 2)).clear();
            for (int t = 0; t < steps; t++) x[t] = t < window.size() ? window.get(t) : 0;
            instance.predict(new Object[] {x}, 1, outputs);
            int next = choose(probabilities, (window.size() - 1) * classes, Math.min(classes, names.size()), random);
            System.out.print(names.get(next));
            window.add(next);
        }
        System.out.println();
    }

    private Object array(Tensor t) {
        int n = (int) t.elements(1);
        if (t.isInteger()) return new int[n];
        return model.isPrecise() ? new double[n] : new float[n];
    }

    /** One of k classes with probability proportional to p^(1/temperature). */
    private int choose(Object p, int from, int k, SplittableRandom random) {
        double[] w = new double[k];
        double sum = 0, largest = 0;
        int best = 0;
        for (int j = 0; j < k; j++) {
            double v = Array.getDouble(p, from + j);
            if (v > largest) {
                largest = v;
                best = j;
            }
        }
        if (temperature <= 0) return best;
        for (int j = 0; j < k; j++)
            sum += w[j] = Math.pow(Math.max(0, Array.getDouble(p, from + j)) / largest, 1 / temperature);
        double r = random.nextDouble() * sum;
        for (int j = 0; j < k; j++) if ((r -= w[j]) < 0) return j;
        return best;
    }
}
