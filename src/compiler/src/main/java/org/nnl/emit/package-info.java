/**
 * Stage 7 of 8: takes a program and its schedule, gives the text of one Java class, which needs nothing but the JDK.
 * Emission takes no decisions: it spells out what the schedule says, for one of two back ends (vector lanes of {@code
 * jdk.incubator.vector}, or plain Java). JavaPoet is used here and nowhere else.
 */
package org.nnl.emit;
