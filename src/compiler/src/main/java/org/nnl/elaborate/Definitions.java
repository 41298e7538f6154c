package org.nnl.elaborate;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.Parser;
import org.nnl.syntax.SourceException;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;

/** All definitions a file can use: its own, those of its imports, and the library; one's own hide the library's. */
final class Definitions {
    private final Sources sources;
    private final Problems problems;
    private final Library library = new Library();
    private final Map<String, Tree.Definition> own = new LinkedHashMap<>();
    private final Map<String, String> texts = new LinkedHashMap<>(library.texts());
    private final Set<String> read = new LinkedHashSet<>();
    private boolean unreadable;

    Definitions(Sources sources, Problems problems) {
        this.sources = sources;
        this.problems = problems;
    }

    /** Reads a file and what it imports; null if it cannot be read. */
    Tree.Unit load(String file, Span importedAt) {
        read.add(file);
        String text;
        try {
            text = sources.text(file);
        } catch (IOException | java.nio.file.InvalidPathException e) {
            problems.add(Diagnostic.of(importedAt, "cannot read " + file + ": " + reason(e)));
            unreadable = true;
            return null;
        }
        texts.put(file, text);
        Tree.Unit unit;
        try {
            unit = Parser.parse(file, text);
        } catch (SourceException e) {
            e.diagnostics().forEach(problems::add);
            unreadable = true;
            return null;
        }
        for (Tree.Import i : unit.imports()) {
            String target = sources.resolve(file, i.path());
            if (!read.contains(target)) load(target, i.span());
        }
        for (Tree.Definition d : unit.definitions()) {
            if (d instanceof Tree.Data) continue;
            distinct(parameters(d));
            Tree.Definition other = own.putIfAbsent(d.name(), d);
            if (other != null)
                problems.add(Diagnostic.of(
                        d.span(), "'" + d.name() + "' is defined twice", "first at " + other.span().place()));
        }
        return unit;
    }

    private static String reason(Exception e) {
        if (e instanceof java.nio.file.NoSuchFileException || e instanceof java.io.FileNotFoundException)
            return "there is no such file";
        if (e instanceof java.nio.charset.CharacterCodingException) return "it is not text in UTF-8";
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** Whether a file could not be read or parsed, so that definitions may be missing. */
    boolean isUnreadable() {
        return unreadable;
    }

    /** No two formal parameters have one name. */
    private void distinct(List<Tree.Parameter> parameters) {
        Set<String> names = new LinkedHashSet<>();
        for (Tree.Parameter p : parameters)
            if (!names.add(p.name())) problems.add(Diagnostic.of(p.span(), "there are two parameters '" + p.name()
                    + "'"));
    }

    private static List<Tree.Parameter> parameters(Tree.Definition d) {
        if (d instanceof Tree.Model m) return m.parameters();
        if (d instanceof Tree.Layer l) return l.parameters();
        if (d instanceof Tree.Function f) return f.parameters();
        if (d instanceof Tree.Optimizer o) return o.parameters();
        return d instanceof Tree.Distribution x ? x.parameters() : List.of();
    }

    /** The definition of that name, or null. */
    Tree.Definition find(String name) {
        Tree.Definition d = own.get(name);
        return d != null ? d : library.find(name);
    }

    /** How a definition begins, from its name to its body: {@code lstm(x[n], h[m], c[m]) -> (h[m], c[m])}. */
    String head(Tree.Definition d) {
        String text = texts.get(d.span().file());
        int from = 0;
        for (int line = 1; line < d.span().line(); line++) from = text.indexOf('\n', from) + 1;
        from = text.offsetByCodePoints(from, d.span().column() - 1);
        int to = from;
        for (int open = 0; to < text.length(); to++) {
            char c = text.charAt(to);
            if (c == '(' || c == '[') open++;
            if (c == ')' || c == ']') open--;
            if (open == 0 && (c == '{' || c == '=')) break;
        }
        return text.substring(from, to).strip().replaceAll("\\s+", " ");
    }

    /** All names, one's own first. */
    Set<String> names() {
        Set<String> all = new LinkedHashSet<>(own.keySet());
        all.addAll(library.names());
        return all;
    }

    /** The texts of all files read, by name. */
    Map<String, String> texts() {
        return texts;
    }
}
