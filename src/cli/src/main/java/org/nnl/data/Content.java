package org.nnl.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The content of a file, unpacked when it is a gzip file, whatever its name. */
final class Content {
    private Content() {}

    static byte[] bytes(Path file) {
        try (InputStream in = open(file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw failure(file, e);
        } catch (OutOfMemoryError e) {
            throw new DataException(file + ": too large for the memory of this JVM", e);
        }
    }

    /**
     * The content as text without a byte order mark.
     *
     * @param encoding null for what the byte order mark says, UTF-8 if there is none
     */
    static String text(Path file, Charset encoding) {
        byte[] bytes = bytes(file);
        Charset charset = encoding != null ? encoding : marked(bytes);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        String s;
        try {
            s = charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(in)
                    .toString();
        } catch (CharacterCodingException e) {
            throw new DataException(
                    file + ", line " + line(bytes, in.position()) + ": not " + charset.name() + " text (byte " + in.position()
                            + " of the file)"
                            + (encoding == null ? "; 'encoding \"windows-1252\"' in the data block reads files of that encoding" : ""),
                    e);
        }
        int zero = s.indexOf('\0');
        if (zero >= 0)
            throw new DataException(file + ", line " + (1 + s.substring(0, zero).chars().filter(c -> c == '\n').count())
                    + ": holds a zero character, so it is no text");
        return s.startsWith("\uFEFF") ? s.substring(1) : s;
    }

    private static Charset marked(byte[] b) {
        if (b.length >= 2 && b[0] == (byte) 0xFF && b[1] == (byte) 0xFE) return StandardCharsets.UTF_16LE;
        if (b.length >= 2 && b[0] == (byte) 0xFE && b[1] == (byte) 0xFF) return StandardCharsets.UTF_16BE;
        return StandardCharsets.UTF_8;
    }

    private static int line(byte[] bytes, int position) {
        int line = 1;
        for (int i = 0; i < position; i++) if (bytes[i] == '\n') line++;
        return line;
    }

    /** The file, or all files that match when the last part of the path holds a {@code *}, in order of their names. */
    static List<Path> files(Path file) {
        String name = file.getFileName() == null ? "" : file.getFileName().toString();
        if (!name.contains("*")) return List.of(file);
        Path folder = file.toAbsolutePath().getParent();
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, name)) {
            for (Path f : all) found.add(file.resolveSibling(f.getFileName()));
        } catch (IOException e) {
            throw failure(folder, e);
        }
        if (found.isEmpty()) throw failure(file, new NoSuchFileException(file.toString()));
        found.sort(null);
        return found;
    }

    static DataException failure(Path file, IOException e) {
        String what = e.getMessage();
        if (e instanceof NoSuchFileException) what = "no such file";
        else if (e instanceof AccessDeniedException) what = "may not be read";
        else if (Files.isDirectory(file)) what = "is a directory";
        else if (e instanceof EOFException) what = "the gzip file ends too early";
        else if (e instanceof ZipException) what = "a damaged gzip file (" + e.getMessage() + ")";
        return new DataException(file + ": " + what, e);
    }

    private static InputStream open(Path file) throws IOException {
        file.getFileSystem().provider().checkAccess(file, AccessMode.READ);
        // the streams of Files ask where they are in the file, which a pipe such as /dev/stdin does not know
        InputStream in = new BufferedInputStream(new FileInputStream(file.toFile()), 1 << 16);
        try {
            in.mark(2);
            boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
            in.reset();
            return gzip ? new GZIPInputStream(in, 1 << 16) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }
}
