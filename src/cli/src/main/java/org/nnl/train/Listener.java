package org.nnl.train;

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

    /** Something to say. */
    default void say(String text) {}
}
