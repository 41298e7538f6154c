package org.nnl.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

    /** The content as UTF-8 text without a byte order mark. */
    static String text(Path file) {
        byte[] bytes = bytes(file);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            String s = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(in)
                    .toString();
            return s.startsWith("\uFEFF") ? s.substring(1) : s;
        } catch (CharacterCodingException e) {
            int line = 1;
            for (int i = 0; i < in.position(); i++) if (bytes[i] == '\n') line++;
            throw new DataException(
                    file + ", line " + line + ": not UTF-8 text (byte " + in.position() + " of the file)", e);
        }
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
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
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
