/**
 * Stage 4 of 8: takes a {@link org.nnl.equations.Graph}, gives a simpler one with the same values, leaves true that
 * results and commits keep their names and shapes and that every tensor is still written and read as the verifier asks.
 *
 * <p>The lists {@code REDUCE} and {@code ARRANGE} of {@link org.nnl.simplify.Simplify} are what it knows, each rule a class whose Javadoc is the rule;
 * {@link org.nnl.simplify.Algebra} is the part that concerns one scalar expression. No rule knows an operation, a
 * layer or a loss by name.
 *
 * <p>"The same values" means: for inputs for which every value of the graph is finite, up to rounding. A product with
 * the constant 0 is 0 and a quotient x/x is 1, though IEEE 754 would make them NaN for an infinite or zero x.
 */
package org.nnl.simplify;
