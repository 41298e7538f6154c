/** Checks a graph between stages: what every stage may rely on and must leave true. */
package org.nnl.verify;
