package org.nnl.data;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.nnl.equations.ExprPrinter;

/** The ways to make a feature of others. */
final class Features {
    private Features() {}

    /** A feature made of another one, with the rows and places of that one where nothing else is said. */
    private interface Derived extends Feature {
        Feature inner();

        @Override
        default int rows() {
            return inner().rows();
        }

        @Override
        default int elements() {
            return inner().elements();
        }

        @Override
        default boolean has(int row) {
            return inner().has(row);
        }

        @Override
        default String place(int row, int element) {
            return inner().place(row, element);
        }

        @Override
        default boolean sequential() {
            return inner().sequential();
        }
    }

    /** f of each number. */
    record Mapped(Feature inner, DoubleUnaryOperator f) implements Derived {
        @Override
        public double get(int row, int element) {
            return f.applyAsDouble(inner.get(row, element));
        }
    }

    /** f of the numbers of two features; one of them may have a single number a row, used for all of the other's. */
    record Paired(Feature left, Feature right, DoubleBinaryOperator f) implements Feature {
        @Override
        public int rows() {
            return left.rows() == UNBOUNDED ? right.rows() : left.rows();
        }

        @Override
        public int elements() {
            return Math.max(left.elements(), right.elements());
        }

        @Override
        public boolean has(int row) {
            return left.has(row) && right.has(row);
        }

        @Override
        public double get(int row, int element) {
            return f.applyAsDouble(
                    left.get(row, left.elements() == 1 ? 0 : element), right.get(row, right.elements() == 1 ? 0 : element));
        }

        @Override
        public String place(int row, int element) {
            return left.rows() == UNBOUNDED
                    ? right.place(row, right.elements() == 1 ? 0 : element)
                    : left.place(row, left.elements() == 1 ? 0 : element);
        }

        @Override
        public boolean sequential() {
            return left.sequential() || right.sequential();
        }
    }

    /** The numbers of several features one after the other. */
    record Joined(List<Feature> parts) implements Feature {
        @Override
        public int rows() {
            return parts.stream().mapToInt(Feature::rows).max().orElse(UNBOUNDED);
        }

        @Override
        public int elements() {
            return parts.stream().mapToInt(Feature::elements).sum();
        }

        @Override
        public boolean has(int row) {
            return parts.stream().allMatch(p -> p.has(row));
        }

        @Override
        public double get(int row, int element) {
            return at(element, (p, e) -> p.get(row, e));
        }

        @Override
        public String place(int row, int element) {
            return at(element, (p, e) -> p.place(row, e));
        }

        private <T> T at(int element, java.util.function.BiFunction<Feature, Integer, T> f) {
            int e = element;
            for (Feature p : parts) {
                if (e < p.elements()) return f.apply(p, e);
                e -= p.elements();
            }
            throw new IndexOutOfBoundsException(element);
        }

        @Override
        public boolean sequential() {
            return parts.stream().anyMatch(Feature::sequential);
        }
    }

    /** The rows r-length+1 … r, in this order: what is known at row r. */
    record Window(Feature inner, int length) implements Derived {
        @Override
        public int elements() {
            return length * inner.elements();
        }

        @Override
        public boolean has(int row) {
            if (row < length - 1) return false;
            for (int r = row - length + 1; r <= row; r++) if (!inner.has(r)) return false;
            return true;
        }

        @Override
        public double get(int row, int element) {
            int n = inner.elements();
            return inner.get(row - length + 1 + element / n, element % n);
        }

        @Override
        public String place(int row, int element) {
            int n = inner.elements();
            return inner.place(row - length + 1 + element / n, element % n);
        }

        @Override
        public boolean sequential() {
            return true;
        }
    }

    /** The value {@code by} rows later. */
    record Shifted(Feature inner, int by) implements Derived {
        @Override
        public boolean has(int row) {
            int r = row + by;
            return r >= 0 && (inner.rows() == UNBOUNDED || r < inner.rows()) && inner.has(r);
        }

        @Override
        public double get(int row, int element) {
            return inner.get(row + by, element);
        }

        @Override
        public String place(int row, int element) {
            return inner.place(row + by, element);
        }

        @Override
        public boolean sequential() {
            return true;
        }
    }

    /** {@code (x - shift) / scale}, the two taken from the training rows when first needed. */
    record Scaled(Feature inner, Supplier<double[][]> shiftAndScale) implements Derived {
        @Override
        public double get(int row, int element) {
            double[][] s = shiftAndScale.get();
            return (inner.get(row, element) - s[0][element]) / s[1][element];
        }
    }

    /** A 1 at the position of the label and zeros elsewhere. */
    record OneHot(Feature inner, int labels) implements Derived {
        @Override
        public int elements() {
            return labels;
        }

        @Override
        public double get(int row, int element) {
            double label = inner.get(row, 0);
            if (label != Math.rint(label) || label < 0 || label >= labels)
                throw new DataException(inner.place(row, 0) + ": onehot of " + labels + " classes takes whole numbers from 0 to "
                        + (labels - 1) + ", not " + ExprPrinter.number(label));
            return label == element ? 1 : 0;
        }

        @Override
        public String place(int row, int element) {
            return inner.place(row, 0);
        }
    }

    /** A value for any row that is asked for: a constant, the row's number, random numbers by seed. */
    record Computed(int elements, String name, Value value) implements Feature {
        /** From row and element. */
        interface Value {
            double of(int row, int element);
        }

        @Override
        public int rows() {
            return UNBOUNDED;
        }

        @Override
        public boolean has(int row) {
            return true;
        }

        @Override
        public double get(int row, int element) {
            return value.of(row, element);
        }

        @Override
        public String place(int row, int element) {
            return name + ", row " + (row + 1);
        }
    }

    /** The rows of a stored array: its first dimension counts them. */
    record Stored(String file, NdArray array, int elements) implements Feature {
        @Override
        public int rows() {
            return array.shape().get(0);
        }

        @Override
        public boolean has(int row) {
            return row >= 0 && row < rows();
        }

        @Override
        public double get(int row, int element) {
            return array.get(row * elements + element);
        }

        @Override
        public String place(int row, int element) {
            return file + ", row " + (row + 1) + (elements > 1 ? ", element " + (element + 1) : "");
        }
    }

    /** Whole numbers that a text is turned into, row by row. */
    record Coded(int rows, int elements, boolean sequential, java.util.function.IntPredicate present, IntFunction<int[]> codes, IntFunction<String> where)
            implements Feature {
        @Override
        public boolean has(int row) {
            return row >= 0 && row < rows && present.test(row);
        }

        @Override
        public double get(int row, int element) {
            return codes.apply(row)[element];
        }

        @Override
        public String place(int row, int element) {
            return where.apply(row);
        }
    }

    static Feature constant(double value) {
        return new Computed(1, "a constant", (r, e) -> value);
    }

    static SplittableRandom random(long seed, int row, int element) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + row * 0xBF58476D1CE4E5B9L + element);
    }
}
