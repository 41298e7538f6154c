/**
 * What every stage from elaborate on takes and gives: the graph of index equations, the one representation everything after it works on.
 *
 * <p>A {@link org.nnl.equations.Graph} has one kind of computed node, the {@link org.nnl.equations.Equation}
 * <pre>    y[ψ(i…)]  fold=  body(x₁[φ₁(i…)], x₂[φ₂(i…)], …)      for all i… in a box</pre>
 * whose body is a scalar {@link org.nnl.equations.Expr} and whose index maps are affine in the axes or read an
 * integer tensor. Differentiation maps equations to equations, so the stages after this one neither know nor care
 * whether they look at a loss, at its gradient or at an optimiser's update.
 *
 * <p>Every graph can be printed ({@link org.nnl.equations.GraphPrinter}) and read back
 * ({@link org.nnl.equations.GraphReader}).
 */
package org.nnl.equations;
