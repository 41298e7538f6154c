package org.nnl.equations;

import java.util.Objects;

/**
 * A derivative asked for inside a model, {@code result = d(of, by)}: the tensor {@code result}, of the shape of
 * {@code by}, holds ∂ Σ of / ∂ by. With a batch axis the examples are independent, so this is the derivative example
 * by example. The derive stage replaces it by equations before anything else happens.
 */
public record Derivative(String result, String of, String by, Origin origin) {
    public Derivative {
        Objects.requireNonNull(result);
        Objects.requireNonNull(of);
        Objects.requireNonNull(by);
        Objects.requireNonNull(origin);
    }
}
