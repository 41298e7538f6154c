package org.nnl.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.Compilation;
import org.nnl.Options;
import org.nnl.data.DataException;
import org.nnl.data.DataSets;
import org.nnl.load.Instance;
import org.nnl.program.Limit;
import org.nnl.program.Program;
import org.nnl.program.TrainSettings;
import org.nnl.syntax.Tree;
import org.nnl.train.TrainingRecord;

/** What a training record says about the model, so that prediction and resumption compile the same one. */
final class Kept {
    private Kept() {}

    /** The first entries of a record. */
    static Map<String, Object> settings(ModelFile model, Compilation c, DataSets sets) {
        TrainSettings t = c.simplified().train();
        Map<String, Object> s = new LinkedHashMap<>();
        s.put("model", c.simplified().name());
        s.put("file", model.file.getFileName().toString());
        s.put("sha256", hash(c));
        s.put("set", numbers(model.overrides(), c.simplified()));
        s.put("precision", c.options().precision().java());
        s.put("backend", c.options().backend().toString());
        Map<String, Object> train = new LinkedHashMap<>();
        train.put("batch", (long) t.batch());
        train.put("epochs", (long) t.epochs());
        train.put("seed", t.seed());
        train.put("patience", (long) t.patience());
        train.putAll(numbers(c.simplified().settings(), c.simplified()));
        s.put("train", train);
        Map<String, Object> examples = new LinkedHashMap<>();
        examples.put("train", (long) sets.train().count());
        if (sets.validation() != null) examples.put("validation", (long) sets.validation().count());
        if (sets.test() != null) examples.put("test", (long) sets.test().count());
        s.put("examples", examples);
        s.put("java", System.getProperty("java.version"));
        return s;
    }

    /** Whole numbers as such, unless they are an optimiser's, which can be any. */
    private static Map<String, Object> numbers(Map<String, Double> settings, Program p) {
        Map<String, Object> numbers = new LinkedHashMap<>();
        settings.forEach((name, v) -> {
            boolean real = v != Math.rint(v) || p.settings().containsKey(name)
                    && !p.rules().limits().getOrDefault(name, List.of()).contains(Limit.WHOLE);
            numbers.put(name, real ? v : (Number) v.longValue());
        });
        return numbers;
    }

    /** Settings of the training are used where the command line gives none. */
    static void apply(TrainingRecord record, ModelFile model) {
        if (record.get("set") instanceof Map<?, ?> set)
            set.forEach((k, v) -> {
                if (v instanceof Number n) model.otherwise((String) k, n);
            });
        if (model.precision == null && record.get("precision") instanceof String p)
            model.precision = p.equals("double") ? Options.Precision.DOUBLE : Options.Precision.FLOAT;
        if (model.backend == null && record.get("backend") instanceof String b)
            model.backend = b.equals("scalar") ? Options.Backend.SCALAR : Options.Backend.VECTOR;
    }

    /** Says so if the model, its file, or what it is compiled with is not what was trained. */
    static void warnOfChange(TrainingRecord record, Compilation c) {
        if (record == null) return;
        String own = c.simplified().name();
        if (!hash(c).equals(record.get("sha256")))
            warn(record.get("model") instanceof String trained && !trained.equals(own)
                    ? "what was trained is the model " + trained + " of " + record.get("file") + ", and this is " + own
                    : c.file() + " has changed since it was trained");
        String precision = c.options().precision().java();
        if (record.get("precision") instanceof String p && !p.equals(precision))
            warn("what was trained has numbers of " + p + ", and this of " + precision);
        Map<?, ?> set = record.get("set") instanceof Map<?, ?> m ? m : Map.of();
        for (Tree.Parameter p : c.definition().parameters()) {
            Double here = c.options().overrides().get(p.name());
            Double there = set.get(p.name()) instanceof Number n ? n.doubleValue() : null;
            if (here != null && !here.equals(there))
                warn(p.name() + " is set to " + shown(here) + " here, and was "
                        + (there == null ? "not set" : "set to " + shown(there)) + " when it was trained");
        }
    }

    private static void warn(String change) {
        System.err.println("warning: " + change);
    }

    private static String shown(double v) {
        return v == Math.rint(v) ? String.valueOf((long) v) : String.valueOf(v);
    }

    private static String hash(Compilation c) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(c.text().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** A trained model: its weights, the record beside them, and the class for which they are, compiled as it was trained. */
    record Trained(Path weights, TrainingRecord record, Compilation compilation) {
        Instance instance() throws IOException {
            Instance instance = new Instance(compilation.load(), 1);
            instance.load(weights);
            return instance;
        }
    }

    /** What a training has left; {@code weights} is null for the usual place. */
    static Trained trained(Path weights, ModelFile model) {
        Path from = weights(weights, model);
        TrainingRecord record = record(from);
        apply(record, model);
        Compilation c = model.compile();
        warnOfChange(record, c);
        return new Trained(from, record, c);
    }

    /** The record beside a file of weights. */
    private static TrainingRecord record(Path weights) {
        if (Files.exists(weights) && !Files.exists(weights.resolveSibling(TrainingRecord.FILE)))
            throw new DataException(weights + ": there is no " + TrainingRecord.FILE + " beside it, which nnl train writes:"
                    + " labels and scales of the data are taken from there");
        return TrainingRecord.read(weights.getParent() == null ? Path.of("") : weights.getParent());
    }

    /** The folder that holds weights and record, and the file of weights in it. */
    static Path weights(Path weights, ModelFile model) {
        if (weights == null) return Path.of("trained", model.stem(), "best.safetensors");
        if (!Files.exists(weights)) throw new DataException(weights + ": no such file or folder");
        return Files.isDirectory(weights) ? weights.resolve("best.safetensors") : weights;
    }
}
