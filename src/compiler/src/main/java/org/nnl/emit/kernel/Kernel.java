package org.nnl.emit.kernel;

import java.util.List;
import java.util.Set;

/**
 * The Java of a kernel: static methods over arrays, of which the first is the one to call.
 *
 * @param name       of the method to call
 * @param parameters what it takes, in order; among them {@link #FIRST} and {@link #LAST}, the range of rows it computes
 * @param methods    text of the methods
 * @param scratch    numbers in the array {@link #SCRATCH}, 0 if it takes none; if in rows, in each of several arrays
 * @param functions  static methods of {@link org.nnl.emit.formula.Dialect#function} that it calls
 */
record Kernel(
        String name, List<Parameter> parameters, List<String> methods, int scratch, Set<String> functions) {
    static final String FIRST = "first", LAST = "last", SCRATCH = "scratch", EXAMPLES = "examples";

    /** The parameter for the number of examples over which a kernel sums, if not all. */
    static final String OWN = "own";
}
