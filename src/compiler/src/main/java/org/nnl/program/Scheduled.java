package org.nnl.program;

import org.nnl.equations.Expr;

/**
 * A hyper-parameter that is computed anew in each step, such as a rate that falls.
 *
 * @param value over {@code step} alone
 * @param place where it is given
 * @param every it is used in each step of this many
 */
public record Scheduled(Expr value, String place, int every) {}
