package org.nnl.data;

/**
 * Numbers by row: what an expression of a data block stands for. Nothing is computed before it is asked for, so that
 * statistics (means, labels) can be taken after the rows are split into training and held-back ones.
 */
interface Feature {
    /** {@link #rows} of a feature that has a value for every row there may be. */
    int UNBOUNDED = -1;

    int rows();

    /** Numbers a row; 0 for as many as are wanted. */
    int elements();

    /** Whether there is a value: no missing field (where those rows are dropped), and inside the file. */
    boolean has(int row);

    double get(int row, int element);

    /** Where a value comes from, for messages: file, line, column. */
    String place(int row, int element);

    /** Whether neighbouring rows belong together, as in a time series or a text. */
    default boolean sequential() {
        return false;
    }
}
