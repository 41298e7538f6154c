package org.nnl.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * A line of the terminal that is written over and, at the end, leaves no trace. (The library's own consumer ends with a
 * line feed, and unless told otherwise writes to the descriptor that the launcher sifts.)
 */
record BarLine(PrintStream out, int width) implements ProgressBarConsumer {
    @Override
    public int getMaxRenderedLength() {
        return width;
    }

    @Override
    public void accept(String bar) {
        out.print("\r" + bar);
        out.flush();
    }

    @Override
    public void clear() {
        out.print("\r" + " ".repeat(width) + "\r");
        out.flush();
    }

    @Override
    public void close() {
        clear();
    }
}
