package org.nnl.emit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Java text under construction: indented lines. */
final class Lines {
    private static final Pattern SHORT_DOC = Pattern.compile("(?m)^( *)/\\*\\*\n *\\* (.{1,108})\n *\\*/$");
    private static final Pattern FIELD = Pattern.compile("    (public|private) .*;");
    private final StringBuilder text = new StringBuilder();
    private int depth;

    /** A line, or several separated by line ends. */
    Lines line(String line) {
        for (String l : line.split("\n", -1)) text.append(l.isEmpty() ? "" : "    ".repeat(depth)).append(l).append('\n');
        return this;
    }

    /** A line ending in an opening brace; what follows is indented until {@link #close}. */
    Lines open(String line) {
        line(line + " {");
        depth++;
        return this;
    }

    Lines close() {
        depth--;
        return line("}");
    }

    /** Java text with Javadoc of one line on one line, and private fields without blank lines between them. */
    static String dense(String java) {
        List<String> lines = new ArrayList<>();
        List<String> all = SHORT_DOC.matcher(java).replaceAll("$1/** $2 */").lines().toList();
        for (int k = 0; k < all.size(); k++) {
            boolean gap = k > 0 && all.get(k).isEmpty() && isField(all, k - 1)
                    && (isField(all, k + 1) || all.get(k + 1).startsWith("    /** ") && isField(all, k + 2));
            if (!gap) lines.add(all.get(k));
        }
        return String.join("\n", lines) + "\n";
    }

    private static boolean isField(List<String> lines, int k) {
        return k < lines.size() && FIELD.matcher(lines.get(k)).matches();
    }

    /** The present end, for {@link #insert}. */
    int mark() {
        return text.length();
    }

    /** Lines put in at a mark, indented as what comes next there was not yet. */
    void insert(int mark, List<String> lines) {
        StringBuilder block = new StringBuilder();
        for (String l : lines) block.append("    ".repeat(depth)).append(l).append('\n');
        text.insert(mark, block);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
