package org.nnl.syntax;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether each statement of a definition may stand in a definition of this kind: found out even if nothing uses it. */
final class Placement {
    private final List<Diagnostic> errors;

    /** @param errors takes what is out of place */
    Placement(List<Diagnostic> errors) {
        this.errors = errors;
    }

    void check(Tree.Definition d) {
        if (d instanceof Tree.Model m) {
            distinct(m.parameters());
            for (Tree.Statement s : m.body()) inModel(s, false);
            boolean trains = m.body().stream().anyMatch(s -> s instanceof Tree.Train);
            boolean losses = m.body().stream().anyMatch(s -> s instanceof Tree.Loss);
            if (trains && !losses) {
                Tree at = m.body().stream().filter(s -> s instanceof Tree.Assignment a
                        && a.targets().get(0).name().equals("loss")).findFirst().map(s -> (Tree) s).orElse(m);
                error(at, "the model '" + m.name() + "' has a train block and no loss",
                        at == m ? "the loss of one example: loss (p - y)^2"
                                : "this is an equation; a loss is written without '=': loss (p - y)^2");
            }
        } else if (d instanceof Tree.Layer l) {
            distinct(l.parameters());
            for (Tree.Statement s : l.body()) inBody(s, "a layer", true);
            returns(l, l.body());
        } else if (d instanceof Tree.Function f) {
            distinct(f.parameters());
            for (Tree.Statement s : f.body()) inBody(s, "a function", false);
            returns(f, f.body());
        } else if (d instanceof Tree.Distribution x) {
            distinct(x.parameters());
            for (Tree.Statement s : x.body()) inBody(s, "a distribution", false);
            returns(x, x.body());
        } else if (d instanceof Tree.Optimizer o) {
            distinct(o.parameters());
            for (Tree.Statement s : o.body()) inOptimizer(s);
        }
    }

    private void inModel(Tree.Statement s, boolean repeated) {
        if (s instanceof Tree.Return) {
            error(s, "a model returns nothing; 'output' marks what is predicted");
        } else if (s instanceof Tree.Repeat r) {
            for (Tree.Statement inner : r.body()) inModel(inner, true);
        } else if (repeated && (onlyModels(s) != null || s instanceof Tree.AxisDeclaration)) {
            String word = onlyModels(s);
            error(s, (word == null ? "an axis" : word) + " stands outside 'repeat'");
        }
    }

    private void inBody(Tree.Statement s, String kind, boolean layer) {
        String word = onlyModels(s);
        if (word != null) {
            error(s, word + " belongs to a model, not to " + kind);
        } else if (!layer && s instanceof Tree.Declaration d && d.word() != Tree.Word.CONST) {
            boolean state = d.word() == Tree.Word.STATE;
            error(s, kind + " has no " + (state ? "states" : "parameters to be learnt") + "; a layer has");
        } else if (s instanceof Tree.Repeat r) {
            for (Tree.Statement inner : r.body()) {
                if (inner instanceof Tree.Return) error(inner, "'return' stands outside 'repeat'");
                else inBody(inner, kind, layer);
            }
        }
    }

    private void inOptimizer(Tree.Statement s) {
        boolean state = s instanceof Tree.Declaration d
                && (d.word() == Tree.Word.STATE && d.sizes().isEmpty() || d.word() == Tree.Word.CONST);
        boolean equation = s instanceof Tree.Assignment a
                && !a.output()
                && a.targets().size() == 1
                && a.targets().get(0).indices().isEmpty();
        if (!state && !equation && !(s instanceof Tree.Require)) {
            error(
                    s,
                    "an optimizer is made of states and equations for one element, without sizes and indices",
                    "w is the element and g its gradient: w = w - rate * g");
        }
    }

    /** With its article, a statement that no definition but a model has; null for others. */
    private static String onlyModels(Tree.Statement s) {
        if (s instanceof Tree.Declaration d && d.word() == Tree.Word.INPUT) return "an input";
        if (s instanceof Tree.Declaration d && d.word() == Tree.Word.TARGET) return "a target";
        if (s instanceof Tree.Loss) return "a loss";
        if (s instanceof Tree.Metric) return "a metric";
        if (s instanceof Tree.Train) return "a train block";
        if (s instanceof Tree.Freeze) return "'freeze'";
        if (s instanceof Tree.Output || s instanceof Tree.Assignment a && a.output()) return "an output";
        return null;
    }

    private void returns(Tree.Definition d, List<Tree.Statement> body) {
        for (int i = 0; i < body.size() - 1; i++) {
            if (body.get(i) instanceof Tree.Return) {
                error(body.get(i + 1), "nothing can follow 'return'");
                return;
            }
        }
        if (body.isEmpty() || !(body.get(body.size() - 1) instanceof Tree.Return)) {
            error(d, "'" + d.name() + "' returns nothing", "its last statement is: return …");
        }
    }

    private void distinct(List<Tree.Parameter> parameters) {
        Map<String, Tree.Parameter> seen = new HashMap<>();
        for (Tree.Parameter p : parameters) {
            if (seen.put(p.name(), p) != null) error(p, "there are two parameters '" + p.name() + "'");
        }
    }

    private void error(Tree at, String message, String... notes) {
        errors.add(Diagnostic.of(at.span(), message, notes));
    }
}
