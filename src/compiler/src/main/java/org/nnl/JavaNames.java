package org.nnl;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.nnl.emit.WriteClass;
import org.nnl.program.Program;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;

/**
 * Names of a model that its class cannot have, with their places. They are few: in the class, and as arguments, names are
 * changed where Java or the class has another use for them, and names that are texts can be any.
 */
final class JavaNames {
    /** Where a safetensors file says what it is, among its tensors. */
    private static final String METADATA = "__metadata__";

    private JavaNames() {}

    /** All that is wrong with the names of a program whose class has this name. */
    static List<Diagnostic> problems(Tree.Unit unit, Program program, String className) {
        List<Diagnostic> problems = new ArrayList<>();
        Tree.Model model = unit.definitions().stream()
                .filter(d -> d instanceof Tree.Model && d.name().equals(program.name()))
                .map(Tree.Model.class::cast)
                .findFirst()
                .orElse(null);
        Span at = model == null ? unit.span() : model.span();
        String objection = WriteClass.objection(className);
        if (objection != null)
            problems.add(Diagnostic.of(
                    at, "the class cannot be called '" + className + "', " + objection,
                    "name the model otherwise, '" + className + "Model' for example"));
        boolean saved = Stream.concat(program.parameters().stream(), program.states().stream())
                .anyMatch(t -> t.name().equals(METADATA));
        if (saved)
            problems.add(Diagnostic.of(
                    declared(model, METADATA, at), "what is saved cannot be called '" + METADATA
                            + "', since files of weights say by that name what they are"));
        return problems;
    }

    private static Span declared(Tree.Model model, String name, Span otherwise) {
        if (model == null) return otherwise;
        return model.body().stream()
                .filter(s -> s instanceof Tree.Declaration d && d.name().equals(name))
                .map(s -> new Span(s.span().file(), s.span().line(), s.span().column(), name.length()))
                .findFirst()
                .orElse(otherwise);
    }
}
