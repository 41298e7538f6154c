package org.nnl.program;

import org.nnl.equations.ExprPrinter;

/**
 * What must hold of a setting.
 *
 * @param operator between the setting and the bound: a comparison; {@code whole} has none
 */
public record Limit(String operator, double bound) {
    public static final Limit WHOLE = new Limit("whole", 0);

    public boolean isWhole() {
        return equals(WHOLE);
    }

    /** {@code at least 0}. */
    @Override
    public String toString() {
        if (isWhole()) return "a whole number";
        return switch (operator) {
            case "<" -> "less than ";
            case "<=" -> "at most ";
            case ">" -> "more than ";
            case "==" -> "";
            case "!=" -> "other than ";
            default -> "at least ";
        } + ExprPrinter.number(bound);
    }
}
