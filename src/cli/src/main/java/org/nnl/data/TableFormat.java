package org.nnl.data;

/**
 * How a file of rows is written.
 *
 * @param separator between fields: a character, {@link #AUTO} to find out, {@link #BLANKS} for any white space,
 *                  {@link #LINES} for none: a line is a field
 * @param header    whether the first row names the columns; null to find out
 * @param skip      lines before the first row
 * @param quotes    whether {@code "} quotes a field
 */
public record TableFormat(char separator, Boolean header, int skip, boolean quotes) {
    /** The separator that the first lines suggest. */
    public static final char AUTO = 0;

    public static final char BLANKS = ' ';
    public static final char LINES = '\n';
    public static final TableFormat DEFAULT = new TableFormat(AUTO, null, 0, true);
}
