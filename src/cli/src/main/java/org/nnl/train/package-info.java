/**
 * Training on the command line: the loop over epochs and batches, validation, early stop, checkpoints that survive an
 * interruption, and the record of what was done. It drives any {@link org.nnl.train.Trainable}; what a model is, it does
 * not know.
 */
package org.nnl.train;
