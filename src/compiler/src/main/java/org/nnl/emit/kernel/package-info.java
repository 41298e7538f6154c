/**
 * Matrix products as Java: takes a {@link org.nnl.schedule.Product}, gives methods specialised to its sizes and strides.
 * In lanes, a register tile of some rows by two vectors is kept in named locals over the whole sum ({@link
 * org.nnl.emit.kernel.VectorProduct}); factors are copied into a buffer first where their layout asks for it ({@link
 * org.nnl.emit.kernel.Tiling}). In plain Java, rows are kept in arrays of their own, which is what HotSpot turns into
 * vector instructions ({@link org.nnl.emit.kernel.ScalarProduct}).
 */
package org.nnl.emit.kernel;
