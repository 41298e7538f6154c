package org.nnl.emit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The text of a class with fewer lines than JavaPoet gives it. */
final class DenseText {
    private static final Pattern SHORT_DOC = Pattern.compile("(?m)^( *)/\\*\\*\n *\\* (.{1,108})\n *\\*/$");
    private static final Pattern FIELD = Pattern.compile("    (public|private) .*;");

    private DenseText() {}

    /** Java text with Javadoc of one line on one line, and private fields without blank lines between them. */
    static String of(String java) {
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
}
