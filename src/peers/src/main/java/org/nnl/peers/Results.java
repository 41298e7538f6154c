package org.nnl.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.nnl.benchmarks.Workload;

/**
 * What has been measured, kept in a file of comma-separated lines, so that a table can be made in one run or workload by
 * workload: a later run replaces what it measures again.
 */
final class Results {
    /** One number: a benchmark's microseconds, or what an engine needs. */
    record Key(String what, Workload workload, Engine engine) implements Comparable<Key> {
        @Override
        public int compareTo(Key o) {
            int c = what.compareTo(o.what);
            if (c == 0) c = workload.compareTo(o.workload);
            return c != 0 ? c : engine.compareTo(o.engine);
        }
    }

    private final Path file;
    private final Map<Key, Double> numbers = new TreeMap<>();

    private Results(Path file) {
        this.file = file;
    }

    /** The numbers in the file, none where there is no file. */
    static Results in(Path file) throws IOException {
        Results r = new Results(file);
        if (Files.exists(file))
            for (String line : Files.readAllLines(file)) {
                String[] f = line.split(",");
                r.put(f[0], Workload.valueOf(f[1]), Engine.valueOf(f[2]), Double.parseDouble(f[3]));
            }
        return r;
    }

    void put(String what, Workload w, Engine e, double number) {
        numbers.put(new Key(what, w, e), number);
    }

    /** The number, NaN where nothing was measured. */
    double get(String what, Workload w, Engine e) {
        return numbers.getOrDefault(new Key(what, w, e), Double.NaN);
    }

    /** The smallest number of an engine that is not NNL. */
    OptionalDouble bestPeer(String what, Workload w) {
        return Stream.of(Engine.values()).filter(e -> e != Engine.NNL).mapToDouble(e -> get(what, w, e))
                .filter(v -> !Double.isNaN(v)).min();
    }

    /** Workloads that have such numbers. */
    List<Workload> workloads(String what) {
        return numbers.keySet().stream().filter(k -> k.what.equals(what)).map(Key::workload).distinct().toList();
    }

    void save() throws IOException {
        List<String> lines = new ArrayList<>();
        numbers.forEach((k, v) ->
                lines.add(String.format(Locale.ROOT, "%s,%s,%s,%s", k.what, k.workload, k.engine, v)));
        write(file, String.join("\n", lines) + "\n");
    }

    /** Writes a file beside its place and moves it there. */
    static void write(Path file, String text) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path part = Files.createTempFile(folder, "part", "");
        try {
            Files.writeString(part, text);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
