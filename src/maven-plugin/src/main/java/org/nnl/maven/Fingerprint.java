package org.nnl.maven;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.nnl.Compiler;

/** Hashes: of content, and of what the plugin is made of. */
final class Fingerprint {
    private Fingerprint() {}

    static String of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    static String of(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    /** The content of the plugin and of the compiler: two builds of a snapshot have one version. */
    static String ofThisPlugin() {
        return OfThisPlugin.VALUE;
    }

    private static final class OfThisPlugin {
        static final String VALUE = ofPlaces(List.of(Fingerprint.class, Compiler.class));
    }

    /** The jars, or folders of classes, that the classes come from. */
    private static String ofPlaces(List<Class<?>> classes) {
        MessageDigest sha = sha256();
        try {
            for (Class<?> c : classes) {
                Path place = Path.of(c.getProtectionDomain().getCodeSource().getLocation().toURI());
                try (Stream<Path> files = Files.walk(place)) {
                    for (Path f : files.filter(Files::isRegularFile).sorted().toList()) sha.update(Files.readAllBytes(f));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
