/**
 * Stage 1 of 8: takes the text of an {@code .nnl} file, gives its syntax tree ({@link org.nnl.syntax.Tree}), leaves
 * true that the tree is well-formed and that every node knows its place in the text. Names mean nothing yet.
 */
package org.nnl.syntax;
