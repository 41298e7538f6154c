package org.nnl.train;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of a training: {@code best.safetensors}, the weights with the least loss on held-back data; {@code
 * last-EPOCH.safetensors}, everything needed to go on; the record, which names the last one. Each is written whole or
 * not at all, the record after the checkpoint it names: whenever the process is killed, what the record says is there.
 */
final class Checkpoints {
    static final String BEST = "best.safetensors";

    private final Path folder;
    private final Trainable model;
    private final TrainingRecord record;
    private Trainable.Snapshot best;
    private Trainable.Snapshot last;
    private int lastEpoch;
    private boolean bestPending;
    private boolean lastPending;

    Checkpoints(Path folder, Trainable model, TrainingRecord record) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.model = model;
        this.record = record;
    }

    /** Keeps the model as it is at the end of an epoch. */
    void keep(int epoch, boolean isBest) {
        last = model.snapshot();
        lastEpoch = epoch;
        lastPending = true;
        if (isBest) {
            best = last;
            bestPending = true;
        }
    }

    /** Writes what was kept since the last time. */
    void write() throws IOException {
        if (bestPending) save(best, folder.resolve(BEST));
        if (lastPending) {
            String name = "last-" + lastEpoch + ".safetensors";
            save(last, folder.resolve(name));
            record.put("last", name);
        }
        record.write(folder);
        if (lastPending) removeOthers("last-" + lastEpoch + ".safetensors");
        bestPending = false;
        lastPending = false;
    }

    private void save(Trainable.Snapshot values, Path file) throws IOException {
        Trainable.Snapshot now = model.snapshot();
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try {
            model.restore(values);
            model.save(temporary);
        } finally {
            model.restore(now);
        }
        TrainingRecord.moveIntoPlace(temporary, file);
    }

    private void removeOthers(String name) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "last-*.safetensors*")) {
            for (Path f : files) if (!f.getFileName().toString().equals(name)) Files.deleteIfExists(f);
        }
    }

    /** Gives the model its best values. */
    void restoreBest() throws IOException {
        if (best != null) model.restore(best);
        else if (Files.exists(folder.resolve(BEST))) model.load(folder.resolve(BEST));
    }
}
