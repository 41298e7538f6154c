package org.nnl.simplify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nnl.equations.Graph;
import org.nnl.verify.Verifier;

class RandomGraphsTest {
    @Test
    void randomGraphsKeepTheirValues() {
        int n = Integer.getInteger("nnl.random.graphs", 150);
        for (long seed = 0; seed < n; seed++) {
            Graph g = RandomGraphs.of(seed);
            assertThat(Verifier.problems(g)).as("%s", g).isEmpty();
            try {
                Sampled.simplified(g);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + "\n" + g + "\n" + Simplify.simplify(g), e);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
