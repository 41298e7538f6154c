package org.nnl.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text as a sequence of characters (Unicode code points), or of words: runs of letters and digits in lower case, an
 * apostrophe within them, and every other printing character by itself.
 *
 * <p>A vocabulary is in order of the characters, or of the words' frequency. In fields of a column 0 stands for what comes
 * after the end, and also for characters that the training data do not have; words the vocabulary lacks are
 * {@link #OTHER}.
 */
record Tokens(boolean words) {
    static final String END = "";
    static final String OTHER = "<other>";
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+(?:['’][\\p{L}\\p{N}]+)*|[^\\s\\p{L}\\p{N}]");

    String unit() {
        return words ? "word" : "character";
    }

    List<String> split(String text) {
        List<String> all = new ArrayList<>();
        if (words) {
            Matcher m = WORD.matcher(text.toLowerCase(java.util.Locale.ROOT));
            while (m.find()) all.add(m.group());
        } else {
            Map<Integer, String> shared = new HashMap<>();
            text.replace("\r\n", "\n")
                    .codePoints()
                    .forEach(c -> all.add(shared.computeIfAbsent(c, k -> new String(Character.toChars(k)))));
        }
        return all;
    }

    /**
     * The tokens by code.
     *
     * @param most at most so many entries; only words are left out
     * @param ends whether code 0 is kept for the end of a field
     */
    List<String> vocabulary(List<List<String>> texts, int most, boolean ends) {
        Map<String, Integer> counts = new HashMap<>();
        for (List<String> t : texts) for (String s : t) counts.merge(s, 1, Integer::sum);
        List<String> names = new ArrayList<>(counts.keySet());
        names.sort(
                words
                        ? Comparator.<String>comparingInt(counts::get).reversed().thenComparing(Comparator.naturalOrder())
                        : Comparator.<String>naturalOrder());
        if (words) names.add(0, OTHER);
        if (ends) names.add(0, END);
        return words && names.size() > most ? names.subList(0, most) : names;
    }

    private static Map<String, Integer> codes(List<String> names) {
        Map<String, Integer> codes = new HashMap<>();
        for (int i = 0; i < names.size(); i++) codes.put(names.get(i), i);
        return codes;
    }

    /** A whole text as codes; a character that the training text lacks is an error. */
    int[] stream(List<String> tokens, List<String> names, Path file) {
        Map<String, Integer> codes = codes(names);
        Integer other = codes.get(OTHER);
        int[] all = new int[tokens.size()];
        for (int i = 0; i < all.length; i++) {
            Integer code = codes.getOrDefault(tokens.get(i), other);
            if (code == null)
                throw new DataException(file + ", character " + (i + 1) + ": '" + tokens.get(i)
                        + "' does not occur in the training text");
            all[i] = code;
        }
        return all;
    }

    /** Fields as codes, cut or filled up with 0 to the given length. */
    int[][] fields(List<List<String>> fields, List<String> names, int length) {
        Map<String, Integer> codes = codes(names);
        int other = codes.getOrDefault(OTHER, 0);
        int[][] all = new int[fields.size()][length];
        for (int r = 0; r < all.length; r++)
            for (int i = 0; i < length && i < fields.get(r).size(); i++)
                all[r][i] = codes.getOrDefault(fields.get(r).get(i), other);
        return all;
    }
}
