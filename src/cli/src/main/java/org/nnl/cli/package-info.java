/**
 * The command line: one class a command, each a few steps over the compiler, the data and the training loop. Errors are
 * text for people; exit codes are for scripts ({@link org.nnl.cli.ExitCode}).
 */
package org.nnl.cli;
