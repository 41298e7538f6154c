package org.nnl.elaborate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where the texts of model files come from. */
public interface Sources {

    /** The text of a file. */
    String text(String file) throws IOException;

    /** The file meant by {@code import "path"} in another file. */
    default String resolve(String importing, String path) {
        Path folder = Path.of(importing).getParent();
        Path file = (folder == null ? Path.of(path) : folder.resolve(path)).normalize();
        return file.toString().replace('\\', '/');
    }

    /** The files of the file system, UTF-8. */
    static Sources files() {
        return file -> Files.readString(Path.of(file));
    }

    /** Texts by name. */
    static Sources of(Map<String, String> texts) {
        Map<String, String> copy = Map.copyOf(texts);
        return file -> {
            String text = copy.get(file);
            if (text == null) throw new java.nio.file.NoSuchFileException(file);
            return text;
        };
    }
}
