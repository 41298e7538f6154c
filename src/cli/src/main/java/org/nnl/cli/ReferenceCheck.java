package org.nnl.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.data.DataException;
import org.nnl.data.NdArray;
import org.nnl.data.Safetensors;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.syntax.Suggestions;

/**
 * Compares a model with values computed elsewhere: from {@code param/NAME} and {@code data/NAME} it computes and
 * compares {@code loss}, {@code output/NAME}, {@code grad/NAME}, and after three training steps on those data
 * {@code after3/NAME} and {@code after3_loss}, as far as the file has them.
 */
final class ReferenceCheck {
    private final Path file;
    private final Program program;
    private final Map<String, NdArray> reference;
    private final Map<String, double[]> data = new LinkedHashMap<>();
    private int examples = 1;

    /**
     * A comparison.
     *
     * @param error the norm of the difference over the norm of the reference: relative error, norm-wise
     */
    record Row(String name, double error) {}

    ReferenceCheck(Path file, Program program) {
        this.file = file;
        this.program = program;
        this.reference = Safetensors.read(file).tensors();
        List<Tensor> tensors = new ArrayList<>(program.inputs());
        tensors.addAll(program.targets());
        for (Tensor t : tensors) {
            NdArray a = find("data/" + t.name());
            if (t.isBatched()) examples = a.size() / (int) t.elements(1);
        }
        for (Tensor t : tensors) data.put(t.name(), values(t, "data/" + t.name()));
    }

    private NdArray find(String name) {
        NdArray a = reference.get(name);
        if (a == null)
            throw new DataException(file + ": has no tensor '" + name + "'" + Suggestions.hint(name, reference.keySet()));
        return a;
    }

    private double[] values(Tensor t, String name) {
        NdArray a = find(name);
        if (a.size() != t.elements(examples))
            throw new DataException(file + ": " + name + " has shape " + a.shape() + ", but the model declares " + t
                    + (t.isBatched() ? " (with " + examples + " examples)" : ""));
        return a.toDoubles();
    }

    private void start(Subject subject) {
        for (Tensor t : program.parameters()) subject.set(t.name(), values(t, "param/" + t.name()));
    }

    List<Row> compare(Subject subject) {
        List<Row> rows = new ArrayList<>();
        start(subject);
        if (reference.containsKey("loss")) rows.add(row("loss", new double[] {subject.loss(data, examples)}));
        subject.outputs(data, examples).forEach((name, v) -> {
            if (reference.containsKey("output/" + name)) rows.add(row("output/" + name, v));
        });
        Map<String, double[]> gradient = subject.gradient(data, examples);
        gradient.forEach((name, v) -> {
            if (reference.containsKey("grad/" + name)) rows.add(row("grad/" + name, v));
        });
        complete("grad/", gradient.keySet());
        complete("output/", Set.copyOf(program.outputs()));
        if (reference.keySet().stream().anyMatch(n -> n.startsWith("after3"))) {
            for (int step = 0; step < 3; step++) subject.trainStep(data, examples);
            for (Tensor t : program.parameters())
                if (reference.containsKey("after3/" + t.name()))
                    rows.add(row("after3/" + t.name(), subject.parameter(t.name())));
            if (reference.containsKey("after3_loss"))
                rows.add(row("after3_loss", new double[] {subject.loss(data, examples)}));
        }
        return rows;
    }

    /** Reference values that the model has nothing to compare with would otherwise pass unseen. */
    private void complete(String prefix, Set<String> names) {
        for (String n : reference.keySet())
            if (n.startsWith(prefix) && !names.contains(n.substring(prefix.length())))
                throw new DataException(file + ": " + n + " has no counterpart in the model"
                        + Suggestions.hint(n.substring(prefix.length()), names));
    }

    private Row row(String name, double[] found) {
        double[] wanted = find(name).toDoubles();
        if (wanted.length != found.length)
            throw new DataException(file + ": " + name + " has shape " + find(name).shape() + ", the model gives "
                    + found.length + " numbers");
        return new Row(name, error(found, wanted));
    }

    /** {@code |found - wanted| / |wanted|}, Euclidean; against zero the absolute error. */
    static double error(double[] found, double[] wanted) {
        double difference = 0, size = 0;
        for (int i = 0; i < wanted.length; i++) {
            difference += (found[i] - wanted[i]) * (found[i] - wanted[i]);
            size += wanted[i] * wanted[i];
        }
        return Math.sqrt(size > 0 ? difference / size : difference);
    }
}
