package org.nnl.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nnl.load.UserClass.run;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;

/** How a generated class is given its examples: as arrays, streams, in an order that a seed decides. */
class ExamplesTest {
    @Test
    void aStreamOfExamplesIsAsGoodAsArrays() throws Exception {
        assertThat(UserClass.<Boolean>run("""
                record Example(float[] x, int y) {}
                List<Example> all = new ArrayList<>();
                for (int k = 0; k < COUNT; k++) all.add(new Example(x(k, 1), Y[k]));
                Iterator<Example> next = all.stream().iterator();
                Tiny a = new Tiny(3), b = new Tiny(3);
                float loss = a.train((x, y) -> {
                    if (!next.hasNext()) return false;
                    Example e = next.next();
                    System.arraycopy(e.x(), 0, x, 0, 3);
                    y[0] = e.y();
                    return true;
                });
                check(loss == b.train(Tiny.Examples.of(X, Y, COUNT)));
                same(a, b);
                return true;
                """)).isTrue();
    }

    @Test
    void shuffledExamplesAreAllOfThemInAnOrderThatTheSeedDecides() throws Exception {
        List<List<Float>> seen = run("""
                List<List<Float>> all = new ArrayList<>();
                for (long seed : new long[] {1, 1, 2}) {
                    List<Float> one = new ArrayList<>();
                    Tiny.Examples e = Tiny.Examples.shuffled(X, Y, COUNT, seed);
                    float[] x = new float[3];
                    int[] y = new int[1];
                    while (e.next(x, y)) {
                        one.add(x[0]);
                        int k = 0;
                        while (X[3 * k] != x[0]) k++;
                        check(Arrays.equals(x, x(k, 1)) && y[0] == Y[k]);
                    }
                    all.add(one);
                }
                return all;
                """);
        assertThat(seen.get(0)).hasSize(29).doesNotHaveDuplicates().isEqualTo(seen.get(1)).isNotEqualTo(seen.get(2));
    }

    @Test
    void streamsGoOnAtTheirPlaceInEveryBatch() throws Exception {
        List<Float> seen = run("""
                axis t = 2
                input x[t, 1]
                h[t] = rnn(x[t], h[t-1], m = 2)
                output z = h[1]
                loss mean[i] z[i]^2
                train { optimizer sgd(rate = 0.1), batch 3, stateful }
                """, Options.DEFAULT.with(Backend.SCALAR, Precision.FLOAT), """
                float[] x = new float[14];
                for (int k = 0; k < 14; k++) x[k] = k / 2;
                List<Float> firsts = new ArrayList<>();
                Tiny.Examples e = Tiny.Examples.streams(x, 7);
                for (float[] one = new float[2]; e.next(one); ) firsts.add(one[0]);
                return firsts;
                """);
        assertThat(seen).containsExactly(0f, 2f, 4f, 1f, 3f, 5f);
    }
}
