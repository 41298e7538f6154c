package org.nnl.syntax;

import java.util.Collection;
import java.util.Optional;

/** Finds the name that was probably meant. */
public final class Suggestions {
    private Suggestions() {}

    /**
     * The candidate nearest to {@code name} by the number of letters inserted, deleted, changed or swapped with their
     * neighbour (Damerau-Levenshtein, optimal string alignment; capitals count half): at most a third of the longer
     * length, or capitals alone. The first one wins.
     */
    public static Optional<String> closest(String name, Collection<String> candidates) {
        String best = null;
        int least = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int longer = Math.max(name.length(), candidate.length());
            int allowed = 2 * (longer / 3);
            if (candidate.equals(name) || 2 * Math.abs(name.length() - candidate.length()) > allowed) continue;
            int distance = distance(name, candidate);
            if ((distance <= allowed || name.equalsIgnoreCase(candidate)) && distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /** {@code ; did you mean 'x'?}, or nothing: to be put behind a message. */
    public static String hint(String name, Collection<String> candidates) {
        return closest(name, candidates)
                .map(s -> "; did you mean '" + s + "'?")
                .orElse("");
    }

    /** Twice the distance, a change of case counting one. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) d[i][0] = 2 * i;
        for (int j = 0; j <= b.length(); j++) d[0][j] = 2 * j;
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                char p = a.charAt(i - 1);
                char q = b.charAt(j - 1);
                int change = p == q ? 0 : Character.toLowerCase(p) == Character.toLowerCase(q) ? 1 : 2;
                int least = Math.min(d[i - 1][j - 1] + change, 2 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && p == b.charAt(j - 2) && q == a.charAt(i - 2)) {
                    least = Math.min(least, d[i - 2][j - 2] + 2);
                }
                d[i][j] = least;
            }
        }
        return d[a.length()][b.length()];
    }
}
