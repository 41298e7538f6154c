/**
 * Stage 6 of 8: takes the ordered equations of every graph, gives a {@link org.nnl.schedule.Schedule}: arrays, and
 * routines made of loops, loads and stores. Every decision is taken here and can be read in the printed form
 * ({@link org.nnl.schedule.SchedulePrinter}): which array a tensor lives in and in which layout, which equations share
 * a nest, the order of the loops, which loop runs in vector lanes, which sums are matrix products, which bounds need a
 * test at run time. Emission only spells it out.
 */
package org.nnl.schedule;
