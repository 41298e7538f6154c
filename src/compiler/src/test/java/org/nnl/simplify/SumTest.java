package org.nnl.simplify;

import static org.nnl.simplify.Sampled.check;

import org.junit.jupiter.api.Test;

/** Sums: of products, of sums, and where they are written. */
class SumTest {
    @Test
    void sumsOfProductsAreSplit() {
        check("""
                input x[B, 3]
                input h[B, 3]
                param W[2, 3]
                param U[2, 3]
                value y[B, 2]
                y[b,i] += W[i,j]*x[b,j] - U[i,j]*h[b,j]  for b < B, i < 2, j < 3
                result y
                """, """
                y[b,i] += W[i,j]*x[b,j]  for b < B, i < 2, j < 3
                y.sum[b,i] += U[i,j]*h[b,j]  for b < B, i < 2, j < 3
                y[b,i] += -y.sum[b,i]  for b < B, i < 2
                """);
    }

    @Test
    void factorsOfOneSideAreOneTensor() {
        check("""
                input d[B, 8]
                input h[B, 8]
                input x[B, 5]
                value d_W[8, 5]
                value d_b[8]
                d_W[i,j] += d[b,i]*(1 - h[b,i]*h[b,i])*x[b,j]  for b < B, i < 8, j < 5
                d_b[i] += d[b,i]*(1 - h[b,i]*h[b,i])  for b < B, i < 8
                result d_W, d_b
                """, """
                d_W.factor[b,i] = d[b,i]*(1 - h[b,i]*h[b,i])  for b < B, i < 8
                d_W[i,j] += d_W.factor[b,i]*x[b,j]  for b < B, i < 8, j < 5
                d_b[i] += d_W.factor[b,i]  for b < B, i < 8
                """);
    }

    @Test
    void invariantFactorsLeaveTheSum() {
        check("""
                input x[B, 3]
                input y[B]
                value loss
                loss[] += y[b]*x[b,i]*x[b,i]/size(B)  for b < B, i < 3
                result loss
                """, """
                loss.sum[] += y[b]*x[b,i]*x[b,i]  for b < B, i < 3
                loss[] = loss.sum[]/size(B)
                """);
    }

    @Test
    void sumsThatAreOnlyPassedOnAddDirectly() {
        check("""
                input g[B, 3]
                param W[3, 3]
                value s[B, 3]
                value d_x[B, 3]
                s[b,j] += W[i,j]*g[b,i]  for b < B, i < 3, j < 3
                d_x[b,j] += s[b,j]  for b < B, j < 3
                d_x[b,j] += g[b,j]  for b < B, j < 3
                result d_x
                """, """
                d_x[b,j] += W[i,j]*g[b,i]  for b < B, i < 3, j < 3
                d_x[b,j] += g[b,j]  for b < B, j < 3
                """);
    }

    @Test
    void productsAreSummedInTheCheapestOrder() {
        check("""
                input x[B, 10]
                param P[10, 10]
                param Q[10, 10]
                value y[B, 10]
                y[b,l] += x[b,j]*P[j,k]*Q[k,l]  for b < B, l < 10, j < 10, k < 10
                result y
                """, """
                y.sum[l,j] += P[j,k]*Q[k,l]  for l < 10, j < 10, k < 10
                y[b,l] += y.sum[l,j]*x[b,j]  for b < B, l < 10, j < 10
                """);
    }

    @Test
    void exponentialsOfASumAndItsGradientAreShared() {
        check("""
                input z[B, 3]
                value s[B]
                value p[B, 3]
                s[b] += exp(z[b,k])  for b < B, k < 3
                p[b,k] = exp(z[b,k])/s[b]  for b < B, k < 3
                result s, p
                """, """
                z.exp[b,k] = exp(z[b,k])  for b < B, k < 3
                s[b] += z.exp[b,k]  for b < B, k < 3
                p[b,k] = z.exp[b,k]/s[b]  for b < B, k < 3
                """);
    }

    @Test
    void sumsAreWrittenWhereTheyAreCopied() {
        check("""
                input p[B, 2, 3]
                param V[3, 4]
                value a[B, 2, 4]
                value y[B, 8]
                a[b,h,c] += p[b,h,j]*V[j,c]  for b < B, h < 2, c < 4, j < 3
                y[b,4*h+c] = a[b,h,c]  for b < B, h < 2, c < 4
                result y
                """, """
                y[b,c+4*h] += p[b,h,j]*V[j,c]  for b < B, h < 2, c < 4, j < 3
                """);
    }

    @Test
    void slicesThatAreWrittenOnceAreSet() {
        check("""
                input x[B, 3]
                value y[B, 2, 3]
                y[b,0,i] += x[b,i]*x[b,i]  for b < B, i < 3
                y[b,1,i] += exp(x[b,i])  for b < B, i < 3
                result y
                """, """
                y[b,0,i] = x[b,i]*x[b,i]  for b < B, i < 3
                y[b,1,i] = exp(x[b,i])  for b < B, i < 3
                """);
    }
}
