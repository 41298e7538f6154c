package org.nnl.syntax;

import java.util.List;

/** A source text has errors; all of them are here. Its message is the whole report, with excerpts and carets. */
public class SourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient List<Diagnostic> diagnostics;

    /** @param report the diagnostics as shown to people */
    public SourceException(List<Diagnostic> diagnostics, String report) {
        super(report);
        this.diagnostics = List.copyOf(diagnostics);
    }

    public List<Diagnostic> diagnostics() {
        return diagnostics;
    }
}
