package org.nnl.elaborate;

import java.util.List;
import java.util.stream.Collectors;
import org.nnl.Options;
import org.nnl.program.Program;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.Diagnostics;
import org.nnl.syntax.SourceException;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;

/** From a model file to a program. */
public final class Elaborator {
    private Elaborator() {}

    /**
     * Elaborates the model of a file.
     *
     * @param sources  gives the file and what it imports
     * @param fileName of the model, as shown in messages
     * @param options  its overrides set parameters of the model and of its train block; its class name chooses among
     *                 several models in one file
     * @throws SourceException with all errors that were found
     */
    public static Program elaborate(Sources sources, String fileName, Options options) {
        Problems problems = new Problems();
        Definitions definitions = new Definitions(sources, problems);
        Tree.Unit unit = definitions.load(fileName, new Span(fileName, 0, 0, 1));
        Program program = null;
        try {
            if (!definitions.isUnreadable()) program = elaborate(unit, fileName, options, definitions, problems);
        } catch (StackOverflowError e) {
            problems.add(Diagnostic.of(unit.span(), "the model is nested too deeply"));
        }
        if (program == null) throw Diagnostics.exception(problems.found(), definitions.texts());
        return program;
    }

    private static Program elaborate(
            Tree.Unit unit, String fileName, Options options, Definitions definitions, Problems problems) {
        List<Tree.Model> models =
                unit.definitions().stream().filter(d -> d instanceof Tree.Model).map(d -> (Tree.Model) d).toList();
        Tree.Model model = models.size() == 1 ? models.get(0)
                : models.stream().filter(m -> m.name().equals(options.className())).findFirst().orElse(null);
        if (model == null) {
            problems.add(Diagnostic.of(
                    models.isEmpty() ? unit.span() : models.get(1).span(),
                    models.isEmpty() ? "there is no model in " + fileName : "there are several models in " + fileName,
                    models.isEmpty() ? "a model begins: model Name {"
                            : "one is to be chosen, on the command line by --model NAME: "
                                    + models.stream().map(Tree.Model::name).collect(Collectors.joining(", "))));
            return null;
        }
        String source = fileName.substring(fileName.lastIndexOf('/') + 1);
        Elaboration all = new Elaboration(definitions, problems);
        try {
            return new ModelElaboration(all, model, options.overrides()).elaborate(source);
        } catch (Problems.Abort e) {
            return null;
        }
    }
}
