package org.nnl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.nnl.equations.ExprPrinter;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.SourceException;
import org.nnl.syntax.Span;

/**
 * A model has errors only because of values that it is given from outside: {@link Options#overrides}. Whoever gave them
 * says where: a place in the model would show another value than the one that is wrong.
 */
public final class SettingException extends SourceException {
    private static final long serialVersionUID = 1L;
    private final transient List<Wrong> errors;

    /**
     * An error, and the settings without any one of which it would not be.
     *
     * @param said what is wrong; its notes name the place in the model where it was found
     */
    public record Wrong(Map<String, Double> settings, Diagnostic said) {}

    private SettingException(String file, List<Wrong> errors) {
        super(errors.stream().map(Wrong::said).toList(), report(file, errors));
        this.errors = List.copyOf(errors);
    }

    public List<Wrong> errors() {
        return errors;
    }

    private static String report(String file, List<Wrong> errors) {
        StringBuilder report = new StringBuilder();
        for (Wrong w : errors) {
            report.append(report.isEmpty() ? "" : "\n").append(file).append(": error: with ")
                    .append(shown(w.settings(), "", " = ")).append(" from outside: ").append(w.said().message()).append('\n');
            for (String note : w.said().notes()) report.append("  note: ").append(note).append('\n');
        }
        return report.toString();
    }

    /** {@code -D rate=-1, -D hidden=2}. */
    public static String shown(Map<String, Double> settings, String before, String between) {
        List<String> all = new ArrayList<>();
        settings.forEach((name, v) -> all.add(before + name + between + ExprPrinter.number(v)));
        return String.join(", ", all);
    }

    /**
     * What is to be thrown in place of the errors of a compilation. An error belongs to the settings without any one of
     * which it is not found: no stage has to remember where its numbers come from. If the model has errors of its own,
     * they are all told as such, for a setting cannot be judged by a broken model.
     *
     * @param file  of the model
     * @param stage compiles as before with other options
     */
    static SourceException of(String file, SourceException found, Options options, Consumer<Options> stage) {
        List<Diagnostic> all = found.diagnostics();
        Map<Diagnostic, Map<String, Double>> causes = new LinkedHashMap<>(), needed = new LinkedHashMap<>();
        for (String name : options.overrides().keySet().stream().sorted().toList()) {
            List<Diagnostic> left = new ArrayList<>();
            try {
                stage.accept(options.without(name));
            } catch (SourceException e) {
                left.addAll(e.diagnostics());
            }
            // without a value that the model needs there are other errors, which may hide any of these
            boolean others = left.stream().anyMatch(x -> all.stream().noneMatch(d -> same(x, d)));
            for (Diagnostic d : all)
                if (left.stream().noneMatch(x -> same(x, d)))
                    (others ? needed : causes).computeIfAbsent(d, x -> new LinkedHashMap<>())
                            .put(name, options.overrides().get(name));
        }
        needed.forEach(causes::putIfAbsent);
        if (!causes.keySet().containsAll(all)) return found;
        return new SettingException(file, all.stream().map(d -> new Wrong(causes.get(d), withPlace(d))).toList());
    }

    /** Whether it is the same error: another number in its message does not make it another. */
    private static boolean same(Diagnostic a, Diagnostic b) {
        return a.equals(b) || a.span().line() > 0 && a.span().equals(b.span());
    }

    /** The place as a note, if the error has one. */
    private static Diagnostic withPlace(Diagnostic d) {
        Span at = d.span();
        if (at.line() == 0) return d;
        List<String> notes = new ArrayList<>(d.notes());
        notes.add("at " + at.file() + ":" + at.line() + ":" + at.column());
        return new Diagnostic(at, d.message(), notes);
    }
}
