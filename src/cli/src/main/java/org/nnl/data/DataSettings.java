package org.nnl.data;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.Suggestions;
import org.nnl.syntax.Tree;

/**
 * The lines of a data block that are settings, by word: {@code file "a.csv"}, {@code validation last 0.2}. All lines
 * with other words define names.
 */
final class DataSettings {
    static final List<String> WORDS = List.of(
            "file", "test", "validation", "header", "separator", "lines", "quotes", "skip", "decimal", "encoding", "missing",
            "shuffle", "every", "rows", "seed");

    /** {@code column("age")}, {@code columns("age":"height")}, and a text in there. */
    private static final Pattern COLUMNS = Pattern.compile("\\bcolumns?\\(((?:\"[^\"]*\"|[^\")])*)\\)");

    private static final Pattern TEXT = Pattern.compile("\"([^\"]*)\"");

    String file;
    String testFile;
    double testShare;
    String validationFile;
    double validationShare;

    /** The numbers in the block from which the shares are. */
    final Map<String, Tree.Expression> shares = new HashMap<>();

    /** Whether held-back rows are the last ones; null to decide by the kind of data. */
    Boolean last;

    TableFormat format = TableFormat.DEFAULT;
    Columns.Missing missing = new Columns.Missing(Columns.Missing.Kind.ERROR, 0);
    Boolean shuffle;
    int every = 1;
    int rows = Integer.MAX_VALUE;
    Long seed;

    /** Names and what they stand for, in order. */
    final Map<String, Tree.Entry> definitions = new java.util.LinkedHashMap<>();

    private final List<Diagnostic> errors;

    DataSettings(Tree.Data block, List<Diagnostic> errors) {
        this.errors = errors;
        Map<String, Tree.Entry> seen = new HashMap<>();
        for (Tree.Entry e : block.entries()) {
            if (seen.put(e.word(), e) != null) error(e, "'" + e.word() + "' is given twice");
            else if (WORDS.contains(e.word())) setting(e);
            else if (e.arguments().size() == 1) definitions.put(e.word(), e);
            else error(e, "unknown setting '" + e.word() + "'" + Suggestions.hint(e.word(), WORDS)
                    + "; the settings of a data block are " + String.join(", ", WORDS));
        }
        Set<String> names = new HashSet<>();
        for (Tree.Entry e : definitions.values())
            COLUMNS.matcher(ExpressionText.of(e.arguments().get(0))).results()
                    .flatMap(c -> TEXT.matcher(c.group(1)).results()).forEach(t -> names.add(t.group(1)));
        format = format.withNames(names);
    }

    private void setting(Tree.Entry e) {
        Tree.Expression a = e.arguments().isEmpty() ? null : e.arguments().get(0);
        int allowed = e.word().equals("validation") || e.word().equals("test") ? 2 : 1;
        if (e.arguments().size() > allowed) error(e, "'" + e.word() + "' takes one value");
        switch (e.word()) {
            case "file" -> file = text(e, a);
            case "test", "validation" -> held(e);
            case "header" -> format = format.withHeader(a == null || yes(e, a));
            case "separator" -> format = format.withSeparator(separator(e, a));
            case "lines" -> format = format.withSeparator(TableFormat.LINES);
            case "quotes" -> format = format.withQuotes(a == null || yes(e, a));
            case "skip" -> format = format.withSkip(count(e, a, 0));
            case "decimal" -> decimal(e, a);
            case "encoding" -> encoding(e, a);
            case "missing" -> missing(e, a);
            case "shuffle" -> shuffle = a == null || yes(e, a);
            case "every" -> every = count(e, a, 1);
            case "rows" -> rows = count(e, a, 1);
            case "seed" -> seed = (long) count(e, a, 0);
            default -> throw new AssertionError(e.word());
        }
    }

    private void decimal(Tree.Entry e, Tree.Expression a) {
        String name = a instanceof Tree.Name n ? n.name() : "";
        if (!name.equals("comma") && !name.equals("point")) error(e, "'decimal' takes comma or point");
        format = format.withComma(name.equals("comma"));
    }

    private void encoding(Tree.Entry e, Tree.Expression a) {
        try {
            if (a instanceof Tree.Text t) {
                format = format.withEncoding(Charset.forName(t.value()));
                return;
            }
        } catch (IllegalArgumentException x) {
            // said below, as for anything that is no name of an encoding
        }
        error(e, "'encoding' takes the name of a character encoding in quotes, as in encoding \"windows-1252\"");
    }

    /** {@code validation 0.2}, {@code validation last 0.2}, {@code validation "file"}, and the same for test. */
    private void held(Tree.Entry e) {
        boolean test = e.word().equals("test");
        List<Tree.Expression> a = new ArrayList<>(e.arguments());
        if (a.size() == 2 && a.get(0) instanceof Tree.Name n && (n.name().equals("last") || n.name().equals("random"))) {
            last = n.name().equals("last");
            a.remove(0);
        }
        if (a.size() == 1 && a.get(0) instanceof Tree.Text t) {
            if (test) testFile = t.value();
            else validationFile = t.value();
        } else if (a.size() == 1 && a.get(0) instanceof Tree.Number n && n.value() >= 0 && n.value() < 1) {
            shares.put(e.word(), n);
            if (test) testShare = n.value();
            else validationShare = n.value();
        } else {
            error(e, "'" + e.word() + "' takes a share of the rows (" + e.word() + " 0.2, " + e.word()
                    + " last 0.2) or a file (" + e.word() + " \"more.csv\")");
        }
    }

    private void missing(Tree.Entry e, Tree.Expression a) {
        if (a instanceof Tree.Number n) {
            missing = new Columns.Missing(Columns.Missing.Kind.VALUE, n.value());
            return;
        }
        String name = a instanceof Tree.Name n ? n.name() : "";
        switch (name) {
            case "error" -> missing = new Columns.Missing(Columns.Missing.Kind.ERROR, 0);
            case "drop" -> missing = new Columns.Missing(Columns.Missing.Kind.DROP, 0);
            case "mean" -> missing = new Columns.Missing(Columns.Missing.Kind.MEAN, 0);
            case "last" -> missing = new Columns.Missing(Columns.Missing.Kind.LAST, 0);
            default -> error(e, "'missing' takes error, drop, mean, last or a number");
        }
    }

    private char separator(Tree.Entry e, Tree.Expression a) {
        if (a instanceof Tree.Text t && t.value().length() == 1) return t.value().charAt(0);
        if (a instanceof Tree.Text t && t.value().equals("\\t")) return '\t';
        String name = a instanceof Tree.Name n ? n.name() : "";
        return switch (name) {
            case "comma" -> ',';
            case "semicolon" -> ';';
            case "tab" -> '\t';
            case "blanks" -> TableFormat.BLANKS;
            default -> {
                error(e, "'separator' takes comma, semicolon, tab, blanks or a character in quotes");
                yield TableFormat.AUTO;
            }
        };
    }

    private String text(Tree.Entry e, Tree.Expression a) {
        if (a instanceof Tree.Text t && !t.value().isEmpty()) return t.value();
        error(e, "'" + e.word() + "' takes a file name in quotes");
        return null;
    }

    private int count(Tree.Entry e, Tree.Expression a, int least) {
        if (a instanceof Tree.Number n && n.value() == Math.rint(n.value()) && n.value() >= least && n.value() <= 1e9)
            return (int) n.value();
        error(e, "'" + e.word() + "' takes a whole number, at least " + least);
        return least;
    }

    private boolean yes(Tree.Entry e, Tree.Expression a) {
        String name = a instanceof Tree.Name n ? n.name() : "";
        if (name.equals("yes") || name.equals("true")) return true;
        if (!name.equals("no") && !name.equals("false")) error(e, "'" + e.word() + "' takes yes or no");
        return false;
    }

    private void error(Tree.Entry e, String message) {
        errors.add(Diagnostic.of(e.span(), message));
    }
}
