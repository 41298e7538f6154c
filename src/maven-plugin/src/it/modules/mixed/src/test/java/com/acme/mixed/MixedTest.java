package com.acme.mixed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MixedTest {
    @Test
    void bothModelsOfAFileAreClasses() {
        float[] x = {1, 2};
        float[] p = new float[1];
        new Narrow(1).predict(x, 1, p);
        new Wide(1).predict(x, 1, p);
        assertArrayEquals(new int[] {3, 2}, Narrow.shape(Narrow.parameterNames().get(0)));
        assertArrayEquals(new int[] {30, 2}, Wide.shape(Wide.parameterNames().get(0)));
    }

    @Test
    void aModelForTestsHasItsOwnConfiguration() {
        double[] p = new double[1];
        new Probe(1).predict(new double[] {1, 2, 3, 4, 5}, 1, p); // double, five wide
        assertEquals("com.acme.mixed", Probe.class.getPackageName());
    }
}
