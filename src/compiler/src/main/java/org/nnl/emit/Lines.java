package org.nnl.emit;

/** Java text under construction: indented lines. */
final class Lines {
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

    /** The present end, for {@link #insert}. */
    int mark() {
        return text.length();
    }

    /** Lines put in at a mark, indented as what comes next there was not yet. */
    void insert(int mark, java.util.List<String> lines) {
        StringBuilder block = new StringBuilder();
        for (String l : lines) block.append("    ".repeat(depth)).append(l).append('\n');
        text.insert(mark, block);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
