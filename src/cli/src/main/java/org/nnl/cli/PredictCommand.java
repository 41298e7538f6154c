package org.nnl.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.nnl.data.DataException;
import org.nnl.data.Examples;
import org.nnl.data.Fit;
import org.nnl.equations.Tensor;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "predict",
        description = {
            "Predicts from new data: a row of outputs for every row, as CSV.",
            "Labels and scales are those of the training. Where an output has a number for each class of a target, a"
                    + " column with the most probable label is added; an output of classes, of the same shape as such a"
                    + " target, is written in its labels: as a text, if these are characters or words."
        })
final class PredictCommand implements Callable<Integer> {
    private static final int BATCH = 256;

    @Mixin
    private ModelFile model;

    @Parameters(index = "1", paramLabel = "DATA", description = "Like the file of the data block; targets may be missing.")
    private Path data;

    @Option(names = "--weights", paramLabel = "PATH", description = "File, beside its record, or folder of a training (default: trained/STEM, of STEM.nnl).")
    private Path weights;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write (default: standard output).")
    private Path output;

    @Override
    public Integer call() throws IOException {
        if (output != null) Output.file(output);
        Kept.Trained trained = Kept.trained(weights, model);
        Program p = trained.compilation().simplified();
        if (p.outputs().isEmpty()) throw new DataException(model.file + ": the model has no output");
        Fit fit = trained.record().fit();
        Examples examples = ModelFile.data(trained.compilation()).predict(p.inputs(), model.isPrecise(), data, fit,
                said -> System.err.println("warning: " + said));
        Instance instance = trained.instance();
        if (output != null) {
            Output.write(output, out -> write(p, examples, instance, fit, out));
            return ExitCode.OK;
        }
        try (Writer out = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8))) {
            write(p, examples, instance, fit, out);
        }
        return ExitCode.OK;
    }

    private void write(Program p, Examples examples, Instance instance, Fit fit, Writer out) throws IOException {
        List<Tensor> outputs = p.outputs().stream().map(p.graph("predict")::tensor).toList();
        List<List<String>> labels = outputs.stream().map(t -> labels(t, p, fit)).toList();
        StringJoiner head = new StringJoiner(",");
        for (int o = 0; o < outputs.size(); o++) {
            int n = (int) outputs.get(o).elements(1);
            if (outputs.get(o).isInteger() && labels.get(o) != null) {
                head.add(outputs.get(o).name());
                continue;
            }
            for (int k = 0; k < n; k++)
                head.add(n == 1 ? outputs.get(o).name() : quoted(outputs.get(o).name() + "[" + name(labels.get(o), k) + "]"));
            if (labels.get(o) != null) head.add(target(outputs.get(o), p).name());
        }
        out.write(head + "\n");
        int[] order = java.util.stream.IntStream.range(0, examples.count()).toArray();
        Object[] inputs = p.inputs().stream().map(t -> examples.buffer(t.name(), BATCH)).toArray();
        Object[] results = outputs.stream().map(t -> array(t)).toArray();
        for (int i = 0; i < order.length; i += BATCH) {
            int n = Math.min(BATCH, order.length - i);
            for (int t = 0; t < inputs.length; t++) examples.gather(p.inputs().get(t).name(), order, i, n, inputs[t]);
            instance.predict(inputs, n, results);
            for (int e = 0; e < n; e++) out.write(row(outputs, labels, results, e) + "\n");
        }
    }

    private Object array(Tensor t) {
        int n = (int) t.elements(BATCH);
        if (t.isInteger()) return new int[n];
        return model.isPrecise() ? new double[n] : new float[n];
    }

    private static String row(List<Tensor> outputs, List<List<String>> labels, Object[] results, int example) {
        StringJoiner row = new StringJoiner(",");
        for (int o = 0; o < outputs.size(); o++) {
            int n = (int) outputs.get(o).elements(1), best = 0;
            int from = outputs.get(o).isBatched() ? example * n : 0;
            if (outputs.get(o).isInteger() && labels.get(o) != null) {
                row.add(quoted(text(labels.get(o), results[o], from, n)));
                continue;
            }
            for (int k = 0; k < n; k++) {
                row.add(Array.get(results[o], from + k).toString());
                if (Array.getDouble(results[o], from + k) > Array.getDouble(results[o], from + best)) best = k;
            }
            if (labels.get(o) != null) row.add(quoted(name(labels.get(o), best)));
        }
        return row.toString();
    }

    /** The target whose classes an output is about: it has a number for each of them, or is one of them. */
    private static Tensor target(Tensor output, Program p) {
        return p.targets().stream()
                .filter(t -> t.classes() > 1)
                .filter(t -> output.isInteger()
                        ? output.classes() == t.classes() && output.elements(1) == t.elements(1)
                        : output.rank() == 2 && t.rank() == 1 && t.classes() == output.elements(1))
                .findFirst()
                .orElse(null);
    }

    /** Names for the numbers of an output, without names their numbers; null if it is not over classes. */
    private static List<String> labels(Tensor output, Program p, Fit fit) {
        Tensor target = target(output, p);
        if (target == null) return null;
        List<String> names = fit.labels(target.name());
        return names == null ? new ArrayList<>() : names;
    }

    /**
     * Classes by their names: characters one after the other, words with a blank between. A class without a name is the
     * end of a text, as it is in data.
     */
    private static String text(List<String> labels, Object classes, int from, int n) {
        boolean characters = labels.stream().allMatch(l -> l.codePointCount(0, l.length()) <= 1);
        StringJoiner text = new StringJoiner(characters && !labels.isEmpty() ? "" : " ");
        for (int k = 0; k < n; k++) {
            String word = name(labels, Array.getInt(classes, from + k));
            if (word.isEmpty()) break;
            text.add(word);
        }
        return text.toString();
    }

    private static String name(List<String> labels, int k) {
        return labels != null && k < labels.size() ? labels.get(k) : Integer.toString(k);
    }

    private static String quoted(String field) {
        return field.matches("[^\",\n\r]*") ? field : '"' + field.replace("\"", "\"\"") + '"';
    }
}
