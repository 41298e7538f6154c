package com.acme.plain;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WaveTest {
    @Test
    void trainsWithoutTheIncubatorModule() {
        assertTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty());
        Wave wave = new Wave(1);
        float[] x = {-1, 0, 1, 2};
        float[] y = {-2, 0, 1, 3};
        float first = wave.trainStep(x, y, 4);
        for (int step = 0; step < 200; step++) wave.trainStep(x, y, 4);
        assertTrue(wave.loss(x, y, 4) < first);
    }
}
