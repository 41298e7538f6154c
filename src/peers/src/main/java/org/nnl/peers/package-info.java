/**
 * The nine workloads written in other libraries, each the way its documentation writes such a model, and the table that
 * sets them beside the generated classes. Every engine runs in a JVM of its own, with one thread, on a minibatch that
 * stays in memory.
 */
package org.nnl.peers;
