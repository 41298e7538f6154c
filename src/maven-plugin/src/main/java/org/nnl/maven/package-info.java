/** NNL in a Maven build: models in {@code src/main/nnl} become classes. */
package org.nnl.maven;
