package org.nnl.emit.kernel;

import java.util.List;
import java.util.Set;

/**
 * The Java of one product.
 *
 * @param call      the statement that runs it
 * @param methods   text of the methods
 * @param buffers   declarations of private fields it needs, each a line
 * @param functions static methods of {@link org.nnl.emit.formula.Dialect#function} that it calls
 */
public record Kernel(String call, List<String> methods, List<String> buffers, Set<String> functions) {}
