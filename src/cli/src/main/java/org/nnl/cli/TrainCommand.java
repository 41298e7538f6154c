package org.nnl.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.nnl.Compilation;
import org.nnl.data.DataException;
import org.nnl.data.DataSets;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import org.nnl.program.TrainSettings;
import org.nnl.train.GeneratedModel;
import org.nnl.train.Training;
import org.nnl.train.TrainingOptions;
import org.nnl.train.TrainingRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "train",
        description = {
            "Trains a model on the data its data block names.",
            "Writes best.safetensors (the weights), last-EPOCH.safetensors (to go on with) and record.json."
        })
final class TrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelFile model;

    @Option(names = "--data", paramLabel = "FILE", description = "In place of the data block's file; or the folder of its files.")
    private Path data;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "Where weights and record go (default: trained/STEM, of STEM.nnl).")
    private Path output;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the data.")
    private void epochs(Integer n) {
        model.override("epochs", n);
    }

    @Option(names = "--batch", paramLabel = "N", description = "Examples a step.")
    private void batch(Integer n) {
        model.override("batch", n);
    }

    @Option(names = "--seed", paramLabel = "N", description = "Of initial values, order and noise.")
    private void seed(Long n) {
        model.override("seed", n);
    }

    @Option(names = "--patience", paramLabel = "N", description = "Stop after N epochs without improvement.")
    private void patience(Integer n) {
        model.override("patience", n);
    }

    @Option(names = "--resume", description = "Go on from the last checkpoint.")
    private boolean resume;

    @Option(
            names = "--weights",
            paramLabel = "PATH",
            description = "Begin with the parameters in this file, or folder of a training, and not with initial values.")
    private Path weights;

    @Option(
            names = "--save-every",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Between checkpoints; 0 keeps every epoch (default: ${DEFAULT-VALUE}).")
    private double saveEvery;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print the final figures only.")
    private boolean quiet;

    @Override
    public Integer call() throws IOException {
        if (resume && weights != null)
            throw new ParameterException(spec.commandLine(), "--resume goes on with its own weights, without --weights");
        if (saveEvery < 0) throw new ParameterException(spec.commandLine(), "'--save-every' is at least 0, not " + saveEvery);
        Path folder = Output.folder(output != null ? output : Path.of("trained", model.stem()));
        TrainingRecord before = resume ? TrainingRecord.read(folder) : null;
        if (before != null) Kept.apply(before, model);
        Progress progress = new Progress(quiet);
        long start = System.nanoTime();
        Compilation c = model.compileWithLoss();
        Program p = c.simplified();
        if (p.parameters().stream().noneMatch(t -> p.graph("update").commits().containsKey(t.name())))
            throw new DataException(model.file + ": nothing would be learnt, "
                    + (p.parameters().isEmpty() ? "the model has no parameters" : "the train block has no optimizer"));
        ModelFile.warn(c);
        TrainSettings settings = p.train();
        DataSets sets = ModelFile.data(c).read(p.inputs(), p.targets(), model.isPrecise(), settings.seed(), data);
        Instance instance = new Instance(c.load(), settings.seed());
        if (weights != null) instance.loadParameters(Kept.weights(weights, model), Map.of());
        progress.say(String.format(
                Locale.ROOT,
                "%s: %s parameters, compiled in %.1f s",
                p.name(),
                String.format(Locale.ROOT, "%,d", p.parameters().stream().mapToLong(t -> t.elements(1)).sum()),
                (System.nanoTime() - start) / 1e9));
        progress.say(sets.train().count() + " examples"
                + (sets.validation() == null ? "" : ", " + sets.validation().count() + " for validation")
                + (sets.test() == null ? "" : ", " + sets.test().count() + " for testing") + "; "
                + settings.epochs() + (settings.epochs() == 1 ? " epoch" : " epochs") + " of batches of " + settings.batch());
        Kept.warnOfChange(before, c);
        TrainingRecord record = before != null ? before : TrainingRecord.of(Kept.settings(model, c, sets), sets.fit());
        TrainingOptions options = new TrainingOptions(
                settings.epochs(),
                settings.batch(),
                settings.seed(),
                settings.patience(),
                settings.stateful(),
                folder,
                resume,
                saveEvery,
                p.losses().size() > 1);
        Training.Result result = new Training(
                        new GeneratedModel(instance), sets, ModelFile.tensors(p), options, record, progress)
                .run();
        if (result.interrupted()) return ExitCode.INTERRUPTED;
        Map<String, String> lines = new LinkedHashMap<>();
        result.best().forEach((name, figures) -> lines.put(name, figures.toString()));
        lines.forEach((name, figures) -> System.out.println(String.format("%-11s", name) + figures));
        System.out.println("weights and record are in " + folder);
        return ExitCode.OK;
    }
}
