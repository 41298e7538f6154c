package org.nnl;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.nnl.derive.Derive;
import org.nnl.derive.Partials;
import org.nnl.elaborate.Elaborator;
import org.nnl.elaborate.Sources;
import org.nnl.elaborate.Unused;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.emit.WriteClass;
import org.nnl.emit.kernel.Kernels;
import org.nnl.load.InMemoryCompiler;
import org.nnl.order.Order;
import org.nnl.program.Program;
import org.nnl.report.Report;
import org.nnl.schedule.MakeSchedule;
import org.nnl.schedule.Schedule;
import org.nnl.schedule.SchedulePrinter;
import org.nnl.simplify.Simplify;
import org.nnl.stepwise.Checkpoints;
import org.nnl.stepwise.Stepwise;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.Diagnostics;
import org.nnl.syntax.Parser;
import org.nnl.syntax.SourceException;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;
import org.nnl.verify.Verifier;

/**
 * A model on its way to a class: the result of every stage, each computed once, when it is first asked for. The graphs
 * of every stage are verified. Not for use by several threads at once.
 */
public final class Compilation {
    private final Path file;
    private final Options options;
    private final Partials partials;
    private final Sources sources;
    private final String text;
    private final Tree.Unit tree;
    private Program model;
    private Program derived;
    private Program simplified;
    private Schedule schedule;
    private String java;

    Compilation(Sources sources, Path file, Options options, Partials partials) {
        this.sources = sources;
        this.file = file;
        this.options = options;
        this.partials = partials;
        this.text = read(name());
        this.tree = Parser.parse(name(), text);
    }

    private String read(String path) {
        String problem;
        try {
            return sources.text(path);
        } catch (NoSuchFileException e) {
            problem = "no such file";
        } catch (CharacterCodingException e) {
            problem = "not UTF-8 text";
        } catch (IOException e) {
            problem = Files.isDirectory(Path.of(path)) ? "is a folder" : "cannot be read: " + e.getMessage();
        }
        throw Diagnostics.exception(List.of(Diagnostic.of(new Span(name(), 0, 0, 1), problem)), Map.of());
    }

    public Path file() {
        return file;
    }

    public Options options() {
        return options;
    }

    /** The file as named in messages and spans. */
    public String name() {
        return file.toString().replace('\\', '/');
    }

    public String text() {
        return text;
    }

    /** Stage 1: the syntax tree. */
    public Tree.Unit tree() {
        return tree;
    }

    /** The definition of the model in the syntax tree. */
    public Tree.Model definition() {
        return tree.definitions().stream()
                .filter(d -> d instanceof Tree.Model && d.name().equals(model().name()))
                .map(d -> (Tree.Model) d)
                .findFirst()
                .orElseThrow();
    }

    /** The first data block of the file, null if it has none. */
    public Tree.Data data() {
        return tree.definitions().stream()
                .filter(d -> d instanceof Tree.Data)
                .map(d -> (Tree.Data) d)
                .findFirst()
                .orElse(null);
    }

    /** The models the file defines, none for a library; {@link Options#className} chooses one of several. */
    public List<String> modelNames() {
        return tree.definitions().stream()
                .filter(d -> d instanceof Tree.Model)
                .map(Tree.Definition::name)
                .toList();
    }

    /** The files it imports, directly or not; the standard library is not among them. */
    public List<Path> imports() {
        Set<String> found = new LinkedHashSet<>();
        Deque<Tree.Unit> open = new ArrayDeque<>(List.of(tree));
        while (!open.isEmpty()) {
            Tree.Unit unit = open.poll();
            for (Tree.Import i : unit.imports()) {
                String imported = sources.resolve(unit.span().file(), i.path());
                if (found.add(imported)) open.add(Parser.parse(imported, read(imported)));
            }
        }
        return found.stream().map(Path::of).toList();
    }

    /** What is no error in the model and most likely a slip: names that are declared and not used. */
    public List<Diagnostic> warnings() {
        return Unused.of(definition(), model());
    }

    /**
     * Stage 2: equations for prediction, loss, training and update.
     *
     * @throws SourceException with all errors of the model; a {@link SettingException} if they come from settings
     */
    public Program model() {
        if (model == null) {
            try {
                model = verified(Elaborator.elaborate(sources, name(), options), "elaborate");
            } catch (SourceException e) {
                throw SettingException.of(name(), e, options, o -> Elaborator.elaborate(sources, name(), o));
            }
        }
        return model;
    }

    /** Stage 3: with the gradient, with the graphs of step-wise prediction, and free of requests for derivatives. */
    public Program derived() {
        if (derived == null) {
            Program gradient = verified(Derive.derive(model(), partials), "derive");
            try {
                derived = verified(Checkpoints.of(Stepwise.of(gradient), partials), "stepwise");
            } catch (SourceException e) {
                throw SettingException.of(
                        name(), e, options, o -> new Compilation(sources, file, o, partials).derived());
            }
            partials.save();
        }
        return derived;
    }

    /** Stage 4: the same values with less work. */
    public Program simplified() {
        if (simplified == null) simplified = verified(Simplify.simplify(derived()), "simplify");
        return simplified;
    }

    /** The loss as trained, in which {@code stop} still stands: what a gradient is to be compared with. */
    public Graph lossWithStops() {
        return Simplify.keepingStops(derived().graph("training"));
    }

    /** Stages 5 and 6: loops, products and buffers. */
    public Schedule schedule() {
        if (schedule == null) schedule = MakeSchedule.of(simplified(), options);
        return schedule;
    }

    /** Stage 7: the source of the class. */
    public String java() {
        if (java == null) {
            List<Diagnostic> names = JavaNames.problems(tree, simplified(), simpleName());
            if (!names.isEmpty()) throw Diagnostics.exception(names, Map.of(name(), text));
            java = WriteClass.of(simplified(), schedule(), options);
        }
        return java;
    }

    /** The name of the class, without its package. */
    public String simpleName() {
        return WriteClass.className(model(), options);
    }

    /** The qualified name of the class. */
    public String className() {
        return options.packageName().isEmpty() ? simpleName() : options.packageName() + "." + simpleName();
    }

    /** Stage 8: the class in this JVM, each time a new one. */
    public Class<?> load() {
        return InMemoryCompiler.load(Map.of(className(), java()));
    }

    /** The page about the model: formulas, picture, loops, memory and class. */
    public String report() {
        return Report.html(text, simplified(), schedule(), java(), options.precision() == Options.Precision.FLOAT ? 4 : 8);
    }

    private static Program verified(Program program, String stage) {
        program.graphs().values().forEach(g -> Verifier.check(g, stage));
        return program;
    }

    /**
     * A stage as text.
     *
     * @param graph only this graph, null for all; of no effect where there are no graphs
     */
    public String print(Stage stage, String graph) {
        return switch (stage) {
            case SYNTAX -> TreePrinter.print(tree());
            case MODEL -> tensors(model());
            case EQUATIONS -> graphs(model(), graph);
            case GRADIENT -> graphs(derived(), graph);
            case SIMPLIFIED -> graphs(simplified(), graph);
            case ORDER -> graphs(simplified(), graph, g -> "graph " + g.name() + "\n" + Order.of(g));
            case SCHEDULE -> SchedulePrinter.print(schedule(), p -> Kernels.cut(p, options, schedule().batch()));
            case JAVA -> java();
        };
    }

    private static String tensors(Program p) {
        StringBuilder s = new StringBuilder("model " + p.name() + "\n");
        for (List<Tensor> all : List.of(p.inputs(), p.targets(), p.parameters(), p.states()))
            for (Tensor t : all) s.append("  ").append(t).append('\n');
        p.settings().forEach((name, v) -> s.append("  setting ").append(name).append(" = ").append(v).append('\n'));
        for (String o : p.outputs()) s.append("  output ").append(p.graph("predict").tensor(o)).append('\n');
        for (String m : p.metrics()) s.append("  metric ").append(m).append('\n');
        for (Program.Objective o : p.losses())
            s.append("  loss ").append(o.tensor()).append(" trains ").append(String.join(", ", o.parameters())).append('\n');
        long weights = p.parameters().stream().mapToLong(t -> t.elements(1)).sum();
        return s.append("  ").append(weights).append(" numbers to train\n").append(p.train()).append('\n').toString();
    }

    /** Why outputs are not predicted step by step. */
    private static String[] notStepwise(Program p) {
        return Stepwise.obstacles(p).entrySet().stream()
                .map(o -> o.getKey() + " cannot be predicted step by step: " + o.getValue())
                .toArray(String[]::new);
    }

    private static String graphs(Program p, String only) {
        return graphs(p, only, Function.identity());
    }

    /** Every graph, or only one, as what is to be seen of it prints itself. */
    private static String graphs(Program p, String only, Function<Graph, ?> view) {
        if (only != null && !p.graphs().containsKey(only))
            throw Diagnostics.exception(
                    List.of(Diagnostic.of(
                            new Span("", 0, 0, 1),
                            "no graph '" + only + "'; there are " + String.join(", ", p.graphs().keySet()),
                            only.equals(Stepwise.STEP) || only.equals(Stepwise.BEGIN) ? notStepwise(p) : new String[0])),
                    Map.of());
        StringBuilder s = new StringBuilder();
        p.graphs().forEach((name, g) -> {
            if (only == null || only.equals(name))
                s.append(view.apply(g)).append(s.length() == 0 || only == null ? "\n" : "");
        });
        return s.toString();
    }
}
