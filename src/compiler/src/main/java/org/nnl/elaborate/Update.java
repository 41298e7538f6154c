package org.nnl.elaborate;

import java.util.List;
import java.util.Map;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Origin;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;

/**
 * The graph {@code update}: what every loss's optimiser does to the parameters it trains, all in one step, and the step
 * counted.
 */
final class Update {
    private static final int STREAMS = 1 << 17;

    private final Elaboration all;
    private final Sheet model;
    private final Sheet changes;
    private final Frame frame;
    private final Map<String, Double> settings;
    private final Map<String, Double> overrides;

    /**
     * @param model    the sheet of the model, whose tensors keep their names
     * @param numbers  the names of the model that are visible, beside the step
     * @param settings takes the hyper-parameters
     */
    Update(
            Elaboration all, Sheet model, Map<String, Scope.Entry> numbers, Map<String, Double> settings,
            Map<String, Double> overrides) {
        this.all = all;
        this.model = model;
        this.settings = settings;
        this.overrides = overrides;
        changes = new Sheet(STREAMS, model.starts());
        ModelElaboration.clock(changes);
        model.tensors().keySet().forEach(n -> {
            if (changes.tensor(n) == null) changes.fresh(n);
        });
        Expr step = Expr.read(ModelElaboration.STEP, List.of());
        Scope root = new Scope(null);
        root.bind("pi", new Value.Number(Math.PI), Span.NONE);
        root.bind(ModelElaboration.STEP, Value.Array.scalar(step), Span.NONE);
        Scope scope = new Scope(root);
        numbers.forEach((name, e) -> scope.bind(name, e.value(), e.declared()));
        Frame.Ground ground = new Frame.Ground(changes, false, step, root);
        frame = new Frame(ground, scope, "", false, List.of(), 0, null);
    }

    /**
     * Adds the update of the parameters that a loss trains.
     *
     * @param prefix of the settings, empty if there is one loss alone
     * @param how    gradient transforms in order, then the optimiser, none if nothing is learnt; and how often
     */
    void train(String prefix, Training how, List<String> parameters) {
        if (how.stages().isEmpty() || parameters.isEmpty()) return;
        new Optimizers(all, frame, prefix, how.every(overrides), settings, overrides).write(how.stages(),
                parameters.stream().map(model::tensor).toList());
    }

    /** Looks for what is wrong with the arguments of optimisers, of a model that has no parameters to train. */
    void check(Training how) {
        new Optimizers(all, frame, "", how.every(overrides), settings, overrides).all(how.stages());
    }

    /** The whole. */
    Graph graph() {
        String step = ModelElaboration.STEP, next = step + Program.NEXT;
        changes.add(new Tensor(next, Tensor.Role.VALUE, List.of(), Tensor.ANY_INTEGER, 0), 0);
        changes.add(Equation.of(
                next, List.of(), Fold.SET, List.of(), Expr.read(step, List.of()).plus(Expr.ONE), Origin.NONE));
        changes.commit(step, next);
        return Slices.of("update", changes, List.of(), changes.commits(), 1);
    }
}
