/**
 * What stages 2 to 8 hand on: a {@link org.nnl.program.Program}, the typed model as a set of graphs, one for each thing
 * that the generated class can do.
 */
package org.nnl.program;
