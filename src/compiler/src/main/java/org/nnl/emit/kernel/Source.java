package org.nnl.emit.kernel;

import java.util.List;

/** Java text under construction: indented lines. */
public final class Source {
    private final StringBuilder text = new StringBuilder();
    private int depth;

    /** A line, or several separated by line ends. */
    public Source line(String line) {
        for (String l : line.split("\n", -1)) text.append(l.isEmpty() ? "" : "    ".repeat(depth)).append(l).append('\n');
        return this;
    }

    Source lines(List<String> lines) {
        lines.forEach(this::line);
        return this;
    }

    /** A line ending in an opening brace; what follows is indented until {@link #close}. */
    public Source open(String line) {
        line(line + " {");
        depth++;
        return this;
    }

    public Source close() {
        depth--;
        return line("}");
    }

    /** The present end, for {@link #insert}. */
    public int mark() {
        return text.length();
    }

    /** Lines put in at a mark, indented as what comes next there was not yet. */
    public void insert(int mark, List<String> lines) {
        StringBuilder block = new StringBuilder();
        for (String l : lines) block.append("    ".repeat(depth)).append(l).append('\n');
        text.insert(mark, block);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
