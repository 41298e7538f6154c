package org.nnl.train;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.data.DataException;
import org.nnl.data.Fit;
import org.nnl.data.Json;

/**
 * What was done, as a JSON file beside the weights: the settings, how labels and scales were taken from the data, the
 * figures of every epoch, which checkpoint is the last one. It is written after the checkpoint it names, in one move, so
 * that record and checkpoint always belong together.
 */
public final class TrainingRecord {
    public static final String FILE = "record.json";
    private final Map<String, Object> entries;

    private TrainingRecord(Map<String, Object> entries) {
        this.entries = entries;
    }

    /**
     * A record without epochs.
     *
     * @param settings of model and training, by name
     */
    public static TrainingRecord of(Map<String, Object> settings, Fit fit) {
        Map<String, Object> entries = new LinkedHashMap<>(settings);
        entries.put("fit", fit.toJson());
        entries.put("epochs", new ArrayList<>());
        return new TrainingRecord(entries);
    }

    /** @throws DataException if there is none or it cannot be read */
    public static TrainingRecord read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            if (Json.parse(Files.readString(file)) instanceof Map<?, ?> m && m.get("epochs") instanceof List<?> epochs) {
                Map<String, Object> entries = new LinkedHashMap<>();
                m.forEach((k, v) -> entries.put((String) k, v));
                entries.put("epochs", new ArrayList<>(epochs));
                Fit.fromJson(m.get("fit"));
                return new TrainingRecord(entries);
            }
            throw new DataException("is no training record");
        } catch (NoSuchFileException e) {
            throw new DataException(file + ": no such file; nnl train writes it", e);
        } catch (IOException | DataException e) {
            throw new DataException(file + ": " + e.getMessage(), e);
        }
    }

    public Fit fit() {
        return Fit.fromJson(entries.get("fit"));
    }

    @SuppressWarnings("unchecked")
    private List<Object> rows() {
        return (List<Object>) entries.get("epochs");
    }

    /** Epochs done. */
    public int epochs() {
        return rows().size();
    }

    /** An entry, null if there is none. */
    public Object get(String key) {
        return entries.get(key);
    }

    public void put(String key, Object value) {
        entries.put(key, value);
    }

    /** Adds an epoch. */
    void add(Figures train, Figures validation, double seconds) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("epoch", (long) epochs() + 1);
        row.putAll(entries(train, ""));
        if (validation != null) row.putAll(entries(validation, "validation_"));
        row.put("seconds", Math.round(seconds * 1000) / 1000.0);
        rows().add(row);
    }

    static Map<String, Object> entries(Figures f, String prefix) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put(prefix + "loss", f.loss());
        f.metrics().forEach((k, v) -> row.put(prefix + k, v));
        return row;
    }

    void write(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        Path temporary = folder.resolve(FILE + ".tmp");
        Files.write(temporary, (Json.print(entries) + "\n").getBytes(StandardCharsets.UTF_8));
        moveIntoPlace(temporary, file);
    }

    /** Forces a file to the disk, then gives it its name in one step. */
    static void moveIntoPlace(Path temporary, Path file) throws IOException {
        try (FileChannel c = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            c.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
