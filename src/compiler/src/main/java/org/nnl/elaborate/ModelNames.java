package org.nnl.elaborate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;

/** The names in a model that are not for its statements to choose: of losses and metrics, of the clock, of gradients. */
record ModelNames(Elaboration all, Tree.Model model, Sheet sheet, Frame frame) {

    /** Keeps the names of losses and metrics for them. */
    void reserve(List<Tree.Statement> rest) {
        Set<String> taken = new LinkedHashSet<>();
        for (Tree.Statement s : rest) {
            String name = s instanceof Tree.Loss l ? ModelElaboration.lossName(l) : s instanceof Tree.Metric m ? m.name() : null;
            if (name == null) continue;
            if (!taken.add(name)) all.problems.error(frame, s.span(), "there are two of the name '" + name + "'");
            sheet.fresh(name);
        }
        Set<String> words = new LinkedHashSet<>(List.of(ModelElaboration.SEED, ModelElaboration.STEP, Slices.TRAINING));
        named(model.body(), (name, span) -> {
            if (taken.contains(name))
                all.problems.error(frame, span, "'" + name + "' is the name of a loss or metric already");
            if (words.contains(name))
                all.problems.error(frame, span, "'" + name
                        + "' has a meaning of its own in every model; choose another name");
        });
    }

    /** The gradient of a parameter has a name by which people ask for it, and which nothing else can have. */
    void gradients() {
        for (Tensor p : ModelElaboration.role(sheet, Tensor.Role.PARAM)) {
            String gradient = Program.ADJOINT + p.name();
            if (sheet.tensor(gradient) == null) continue;
            Span[] at = {model.span()};
            named(model.body(), (name, span) -> {
                if (gradient.equals(name) || gradient.startsWith(name + ".")) at[0] = span;
            });
            all.problems.error(frame, at[0], "'" + gradient + "' is the name of the gradient of '" + p.name()
                    + "'; choose another name");
        }
    }

    /** Visits the names that statements declare or define. */
    private static void named(List<Tree.Statement> body, BiConsumer<String, Span> visitor) {
        for (Tree.Statement s : body) {
            if (s instanceof Tree.Declaration d) visitor.accept(d.name(), d.span());
            if (s instanceof Tree.AxisDeclaration a) visitor.accept(a.name(), a.span());
            if (s instanceof Tree.Assignment a) a.targets().forEach(l -> visitor.accept(l.name(), l.span()));
            if (s instanceof Tree.Repeat r) named(r.body(), visitor);
        }
    }
}
