package org.nnl.maven;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the last run of an execution made: a line with the output folder, then one for each file,
 * {@code file TAB input-hash TAB number-of-outputs [TAB output TAB output-hash]… [TAB import]…}. A record that cannot be
 * read as such counts as empty: then everything is made anew.
 */
final class BuildRecord {
    private static final String HEADER = "nnl build record 3";

    private BuildRecord() {}

    /**
     * @param inputHash over the file, its imports and configuration; empty if it must be compiled again anyway
     * @param outputs   hashes of the classes as written, by path relative to the output folder
     * @param imports   as given by the compiler
     */
    record Entry(String inputHash, Map<Path, String> outputs, List<Path> imports) {
        Entry outdated() {
            return new Entry("", outputs, List.of());
        }
    }

    static Map<Path, Entry> read(Path file) throws IOException {
        Map<Path, Entry> entries = new TreeMap<>();
        if (!Files.exists(file)) return entries;
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.isEmpty() || !lines.get(0).startsWith(HEADER + "\t")) return entries;
            for (String line : lines.subList(1, lines.size())) {
                String[] parts = line.split("\t", -1);
                int end = 3 + 2 * Integer.parseInt(parts[2]);
                Map<Path, String> outputs = new TreeMap<>();
                for (int i = 3; i < end; i += 2) outputs.put(Path.of(parts[i]), parts[i + 1]);
                List<Path> imports =
                        Arrays.stream(parts, end, parts.length).map(Path::of).toList();
                entries.put(Path.of(parts[0]), new Entry(parts[1], outputs, imports));
            }
            return entries;
        } catch (CharacterCodingException | IndexOutOfBoundsException | IllegalArgumentException e) {
            return new TreeMap<>();
        }
    }

    /** What other executions, whose records are beside this one, made in the same output folder. */
    static Set<Path> madeByOthers(Path file, Path output) throws IOException {
        Set<Path> made = new TreeSet<>();
        if (!Files.isDirectory(file.toAbsolutePath().getParent())) return made;
        try (DirectoryStream<Path> records = Files.newDirectoryStream(file.toAbsolutePath().getParent(), "*.tsv")) {
            for (Path other : records)
                if (!other.getFileName().equals(file.getFileName()) && isFor(other, output))
                    read(other).values().forEach(e -> made.addAll(e.outputs().keySet()));
        }
        return made;
    }

    private static boolean isFor(Path file, Path output) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            return (HEADER + "\t" + output.toAbsolutePath()).equals(lines.readLine());
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    static void write(Path file, Path output, Map<Path, Entry> entries) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEADER + "\t" + output.toAbsolutePath()));
        entries.forEach((model, e) -> {
            StringBuilder line = new StringBuilder(model + "\t" + e.inputHash + "\t" + e.outputs.size());
            e.outputs.forEach((path, hash) -> line.append('\t').append(path).append('\t').append(hash));
            for (Path i : e.imports) line.append('\t').append(i);
            lines.add(line.toString());
        });
        WholeFile.write(file, String.join("\n", lines) + "\n");
    }
}
