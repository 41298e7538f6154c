package org.nnl.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nnl.equations.GraphReader;

class OrderTest {

    @Test
    void onlyTheCycleIsInTheLoop() {
        String order = Order.of(GraphReader.read(
                        """
                        graph rnn
                        input x[B, 5, 3]
                        param W[7, 3]
                        param U[7, 7]
                        value a[B, 5, 7]
                        value h[B, 5, 7]
                        value last[B]

                        last[b] += h[b,4,i]  for b < B, i < 7
                        h[b,t,i] = tanh(a[b,t,i])  for b < B, t < 5, i < 7
                        a[b,t,i] += W[i,j]*x[b,t,j]  for b < B, t < 5, i < 7, j < 3
                        a[b,t,i] += U[i,k]*h[b,t-1,k]  for b < B, t < 5, i < 7, k < 7
                        """))
                .toString();
        assertThat(order)
                .isEqualTo(
                        """
                        a[b,t,i] += W[i,j]*x[b,t,j]  for b < B, t < 5, i < 7, j < 3
                        loop through 5
                          a[b,t,i] += U[i,k]*h[b,t-1,k]  for b < B, t < 5, i < 7, k < 7  at t
                          h[b,t,i] = tanh(a[b,t,i])  for b < B, t < 5, i < 7  at t
                        last[b] += h[b,4,i]  for b < B, i < 7
                        """);
    }

    @Test
    void theAdjointRunsDown() {
        String order = Order.of(GraphReader.read(
                        """
                        graph g
                        param u
                        input d_y[5]
                        value d_h[5]
                        value d_a[5]

                        d_h[t-1] += d_a[t]*u[]  for t < 5
                        d_h[t] += d_y[t]  for t < 5
                        d_a[t] = d_h[t]*2  for t < 5
                        """))
                .toString();
        assertThat(order)
                .isEqualTo(
                        """
                        d_h[t] += d_y[t]  for t < 5
                        loop down through 5
                          d_a[t] = d_h[t]*2  for t < 5  at t
                          d_h[t-1] += d_a[t]*u[]  for t < 5  at t
                        """);
    }

    @Test
    void aRecurrenceWithinARecurrenceGivesALoopWithinALoop() {
        String order = Order.of(GraphReader.read(
                        "graph g\nvalue h[4, 6]\nh[s,t] = h[s-1,t] + h[s,t-1] + 1  for s < 4, t < 6\n"))
                .toString();
        assertThat(order)
                .isEqualTo(
                        """
                        loop through 4
                          loop through 6
                            h[s,t] = h[s-1,t] + h[s,t-1] + 1  for s < 4, t < 6  at s, t
                        """);
    }

    @Test
    void cyclesWithoutDelayAreErrors() {
        assertThatThrownBy(() -> Order.of(
                        GraphReader.read("graph g\nvalue a[3]\nvalue c[3]\na[i] = c[i]  for i < 3\nc[i] = a[i]  for i < 3\n")))
                .isInstanceOf(CycleException.class)
                .hasMessageContaining("a → c")
                .hasMessageContaining("without a delay");
        assertThatThrownBy(
                        () -> Order.of(GraphReader.read("graph g\nvalue a[3]\na[i] = a[i-1] + a[i+1]  for i < 3\n")))
                .isInstanceOf(CycleException.class)
                .hasMessageContaining("both earlier and later");
    }
}
