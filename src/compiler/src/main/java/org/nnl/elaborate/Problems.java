package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.List;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.Span;

/** The errors found so far. Finding goes on after one: the statement it is in is given up, and what depends on it. */
final class Problems {

    /** Ends the elaboration of a statement; the error has been recorded, or follows from one that has. */
    static final class Abort extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Abort() {
            super(null, null, false, false);
        }
    }

    private final List<Diagnostic> found = new ArrayList<>();

    List<Diagnostic> found() {
        return List.copyOf(found);
    }

    int count() {
        return found.size();
    }

    /** Forgets what was found since there were {@code count}. */
    void rewind(int count) {
        found.subList(count, found.size()).clear();
    }

    /** After something was given up: there must be an error that says why. */
    void ensure(Span span) {
        if (found.isEmpty()) add(Diagnostic.of(span, "this makes no sense here"));
    }

    /** Once for each place, even if several calls lead there. */
    void add(Diagnostic d) {
        if (found.stream().noneMatch(x -> x.span().equals(d.span()) && x.message().equals(d.message()))) found.add(d);
    }

    /**
     * Records an error and gives what is to be thrown; empty notes are left out. An error inside a library definition is shown at the call in
     * the user's own file.
     */
    Abort error(Frame frame, Span span, String message, String... notes) {
        List<String> all = new ArrayList<>();
        for (String n : notes) if (!n.isEmpty()) all.add(n);
        Span shown = span;
        Frame.Site site = frame == null ? null : frame.site();
        if (isLibrary(span)) {
            while (site != null && isLibrary(site.span())) site = site.outer();
            if (site != null) {
                shown = site.span();
                message = "in '" + site.callee() + "': " + message;
                all.add("at " + span.file() + ":" + span.line());
                site = site.outer();
            }
        }
        for (int depth = 0; site != null && depth < 3; site = site.outer(), depth++)
            all.add("in '" + site.callee() + "', called at " + site.span().place());
        add(Diagnostic.of(shown, message, all.toArray(String[]::new)));
        return new Abort();
    }

    /** An error about a name, which is told where the name is met first and not again and again. */
    Abort errorOnce(Frame frame, Span span, String message, String... notes) {
        boolean told = found.stream().anyMatch(d -> d.message().equals(message) && d.span().file().equals(span.file()));
        return told ? new Abort() : error(frame, span, message, notes);
    }

    private static boolean isLibrary(Span span) {
        return span.file().startsWith(Library.PREFIX);
    }
}
