package org.nnl.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nnl.equations.GraphReader;

/** Which tensors lie in another order than they are written, and in which. */
class JoinDimensionsTest {
    private static final String TENSORS = """
            input x[B,8,12]
            param W[4,6,12]
            param V[4,6,12]
            value q[B,4,8,6]
            value r[B,4,8,6]
            value y[B,8,12]
            value u[B,8,4,6]
            value z[B]
            """;

    private static final String PROJECTION = "q[b,h,i,a] += W[h,a,c]*x[b,i,c]  for b < B, h < 4, i < 8, a < 6, c < 12\n";

    private static Map<String, List<Integer>> orders(String equations) {
        return JoinDimensions.of(
                List.of(GraphReader.read(TENSORS + equations)), (g, t) -> Set.of("q", "r", "u", "y", "z").contains(t));
    }

    /** Rows (b,i) and columns (h,a) stand side by side in q as b, i, h, a: one product. */
    @Test
    void theResultOfAProjectionLiesByRowsAndColumns() {
        assertThat(orders(PROJECTION)).isEqualTo(Map.of("q", List.of(0, 2, 1, 3)));
    }

    @Test
    void whatIsTakenElementByElementLiesLikeIt() {
        assertThat(orders(PROJECTION
                        + "r[b,h,i,a] = max(q[b,h,i,a], 0)  for b < B, h < 4, i < 8, a < 6\n"
                        + "y[b,i,c] += V[h,a,c]*r[b,h,i,a]  for b < B, h < 4, i < 8, a < 6, c < 12\n"))
                .isEqualTo(Map.of("q", List.of(0, 2, 1, 3), "r", List.of(0, 2, 1, 3)));
    }

    @Test
    void whatIsUsedInAnyOtherWayLiesAsItIsWritten() {
        assertThat(orders(PROJECTION + "z[b] += q[b,h,i,a]  for b < B, h < 4, i < 8, a < 6\n")).isEmpty();
        assertThat(orders(PROJECTION + "r[b,h,i,a] = q[b,h,i-1,a]  for b < B, h < 4, i < 8, a < 6\n")).isEmpty();
        assertThat(orders(PROJECTION + "r[b,h,i,a] = q[b,h,a,i]  for b < B, h < 4, i < 6, a < 6\n")).isEmpty();
    }

    @Test
    void whatLiesSoAlreadyStays() {
        assertThat(orders("u[b,i,h,a] += W[h,a,c]*x[b,i,c]  for b < B, i < 8, h < 4, a < 6, c < 12\n")).isEmpty();
    }
}
