package org.nnl.equations;

/** How many values an axis runs through: a number fixed at compile time, or the number of examples given at run time. */
public sealed interface Size {

    /** The run-time number of examples, printed {@code B}. */
    Size BATCH = new Batch();

    static Size of(int count) {
        return new Fixed(count);
    }

    /** The size with {@code batch} put for the run-time number of examples. */
    int at(int batch);

    default boolean isBatch() {
        return this instanceof Batch;
    }

    /** A size known at compile time, at least 1. */
    record Fixed(int count) implements Size {
        public Fixed {
            if (count < 1) throw new IllegalArgumentException("a size is at least 1, not " + count);
        }

        @Override
        public int at(int batch) {
            return count;
        }

        @Override
        public String toString() {
            return Integer.toString(count);
        }
    }

    /** The number of examples; there is only {@link #BATCH}. */
    record Batch() implements Size {
        @Override
        public int at(int batch) {
            return batch;
        }

        @Override
        public String toString() {
            return "B";
        }
    }
}
