package org.nnl.cli;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.nnl.data.DataException;

/** Files that commands write: asked about before the work that fills them, and written whole or not at all. */
final class Output {
    private Output() {}

    /** What writes a file's text. */
    @FunctionalInterface
    interface Content {
        void to(Writer out) throws IOException;
    }

    /**
     * The file, which can be written as far as that can be known.
     *
     * @throws DataException if it cannot
     */
    static Path file(Path file) {
        if (Files.isDirectory(file)) throw new DataException(file + ": is a folder, where a file is to be written");
        Path folder = file.toAbsolutePath().getParent();
        folder(folder == null ? file : folder);
        if (Files.exists(file) && !Files.isWritable(file)) throw new DataException(file + ": may not be written");
        return file;
    }

    /** The folder, which is one or can become one. */
    static Path folder(Path folder) {
        Path there = folder.toAbsolutePath();
        while (there.getParent() != null && !Files.exists(there)) there = there.getParent();
        if (!Files.isDirectory(there)) throw new DataException(there + ": is a file, not a folder");
        if (!Files.isWritable(there)) throw new DataException(there + ": nothing may be written to this folder");
        return folder;
    }

    /** Writes a file, and the folders it lies in. What is no ordinary file, such as a pipe, is written as it comes. */
    static void write(Path file, Content content) throws IOException {
        boolean plain = !Files.exists(file) || Files.isRegularFile(file);
        if (file.getParent() != null) Files.createDirectories(file.getParent());
        Path target = plain ? file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp") : file;
        try {
            try (Writer out = Files.newBufferedWriter(target, StandardCharsets.UTF_8)) {
                content.to(out);
            }
            if (plain) Files.move(target, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            if (plain) Files.deleteIfExists(target);
        }
    }
}
