package org.nnl.equations;

import java.util.Objects;

/** One index of an equation's box: it runs from 0 up to, not including, its size. */
public record Axis(String name, Size size) {
    public Axis {
        Objects.requireNonNull(name);
        Objects.requireNonNull(size);
    }

    @Override
    public String toString() {
        return name + " < " + size;
    }
}
