/** How fast generated classes are: nine workloads, measured with JMH beside the machine's own peak. */
package org.nnl.benchmarks;
