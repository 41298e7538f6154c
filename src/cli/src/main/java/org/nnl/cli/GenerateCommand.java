package org.nnl.cli;

import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.nnl.data.DataException;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.stepwise.Stepwise;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "generate",
        description = {
            "Goes on with a sequence as a trained model forecasts it, step by step: a text, or a series of numbers.",
            "For a text, the model has one input of classes x[t], and an output p[t, k] of probabilities of what comes"
                    + " next. For a series, it has one input x[t] of numbers, and an output p[t], or p after the last step,"
                    + " of the number that comes next; numbers are those that the model sees, as the data block scales"
                    + " them, and stand a step a line."
        })
final class GenerateCommand implements Callable<Integer> {
    @Mixin
    private ModelFile model;

    @Option(names = "--weights", paramLabel = "PATH", description = "File, beside its record, or folder of a training (default: trained/STEM, of STEM.nnl).")
    private Path weights;

    @Option(names = "--prompt", paramLabel = "TEXT", defaultValue = "", description = "What the text, or the series, begins with: \"0.4 0.7 1.1\".")
    private String prompt;

    @Option(names = "--length", paramLabel = "N", description = "Characters to write (default: 500), or steps of a series (default: 10).")
    private Integer length;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "Below 1 more of the probable, above 1 more variety; 0 always the most probable (default: 1).")
    private Double temperature;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of the choices (default: 1).")
    private long seed;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (length != null && length < 0) throw new ParameterException(spec.commandLine(), "'--length' is at least 0, not " + length);
        if (temperature != null && temperature < 0)
            throw new ParameterException(spec.commandLine(), "'--temperature' is at least 0, not " + temperature);
        Kept.Trained trained = Kept.trained(weights, model);
        Program p = trained.compilation().simplified();
        Continuation text = Continuation.of(p, trained.instance(), this::array);
        if (text == null) throw new DataException(model.file + ": " + refusal(p));
        if (!p.inputs().get(0).isInteger()) {
            series(text);
            return ExitCode.OK;
        }
        List<String> names = trained.record().fit().labels(p.inputs().get(0).name());
        if (names == null) throw new DataException(trained.weights() + ": its record names no characters");
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
        begin.forEach(code -> text.read(code));
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < (length == null ? 500 : length); i++) {
            int next = choose(text.next(), classes, random);
            System.out.print(names.get(next));
            text.read(next);
        }
        System.out.println();
    }

    private static String refusal(Program p) {
        if (p.inputs().size() != 1)
            return "generate goes on with one sequence, and the model has "
                    + (p.inputs().isEmpty() ? "no input" : "the inputs "
                            + String.join(", ", p.inputs().stream().map(Tensor::name).toList()));
        Tensor input = p.inputs().get(0);
        if (input.isInteger())
            return "is no model of a text: generate wants, beside the input " + input.name()
                    + "[t] : class(k), an output p[t, k] of probabilities of what comes next";
        return "is no model of a series: generate wants a recurrence over the input " + input.name()
                + "[t], and an output that has the shape of one step of " + input.name()
                + (p.graphs().containsKey(Stepwise.STEP) ? "" : "; this one is not told step by step"
                        + " (nnl inspect --stop gradient --graph step says why)");
    }

    /** Prompt and forecast, a step a line. */
    private void series(Continuation series) {
        if (temperature != null)
            throw new DataException("--temperature is for texts: a forecast of numbers is no choice");
        String[] numbers = prompt.strip().split("[\\s,;]+");
        int width = series.width();
        if (prompt.isBlank() || numbers.length % width != 0)
            throw new DataException("--prompt wants the numbers that the series begins with, "
                    + (width == 1 ? "oldest first, as in --prompt \"0.4 0.7 1.1\"" : width + " for each step, oldest first"));
        double[] given = Arrays.stream(numbers).mapToDouble(GenerateCommand::number).toArray();
        double[] element = new double[width];
        for (int i = 0; i < numbers.length; i++) {
            element[i % width] = given[i];
            System.out.print(numbers[i] + (i % width == width - 1 ? "\n" : ","));
            if (i % width == width - 1) series.read(element);
        }
        for (int i = 0; i < (length == null ? 10 : length); i++) {
            StringJoiner line = new StringJoiner(",");
            for (int k = 0; k < width; k++) {
                element[k] = series.next().at(k);
                line.add(Array.get(series.next().values(), k).toString());
            }
            System.out.println(line);
            series.read(element);
        }
    }

    private static double number(String text) {
        try {
            double v = Double.parseDouble(text);
            if (Double.isFinite(v)) return v;
        } catch (NumberFormatException e) {
            // said below
        }
        throw new DataException("the prompt's '" + text + "' is not a number");
    }

    private Object array(Tensor t) {
        int n = (int) t.elements(1);
        if (t.isInteger()) return new int[n];
        return model.isPrecise() ? new double[n] : new float[n];
    }

    /** One of k classes with probability proportional to p^(1/temperature). */
    private int choose(Continuation.Forecast p, int k, SplittableRandom random) {
        double[] w = new double[k];
        double sum = 0, largest = 0;
        int best = 0;
        for (int j = 0; j < k; j++) {
            double v = p.at(j);
            if (v > largest) {
                largest = v;
                best = j;
            }
        }
        double t = temperature == null ? 1 : temperature;
        if (t <= 0) return best;
        for (int j = 0; j < k; j++) sum += w[j] = Math.pow(Math.max(0, p.at(j)) / largest, 1 / t);
        double r = random.nextDouble() * sum;
        for (int j = 0; j < k; j++) if ((r -= w[j]) < 0) return j;
        return best;
    }
}
