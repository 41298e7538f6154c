package org.nnl.data;

import java.lang.reflect.Array;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Examples ready for a model: per tensor one array, the examples first, row-major.
 *
 * @param source where they come from, for people
 * @param count  number of examples
 * @param values by tensor: {@code float[]} or {@code double[]} for numbers, {@code int[]} for classes
 */
public record Examples(String source, int count, Map<String, Object> values) {
    public Examples {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Numbers an example of a tensor has. */
    public int elements(String tensor) {
        return count == 0 ? 0 : Array.getLength(values.get(tensor)) / count;
    }

    /** Room for {@code examples} examples of a tensor. */
    public Object buffer(String tensor, int examples) {
        Object all = values.get(tensor);
        return Array.newInstance(all.getClass().getComponentType(), elements(tensor) * examples);
    }

    /** Copies the examples {@code order[from]}, …, {@code order[from + n - 1]} to the front of a buffer. */
    public void gather(String tensor, int[] order, int from, int n, Object buffer) {
        Object all = values.get(tensor);
        int k = elements(tensor);
        for (int i = 0; i < n; i++) System.arraycopy(all, order[from + i] * k, buffer, i * k, k);
    }
}
