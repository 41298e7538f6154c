package org.nnl.cli;

/** What {@code nnl} tells the shell. */
final class ExitCode {
    static final int OK = 0;

    /** The model, the data or a file has errors. */
    static final int ERRORS = 1;

    /** The command line is wrong. */
    static final int USAGE = 2;

    /** A check was made and failed. */
    static final int CHECK_FAILED = 3;

    /** A fault of NNL itself. */
    static final int FAULT = 4;

    /** Stopped from outside, as shells count it: 128 + SIGINT. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
