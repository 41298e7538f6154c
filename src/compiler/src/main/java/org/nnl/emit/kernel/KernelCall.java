package org.nnl.emit.kernel;

import java.util.List;

/**
 * A product as a call of its kernel.
 *
 * @param kernel     the method
 * @param parameters names of its parameters; {@code first} and {@code last} are the range of rows, {@code scratch} the
 *                   place for copies
 * @param arguments  what is handed over for each, Java expressions of a routine
 * @param rows       how many rows there are, a Java expression
 * @param few        what is called instead if there are few rows altogether; null if the same serves them
 */
public record KernelCall(String kernel, List<String> parameters, List<String> arguments, String rows, Few few) {
    /**
     * Another kernel for few rows.
     *
     * @param below the number of rows from which it is not taken
     */
    public record Few(KernelCall call, int below) {}

    public KernelCall {
        parameters = List.copyOf(parameters);
        arguments = List.copyOf(arguments);
    }

    /** The statement that computes some rows, whatever their number. */
    public String statement(String first, String last, String scratch) {
        StringBuilder s = new StringBuilder(kernel + "(");
        for (int k = 0; k < arguments.size(); k++) {
            String argument = switch (parameters.get(k)) {
                case Kernel.FIRST -> first;
                case Kernel.LAST -> last;
                case Kernel.SCRATCH -> scratch;
                default -> arguments.get(k);
            };
            s.append(k == 0 ? "" : ", ").append(argument);
        }
        return s + ");";
    }

    /** Whether it needs a place for copies, which no other thread uses at that time. */
    public boolean usesScratch() {
        return parameters.contains(Kernel.SCRATCH) || few != null && few.call.usesScratch();
    }

    /** Statements that compute all rows in one thread. */
    public List<String> statements() {
        return statements("0", rows);
    }

    /** Statements that compute some rows; the kernel is chosen by the number of all, whatever the range. */
    public List<String> statements(String first, String last) {
        String all = statement(first, last, Kernel.SCRATCH);
        if (few == null) return List.of(all);
        return List.of("if (" + rows + " < " + few.below + ") " + few.call.statement(first, last, Kernel.SCRATCH), "else " + all);
    }
}
