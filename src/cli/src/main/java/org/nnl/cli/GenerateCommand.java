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
        Instance instance = new Instance(c.load(), 1);
        instance.load(from);
        Continuation text = Continuation.of(p, instance, this::array);
        if (text == null)
            throw new DataException(model.file + ": is no model of sequences: generate wants one input x[t] : class(k) and an"
                    + " output p[t, k]");
        List<String> names = record.fit().labels(p.inputs().get(0).name());
        if (names == null) throw new DataException(from + ": its record names no characters");
        write(text, Math.min(p.inputs().get(0).classes(), names.size()), names);
        return ExitCode.OK;
    }

    private void write(Continuation text, int classes, List<String> names) {
        List<Integer> begin = new ArrayList<>();
        prompt.codePoints().forEach(ch -> {
            int code = names.indexOf(Character.toString(ch));
            if (code < 0)
                throw new DataException("the prompt's '" + Character.toString(ch) + "' does not occur in the training text");
            begin.add(code);
        });
        if (begin.isEmpty()) begin.add(Math.max(0, names.indexOf("\n")));
        else System.out.print(prompt);
        begin.forEach(text::read);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < length; i++) {
            Continuation.Forecast p = text.next();
            int next = choose(p.values(), p.from(), classes, random);
            System.out.print(names.get(next));
            text.read(next);
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
