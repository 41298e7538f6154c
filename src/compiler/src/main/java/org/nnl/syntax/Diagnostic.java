package org.nnl.syntax;

import java.util.List;

/**
 * Something wrong with a source text, for a person to read.
 *
 * @param span    where
 * @param message one sentence, without the place: {@code unknown name 'hiden'; did you mean 'hidden'?}
 * @param notes   further lines: both shapes, where a name was declared; may be empty
 */
public record Diagnostic(Span span, String message, List<String> notes) {
    public Diagnostic {
        notes = List.copyOf(notes);
    }

    public static Diagnostic of(Span span, String message, String... notes) {
        return new Diagnostic(span, message, List.of(notes));
    }
}
