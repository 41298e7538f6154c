package org.nnl.maven;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.nnl.syntax.SourceException;

/**
 * One run over a folder of models, knowing nothing of Maven: compiles what has changed since the last run, leaves alone
 * what has not, removes what has lost its source, and reports the errors of all files at once.
 *
 * <p>A file has changed when the hash over its text, the texts of everything it imports and its configuration differs
 * from the one recorded, or when an output is missing or was edited. A class whose text would be the same is not written
 * again, so that its time stamp, and what depends on it, stay.
 */
final class Generation {
    private final ModelFolder sources;
    private final Path output;
    private final Path record;
    private final Function<Path, String> configuration;
    private final ModelCompiler compiler;

    /** Compiles one file. */
    interface ModelCompiler {
        /**
         * @param file relative to the source folder
         * @throws SourceException if it has errors
         */
        Output compile(Path file) throws IOException;
    }

    /**
     * A compiled file.
     *
     * @param classes one for each model in it; none if it only defines what others import
     * @param imports files it imports, directly or not; the standard library is not among them
     */
    record Output(List<Source> classes, List<Path> imports) {
        /**
         * @param path relative to the output folder
         * @param java source text
         */
        record Source(Path path, String java) {}
    }

    /**
     * What a run did; classes are named by their paths relative to the output folder.
     *
     * @param generated made by compiling
     * @param current   left alone
     * @param removed   whose models are gone
     * @param errors    {@code file:[line,column] message}, of all files
     */
    record Result(List<Path> generated, List<Path> current, List<Path> removed, List<String> errors) {}

    /**
     * @param sources       where models are
     * @param output        where classes go
     * @param record        the file that keeps the hashes, one for each execution
     * @param configuration everything beside the texts that the output of a file depends on
     */
    Generation(
            ModelFolder sources,
            Path output,
            Path record,
            Function<Path, String> configuration,
            ModelCompiler compiler) {
        this.sources = sources;
        this.output = output;
        this.record = record;
        this.configuration = configuration;
        this.compiler = compiler;
    }

    Result run() throws IOException {
        Map<Path, BuildRecord.Entry> before = BuildRecord.read(record);
        Map<Path, BuildRecord.Entry> after = new TreeMap<>();
        Set<String> errors = new LinkedHashSet<>(); // an error in an imported file is found once for each importer
        Result result = new Result(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Map<Path, Path> owners = new TreeMap<>();
        for (Path file : sources.files()) {
            BuildRecord.Entry known = before.get(file);
            if (known != null && isCurrent(file, known)) {
                after.put(file, known);
                known.outputs().keySet().forEach(o -> owners.put(o, file));
                result.current.addAll(known.outputs().keySet());
                continue;
            }
            try {
                BuildRecord.Entry made = make(file, owners, errors);
                after.put(file, made);
                result.generated.addAll(made.outputs().keySet());
            } catch (SourceException e) {
                errors.addAll(ModelFolder.errors(e));
                // what it gave before stays, for the build fails anyway, but it does not count as made
                if (known != null) after.put(file, known.outdated());
            }
        }
        result.errors.addAll(errors);
        Set<Path> stale = new TreeSet<>();
        before.values().forEach(e -> stale.addAll(e.outputs().keySet()));
        after.values().forEach(e -> stale.removeAll(e.outputs().keySet()));
        stale.removeAll(BuildRecord.madeByOthers(record, output)); // a model that moved from one execution to another
        for (Path path : stale) if (remove(path)) result.removed.add(path);
        BuildRecord.write(record, output, after);
        return result;
    }

    private BuildRecord.Entry make(Path file, Map<Path, Path> owners, Set<String> errors) throws IOException {
        String text = bytes(sources.path().resolve(file));
        Output compiled = compiler.compile(file);
        Map<Path, String> outputs = new TreeMap<>();
        for (Output.Source c : compiled.classes()) {
            Path other = owners.putIfAbsent(c.path(), file);
            if (other != null) {
                errors.add(sources.path().resolve(file) + ":[1,1] the class " + name(c.path()) + " is also generated from "
                        + sources.path().resolve(other));
                continue;
            }
            WholeFile.write(output.resolve(c.path()), c.java());
            outputs.put(c.path(), bytes(output.resolve(c.path())));
        }
        // a file that was saved while it was compiled is not up to date, whatever its hash is now
        boolean same = text.equals(bytes(sources.path().resolve(file)));
        return new BuildRecord.Entry(
                same ? hash(file, compiled.imports()) : "", outputs, List.copyOf(compiled.imports()));
    }

    private static String name(Path java) {
        return java.toString().replaceFirst("\\.java$", "").replace(java.getFileSystem().getSeparator(), ".");
    }

    /** Removes a class, and the packages that are empty without it. */
    private boolean remove(Path path) throws IOException {
        boolean existed = Files.deleteIfExists(output.resolve(path));
        for (Path p = path.getParent(); p != null; p = p.getParent()) {
            try {
                Files.deleteIfExists(output.resolve(p));
            } catch (DirectoryNotEmptyException e) {
                break;
            }
        }
        return existed;
    }

    private boolean isCurrent(Path file, BuildRecord.Entry known) throws IOException {
        try {
            if (!known.inputHash().equals(hash(file, known.imports()))) return false;
            for (Map.Entry<Path, String> o : known.outputs().entrySet())
                if (!o.getValue().equals(bytes(output.resolve(o.getKey())))) return false;
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private String hash(Path file, List<Path> imports) throws IOException {
        StringBuilder all = new StringBuilder(configuration.apply(file)).append('\0');
        all.append(bytes(sources.path().resolve(file)));
        for (Path i : new TreeSet<>(imports)) all.append('\0').append(i).append('\0').append(bytes(i));
        return Fingerprint.of(all.toString());
    }

    private static String bytes(Path file) throws IOException {
        return Fingerprint.of(Files.readAllBytes(file));
    }
}
