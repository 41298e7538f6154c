package org.nnl.train;

import java.nio.file.Path;

/** Is told how a training goes on. */
public interface Listener {
    Listener SILENT = new Listener() {};

    /** An epoch begins, from 1. */
    default void epoch(int epoch, int epochs, int steps) {}

    /** A step of the epoch is done. */
    default void step(int step) {}

    /**
     * An epoch is over.
     *
     * @param validation null if nothing is held back
     * @param best       whether it is the best so far
     */
    default void figures(int epoch, Figures train, Figures validation, boolean best, double seconds) {}

    /**
     * The training was interrupted. It is told while the process may be ending already, which waits for this call and for
     * nothing later.
     *
     * @param epochs those kept in the folder, 0 if nothing was written
     */
    default void interrupted(int epochs, Path folder) {}

    /** Something to say. */
    default void say(String text) {}
}
