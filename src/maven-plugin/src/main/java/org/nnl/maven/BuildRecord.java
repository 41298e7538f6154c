package org.nnl.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the last run of an execution made, a line for each model:
 * {@code model TAB input-hash TAB output-hash TAB output TAB imports…}. A file that cannot be read as such counts as
 * empty: then everything is made anew.
 */
final class BuildRecord {
    private static final String HEADER = "nnl build record 1";

    private BuildRecord() {}

    /**
     * @param inputHash  over model, imports and configuration; empty if the last run failed
     * @param outputHash of the class as written
     * @param output     relative to the output folder
     * @param imports    as given by the compiler
     */
    record Entry(String inputHash, String outputHash, Path output, List<Path> imports) {}

    static Map<Path, Entry> read(Path file) throws IOException {
        Map<Path, Entry> entries = new TreeMap<>();
        if (!Files.exists(file)) return entries;
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.get(0).equals(HEADER)) return entries;
        for (String line : lines.subList(1, lines.size())) {
            String[] parts = line.split("\t", -1);
            if (parts.length < 4) return new TreeMap<>();
            List<Path> imports =
                    Arrays.stream(parts, 4, parts.length).map(Path::of).toList();
            entries.put(Path.of(parts[0]), new Entry(parts[1], parts[2], Path.of(parts[3]), imports));
        }
        return entries;
    }

    static void write(Path file, Map<Path, Entry> entries) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEADER));
        entries.forEach((model, e) -> {
            StringBuilder line = new StringBuilder(model + "\t" + e.inputHash + "\t" + e.outputHash + "\t" + e.output);
            for (Path i : e.imports) line.append('\t').append(i);
            lines.add(line.toString());
        });
        Files.createDirectories(file.getParent());
        Path temporary = Files.createTempFile(file.getParent(), "record", ".tmp");
        Files.write(temporary, lines);
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
