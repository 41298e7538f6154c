/**
 * Matrix products as Java. A {@link org.nnl.schedule.Product} becomes a call; what it calls, a kernel, is found by the
 * product with its arrays and their offsets as parameters ({@code Parametrised}), so that equal products share one. A kernel is specialised
 * to strides, sizes and epilogue and computes a range of rows. In lanes, a register tile of some rows by two vectors is
 * kept in named locals over the whole sum ({@code VectorProduct}); factors are copied into scratch memory first where
 * their layout asks for it ({@code Tiling}). In plain Java, rows are kept in arrays of their own, which is what HotSpot
 * turns into vector instructions ({@code BlockedProduct}).
 */
package org.nnl.emit.kernel;
