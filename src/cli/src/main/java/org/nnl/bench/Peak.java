package org.nnl.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The most this core does: independent fused multiply-adds that stay in registers. */
public final class Peak {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;

    private Peak() {}

    /** Floating-point operations of one {@link #run}, a fused multiply-add counting two. */
    public static double operations(int iterations) {
        return 2.0 * CHAINS * SPECIES.length() * iterations;
    }

    /** Twelve chains: enough to hide the latency of two units. */
    public static float run(int iterations, float factor, float summand) {
        FloatVector f = FloatVector.broadcast(SPECIES, factor);
        FloatVector s = FloatVector.broadcast(SPECIES, summand);
        FloatVector a0 = s, a1 = s, a2 = s, a3 = s, a4 = s, a5 = s, a6 = s, a7 = s, a8 = s, a9 = s, a10 = s, a11 = s;
        for (int i = 0; i < iterations; i++) {
            a0 = a0.fma(f, s);
            a1 = a1.fma(f, s);
            a2 = a2.fma(f, s);
            a3 = a3.fma(f, s);
            a4 = a4.fma(f, s);
            a5 = a5.fma(f, s);
            a6 = a6.fma(f, s);
            a7 = a7.fma(f, s);
            a8 = a8.fma(f, s);
            a9 = a9.fma(f, s);
            a10 = a10.fma(f, s);
            a11 = a11.fma(f, s);
        }
        return a0.add(a1).add(a2).add(a3).add(a4).add(a5).add(a6).add(a7).add(a8).add(a9).add(a10).add(a11)
                .lane(0);
    }
}
