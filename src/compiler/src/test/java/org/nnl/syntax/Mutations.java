package org.nnl.syntax;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Valid {@code .nnl} files of the repository, and what becomes of them when their tokens are mixed up. */
public final class Mutations {
    private static final Pattern TOKEN = Pattern.compile("//[^\n]*|\"[^\"\n]*\"|[\\p{L}_]\\w*|[0-9][0-9.e-]*|->|[=<>!]=|\\s+|.");
    private static final List<Path> FOLDERS = List.of(
            Path.of("src/main/resources/org/nnl/library"),
            Path.of("src/test/resources/reference"),
            Path.of("src/test/resources/syntax"),
            Path.of("../../samples"));

    private Mutations() {}

    /** Texts by file name, in order. */
    public static Map<String, String> validFiles() {
        Map<String, String> all = new TreeMap<>();
        for (Path folder : FOLDERS) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path f : files.filter(f -> f.toString().endsWith(".nnl")).toList()) {
                    all.put(f.getFileName().toString(), Files.readString(f));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return all;
    }

    /** One to three tokens deleted, doubled, swapped, or replaced by another one of the text. */
    public static String mutate(String text, Random random) {
        List<String> tokens = new ArrayList<>(TOKEN.matcher(text).results().map(MatchResult::group).toList());
        int changes = 1 + random.nextInt(3);
        for (int n = 0; n < changes && tokens.size() > 1; n++) {
            int i = solid(tokens, random);
            int j = solid(tokens, random);
            String token = tokens.get(i);
            switch (random.nextInt(4)) {
                case 0 -> tokens.remove(i);
                case 1 -> tokens.add(i, token + " ");
                case 2 -> tokens.set(i, tokens.set(j, token));
                default -> tokens.set(i, tokens.get(j));
            }
        }
        return String.join("", tokens);
    }

    /**
     * One or two tokens replaced by others of their kind: a name by a name, a number by a number, an operator by an
     * operator. What comes out parses mostly, so that later stages see it.
     */
    public static String mutateKindly(String text, Random random) {
        List<String> tokens = new ArrayList<>(TOKEN.matcher(text).results().map(MatchResult::group).toList());
        int changes = 1 + random.nextInt(2);
        for (int n = 0; n < changes; n++) {
            int i = solid(tokens, random);
            List<String> others = tokens.stream()
                    .filter(t -> kind(t) == kind(tokens.get(i)) && !t.equals(tokens.get(i)))
                    .toList();
            if (!others.isEmpty()) tokens.set(i, others.get(random.nextInt(others.size())));
        }
        return String.join("", tokens);
    }

    private static char kind(String token) {
        char c = token.charAt(0);
        if (token.startsWith("//") || Character.isWhitespace(c)) return ' ';
        if (Character.isLetter(c)) return 'a';
        if (Character.isDigit(c)) return '1';
        return "+-*/@^<>=!".indexOf(c) >= 0 && !token.equals("=") ? '+' : c;
    }

    /** A token that is neither space nor comment, if one is found soon. */
    private static int solid(List<String> tokens, Random random) {
        int i = random.nextInt(tokens.size());
        for (int k = 0; k < 20 && (tokens.get(i).isBlank() || tokens.get(i).startsWith("//")); k++) {
            i = random.nextInt(tokens.size());
        }
        return i;
    }
}
