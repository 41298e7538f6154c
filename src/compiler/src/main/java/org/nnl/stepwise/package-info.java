/**
 * Step-wise prediction: from the graph that predicts a whole sequence, one that is told one step of it after the other
 * and remembers what later steps need. Nothing here knows a recurrent cell; what counts is which index runs along time,
 * and how far back it is read.
 */
package org.nnl.stepwise;
