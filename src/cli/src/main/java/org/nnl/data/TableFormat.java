package org.nnl.data;

import java.nio.charset.Charset;
import java.util.Set;

/**
 * How a file of rows is written.
 *
 * @param separator between fields: a character, {@link #AUTO} to find out, {@link #BLANKS} for any white space,
 *                  {@link #LINES} for none: a line is a field
 * @param header    whether the first row names the columns; null to find out
 * @param names     columns that are asked for by name: a first row with one of them names the columns
 * @param skip      lines before the first row
 * @param quotes    whether {@code "} quotes a field
 * @param comma     whether numbers have a decimal comma: {@code 1.234,5} or {@code 1234,5}
 * @param encoding  of the text; null for UTF-8, or what the file's byte order mark says
 */
public record TableFormat(
        char separator, Boolean header, Set<String> names, int skip, boolean quotes, boolean comma, Charset encoding) {
    /** The separator that the first lines suggest. */
    public static final char AUTO = 0;

    public static final char BLANKS = ' ';
    public static final char LINES = '\n';
    public static final TableFormat DEFAULT = new TableFormat(AUTO, null, Set.of(), 0, true, false, null);

    TableFormat withSeparator(char c) {
        return new TableFormat(c, header, names, skip, quotes, comma, encoding);
    }

    TableFormat withHeader(boolean yes) {
        return new TableFormat(separator, yes, names, skip, quotes, comma, encoding);
    }

    TableFormat withNames(Set<String> asked) {
        return new TableFormat(separator, header, asked, skip, quotes, comma, encoding);
    }

    TableFormat withSkip(int count) {
        return new TableFormat(separator, header, names, count, quotes, comma, encoding);
    }

    TableFormat withQuotes(boolean yes) {
        return new TableFormat(separator, header, names, skip, yes, comma, encoding);
    }

    TableFormat withComma(boolean yes) {
        return new TableFormat(separator, header, names, skip, quotes, yes, encoding);
    }

    TableFormat withEncoding(Charset charset) {
        return new TableFormat(separator, header, names, skip, quotes, comma, charset);
    }

    /** The number a field holds, NaN if it holds none. */
    double number(String field) {
        return Column.parse(field, comma);
    }
}
