package org.nnl.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.SettingException;
import org.nnl.data.DataBlock;
import org.nnl.data.DataException;
import org.nnl.equations.ExprPrinter;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.program.TrainWords;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.Diagnostics;
import org.nnl.syntax.Suggestions;
import org.nnl.syntax.Tree;
import org.nnl.train.TrainingRecord;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The model a command is about, and how it is to be compiled. */
final class ModelFile {
    @Parameters(index = "0", paramLabel = "FILE", description = "The model, an .nnl file.")
    Path file;

    /** What {@code -D} says. */
    private final Map<String, Double> set = new LinkedHashMap<>();

    /** What options of a setting's own name say, which go before {@code -D}. */
    private final Map<String, Double> named = new LinkedHashMap<>();

    /** What the record of a training says, which holds if the command line says nothing. */
    private final Map<String, Double> kept = new LinkedHashMap<>();

    @Option(names = "--backend", paramLabel = "NAME", description = "Which Java is written: ${COMPLETION-CANDIDATES} (default: vector).")
    Options.Backend backend;

    @Option(names = "--precision", paramLabel = "NAME", description = "Of real numbers: ${COMPLETION-CANDIDATES} (default: float).")
    Options.Precision precision;

    @Option(names = "--model", paramLabel = "NAME", defaultValue = "", description = "Which one, if the file has several.")
    String name;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-D", "--set"},
            paramLabel = "NAME=VALUE",
            description = "Sets a parameter of the model (hidden=64) or a train setting (batch=16).")
    private void set(Map<String, Double> values) {
        if (values == null) return;
        values.forEach((setting, value) -> check("-D " + setting, setting, value));
        set.putAll(values);
    }

    @Option(names = "--threads", paramLabel = "N", description = "Threads that compute, at most (default: as in the model).")
    private void threads(Integer n) {
        override("threads", n);
    }

    /** That of a command. */
    static ModelFile of(CommandLine command) {
        return command.getCommandSpec().mixins().values().stream()
                .map(CommandSpec::userObject)
                .filter(ModelFile.class::isInstance)
                .map(ModelFile.class::cast)
                .findFirst()
                .orElseThrow();
    }

    Options options(String packageName) {
        return new Options(
                packageName,
                name,
                backend == null ? Options.Backend.VECTOR : backend,
                precision == null ? Options.Precision.FLOAT : precision,
                overrides());
    }

    /** The values of parameters and settings that are given from outside. */
    Map<String, Double> overrides() {
        Map<String, Double> all = new LinkedHashMap<>(kept);
        all.putAll(set);
        all.putAll(named);
        return all;
    }

    /** What an option says about a setting of its own name; null if it was not given. */
    void override(String setting, Number value) {
        if (value == null) return;
        check("--" + setting, setting, value.doubleValue());
        named.put(setting, value.doubleValue());
    }

    /** A wrong command line if the setting cannot have the value. */
    private void check(String option, String setting, double value) {
        String objection = TrainWords.objection(setting, value);
        if (objection != null) throw new ParameterException(command.commandLine(), "'" + option + "' " + objection);
    }

    /** What the record of a training says about a setting. */
    void otherwise(String setting, Number value) {
        kept.put(setting, value.doubleValue());
    }

    /** What is to be said of values that the model cannot have. The command line is wrong, unless a record has them. */
    RuntimeException refusal(SettingException e) {
        return refusal(e, "");
    }

    /** @param vary the setting that the option {@code --vary} gives, empty for none */
    private RuntimeException refusal(SettingException e, String vary) {
        StringJoiner text = new StringJoiner("\nerror: ");
        boolean given = false;
        for (SettingException.Wrong w : e.errors()) {
            StringJoiner where = new StringJoiner(", ");
            for (Map.Entry<String, Double> s : w.settings().entrySet()) {
                String name = s.getKey();
                boolean fromFile = !set.containsKey(name) && !named.containsKey(name) && kept.containsKey(name);
                given |= !fromFile || name.equals(vary);
                String value = name + "=" + ExprPrinter.number(s.getValue());
                where.add(name.equals(vary) ? "'--vary " + value + "'"
                        : named.containsKey(name) ? "'--" + value.replace('=', ' ') + "'"
                        : fromFile ? "'" + value + "' in the training's " + TrainingRecord.FILE
                        : "'-D " + value + "'");
            }
            StringBuilder error = new StringBuilder(where + ": " + w.said().message());
            for (String note : w.said().notes()) error.append("\n  note: ").append(note);
            text.add(error);
        }
        return given ? new ParameterException(command.commandLine(), text.toString(), e) : new DataException(text.toString());
    }

    Compilation compile() {
        return compile(options(""));
    }

    /** For a command that takes training steps. */
    Compilation compileWithLoss() {
        Compilation c = compile();
        if (c.simplified().losses().isEmpty())
            throw Diagnostics.exception(
                    List.of(Diagnostic.of(c.definition().span(), "the model has no loss, so there are no training steps",
                            "a line such as  loss (p - y)^2  says what is minimised")),
                    Map.of(c.name(), c.text()));
        return c;
    }

    Compilation compile(Options options) {
        return compile(file, options);
    }

    private Compilation compile(Path file, Options options) {
        String cache = System.getProperty("nnl.cache");
        Compilation c = Compiler.compile(file, options, cache == null ? null : Path.of(cache));
        if (!name.isEmpty() && !c.modelNames().contains(name))
            throw new DataException(file + ": has no model '" + name + "'" + Suggestions.hint(name, c.modelNames())
                    + (c.modelNames().isEmpty() ? "; it has none" : "\n  it has " + String.join(", ", c.modelNames())));
        return c;
    }

    /** The model with a value that the option {@code --vary} gives, elaborated and no further. */
    void vary(String setting, double value) {
        check("--vary " + setting, setting, value);
        Map<String, Double> more = overrides();
        more.put(setting, value);
        Options o = options("");
        try {
            compile(new Options(o.packageName(), o.className(), o.backend(), o.precision(), more)).model();
        } catch (SettingException e) {
            throw refusal(e, setting);
        }
    }

    /** The model that was chosen, or else all models of a file. */
    List<Compilation> compileAll(Path file, String packageName) {
        Compilation first = compile(file, options(packageName));
        if (!name.isEmpty() || first.modelNames().size() == 1) return List.of(first);
        return first.modelNames().stream()
                .map(m -> compile(file, options(packageName).withClassName(m)))
                .toList();
    }

    /** Says on standard error what is no error and most likely a slip. */
    static void warn(Compilation c) {
        if (!c.warnings().isEmpty())
            System.err.println(Diagnostics.warnings(c.warnings(), Map.of(c.name(), c.text())).stripTrailing());
    }

    boolean isPrecise() {
        return precision == Options.Precision.DOUBLE;
    }

    /** {@code 03-digits} of {@code samples/03-digits.nnl}. */
    String stem() {
        String name = file.getFileName().toString();
        return name.endsWith(".nnl") ? name.substring(0, name.length() - 4) : name;
    }

    /** The model's data block. */
    static DataBlock data(Compilation c) {
        Tree.Data data = c.data();
        if (data == null)
            throw new DataException(c.file() + ": has no data block, so there is nothing to train on:\n"
                    + "  data {\n    file \"examples.csv\"\n    x = columns(1:4)\n    y = column(5)\n  }");
        return new DataBlock(data, c.file(), c.name(), c.text());
    }

    /** Inputs, then targets. */
    static List<String> tensors(Program p) {
        return java.util.stream.Stream.concat(p.inputs().stream(), p.targets().stream()).map(Tensor::name).toList();
    }
}
