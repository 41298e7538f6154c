package org.nnl.emit.kernel;

import java.util.List;

/** The text of a method under construction. */
final class Source {
    private final StringBuilder text = new StringBuilder();
    private int depth;

    Source line(String line) {
        text.append("    ".repeat(depth)).append(line).append('\n');
        return this;
    }

    Source lines(List<String> lines) {
        lines.forEach(this::line);
        return this;
    }

    Source open(String line) {
        line(line + " {");
        depth++;
        return this;
    }

    Source close() {
        depth--;
        return line("}");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
