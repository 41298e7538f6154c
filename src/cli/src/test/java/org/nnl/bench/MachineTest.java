package org.nnl.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineTest {
    @Test
    void saysHowFastACoreIsAndHowFarTheNext() {
        boolean one = Runtime.getRuntime().availableProcessors() == 1;
        assertThat(Machine.description())
                .matches(".*, \\d+ cores" + (one ? "" : " [1-9]\\d* ns apart") + ", \\d+-bit vectors, peak [1-9]\\d* GFLOP/s a core, Java \\d+");
    }

    @Test
    void aNumberTakesTimeFromCoreToCore() {
        double distance = Distance.nanos();
        if (Runtime.getRuntime().availableProcessors() == 1) assertThat(distance).isNaN();
        else assertThat(distance).isPositive();
    }
}
