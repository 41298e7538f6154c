package org.nnl.emit.formula;

/**
 * Java text that holds a value.
 *
 * @param java      an expression
 * @param kind      what it holds
 * @param lanes     whether it holds a value for every vector lane; if not, the same value holds for all of them
 * @param invariant whether the innermost loop does not change it, so that what is computed from it alone may stand
 *                  before the loop; lanes that do not change are invariant too
 * @param level     how tightly the expression's outermost operator binds, see {@link #ATOM}
 */
public record Operand(String java, Kind kind, boolean lanes, boolean invariant, int level) {

    /** Binding of a name, a literal, a call. */
    public static final int ATOM = 10;

    /** Binding of a cast or a sign. */
    public static final int UNARY = 9;

    /** Binding of the weakest operator, a conditional. */
    public static final int WEAKEST = 1;

    /** What an operand holds. */
    public enum Kind {
        /** A number of the class's precision. */
        REAL,
        /** A {@code double} where the class's precision is {@code float}: a setting, and what is computed from settings. */
        WIDE,
        /** An integer: {@code int} or {@code long}, or lanes of as many bits as a real number has. */
        WHOLE,
        /** A truth value: {@code boolean}, or a mask. */
        TRUTH
    }

    /** A scalar number of the class's precision. */
    public static Operand scalar(String java, boolean invariant) {
        return new Operand(java, Kind.REAL, false, invariant, level(java));
    }

    /** A vector of real numbers. */
    public static Operand lanes(String java) {
        return new Operand(java, Kind.REAL, true, false, ATOM);
    }

    /** A {@code double} that no loop changes. */
    public static Operand wide(String java) {
        return new Operand(java, Kind.WIDE, false, true, level(java));
    }

    /** An {@code int} or {@code long}. */
    public static Operand whole(String java, boolean invariant) {
        return new Operand(java, Kind.WHOLE, false, invariant, level(java));
    }

    /** An {@code IntVector} beside {@code float}, a {@code LongVector} beside {@code double}. */
    public static Operand wholeLanes(String java) {
        return new Operand(java, Kind.WHOLE, true, false, ATOM);
    }

    private static int level(String java) {
        for (int i = 0, depth = 0; i < java.length(); i++) {
            char c = java.charAt(i);
            if (c == '(' || c == '[') depth++;
            else if (c == ')' || c == ']') depth--;
            else if (depth == 0 && !Character.isJavaIdentifierPart(c) && c != '.') return WEAKEST;
        }
        return java.startsWith("(") ? WEAKEST : ATOM;
    }

    boolean isName() {
        return java.chars().allMatch(c -> Character.isJavaIdentifierPart(c) || c == '.');
    }

    /** The text, in parentheses if it binds less than {@code atLeast}. */
    String at(int atLeast) {
        return level < atLeast ? "(" + java + ")" : java;
    }

    Operand with(String newJava, int newLevel) {
        return new Operand(newJava, kind, lanes, invariant, newLevel);
    }

    Operand as(Kind newKind) {
        return new Operand(java, newKind, lanes, invariant, level);
    }
}
