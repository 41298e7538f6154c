package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.Tree;

/**
 * Inputs, targets and parameters that no equation reads. They are no errors, since a model may be half written and data may
 * have more columns than are used, but more often they are a slip.
 */
public final class Unused {
    private Unused() {}

    /** A warning for each, at its declaration. */
    public static List<Diagnostic> of(Tree.Model model, Program program) {
        Set<String> read = new HashSet<>();
        for (Graph g : program.graphs().values()) {
            if (g.name().equals("update")) continue; // an optimiser reads every parameter
            for (Equation e : g.equations()) read.addAll(e.reads());
            g.derivatives().forEach(d -> read.addAll(List.of(d.of(), d.by())));
            read.addAll(g.results());
        }
        List<Diagnostic> warnings = new ArrayList<>();
        for (Tree.Statement s : model.body())
            if (s instanceof Tree.Declaration d
                    && declared(program).anyMatch(t -> t.name().equals(d.name()))
                    && !read.contains(d.name()))
                warnings.add(Diagnostic.of(d.span(), "nothing uses '" + d.name() + "'"));
        return warnings;
    }

    private static Stream<Tensor> declared(Program p) {
        return Stream.of(p.inputs(), p.targets(), p.parameters()).flatMap(List::stream);
    }
}
