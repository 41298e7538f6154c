package org.nnl.simplify;

import static org.nnl.simplify.Sampled.check;

import org.junit.jupiter.api.Test;

/** Whether the argument of a maximum lies above its threshold is read from the value where that tells. */
class MaskTest {
    @Test
    void aMaskIsReadFromTheValueWhereTheArgumentIsNeededForNothingElse() {
        for (String body : new String[] {"select(x[b,i] > 0, x[b,i], 0)", "max(x[b,i], 0)", "select(x[b,i] > 0, x[b,i], 0.01*x[b,i])"})
            check(masked(body, "select(x[b,i] > 0, u[b,i], 0)"), """
                    x[b,i] += W[i,j]*u[b,j]  for b < B, i < 3, j < 3
                    h[b,i] = %s  for b < B, i < 3
                    y[b,i] = select(h[b,i] > 0, u[b,i], 0)  for b < B, i < 3
                    """.formatted(body));
    }

    @Test
    void aMaskIsReadFromTheArgumentWhereTheValueDoesNotTellOrTheArgumentIsNeeded() {
        String[][] cases = {
            {"select(x[b,i] > 0, x[b,i], (-0.01)*x[b,i])", "select(x[b,i] > 0, u[b,i], 0)"},
            {"select(x[b,i] > 0, x[b,i], 1)", "select(x[b,i] > 0, u[b,i], 0)"},
            {"max(x[b,i], 1)", "select(x[b,i] > 0, u[b,i], 0)"},
            {"max(x[b,i], 0)", "select(x[b,i] > 0, x[b,i]*u[b,i], 0)"}
        };
        for (String[] c : cases)
            check(masked(c[0], c[1]), """
                    x[b,i] += W[i,j]*u[b,j]  for b < B, i < 3, j < 3
                    h[b,i] = %s  for b < B, i < 3
                    y[b,i] = %s  for b < B, i < 3
                    """.formatted(c[0], c[1]));
    }

    @Test
    void aMaskStaysWhereArgumentAndValueLookDifferentOutside() {
        String mask = "select(x[b,i-1] > 0, u[b,i], 0)";
        check(masked("max(x[b,i], 0)", mask).replace("value x[B, 3]", "value x[B, 3] outside 1"), """
                x[b,i] += W[i,j]*u[b,j]  for b < B, i < 3, j < 3
                h[b,i] = max(x[b,i], 0)  for b < B, i < 3
                y[b,i] = %s  for b < B, i < 3
                """.formatted(mask));
        check(masked("max(x[b,i], 0)", mask), """
                x[b,i] += W[i,j]*u[b,j]  for b < B, i < 3, j < 3
                h[b,i] = max(x[b,i], 0)  for b < B, i < 3
                y[b,i] = select(h[b,i-1] > 0, u[b,i], 0)  for b < B, i < 3
                """);
    }

    /** As in the gradient of max(dense(x, 3), 0.1), in which the bias is part of the argument. */
    @Test
    void aMaskByAnExpressionIsReadFromTheValueToo() {
        for (String[] c : new String[][] {
            {"max(x[b,i] + c[i], 0.1)", "select(x[b,j] + c[j] > 0.1, u[b,j], 0)", "select(h[b,j] > 0.1, u[b,j], 0)"},
            {"select(x[b,i] + c[i] > 0, x[b,i] + c[i], 0)", "select(x[b,j] + c[j] > 0, u[b,j], 0)", "select(h[b,j] > 0, u[b,j], 0)"},
            {"max(x[b,i] + c[i], 0.1)", "select(x[b,j] + c[j] > 0.2, u[b,j], 0)", "select(x[b,j] + c[j] > 0.2, u[b,j], 0)"},
            {"max(x[b,i] + c[i], 0.1)", "select(x[b,j] + c[0] > 0.1, u[b,j], 0)", "select(x[b,j] + c[0] > 0.1, u[b,j], 0)"}})
            check(masked(c[0], c[1]).replace("y[b,i] = %s  for b < B, i".formatted(c[1]), "y[b,j] = %s  for b < B, j".formatted(c[1])).replace("value x", "param c[3]\nvalue x"), """
                    x[b,i] += W[i,j]*u[b,j]  for b < B, i < 3, j < 3
                    h[b,i] = %s  for b < B, i < 3
                    y[b,j] = %s  for b < B, j < 3
                    """.formatted(c[0], c[2]));
    }

    private static String masked(String value, String mask) {
        return """
                input u[B, 3]
                param W[3, 3]
                value x[B, 3]
                value h[B, 3]
                value y[B, 3]
                x[b,i] += W[i,j]*u[b,j]  for b < B, i < 3, j < 3
                h[b,i] = %s  for b < B, i < 3
                y[b,i] = %s  for b < B, i < 3
                result h, y
                """.formatted(value, mask);
    }
}
