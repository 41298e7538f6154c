package org.nnl.data;

import static org.nnl.data.Arguments.count;
import static org.nnl.data.Arguments.error;
import static org.nnl.data.Arguments.functions;
import static org.nnl.data.Arguments.named;
import static org.nnl.data.Arguments.number;
import static org.nnl.data.Arguments.positional;
import static org.nnl.data.Arguments.whole;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.nnl.equations.Op;
import org.nnl.syntax.Suggestions;
import org.nnl.syntax.Tree;

/**
 * The meaning of the expressions of a data block, for one of the files it is used on: the training file, a test or
 * validation file, or new data to predict from.
 */
final class Reading {
    private final DataSettings settings;
    private final Places files;
    private final String argument;
    private final Fit fit;
    private final long seed;

    /** Rows that statistics may look at: set after the split. */
    IntPredicate training = r -> true;

    private final Map<String, Feature> defined = new HashMap<>();
    private final Map<String, Map<String, Boolean>> listsOf = new HashMap<>();
    private final Map<Path, Table> tables = new HashMap<>();
    private final Set<String> inProgress = new HashSet<>();

    /** Names used by other definitions. */
    final Set<String> used = new HashSet<>();

    /**
     * The label lists that the definition evaluated last has needed, by key: whether the numbers of the feature are the places of
     * labels in the list, and not a 1 at such a place, or how many there are.
     */
    final Map<String, Boolean> lists = new LinkedHashMap<>();

    /**
     * @param files    finds files by the names in the block
     * @param argument the named argument that holds the file of an array for this purpose ({@code test}), or null for
     *                 the first argument
     */
    Reading(DataSettings settings, Places files, String argument, Fit fit, long seed) {
        this.settings = settings;
        this.files = files;
        this.argument = argument;
        this.fit = fit;
        this.seed = seed;
    }

    /** Where the files of a block are. */
    interface Places {
        /** The main file of tables and texts, null if none is named. */
        Path main();

        /** A file named in an expression. */
        Path find(String name);
    }

    /** What a defined name stands for. */
    Feature definition(String name) {
        Feature f = defined.get(name);
        if (f != null) {
            lists.putAll(listsOf.get(name));
            return f;
        }
        Tree.Entry e = settings.definitions.get(name);
        if (!inProgress.add(name)) throw error(e, "'" + name + "' is defined by itself");
        f = feature(e.arguments().get(0));
        inProgress.remove(name);
        defined.put(name, f);
        listsOf.put(name, new LinkedHashMap<>(lists));
        return f;
    }

    Feature feature(Tree.Expression e) {
        if (e instanceof Tree.Number n) return Features.constant(n.value());
        if (e instanceof Tree.Name n) return name(n);
        if (e instanceof Tree.Vector v) return new Features.Joined(v.elements().stream().map(this::feature).toList());
        if (e instanceof Tree.Unary u && u.operator().equals("-"))
            return new Features.Mapped(feature(u.operand()), x -> -x);
        if (e instanceof Tree.Unary u) return new Features.Mapped(feature(u.operand()), x -> x == 0 ? 1 : 0);
        if (e instanceof Tree.Binary b) return binary(b);
        if (e instanceof Tree.Call c) return call(c);
        throw error(
                e,
                "this has no meaning in a data block",
                "expected is a number, a name, a function such as column(1), an operation of these, or several in [a, b]");
    }

    private Feature name(Tree.Name n) {
        if (settings.definitions.containsKey(n.name())) {
            used.add(n.name());
            return definition(n.name());
        }
        if (n.name().equals("characters") || n.name().equals("words") || n.name().equals("row"))
            return call(new Tree.Call(n.span(), n.name(), List.of()));
        List<String> candidates = new ArrayList<>(settings.definitions.keySet());
        candidates.addAll(functions());
        throw error(
                n,
                "unknown name '" + n.name() + "'" + Suggestions.hint(n.name(), candidates),
                "a column is column(\"" + n.name() + "\")");
    }

    private Feature binary(Tree.Binary b) {
        boolean equal = b.operator().equals("==");
        if ((equal || b.operator().equals("!=")) && b.right() instanceof Tree.Text t) {
            Columns c = columns(b.left(), "only a column is compared with a text");
            return new Features.Coded(
                    c.rows(),
                    1,
                    false,
                    c::has,
                    r -> new int[] {c.text(r).equals(t.value()) == equal ? 1 : 0},
                    r -> c.place(r, 0));
        }
        Op op = Op.of(b.operator());
        if (op == null) throw error(b, "'" + b.operator() + "' has no meaning in a data block");
        Feature l = feature(b.left()), r = feature(b.right());
        if (l.elements() > 1 && r.elements() > 1 && l.elements() != r.elements())
            throw error(b, "'" + b.operator() + "' between " + l.elements() + " and " + r.elements() + " numbers a row");
        if (l.rows() != r.rows() && l.rows() != Feature.UNBOUNDED && r.rows() != Feature.UNBOUNDED)
            throw error(b, "'" + b.operator() + "' between features of " + l.rows() + " and " + r.rows() + " rows");
        return new Features.Paired(l, r, (x, y) -> op.apply(x, y));
    }

    private Columns columns(Tree.Expression e, String otherwise) {
        if (feature(e) instanceof Columns c && c.elements() == 1) return c;
        throw error(e, otherwise + "; here stands " + ExpressionText.of(e));
    }

    private Feature call(Tree.Call c) {
        Op scalar = Op.of(c.name());
        Arguments.check(c, scalar);
        switch (c.name()) {
            case "column", "columns":
                return columns(c);
            case "file", "idx", "npy", "safetensors":
                return stored(c);
            case "window":
                return new Features.Window(feature(positional(c, 0)), whole(c, 1, 1));
            case "next":
                return new Features.Shifted(feature(positional(c, 0)), count(c) > 1 ? whole(c, 1, 0) : 1);
            case "previous":
                return new Features.Shifted(feature(positional(c, 0)), -(count(c) > 1 ? whole(c, 1, 0) : 1));
            case "standardize":
                return scaled(c, false);
            case "minmax":
                return scaled(c, true);
            case "labels":
                return labels(columns(positional(c, 0), "labels takes a column"), ExpressionText.of(c));
            case "onehot":
                return oneHot(c);
            case "characters", "words":
                return text(c);
            case "length":
                return length(c);
            case "uniform", "normal":
                return random(c);
            case "row":
                return new Features.Computed(1, "row", (r, k) -> r);
            default:
                if (scalar != null && scalar.arity() == 1)
                    return new Features.Mapped(feature(positional(c, 0)), x -> scalar.apply(x));
                if (scalar != null && scalar.arity() == 2)
                    return new Features.Paired(
                            feature(positional(c, 0)), feature(positional(c, 1)), (x, y) -> scalar.apply(x, y));
                throw error(c, "unknown function '" + c.name() + "'" + Suggestions.hint(c.name(), functions()));
        }
    }

    private Table table(Tree at) {
        if (files.main() == null) throw error(at, "there is no file to take this from: file \"…\" is missing");
        return table(files.main());
    }

    private Table table(Path file) {
        return tables.computeIfAbsent(file, f -> Table.read(f, settings.format));
    }

    private Columns columns(Tree.Call c) {
        Table t = table(c);
        List<Integer> indices = new ArrayList<>();
        for (Tree.Argument a : c.arguments()) {
            if (a.value() instanceof Tree.Range r) {
                int from = column(t, r.from()), to = column(t, r.to());
                if (to < from) throw error(r, "the range runs backwards");
                for (int i = from; i <= to; i++) indices.add(i);
            } else indices.add(column(t, a.value()));
        }
        if (c.arguments().isEmpty()) for (int i = 0; i < t.width(); i++) indices.add(i);
        if (c.name().equals("column") && indices.size() != 1) throw error(c, "column takes one name or number");
        return columns(t, indices.stream().mapToInt(i -> i).toArray());
    }

    private Columns columns(Table t, int[] indices) {
        return new Columns(t, indices, settings.missing, i -> mean(t, i));
    }

    private double mean(Table t, int column) {
        Column c = t.column(column);
        return fit.scale("mean(column(\"" + c.name + "\"))", () -> new double[][] {{Statistics.mean(c, t.rows(), training)}, {1}})
                [0][0];
    }

    private int column(Table t, Tree.Expression e) {
        try {
            if (e instanceof Tree.Text x) return t.find(x.value());
            if (e instanceof Tree.Number n && n.value() == Math.rint(n.value()) && Math.abs(n.value()) < 1e9)
                return t.find((int) n.value());
        } catch (DataException x) {
            throw error(e, x.getMessage());
        }
        throw error(e, "a column is a name in quotes or a number from 1");
    }

    private String fileName(Tree.Call c) {
        Tree.Expression e = argument == null ? positional(c, 0) : named(c, argument);
        if (e == null) throw error(c, c.name() + " names no file to " + argument + " with: " + argument + " = \"…\" is missing");
        if (e instanceof Tree.Text t) return t.value();
        throw error(e, "expected a file name in quotes");
    }

    /** {@code file("a.idx.gz")}: whatever format it has; the first dimension counts the rows. */
    private Feature stored(Tree.Call c) {
        String name = fileName(c);
        Path file = files.find(name);
        String format = c.name();
        if (format.equals("file")) format = format(file);
        NdArray a;
        if (format.equals("idx")) a = Idx.read(file);
        else if (format.equals("npy")) a = Npy.read(file);
        else if (format.equals("safetensors")) {
            Tree.Expression which = positional(c, 1);
            if (!(which instanceof Tree.Text t)) throw error(which, "expected the name of a tensor in quotes");
            Map<String, NdArray> all = Safetensors.read(file).tensors();
            a = all.get(t.value());
            if (a == null)
                throw error(t, "no tensor '" + t.value() + "' in " + file + Suggestions.hint(t.value(), all.keySet())
                        + "; there are " + String.join(", ", all.keySet()));
        } else {
            Table t = table(file);
            int[] all = new int[t.width()];
            Arrays.setAll(all, i -> i);
            return columns(t, all);
        }
        if (a.shape().isEmpty() || a.size() == 0) throw error(c, file + " holds no rows: its shape is " + a.shape());
        return new Features.Stored(file.toString(), a, a.size() / a.shape().get(0));
    }

    private static String format(Path file) {
        if (file.toString().endsWith(".safetensors")) return "safetensors";
        ByteBuffer b = ByteBuffer.wrap(Content.bytes(file));
        if (b.limit() >= 6 && b.get(0) == (byte) 0x93 && b.get(1) == 'N') return "npy";
        return b.limit() >= 4 && b.getShort(0) == 0 ? "idx" : "table";
    }

    private Feature scaled(Tree.Call c, boolean range) {
        Feature f = feature(positional(c, 0));
        if (f.rows() == Feature.UNBOUNDED) throw error(c, "there is nothing to take the scale from");
        return new Features.Scaled(
                f, () -> fit.scale(ExpressionText.of(c), () -> Statistics.of(f, training).scale(range)));
    }

    /** Labels numbered in order: of numbers by size, of texts by their characters. */
    Feature labels(Columns c, String key) {
        lists.put(key, true);
        List<String> names = fit.labels(key, () -> {
            Set<String> all = new HashSet<>();
            for (int r = 0; r < c.rows(); r++)
                if (c.has(r) && !c.table().column(c.indices()[0]).missing(r)) all.add(c.text(r));
            List<String> sorted = new ArrayList<>(new TreeSet<>(all));
            if (sorted.stream().noneMatch(s -> Double.isNaN(settings.format.number(s))))
                sorted.sort(java.util.Comparator.comparingDouble(settings.format::number));
            return sorted;
        });
        Map<String, Integer> codes = new HashMap<>();
        for (int i = 0; i < names.size(); i++) codes.put(names.get(i), i);
        return new Features.Coded(c.rows(), 1, false, c::has, r -> {
            Integer code = codes.get(c.text(r));
            if (code == null)
                throw new DataException(c.place(r, 0) + ": the label '" + c.text(r)
                        + "' does not occur in the training data; there are " + some(names));
            return new int[] {code};
        }, r -> c.place(r, 0));
    }

    static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(10, names.size())))
                + (names.size() > 10 ? ", … (" + names.size() + ")" : "");
    }

    private Feature oneHot(Tree.Call c) {
        if (count(c) == 2) return new Features.OneHot(feature(positional(c, 0)), whole(c, 1, 1));
        String key = ExpressionText.of(c);
        Feature f = labels(columns(positional(c, 0), "onehot takes a column, or an integer and the number of classes"), key);
        lists.put(key, false);
        return new Features.OneHot(f, fit.labels(key).size());
    }

    /**
     * {@code characters()}: the characters of a text file, one a row. {@code characters(column, n)}: the first n of each
     * field, 0 where it has ended. The same for words.
     */
    private Feature text(Tree.Call c) {
        Tokens tokens = new Tokens(c.name().equals("words"));
        int most = named(c, "vocabulary") == null ? Integer.MAX_VALUE : (int) number(named(c, "vocabulary"));
        String key = ExpressionText.of(c);
        lists.put(key, true);
        if (count(c) == 0 || positional(c, 0) instanceof Tree.Text) {
            Path file = count(c) == 0 ? files.main() : files.find(fileName(c));
            if (file == null) throw error(c, "there is no file to take this from: file \"…\" is missing");
            List<String> all = new ArrayList<>();
            for (Path f : Content.files(file)) all.addAll(tokens.split(Content.text(f, settings.format.encoding())));
            if (all.isEmpty()) throw new DataException(file + ": is empty");
            List<String> names = fit.labels(key, () -> tokens.vocabulary(List.of(all), most, false));
            int[] codes = tokens.stream(all, names, file);
            return new Features.Coded(
                    codes.length, 1, true, r -> true, r -> new int[] {codes[r]}, r -> file + ", " + tokens.unit() + " " + (r + 1));
        }
        Columns column = columns(positional(c, 0), c.name() + " takes a column or a text file");
        int length = whole(c, 1, 1);
        List<List<String>> split = new ArrayList<>();
        for (int r = 0; r < column.rows(); r++) split.add(column.has(r) ? tokens.split(column.text(r)) : List.of());
        List<String> names = fit.labels(key, () -> tokens.vocabulary(split, most, true));
        int[][] codes = tokens.fields(split, names, length);
        return new Features.Coded(column.rows(), length, false, column::has, r -> codes[r], r -> column.place(r, 0));
    }

    /** {@code length(characters(column("name"), 20))}: how many there are, at most 20. */
    private Feature length(Tree.Call c) {
        if (!(positional(c, 0) instanceof Tree.Call inner)
                || !(inner.name().equals("characters") || inner.name().equals("words")))
            throw error(c, "length takes characters(…) or words(…)");
        Feature f = text(inner);
        lists.put(ExpressionText.of(inner), false);
        return new Features.Coded(f.rows(), 1, false, f::has, r -> {
            int n = 0;
            while (n < f.elements() && f.get(r, n) != 0) n++;
            return new int[] {n};
        }, r -> f.place(r, 0));
    }

    private Feature random(Tree.Call c) {
        double a = number(positional(c, 0)), b = number(positional(c, 1));
        long stream = seed * 31 + ExpressionText.of(c).hashCode() + c.span().line() * 1000L + c.span().column();
        boolean normal = c.name().equals("normal");
        int elements = count(c) > 2 ? whole(c, 2, 1) : 0;
        return new Features.Computed(elements, c.name(), (r, k) -> {
            java.util.SplittableRandom random = Features.random(stream, r, k);
            if (!normal) return a + (b - a) * random.nextDouble();
            return a + b * Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
        });
    }
}
