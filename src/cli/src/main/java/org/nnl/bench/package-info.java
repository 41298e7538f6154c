/**
 * How long a training step and a prediction of a model take: JMH on its generated class, the arithmetic its equations ask
 * for, the peak of the machine, a table and a plot.
 */
package org.nnl.bench;
