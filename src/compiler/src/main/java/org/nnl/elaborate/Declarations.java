package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.List;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.syntax.Span;
import org.nnl.syntax.Suggestions;
import org.nnl.syntax.Tree;

/** Declarations: the tensors that come from outside or are kept, and how those that are kept start. */
final class Declarations {
    private static final String ROWS = "rows";
    private static final String COLUMNS = "columns";

    private final Elaboration all;

    Declarations(Elaboration all) {
        this.all = all;
    }

    void declare(Tree.Declaration d, Frame f, boolean again) {
        Scope.Entry other = f.scope().own(d.name());
        if (other != null && !again)
            throw all.problems.error(
                    f, d.span(), "'" + d.name() + "' is defined twice", "first at " + other.declared().place());
        f.scope().bind(d.name(), underWay(d.name(), f), d.span());
        Value value = Value.BAD;
        try {
            value = value(d, f);
        } finally {
            f.scope().bind(d.name(), value, d.span());
        }
    }

    /** What a name stands for while what it stands for is worked out. */
    Value underWay(String name, Frame f) {
        return new Value.Pending(() -> {
            Span declared = f.scope().peek(name).declared();
            throw all.problems.error(f, declared, "'" + name + "' is used in its own declaration");
        });
    }

    private Value value(Tree.Declaration d, Frame f) {
        List<Size> shape = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        for (Tree.Expression e : d.sizes()) {
            int n = all.expressions.size(e, f);
            numbers.add(n);
            shape.add(Size.of(n));
        }
        double elements = 1;
        for (int n : numbers) elements *= n;
        if (elements > Integer.MAX_VALUE / 8)
            throw all.problems.error(f, d.span(), "'" + d.name() + "' would have "
                    + org.nnl.equations.ExprPrinter.number(elements) + " elements, which is too many");
        int classes = d.classes() == null ? 0 : all.expressions.size(d.classes(), f);
        String name;
        switch (d.word()) {
            case INPUT, TARGET:
                if (f.depth() > 0)
                    throw all.problems.error(f, d.span(),
                            "inputs and targets belong to a model; a layer is given arguments");
                if (d.value() != null || d.distribution() != null)
                    throw all.problems.error(f, d.span(), "'" + d.name()
                            + "' is given with every call and cannot have a value here");
                shape.add(0, Size.BATCH);
                Tensor.Role role = d.word() == Tree.Word.INPUT ? Tensor.Role.INPUT : Tensor.Role.TARGET;
                Tensor given = new Tensor(f.sheet().fresh(d.name()), role, shape, classes, 0);
                f.sheet().add(given, f.depth());
                return Storing.whole(given);
            case PARAM, STATE:
                boolean param = d.word() == Tree.Word.PARAM;
                if (f.sheet().starts() == null)
                    throw all.problems.error(f, d.span(), "a parameter or state cannot be declared here");
                boolean starts = d.value() != null || d.distribution() != null;
                if (!starts) // what uses it is looked at all the same
                    all.problems.error(
                            f, d.span(), "say how '" + d.name() + "' starts", "as in '= 0' or '~ normal(0, 0.1)'");
                name = f.sheet().fresh(f.join(d.name()));
                Tensor kept = Tensor.real(name, param ? Tensor.Role.PARAM : Tensor.Role.STATE, shape);
                f.sheet().add(kept, f.depth());
                if (starts) start(kept, d.value(), d.distribution(), d.span(), f);
                return Storing.whole(kept);
            default:
                if (d.value() == null) throw all.problems.error(f, d.span(), "say what '" + d.name()
                        + "' is, as in '= 3'");
                Value v = all.expressions.evaluate(d.value(), f);
                if (d.sizes().isEmpty() || v instanceof Value.Number) return v;
                Value.Array a = all.elementwise.array(v, "'" + d.name() + "'", f, d.value().span());
                if (a.isKnown() && !a.shape().equals(numbers))
                    throw all.problems.error(f, d.span(), "'" + d.name() + "' is declared with shape " + numbers
                            + ", and its value is " + a.describe());
                return a;
        }
    }

    /** Writes the equation of {@code W.start}. */
    void start(Tensor t, Tree.Expression value, Tree.Expression distribution, Span span, Frame f) {
        Sheet sheet = f.sheet().starts();
        List<Integer> shape = t.shape().stream().map(s -> s.at(1)).toList();
        Frame.Ground ground = new Frame.Ground(sheet, false, Expr.ZERO, f.ground().root());
        String name = t.name() + Program.START;
        Frame bare = new Frame(ground, f.scope(), name, false, List.of(), f.depth(), f.site());
        List<Axis> axes = Storing.axes(shape, bare);
        // A distribution of matrices is called for each matrix, any other for each element.
        boolean matrices = distribution != null && isOfMatrices(distribution) && shape.size() >= 2;
        Frame frame = bare.over(matrices ? axes.subList(0, axes.size() - 2) : axes);
        sheet.add(new Tensor(name, Tensor.Role.VALUE, t.shape(), t.classes(), 0), 0);
        Value v = distribution != null ? distribution(distribution, shape, frame)
                : all.expressions.evaluate(value, frame);
        Value.Array a = all.elementwise.array(v, "the start of '" + t.name() + "'", f, span);
        int rank = a.rank();
        if (rank != 0 && !(matrices ? shape.subList(shape.size() - 2, shape.size()) : shape).equals(a.shape()))
            throw all.problems.error(
                    f, span, "'" + t.name() + "' has shape " + shape + ", and its start is " + a.describe());
        Expr e = a.at(Storing.indices(axes.subList(axes.size() - rank, axes.size())));
        for (String read : e.tensors())
            if (sheet.tensor(read) == null)
                throw all.problems.error(
                        f, span, "the start of '" + t.name() + "' cannot depend on '" + read
                                + "', which is not known before training");
        if (e instanceof Expr.Const c && !Double.isFinite(c.value()))
            throw all.problems.error(f, span, "'" + t.name() + "' cannot start with " + c.value());
        sheet.add(Equation.of(name, Storing.indices(axes), Fold.SET, axes, e, Origin.at(span.place())));
    }

    /** Whether a distribution asks for the size of matrices. */
    private boolean isOfMatrices(Tree.Expression e) {
        String name = e instanceof Tree.Call c ? c.name() : e instanceof Tree.Name n ? n.name() : "";
        if (!(all.definitions.find(name) instanceof Tree.Distribution d)) return false;
        return d.parameters().stream().anyMatch(p -> p.name().equals(ROWS) || p.name().equals(COLUMNS))
                || Names.uses(ROWS, d.body()) + Names.uses(COLUMNS, d.body()) > 0;
    }

    /**
     * A distribution at the position at hand. Its body may use {@code fanIn} (the product of all dimensions but the
     * first), {@code fanOut} (the first, times the product from the third on: how PyTorch counts for linear layers and
     * convolutions), and {@code rows} and {@code columns}, the last two dimensions; one
     * that has these among its parameters gives a whole matrix.
     */
    private Value distribution(Tree.Expression e, List<Integer> shape, Frame f) {
        String name = e instanceof Tree.Call c ? c.name() : e instanceof Tree.Name n ? n.name() : null;
        Tree.Definition d = name == null ? null : all.definitions.find(name);
        if (!(d instanceof Tree.Distribution distribution)) {
            if (name == null || d != null)
                throw all.problems.error(f, e.span(), "after '~' stands a distribution, as in '~ normal(0, 0.1)'",
                        "a value stands after '=', as in '= 0'");
            List<String> known = all.definitions.names().stream()
                    .filter(x -> all.definitions.find(x) instanceof Tree.Distribution).toList();
            String hint = Suggestions.hint(name, known);
            throw all.problems.error(f, e.span(), "unknown distribution '" + name + "'" + hint,
                    hint.isEmpty() ? new String[] {"there are " + String.join(", ", known)} : new String[0]);
        }
        Scope predefined = new Scope(f.ground().root());
        int rank = shape.size();
        double fanIn = 1, fanOut = rank > 1 ? shape.get(0) : 1;
        for (int k = rank > 1 ? 1 : 0; k < rank; k++) fanIn *= shape.get(k);
        for (int k = 2; k < rank; k++) fanOut *= shape.get(k);
        predefined.bind("fanIn", new Value.Number(fanIn), d.span());
        predefined.bind("fanOut", new Value.Number(fanOut), d.span());
        predefined.bind(ROWS, new Value.Number(rank > 1 ? shape.get(rank - 2) : 1), d.span());
        predefined.bind(COLUMNS, new Value.Number(rank > 0 ? shape.get(rank - 1) : 1), d.span());
        Scope scope = new Scope(predefined);
        List<Tree.Argument> arguments = e instanceof Tree.Call c ? c.arguments() : List.of();
        all.arguments.bind(name, distribution.parameters(), arguments, scope, predefined, f, e.span());
        return all.blocks.run(distribution.body(), f.calling(name, e.span(), scope, f.path()));
    }
}
