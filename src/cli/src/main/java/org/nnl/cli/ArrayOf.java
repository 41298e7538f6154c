package org.nnl.cli;

import java.lang.reflect.Array;

/** Numbers as the arrays that a generated class takes, and back. */
final class ArrayOf {
    private ArrayOf() {}

    static Object values(double[] v, boolean integer, boolean precise) {
        Object a = Array.newInstance(integer ? int.class : precise ? double.class : float.class, v.length);
        put(v, a);
        return a;
    }

    /** Writes numbers into an array of any primitive type. */
    static void put(double[] v, Object array) {
        for (int i = 0; i < v.length; i++) {
            if (array instanceof int[] a) a[i] = (int) v[i];
            else if (array instanceof float[] a) a[i] = (float) v[i];
            else ((double[]) array)[i] = v[i];
        }
    }

    static double[] doubles(Object array) {
        double[] v = new double[Array.getLength(array)];
        for (int i = 0; i < v.length; i++) v[i] = Array.getDouble(array, i);
        return v;
    }
}
