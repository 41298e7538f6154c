/**
 * Stage 8 of 8: takes the text of generated classes, gives classes that can be used at once, compiled in memory by the
 * JDK's own compiler.
 */
package org.nnl.load;
