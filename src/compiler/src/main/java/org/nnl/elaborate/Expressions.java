package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.syntax.Span;
import org.nnl.syntax.Suggestions;
import org.nnl.syntax.Tree;

/** The value of an expression. */
final class Expressions {
    /** What whole numbers, sizes and positions stay below. */
    static final int LIMIT = 1 << 30;

    private final Elaboration all;

    Expressions(Elaboration all) {
        this.all = all;
    }

    Value evaluate(Tree.Expression e, Frame f) {
        if (e instanceof Tree.Number n) return new Value.Number(n.value());
        if (e instanceof Tree.Name n) return name(n.name(), n.span(), f);
        if (e instanceof Tree.Indexed i) return all.indexing.read(i, f);
        if (e instanceof Tree.Call c) return all.calls.call(c, f);
        if (e instanceof Tree.Fold x) return all.folds.evaluate(x, f);
        if (e instanceof Tree.Unary u) {
            Op op = u.operator().equals("-") ? Op.NEG : Op.NOT;
            return all.elementwise.apply(op, List.of(operand(u.operand(), f)), f, u.span());
        }
        if (e instanceof Tree.Binary b) return binary(b, f);
        if (e instanceof Tree.Conditional c) return conditional(c, f);
        if (e instanceof Tree.Vector v) return vector(v, f);
        throw all.problems.error(
                f, e.span(), e instanceof Tree.Range
                        ? "a range has no place here; a part of x is x[1:4]"
                        : "a text has no place here; names stand without quotes");
    }

    /** The value of an expression that must be a tensor or number. */
    Value.Array array(Tree.Expression e, Frame f) {
        return all.elementwise.array(evaluate(e, f), text(e), f, e.span());
    }

    /** A size: a whole number, at least 1, known now. */
    int size(Tree.Expression e, Frame f) {
        if (e instanceof Tree.Name n && f.scope().peek(n.name()) == null && callable(n.name()) == null) {
            String hint = Suggestions.hint(n.name(), f.scope().names());
            String[] notes = !hint.isEmpty() ? new String[0]
                    : f.site() == null ? new String[] {"declare it, as in: axis " + n.name() + " = 64"}
                    : new String[] {all.calls.isSizeOfResult(n.name(), f.site().callee())
                            ? "say it by name: " + f.site().callee() + "(…, " + n.name() + " = 32)"
                            : "make it a parameter of '" + f.site().callee() + "', or one of its sizes"};
            throw all.problems.error(f, e.span(), "the size '" + n.name() + "' is not known" + hint, notes);
        }
        int n = whole(e, f);
        if (n < 1) throw all.problems.error(f, e.span(), "a size is at least 1, not " + n);
        return n;
    }

    /** A whole number known now. */
    int whole(Tree.Expression e, Frame f) {
        Value v = evaluate(e, f);
        if (v instanceof Value.Bad) throw new Problems.Abort();
        if (!(v instanceof Value.Number n))
            throw all.problems.error(f, e.span(), text(e) + " is " + v.describe()
                    + ", where a whole number known at compile time is needed");
        if (n.value() != Math.rint(n.value()))
            throw all.problems.error(f, e.span(), "a whole number is needed, not "
                    + org.nnl.equations.ExprPrinter.number(n.value()));
        if (Math.abs(n.value()) >= LIMIT)
            throw all.problems.error(f, e.span(), org.nnl.equations.ExprPrinter.number(n.value())
                    + " is too large here: a whole number below " + LIMIT + " is needed");
        return (int) n.value();
    }

    Value name(String name, Span span, Frame f) {
        Scope.Entry entry = f.scope().find(name);
        if (entry != null) {
            if (entry.value() instanceof Value.Bad) throw new Problems.Abort();
            if (entry.value() instanceof Value.Away w) throw away(name, w, span, f);
            if (entry.value() instanceof Value.AxisName a) return new Value.Number(a.size());
            return entry.value();
        }
        Value.Callable c = callable(name);
        if (c != null) return c;
        int dot = name.indexOf('.');
        Scope.Entry layer = dot < 0 ? null : f.scope().peek(name.substring(0, dot));
        if (layer != null && layer.value() instanceof Value.Away && f.sheet().tensor(name) != null)
            throw away(name, new Value.Away("a parameter of the model"), span, f);
        Tensor parameter = parameterOfLayer(name, f);
        if (parameter != null) return Storing.whole(parameter);
        Tree.Definition d = all.definitions.find(name);
        if (d != null) throw all.problems.error(f, span, "'" + name + "' is not a value", "it is defined at "
                + d.span().place());
        throw unknown("name", name, span, f);
    }

    private Problems.Abort away(String name, Value.Away there, Span span, Frame f) {
        return all.problems.error(f, span, "'" + name + "' is " + there.what() + ", where a number is needed",
                "the numbers of a train block are computed from numbers and axes of the model, and from 'step'");
    }

    /** {@code h.W} after {@code h = dense(…)}, or null. */
    private static Tensor parameterOfLayer(String name, Frame f) {
        int dot = name.indexOf('.');
        if (dot < 0) return null;
        // The layer's parameters exist once its equation has been elaborated.
        f.scope().find(name.substring(0, dot));
        Tensor t = f.sheet().tensor(name);
        return t != null && t.role() == Tensor.Role.PARAM ? t : null;
    }

    /** The function, layer or operation of that name, or null. */
    Value.Callable callable(String name) {
        Tree.Definition d = all.definitions.find(name);
        if (d instanceof Tree.Function || d instanceof Tree.Layer) return new Value.Callable(name, d, null);
        Op op = Op.of(name);
        if (op != null && isFunction(op)) return new Value.Callable(name, null, op);
        return null;
    }

    private static boolean isFunction(Op op) {
        return Character.isLetter(op.symbol().charAt(0)) && !op.isInfix() && op != Op.UNIFORM && op != Op.NEG
                && op != Op.NOT;
    }

    Problems.Abort unknown(String what, String name, Span span, Frame f) {
        Set<String> candidates = new LinkedHashSet<>(f.scope().names());
        candidates.addAll(all.definitions.names());
        for (Op op : Op.values()) if (isFunction(op)) candidates.add(op.symbol());
        String message = "unknown " + what + " '" + name + "'" + Suggestions.hint(name, candidates);
        return name.contains(".")
                ? all.problems.errorOnce(f, span, message,
                        "a name with a dot is a parameter of a layer: h.W, where h = dense(…)")
                : all.problems.errorOnce(f, span, message);
    }

    Elementwise.Operand operand(Tree.Expression e, Frame f) {
        return operand(e, evaluate(e, f), f);
    }

    Elementwise.Operand operand(Tree.Expression e, Value v, Frame f) {
        Tree.Expression base = e;
        while (base instanceof Tree.Indexed i) base = i.base();
        Scope.Entry entry = base instanceof Tree.Name n ? f.scope().peek(n.name()) : null;
        Span declared = entry == null || entry.declared().line() == 0 ? null : entry.declared();
        return new Elementwise.Operand(v, text(e), declared);
    }

    private Value binary(Tree.Binary b, Frame f) {
        if (b.operator().equals("@")) return product(b, f);
        Op op = Op.of(b.operator());
        Elementwise.Operand left;
        try {
            left = operand(b.left(), f);
        } catch (Problems.Abort e) {
            operand(b.right(), f); // for its errors
            throw e;
        }
        if (op == Op.AND && left.value() instanceof Value.Number n && n.value() == 0) return new Value.Number(0);
        if (op == Op.OR && left.value() instanceof Value.Number n && n.value() != 0) return new Value.Number(1);
        Elementwise.Operand right = operand(b.right(), f);
        if (op == Op.AND && left.value() instanceof Value.Number) return right.value();
        return all.elementwise.apply(op, List.of(left, right), f, b.span());
    }

    /** {@code if c then a else b}; when c is known now, only the branch taken exists. */
    private Value conditional(Tree.Conditional c, Frame f) {
        Elementwise.Operand condition = operand(c.condition(), f);
        if (condition.value() instanceof Value.Number n) return evaluate(n.value() != 0 ? c.yes() : c.no(), f);
        return all.elementwise.apply(
                Op.SELECT, List.of(condition, operand(c.yes(), f), operand(c.no(), f)), f, c.span());
    }

    /** {@code a @ b}: the sum over the last dimension of a and the first of b. */
    private Value product(Tree.Binary b, Frame f) {
        Value.Array left = Storing.simple(array(b.left(), f), f.join("left"), f, b.left().span());
        Value.Array right = Storing.simple(array(b.right(), f), f.join("right"), f, b.right().span());
        if (!left.isKnown() || !right.isKnown()) {
            List<Integer> shape = null;
            if (left.isKnown() && left.rank() == 2) shape = List.of(left.shape().get(0));
            if (right.isKnown() && right.rank() == 2) shape = List.of(right.shape().get(1));
            return new Value.Array(shape, 0, Value.Open.NOWHERE, i -> left.at(i).plus(right.at(i)));
        }
        int m = left.rank(), n = right.rank();
        if (m < 1 || m > 2 || n < 1 || n > 2)
            throw all.problems.error(
                    f, b.span(), "'@' multiplies matrices and vectors", operand(b.left(), left, f).note(),
                    operand(b.right(), right, f).note());
        int inner = left.shape().get(m - 1);
        if (inner != right.shape().get(0))
            throw all.problems.error(
                    f, b.span(), "shapes " + left.shape() + " and " + right.shape() + " do not fit under '@': "
                            + inner + " columns meet " + right.shape().get(0) + " rows",
                    operand(b.left(), left, f).note(), operand(b.right(), right, f).note(),
                    right.shape().get(n - 1).equals(left.shape().get(0))
                            ? "they fit the other way round: " + bare(b.right()) + " @ " + bare(b.left())
                            : "'@' sums over the last dimension of what stands left and the first of what stands right");
        List<Integer> shape = new ArrayList<>(left.shape().subList(0, m - 1));
        shape.addAll(right.shape().subList(1, n));
        List<Axis> dims = Storing.axes(shape, f);
        List<Axis> taken = new ArrayList<>(dims);
        String name = f.over(taken).freshAxis("j", List.of());
        for (String candidate : new String[] {"j", "k", "l"})
            if (f.freshAxis(candidate, taken).equals(candidate)) {
                name = candidate;
                break;
            }
        Axis axis = new Axis(name, Size.of(inner));
        Index j = Index.axis(axis.name());
        Value.Array body = Value.Array.of(shape, position -> {
            List<Index> l = new ArrayList<>(position.subList(0, m - 1));
            l.add(j);
            List<Index> r = new ArrayList<>(List.of(j));
            r.addAll(position.subList(m - 1, position.size()));
            return left.at(l).times(right.at(r));
        });
        return Storing.folded(body, Fold.SUM, List.of(axis), false, null, f.join("sum"), f.over(List.of(axis)),
                b.span(), 0);
    }

    /** {@code [a, b, c]}: one equation for each part of a new tensor. */
    private Value vector(Tree.Vector v, Frame f) {
        List<Elementwise.Operand> operands = new ArrayList<>();
        List<Value.Array> arrays = new ArrayList<>();
        for (Tree.Expression e : v.elements()) {
            operands.add(operand(e, f));
            arrays.add(all.elementwise.array(operands.get(operands.size() - 1).value(), text(e), f, e.span()));
        }
        List<Integer> shape = all.elementwise.common(operands, arrays, Elementwise.VECTOR, f, v.span());
        if (shape == null) return new Value.Array(null, 0, Value.Open.NOWHERE, arrays.get(0).element());
        List<Axis> dims = Storing.axes(shape, f);
        List<Expr> bodies = new ArrayList<>();
        for (Value.Array a : arrays) bodies.add(a.isScalar() ? a.at(List.of()) : a.at(Storing.indices(dims)));
        List<Axis> lead = new ArrayList<>();
        if (bodies.stream().anyMatch(e -> e.mentions(Storing.BATCH))) lead.add(Storing.BATCH_AXIS);
        for (Axis a : f.live()) if (bodies.stream().anyMatch(e -> e.mentions(a.name()))) lead.add(a);
        List<Axis> box = new ArrayList<>(lead);
        box.addAll(dims);
        List<Size> sizes = new ArrayList<>(lead.stream().map(Axis::size).toList());
        sizes.add(Size.of(bodies.size()));
        for (int d : shape) sizes.add(Size.of(d));
        String name = f.sheet().fresh(f.join("vector"));
        f.sheet().add(new Tensor(name, Tensor.Role.VALUE, sizes, 0, 0), f.depth() + 1);
        for (int k = 0; k < bodies.size(); k++) {
            List<Index> target = new ArrayList<>(Storing.indices(lead));
            target.add(Index.of(k));
            target.addAll(Storing.indices(dims));
            f.sheet().add(Equation.of(name, target, Fold.SET, box, bodies.get(k), Origin.at(v.span().place())));
        }
        List<Integer> full = new ArrayList<>(List.of(bodies.size()));
        full.addAll(shape);
        return Storing.reading(name, Storing.indices(lead), full, 0);
    }

    /** An expression in a formula of a message. */
    private static String bare(Tree.Expression e) {
        return e instanceof Tree.Name n ? n.name() : "(…)";
    }

    /** The expression in a few words, for messages. */
    static String text(Tree.Expression e) {
        if (e instanceof Tree.Name n) return "'" + n.name() + "'";
        if (e instanceof Tree.Number n) return org.nnl.equations.ExprPrinter.number(n.value());
        if (e instanceof Tree.Indexed i) {
            String base = text(i.base());
            return base.endsWith("'") ? base.substring(0, base.length() - 1) + "[…]'" : base + "[…]";
        }
        if (e instanceof Tree.Call c) return "'" + c.name() + "(…)'";
        if (e instanceof Tree.Fold x) return "'" + x.kind() + "[…] …'";
        if (e instanceof Tree.Binary b) return "the result of '" + b.operator() + "'";
        if (e instanceof Tree.Unary u) return "the result of '" + u.operator() + "'";
        if (e instanceof Tree.Conditional) return "the result of 'if'";
        if (e instanceof Tree.Vector) return "the vector";
        return e instanceof Tree.Range ? "the range" : "the text";
    }
}
