/**
 * Stage 2 of 8: takes the syntax tree of a model with its imports and the library, gives a
 * {@link org.nnl.program.Program}, leaves true that every name is resolved, every shape known, every function and layer
 * written out, and everything an index equation.
 *
 * <p>Elaboration is evaluation: an expression becomes a {@link org.nnl.elaborate.Value}, which is a number known now,
 * or a scalar expression for every position of a shape. Element-wise mathematics stays such an expression; what folds,
 * what is assigned, and what is needed more than once gets a tensor and an equation ({@link org.nnl.elaborate.Storing}).
 * Calls evaluate the body of what they call; nothing here knows a layer, loss or optimiser by name.
 */
package org.nnl.elaborate;
