package org.nnl.equations;

/**
 * The counter-based generator behind {@link Op#UNIFORM}: a value is a function of seed, stream, step and counter, so
 * nothing is stored, any element can be recomputed, and the order of evaluation does not matter. Mixing is the 32-bit
 * finaliser of MurmurHash3 (Appleby), applied once for each argument; all arithmetic is modulo 2³², so that it runs in
 * the integer lanes of a vector as it does here.
 */
public final class CounterRandom {
    private CounterRandom() {}

    /** A number strictly between 0 and 1: an odd multiple of 2⁻²⁴. */
    public static double uniform(long seed, int stream, int step, int counter) {
        int h = mix((int) seed ^ mix((int) (seed >>> 32)));
        h = mix(h + stream * 0x9E3779B9 + 0x7F4A7C15);
        h = mix(h + step * 0x9E3779B9 + 0x7F4A7C15);
        h = mix(h + counter * 0x9E3779B9 + 0x7F4A7C15);
        return ((h >>> 9) + 0.5) * 0x1p-23;
    }

    /** The finaliser of MurmurHash3: a bijection of 32-bit integers in which every input bit moves every output bit. */
    public static int mix(int h) {
        h ^= h >>> 16;
        h *= 0x85EBCA6B;
        h ^= h >>> 13;
        h *= 0xC2B2AE35;
        return h ^ (h >>> 16);
    }
}
