/**
 * Reading data: files of numbers and text ({@link org.nnl.data.Table}, {@link org.nnl.data.Idx},
 * {@link org.nnl.data.Npy}, {@link org.nnl.data.Safetensors}) and the {@code data} block of a model file, which says how
 * they become the inputs and targets of a model ({@link org.nnl.data.DataBlock}). Nothing here knows how a model is
 * trained. Whatever is wrong with a file becomes a {@link org.nnl.data.DataException} that names file, row, column and
 * value.
 */
package org.nnl.data;
