package org.nnl.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.SettingException;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.SourceException;
import org.nnl.syntax.Span;

/** A folder of {@code .nnl} files, whose folders are packages. It need not exist. */
record ModelFolder(Path path) {

    /** The files, relative to the folder, in a fixed order. */
    List<Path> files() throws IOException {
        if (!Files.isDirectory(path)) return List.of();
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(f -> f.toString().endsWith(".nnl") && Files.isRegularFile(f))
                    .map(path::relativize)
                    .sorted()
                    .toList();
        }
    }

    /** The package of a file: its folder. */
    static String packageOf(Path file) {
        Path folder = file.getParent();
        return folder == null ? "" : folder.toString().replace(folder.getFileSystem().getSeparator(), ".");
    }

    /**
     * A compilation for each model that a file defines: none for a file of layers and functions that others import.
     *
     * @param file        relative to the folder
     * @param derivatives where derivatives are remembered
     * @throws SourceException if the file is not well formed
     */
    List<Compilation> compilations(Path file, Options options, Path derivatives) {
        List<Compilation> all = new ArrayList<>();
        Path full = path.resolve(file);
        List<String> names = Compiler.compile(full, options, derivatives).modelNames();
        String p = options.packageName();
        if (!names.isEmpty() && !p.isEmpty() && !SourceVersion.isName(p)) {
            String problem = "'" + p + "' is not the name of a package";
            Span start = new Span(full.toString(), 1, 1, 1);
            String note = "a model's folder is its package: rename it, or set <packageName>";
            throw new SourceException(List.of(Diagnostic.of(start, problem, note)), problem);
        }
        for (String name : names)
            all.add(Compiler.compile(full, options.withClassName(name), derivatives));
        return all;
    }

    /** The errors, a {@link #line} each. */
    static List<String> errors(SourceException e) {
        List<String> errors = new ArrayList<>();
        if (e instanceof SettingException s) {
            for (SettingException.Wrong w : s.errors()) {
                Span file = new Span(w.said().span().file(), 1, 1, 1);
                String with = "configured with " + SettingException.shown(w.settings(), "", " = ") + ": ";
                errors.add(line(new Diagnostic(file, with + w.said().message(), w.said().notes())));
            }
            return errors;
        }
        for (Diagnostic d : e.diagnostics()) errors.add(line(d));
        return errors;
    }

    /** As Maven and its readers know it: {@code file:[line,column] message}. */
    static String line(Diagnostic d) {
        return d.span().file() + ":[" + Math.max(1, d.span().line()) + "," + Math.max(1, d.span().column()) + "] "
                    + d.message() + (d.notes().isEmpty() ? "" : " (" + String.join("; ", d.notes()) + ")");
    }
}
