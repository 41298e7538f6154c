package org.nnl.elaborate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nnl.syntax.Parser;
import org.nnl.syntax.Tree;

/**
 * The library that comes with the compiler: NNL files like any other. Only the files that define a name somebody asks
 * for are parsed; which those are is seen from the first words of their lines.
 */
final class Library {
    /** Begins the file names of the library, {@code std:layers.nnl}. */
    static final String PREFIX = "std:";

    /** The files, in the folder {@code org/nnl/library}. */
    static final List<String> FILES = List.of(
            "activations", "attention", "convolution", "distributions", "layers", "losses", "normalisation",
            "optimizers", "recurrent", "schedules");

    private static final Pattern HEAD =
            Pattern.compile("(?m)^(?:layer|function|optimizer|distribution)\\s+([\\p{L}_][\\p{L}\\p{Nd}_]*)");

    private final Map<String, String> texts = new LinkedHashMap<>();
    private final Map<String, String> fileOf = new LinkedHashMap<>();
    private final Map<String, Map<String, Tree.Definition>> parsed = new HashMap<>();

    Library() {
        for (String file : FILES) {
            String text = read(file);
            texts.put(PREFIX + file + ".nnl", text);
            Matcher m = HEAD.matcher(text);
            while (m.find()) fileOf.putIfAbsent(m.group(1), PREFIX + file + ".nnl");
        }
    }

    private static String read(String file) {
        try (InputStream in = Library.class.getResourceAsStream("/org/nnl/library/" + file + ".nnl")) {
            if (in == null) throw new IllegalStateException("library file missing: " + file);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Set<String> names() {
        return fileOf.keySet();
    }

    /** The definition of that name, or null. */
    Tree.Definition find(String name) {
        String file = fileOf.get(name);
        if (file == null) return null;
        return parsed.computeIfAbsent(file, f -> {
            Map<String, Tree.Definition> definitions = new HashMap<>();
            for (Tree.Definition d : Parser.parse(f, texts.get(f)).definitions()) definitions.put(d.name(), d);
            return definitions;
        }).get(name);
    }

    /** Texts by file name, to quote from. */
    Map<String, String> texts() {
        return texts;
    }
}
