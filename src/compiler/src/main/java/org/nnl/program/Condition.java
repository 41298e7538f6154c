package org.nnl.program;

import org.nnl.equations.Expr;

/**
 * What must hold of settings and is no {@link Limit} of one: it compares several, has alternatives, or is about what is
 * scheduled.
 *
 * @param by    the optimiser that requires it
 * @param text  as the optimiser says it, with its own names for them
 * @param holds the same over settings, and what is scheduled, by their full names; nothing else is read
 */
public record Condition(String by, String text, Expr holds) {}
