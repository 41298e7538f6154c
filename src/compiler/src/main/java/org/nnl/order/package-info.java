/**
 * Stage 5 of 8: takes a graph, gives an order in which its equations can be computed ({@link org.nnl.order.Order}),
 * leaves true that every element is complete before it is read. Equations without cyclic dependence come one after the
 * other; those in a cycle with delay share a loop over the axis that carries it. Nothing here knows what a recurrence is
 * for: the method is Allen and Kennedy's loop distribution (1987), applied to index equations.
 */
package org.nnl.order;
