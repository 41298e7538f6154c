package org.nnl.syntax;

/**
 * A place in a source file.
 *
 * @param file   the name shown to people (as given by the caller; {@code std:layers.nnl} for the library)
 * @param line   from 1
 * @param column from 1, in UTF-16 units
 * @param length in UTF-16 units, at least 1; the part on the first line when it spans several
 */
public record Span(String file, int line, int column, int length) {

    /** No place: something the compiler made itself. */
    public static final Span NONE = new Span("", 0, 0, 1);

    /** {@code digits.nnl:12}, the last component of the file's path only. */
    public String place() {
        return line == 0 ? "" : file.substring(file.lastIndexOf('/') + 1) + ":" + line;
    }
}
