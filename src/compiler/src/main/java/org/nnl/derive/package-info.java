/**
 * Stage 3 of 8: takes a {@link org.nnl.program.Program} of index equations, gives it with numerically stable forms and
 * with the graph {@code gradient}; leaves true that no graph asks for a derivative any more.
 *
 * <p>There is one differentiation rule ({@link org.nnl.derive.Adjoints}); scalar calculus is asked of a computer algebra
 * system behind one class ({@link org.nnl.derive.Symja}), and what it once answered is remembered
 * ({@link org.nnl.derive.Partials}).
 */
package org.nnl.derive;
