/**
 * Scalar formulas as Java: takes a {@link org.nnl.schedule.Value} and the Java text of its leaves, gives straight-line
 * statements, in plain Java or in vector lanes. How each operation is written is data, one row an operation and back
 * end ({@link org.nnl.emit.formula.Form}); transcendental functions in lanes are polynomials spelt out in place, since
 * a method that returns a vector may allocate it.
 */
package org.nnl.emit.formula;
