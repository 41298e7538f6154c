package org.nnl.data;

import java.util.function.IntToDoubleFunction;

/**
 * Columns of a table, read as numbers; their texts serve where labels, characters or words are made of them.
 *
 * @param missing what a missing field gives
 * @param mean    of a column over the training rows, for {@link Missing.Kind#MEAN}
 */
record Columns(Table table, int[] indices, Missing missing, IntToDoubleFunction mean) implements Feature {
    @Override
    public int rows() {
        return table.rows();
    }

    @Override
    public int elements() {
        return indices.length;
    }

    @Override
    public boolean has(int row) {
        if (row < 0 || row >= table.rows()) return false;
        if (missing.kind() != Missing.Kind.DROP && missing.kind() != Missing.Kind.LAST) return true;
        for (int c : indices)
            if (missing.kind() == Missing.Kind.DROP ? table.column(c).missing(row) : last(row, c) < 0) return false;
        return true;
    }

    @Override
    public double get(int row, int element) {
        int c = indices[element];
        Column column = table.column(c);
        double v = column.number(row);
        if (!Double.isNaN(v)) return v;
        String text = column.text(row);
        if (!Column.isMissing(text))
            throw new DataException(place(row, element) + ": '" + text + "' is not a number"
                    + (column.wantsComma(row) ? "; 'decimal comma' in the data block reads it as one" : ""));
        return switch (missing.kind()) {
            case MEAN -> mean.applyAsDouble(c);
            case VALUE -> missing.value();
            case LAST -> get(last(row, c), element);
            default -> throw absent(row, element);
        };
    }

    /** The text of the first column. */
    String text(int row) {
        Column column = table.column(indices[0]);
        if (column.missing(row)) {
            if (missing.kind() == Missing.Kind.LAST) return column.text(last(row, indices[0]));
            throw absent(row, 0);
        }
        return column.text(row);
    }

    private DataException absent(int row, int element) {
        String text = table.text(row, indices[element]);
        return new DataException(place(row, element) + ": the value is missing"
                + (text.isEmpty() ? "" : " ('" + text + "')")
                + "; 'missing drop' in the data block leaves such rows out, 'missing mean', 'missing last' or "
                + "'missing 0' put something in its place");
    }

    private int last(int row, int column) {
        int r = row;
        while (r >= 0 && table.column(column).missing(r)) r--;
        return r;
    }

    @Override
    public String place(int row, int element) {
        return table.place(row, indices[element]);
    }

    /** Whether a field among the rows that have values is a text. */
    boolean hasText() {
        for (int r = 0; r < rows(); r++) {
            Column c = table.column(indices[0]);
            if (Double.isNaN(c.number(r)) && !c.missing(r)) return true;
        }
        return false;
    }

    /**
     * What a missing field gives.
     *
     * @param value for {@link Kind#VALUE}
     */
    record Missing(Kind kind, double value) {
        enum Kind {
            /** An error. */
            ERROR,
            /** The row is left out. */
            DROP,
            /** The column's mean over the training rows. */
            MEAN,
            /** The last value above it. */
            LAST,
            /** A given number. */
            VALUE
        }
    }
}
