package org.nnl.maven;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.SourceException;

/**
 * One run over a folder of models, knowing nothing of Maven: compiles what has changed since the last run, leaves alone
 * what has not, removes what has lost its source, and reports the errors of all files at once.
 *
 * <p>A model has changed when the hash over its text, the texts of everything it imports and its configuration differs
 * from the one recorded, or when its output is missing or was edited. A file whose text would be the same is not written
 * again, so that its time stamp, and what depends on it, stay.
 */
final class Generation {
    private final Path sources;
    private final Path output;
    private final Path record;
    private final Function<Path, String> configuration;
    private final ModelCompiler compiler;

    /** Compiles one model. */
    interface ModelCompiler {
        /**
         * @param file        the model
         * @param packageName its folder below the source folder, with dots
         * @throws SourceException if the model has errors
         */
        Output compile(Path file, String packageName) throws IOException;
    }

    /**
     * A compiled model.
     *
     * @param className without package
     * @param java      source text
     * @param imports   files it imports, directly or not; the standard library is not among them
     */
    record Output(String packageName, String className, String java, List<Path> imports) {
        Path path() {
            return Path.of(packageName.replace('.', '/')).resolve(className + ".java");
        }
    }

    /**
     * What a run did.
     *
     * @param compiled  models compiled, relative to the source folder
     * @param unchanged models left alone
     * @param removed   outputs removed, relative to the output folder
     * @param errors    {@code file:[line,column] message}, of all files
     */
    record Result(List<Path> compiled, List<Path> unchanged, List<Path> removed, List<String> errors) {}

    /**
     * @param sources       where models are
     * @param output        where classes go
     * @param record        the file that keeps the hashes, one for each execution
     * @param configuration everything beside the texts that the output of a model depends on
     */
    Generation(
            Path sources, Path output, Path record, Function<Path, String> configuration, ModelCompiler compiler) {
        this.sources = sources;
        this.output = output;
        this.record = record;
        this.configuration = configuration;
        this.compiler = compiler;
    }

    Result run() throws IOException {
        Map<Path, BuildRecord.Entry> before = BuildRecord.read(record);
        Map<Path, BuildRecord.Entry> after = new TreeMap<>();
        Result result = new Result(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Map<Path, Path> owners = new TreeMap<>();
        for (Path model : models()) {
            BuildRecord.Entry known = before.get(model);
            if (known != null && isCurrent(model, known)) {
                after.put(model, known);
                owners.put(known.output(), model);
                result.unchanged.add(model);
                continue;
            }
            try {
                Output compiled = compiler.compile(sources.resolve(model), packageOf(model));
                Path other = owners.putIfAbsent(compiled.path(), model);
                if (other != null) {
                    result.errors.add(sources.resolve(model) + ":[1,1] the class " + compiled.className()
                            + " is also generated from " + sources.resolve(other));
                    continue;
                }
                writeIfDifferent(output.resolve(compiled.path()), compiled.java());
                after.put(
                        model,
                        new BuildRecord.Entry(
                                hash(model, compiled.imports()),
                                hash(compiled.java()),
                                compiled.path(),
                                compiled.imports()));
                result.compiled.add(model);
            } catch (SourceException e) {
                for (Diagnostic d : e.diagnostics())
                    result.errors.add(d.span().file() + ":[" + d.span().line() + "," + d.span().column() + "] "
                            + d.message() + (d.notes().isEmpty() ? "" : " (" + String.join("; ", d.notes()) + ")"));
                // what it gave before must not be compiled as if it were current, and must be made anew next time
                if (known != null) after.put(model, new BuildRecord.Entry("", "", known.output(), List.of()));
            }
        }
        TreeSet<Path> stale = new TreeSet<>();
        before.values().forEach(e -> stale.add(e.output()));
        after.values().forEach(e -> stale.remove(e.output()));
        for (Path path : stale) if (Files.deleteIfExists(output.resolve(path))) result.removed.add(path);
        BuildRecord.write(record, after);
        return result;
    }

    private List<Path> models() throws IOException {
        if (!Files.isDirectory(sources)) return List.of();
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(f -> f.toString().endsWith(".nnl") && Files.isRegularFile(f))
                    .map(sources::relativize)
                    .sorted()
                    .toList();
        }
    }

    private static String packageOf(Path model) {
        Path folder = model.getParent();
        return folder == null ? "" : folder.toString().replace(folder.getFileSystem().getSeparator(), ".");
    }

    private boolean isCurrent(Path model, BuildRecord.Entry known) throws IOException {
        try {
            return known.inputHash().equals(hash(model, known.imports()))
                    && known.outputHash().equals(hash(Files.readString(output.resolve(known.output()))));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private String hash(Path model, List<Path> imports) throws IOException {
        StringBuilder all = new StringBuilder(configuration.apply(model)).append('\0');
        all.append(Files.readString(sources.resolve(model))).append('\0');
        for (Path i : new TreeSet<>(imports)) all.append(i).append('\0').append(Files.readString(i)).append('\0');
        return hash(all.toString());
    }

    static String hash(String text) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void writeIfDifferent(Path file, String text) throws IOException {
        if (Files.exists(file) && Files.readString(file).equals(text)) return;
        Files.createDirectories(file.getParent());
        Path temporary = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".tmp");
        try {
            Files.writeString(temporary, text);
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
