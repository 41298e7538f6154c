package org.nnl.simplify;

import static org.nnl.simplify.Sampled.check;

import org.junit.jupiter.api.Test;

/** Products with one-hot rows are look-ups. */
class OneHotTest {
    @Test
    void oneHotBecomesALookUp() {
        check("""
                input x[B] : class(5)
                param W[3, 5]
                value o[B, 5]
                value y[B, 3]
                o[b,j] = select(j == x[b], 1, 0)  for b < B, j < 5
                y[b,i] += W[i,j]*o[b,j]  for b < B, i < 3, j < 5
                result y
                """, """
                y[b,i] = W[i,x[b]]  for b < B, i < 3
                """);
    }

    @Test
    void oneHotBecomesARowAccumulation() {
        check("""
                input x[B] : class(5)
                input d_y[B, 3]
                value o[B, 5]
                value d_W[3, 5]
                o[b,j] = select(j == x[b], 1, 0)  for b < B, j < 5
                d_W[i,j] += d_y[b,i]*o[b,j]  for b < B, i < 3, j < 5
                result d_W
                """, """
                d_W[i,x[b]] += d_y[b,i]  for b < B, i < 3
                """);
    }

    @Test
    void oneHotOutOfRangeIsGuarded() {
        check("""
                input x[B] : class(9)
                input d_y[B, 3]
                value d_W[3, 5]
                d_W[i,j] += select(j == x[b], d_y[b,i], 0)  for b < B, i < 3, j < 5
                result d_W
                """, """
                d_W[i,x[b]] += select(x[b] < 5, d_y[b,i], 0)  for b < B, i < 3
                """);
    }
}
