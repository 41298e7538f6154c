package org.nnl.data;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.nnl.equations.Tensor;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.Diagnostics;
import org.nnl.syntax.SourceException;
import org.nnl.syntax.Suggestions;
import org.nnl.syntax.Tree;

/**
 * The {@code data} block of a model file: which files there are, and an expression for every input and target. An
 * example is a row; {@code window} looks back from it and {@code next} ahead, and rows for which something is missing
 * that way are no examples.
 */
public final class DataBlock {
    private final Tree.Data tree;
    private final Path base;
    private final Map<String, String> texts;
    private final DataSettings settings;
    private final List<Diagnostic> errors = new ArrayList<>();

    /** Whether a file, or folder, given in place of the block's has been asked for. */
    private boolean overridden;

    /**
     * @param file the model file, for relative paths
     * @param name the model file as named in the tree's spans
     * @param text its text, for excerpts in messages
     * @throws SourceException if a setting is wrong
     */
    public DataBlock(Tree.Data tree, Path file, String name, String text) {
        this.tree = tree;
        this.base = file.toAbsolutePath().getParent();
        this.texts = Map.of(name, text);
        this.settings = new DataSettings(tree, errors);
        report();
    }

    private void report() {
        if (!errors.isEmpty()) throw Diagnostics.exception(List.copyOf(errors), texts);
    }

    /**
     * Reads all data.
     *
     * @param precise  whether numbers become {@code double}
     * @param seed     of the split into training and held-back rows, unless the block has its own
     * @param override a file in place of the block's {@code file}, or a folder in which its files are looked for; null
     *                 for neither
     * @throws SourceException if the block does not fit the model
     * @throws DataException   if a file is not as it should be
     */
    public DataSets read(List<Tensor> inputs, List<Tensor> targets, boolean precise, long seed, Path override) {
        try {
            return sets(inputs, targets, precise, seed, override);
        } catch (DataException e) {
            if (!(e.getCause() instanceof NoSuchFileException) || override != null && !Files.isDirectory(override)) throw e;
            throw new DataException(e.getMessage() + whereFrom(), e);
        }
    }

    /** What is said of a file that is not there: the comment above the block, or else how to name another. */
    private String whereFrom() {
        List<String> lines = texts.values().iterator().next().lines().toList(), said = new ArrayList<>();
        for (int i = tree.span().line() - 2; i >= 0 && lines.get(i).strip().startsWith("//"); i--)
            said.add(0, "    " + lines.get(i).strip().substring(2).strip());
        String name = tree.span().file();
        return said.isEmpty()
                ? "\n  it is named in the data block of " + name + "; --data names another file, or the folder of the files"
                : "\n  " + name + " says of its data:\n" + String.join("\n", said);
    }

    private DataSets sets(List<Tensor> inputs, List<Tensor> targets, boolean precise, long seed, Path override) {
        List<Tensor> tensors = new ArrayList<>(inputs);
        tensors.addAll(targets);
        checkNames(tensors);
        long splitSeed = settings.seed == null ? seed : settings.seed;
        Fit fit = new Fit();
        Reading reading = new Reading(settings, places(settings.file, override, false), null, fit, splitSeed);
        Map<Tensor, Feature> features = features(reading, tensors, fit);
        checkUse(reading, tensors);
        int[] rows = rows(features);
        boolean sequential = features.values().stream().anyMatch(Feature::sequential);
        boolean last = settings.last == null ? sequential : settings.last;
        int[] order = rows.clone();
        if (!last) shuffle(order, splitSeed);
        int test = share("test", settings.testShare, rows.length);
        int validation = share("validation", settings.validationShare, rows.length);
        if (test + validation >= rows.length && test + validation > 0)
            throw new DataException("of " + rows.length + " rows none are left for training");
        int[] train = sorted(order, 0, rows.length - validation - test);
        int[] validate = sorted(order, rows.length - validation - test, rows.length - test);
        int[] tested = sorted(order, rows.length - test, rows.length);
        java.util.BitSet held = new java.util.BitSet();
        for (int r : validate) held.set(r);
        for (int r : tested) held.set(r);
        reading.training = r -> !held.get(r);
        String source = settings.file == null ? "" : settings.file;
        Examples training = examples(features, train, precise, source);
        report();
        Examples validating = validate.length == 0 ? null : examples(features, validate, precise, source);
        Examples testing = tested.length == 0 ? null : examples(features, tested, precise, source);
        if (settings.validationFile != null) validating = other(tensors, settings.validationFile, null, fit, splitSeed, precise, override);
        if (settings.testFile != null || hasTestArguments())
            testing = other(tensors, settings.testFile, hasTestArguments() ? "test" : null, fit, splitSeed, precise, override);
        checkOverride(override);
        boolean shuffle = settings.shuffle == null || settings.shuffle;
        return new DataSets(training, validating, testing, fit, shuffle);
    }

    /**
     * The inputs alone, from new data, with labels and scales as in training.
     *
     * @param file    in place of the block's file
     * @param leftOut is told if rows of a table are no examples, so that predictions and rows are not one and one
     */
    public Examples predict(List<Tensor> inputs, boolean precise, Path file, Fit fit, Consumer<String> leftOut) {
        checkNames(inputs);
        Reading reading = new Reading(settings, places(settings.file, file, true), null, fit, 0);
        Map<Tensor, Feature> features = features(reading, inputs, fit);
        checkOverride(file);
        int[] rows = rows(features);
        int all = features.values().stream().mapToInt(Feature::rows).filter(n -> n != Feature.UNBOUNDED).max().orElse(0);
        // of a series the first rows have no window: that is as it must be
        if (rows.length < all && features.values().stream().noneMatch(Feature::sequential)) {
            int first = IntStream.range(0, all).filter(r -> r >= rows.length || rows[r] != r).findFirst().orElseThrow();
            leftOut.accept(rows.length + " of " + all + " rows have a prediction; the first without one is row " + (first + 1));
        }
        return examples(features, rows, precise, file == null ? settings.file : file.toString());
    }

    /** What is given in place of the block's files and is asked for by nothing would be ignored. */
    private void checkOverride(Path override) {
        if (override == null || overridden) return;
        errors.add(Diagnostic.of(
                tree.span(), "the data block names no file in whose place " + override + " could be read",
                Files.isDirectory(override) ? "it reads no file at all" : "a table is named so: file \"examples.csv\""));
        report();
    }

    /** How many rows a share is; an error if it is to be some and is none. */
    private int share(String word, double share, int rows) {
        int n = (int) Math.round(share * rows);
        if (n == 0 && share > 0)
            errors.add(Diagnostic.of(
                    settings.shares.get(word).span(),
                    "'" + word + "' would hold back none of the " + (rows == 1 ? "one row" : rows + " rows"),
                    rows == 1 ? "there is no other" : String.format(java.util.Locale.ROOT, "one row is a share of %.2g", 1.0 / rows)));
        return n;
    }

    private Examples other(
            List<Tensor> tensors, String file, String argument, Fit fit, long seed, boolean precise, Path override) {
        Path folder = override != null && Files.isDirectory(override) ? override : null;
        Reading reading = new Reading(settings, places(file, folder, false), argument, fit, seed + 1);
        Map<Tensor, Feature> features = features(reading, tensors, fit);
        return examples(features, rows(features), precise, file == null ? "" : file);
    }

    /** @param every whether a file given instead stands for the arrays named in expressions too */
    private Reading.Places places(String main, Path override, boolean every) {
        boolean folder = override != null && Files.isDirectory(override);
        return new Reading.Places() {
            @Override
            public Path main() {
                if (override == null || folder) return main == null ? null : find(main);
                overridden = true;
                return override;
            }

            @Override
            public Path find(String name) {
                overridden = true;
                if (every && override != null && !folder) return override;
                if (folder) {
                    Path direct = override.resolve(Path.of(name).getFileName());
                    return Files.exists(direct) || name.contains("*") ? direct : override.resolve(name);
                }
                Path there = base.resolve(name);
                Path here = Path.of("").toAbsolutePath();
                return there.startsWith(here) ? here.relativize(there) : there;
            }
        };
    }

    /** Every tensor needs a definition. */
    private void checkNames(List<Tensor> tensors) {
        for (Tensor t : tensors)
            if (!settings.definitions.containsKey(t.name()))
                errors.add(Diagnostic.of(
                        tree.span(),
                        "the data block does not say where " + t.role().word() + " '" + t.name() + "' comes from",
                        t.name() + " = column(…), for example"));
        report();
    }

    /** A definition that is neither a tensor's nor used by another one is probably misspelt. */
    private void checkUse(Reading reading, List<Tensor> tensors) {
        List<String> names = tensors.stream().map(Tensor::name).toList();
        List<String> candidates = new ArrayList<>(names);
        candidates.addAll(DataSettings.WORDS);
        settings.definitions.forEach((name, e) -> {
            if (!names.contains(name) && !reading.used.contains(name))
                errors.add(Diagnostic.of(
                        e.span(),
                        "'" + name + "' is neither a setting nor an input or target of the model"
                                + Suggestions.hint(name, candidates)));
        });
        report();
    }

    private boolean hasTestArguments() {
        boolean[] found = new boolean[1];
        settings.definitions.values().forEach(e -> e.arguments().forEach(a -> found[0] |= hasTest(a)));
        return found[0];
    }

    private static boolean hasTest(Tree.Expression e) {
        if (e instanceof Tree.Call c)
            return c.arguments().stream().anyMatch(a -> "test".equals(a.name()) || hasTest(a.value()));
        if (e instanceof Tree.Binary b) return hasTest(b.left()) || hasTest(b.right());
        if (e instanceof Tree.Unary u) return hasTest(u.operand());
        return e instanceof Tree.Vector v && v.elements().stream().anyMatch(DataBlock::hasTest);
    }

    private Map<Tensor, Feature> features(Reading reading, List<Tensor> tensors, Fit fit) {
        Map<Tensor, Feature> features = new LinkedHashMap<>();
        for (Tensor t : tensors) {
            Tree.Entry e = settings.definitions.get(t.name());
            reading.lists.clear();
            try {
                Feature f = reading.definition(t.name());
                if (t.isInteger() && f instanceof Columns c && c.elements() == 1 && (fit.labels(t.name()) != null || c.hasText()))
                    f = reading.labels(c, t.name());
                List<String> own = reading.lists.keySet().stream().filter(reading.lists::get).toList();
                if (own.size() == 1) {
                    List<String> names = fit.labels(own.get(0));
                    fit.labels(t.name(), () -> names);
                }
                checkShape(e, t, f, fit, reading.lists.keySet());
                features.put(t, f);
            } catch (SourceException x) {
                errors.addAll(x.diagnostics());
            }
        }
        report();
        return features;
    }

    /** @param lists the keys of the lists of labels that it needs, whose lengths the data decide */
    private void checkShape(Tree.Entry e, Tensor t, Feature f, Fit fit, Set<String> lists) {
        long wanted = t.elements(1);
        if (f.elements() != 0 && f.elements() != wanted) {
            List<String> notes = new ArrayList<>(List.of("the model declares " + t));
            for (String key : lists) {
                List<String> found = fit.labels(key);
                notes.add(key + " finds " + found.size() + (found.size() == 1 ? " label: " : " labels: ") + Reading.some(found));
            }
            errors.add(Diagnostic.of(
                    e.span(),
                    "'" + t.name() + "' gets " + f.elements() + " number" + (f.elements() == 1 ? "" : "s")
                            + " a row, but the model wants " + wanted,
                    notes.toArray(String[]::new)));
        }
        List<String> names = fit.labels(t.name());
        if (names != null && t.classes() > 0 && names.size() > t.classes())
            errors.add(Diagnostic.of(
                    e.span(),
                    "there are " + names.size() + " different labels (" + Reading.some(names) + "), but '" + t.name()
                            + "' is class(" + t.classes() + ")"));
    }

    /** The rows for which every feature has a value. */
    private int[] rows(Map<Tensor, Feature> features) {
        int rows = Feature.UNBOUNDED;
        Tensor first = null;
        for (Map.Entry<Tensor, Feature> e : features.entrySet()) {
            int n = e.getValue().rows();
            if (n == Feature.UNBOUNDED) continue;
            if (rows != Feature.UNBOUNDED && rows != n)
                throw new DataException("'" + first.name() + "' has " + rows + " rows ("
                        + features.get(first).place(0, 0) + "), but '" + e.getKey().name() + "' has " + n + " ("
                        + e.getValue().place(0, 0) + ")");
            rows = n;
            first = e.getKey();
        }
        if (rows == Feature.UNBOUNDED) {
            if (settings.rows == Integer.MAX_VALUE)
                throw new DataException("how many rows? 'rows 1000' in the data block says it");
            rows = settings.rows;
        }
        int[] all = IntStream.range(0, rows)
                .filter(r -> features.values().stream().allMatch(f -> f.has(r)))
                .toArray();
        int[] kept = IntStream.range(0, all.length)
                .filter(i -> i % settings.every == 0)
                .map(i -> all[i])
                .limit(settings.rows)
                .toArray();
        if (kept.length == 0) throw new DataException("none of the " + rows + " rows has a value for everything");
        return kept;
    }

    private static void shuffle(int[] order, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int o = order[i];
            order[i] = order[j];
            order[j] = o;
        }
    }

    private static int[] sorted(int[] order, int from, int to) {
        int[] part = Arrays.copyOfRange(order, from, to);
        Arrays.sort(part);
        return part;
    }

    private static Examples examples(Map<Tensor, Feature> features, int[] rows, boolean precise, String source) {
        Map<String, Object> values = new LinkedHashMap<>();
        features.forEach((t, f) -> values.put(t.name(), values(t, f, rows, precise)));
        return new Examples(source, rows.length, values);
    }

    private static Object values(Tensor t, Feature f, int[] rows, boolean precise) {
        long length = t.elements(1) * rows.length;
        if (length > Integer.MAX_VALUE - 8)
            throw new DataException("'" + t.name() + "' has " + length + " numbers in all: more than fit into an array; "
                    + "'every 10' in the data block takes every tenth row");
        int n = (int) t.elements(1);
        float[] singles = t.isInteger() || precise ? null : new float[(int) length];
        double[] doubles = t.isInteger() || !precise ? null : new double[(int) length];
        int[] classes = t.isInteger() ? new int[(int) length] : null;
        for (int i = 0; i < rows.length; i++) {
            for (int k = 0; k < n; k++) {
                double v = f.get(rows[i], k);
                if (classes != null) classes[i * n + k] = label(t, f, rows[i], k, v);
                else if (doubles != null) doubles[i * n + k] = v;
                else singles[i * n + k] = (float) v;
                if (Double.isNaN(v) || Double.isInfinite(singles != null ? (float) v : v))
                    throw new DataException(f.place(rows[i], k) + ": gives " + v + ", which '" + t.name()
                            + "' cannot take (not a finite number)");
            }
        }
        return classes != null ? classes : doubles != null ? doubles : singles;
    }

    private static int label(Tensor t, Feature f, int row, int element, double v) {
        int label = (int) v;
        if (label != v || label < 0 || t.classes() > 0 && label >= t.classes()) {
            throw new DataException(f.place(row, element) + ": " + org.nnl.equations.ExprPrinter.number(v) + " is not a class of '" + t.name()
                    + "', which has the classes 0 to " + (t.classes() - 1)
                    + (label == v && label == t.classes() ? " (labels(…) numbers them from 0)" : ""));
        }
        return label;
    }
}
