package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.List;
import org.nnl.equations.Axis;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;
import org.nnl.equations.Tensor;
import org.nnl.syntax.Span;
import org.nnl.syntax.Suggestions;
import org.nnl.syntax.Tree;

/** Reads at positions: {@code x[t-1, 2*i + u, 1:5]}, {@code E[word[t]]}. */
final class Indexing {
    private final Elaboration all;

    Indexing(Elaboration all) {
        this.all = all;
    }

    Value read(Tree.Indexed e, Frame f) {
        String text = Expressions.text(e.base());
        Value.Array base = all.elementwise.array(all.expressions.evaluate(e.base(), f), text, f, e.span());
        List<Tree.Selector> selectors = e.selectors();
        if (base.isKnown() && selectors.size() > base.rank())
            throw all.problems.error(
                    f, e.span(), text + " has " + count(base.rank(), "dimension") + ", not " + selectors.size(),
                    all.expressions.operand(e.base(), base, f).note());
        List<Window> windows = new ArrayList<>();
        List<Integer> shape = new ArrayList<>();
        for (int d = 0; d < selectors.size(); d++) {
            int size = base.isKnown() ? base.shape().get(d) : -1;
            Window w = window(selectors.get(d), size, base.open(), text, d, f);
            windows.add(w);
            if (w.length >= 0) shape.add(w.length);
        }
        if (base.isKnown()) shape.addAll(base.shape().subList(selectors.size(), base.rank()));
        return new Value.Array(base.isKnown() ? shape : null, base.classes(), Value.Open.NOWHERE, position -> {
            List<Index> full = new ArrayList<>();
            int next = 0;
            for (Window w : windows) full.add(w.length < 0 ? w.start : w.start.plus(position.get(next++)));
            full.addAll(position.subList(Math.min(next, position.size()), position.size()));
            return base.at(full);
        });
    }

    /** A position, or from a position on so many; length -1 for a position. */
    private record Window(Index start, int length) {}

    private Window window(Tree.Selector s, int size, Value.Open open, String text, int d, Frame f) {
        if (s instanceof Tree.At at) {
            noBareAxis(at.index(), f);
            Index i = index(at.index(), f);
            if (i.isConstant() && size >= 0 && (i.constant() < 0 || i.constant() >= size)
                    && !open.at(d, i.constant()))
                throw all.problems.error(
                        f, s.span(), "position " + i.constant() + " lies outside " + text + ", whose dimension "
                                + (d + 1) + " has size " + size,
                        "positions are counted from 0");
            classesFit(at.index(), size, text, d, f);
            return new Window(i, -1);
        }
        Tree.Slice slice = (Tree.Slice) s;
        Index from = slice.from() == null ? Index.of(0) : index(slice.from(), f);
        if (slice.to() == null && size < 0) return new Window(from, 1);
        Index to = slice.to() == null ? Index.of(size) : index(slice.to(), f);
        Index length = to.plus(from.times(-1));
        if (!length.isConstant())
            throw all.problems.error(f, s.span(), "the length of a slice must be known at compile time, not " + length);
        if (length.constant() < 1)
            throw all.problems.error(f, s.span(), "the slice " + from + ":" + to + " is empty");
        if (from.isConstant() && size >= 0 && (from.constant() < 0 || to.constant() > size))
            throw all.problems.error(
                    f, s.span(), "the slice " + from + ":" + to + " reaches outside " + text + ", whose dimension "
                            + (d + 1) + " has size " + size);
        return new Window(from, length.constant());
    }

    /** A declared axis is an index only where an equation or fold binds it. */
    private void noBareAxis(Tree.Expression e, Frame f) {
        if (e instanceof Tree.Name n) {
            Scope.Entry entry = f.scope().peek(n.name());
            if (entry == null && all.expressions.callable(n.name()) == null)
                throw all.problems.error(
                        f, e.span(), "the index '" + n.name() + "' is not bound here"
                                + Suggestions.hint(n.name(), longNames(f)),
                        "define y[" + n.name() + "] = …, or fold over it: sum[" + n.name() + "] …");
            if (entry != null && entry.value() instanceof Value.AxisName a && a.declared())
                throw all.problems.error(
                        f, e.span(), "the axis '" + n.name() + "' is not bound here",
                        "define y[" + n.name() + "] = …, or fold over it: mean[" + n.name() + "] …",
                        "a single step is meant by a number, the last one by " + (a.size() - 1));
        } else if (e instanceof Tree.Binary b) {
            noBareAxis(b.left(), f);
            noBareAxis(b.right(), f);
        }
    }

    /** Names worth proposing for an index: single letters are not. */
    private static List<String> longNames(Frame f) {
        return f.scope().names().stream().filter(n -> n.length() > 2).toList();
    }

    private void classesFit(Tree.Expression e, int size, String text, int d, Frame f) {
        if (!(e instanceof Tree.Name || e instanceof Tree.Indexed) || size < 0) return;
        if (all.expressions.evaluate(e, f) instanceof Value.Array a && a.classes() > size)
            throw all.problems.error(
                    f, e.span(), Expressions.text(e) + " has " + a.classes() + " classes, but dimension " + (d + 1)
                            + " of " + text + " has size " + size);
    }

    /** The expression as one coordinate of a read. */
    Index index(Tree.Expression e, Frame f) {
        Value v = all.expressions.evaluate(e, f);
        Value.Array a = all.elementwise.array(v, Expressions.text(e), f, e.span());
        if (!a.isKnown()) return Index.of(0);
        if (!a.isScalar())
            throw all.problems.error(f, e.span(), "an index is a scalar; " + Expressions.text(e) + " is "
                    + v.describe());
        Expr x = a.at(List.of());
        Index i = exact(x, f.sheet());
        if (i == null && a.classes() != 0)
            i = exact(Storing.stored(a, f.join("index"), f, e.span()).at(List.of()), f.sheet());
        if (i == null) throw notAffine(e, f, e.span());
        long reach = Math.abs((long) i.constant());
        for (Axis axis : f.live())
            if (!axis.size().isBatch()) reach += Math.abs((long) i.coefficient(axis.name())) * (axis.size().at(0) - 1);
        if (reach >= Expressions.LIMIT)
            throw all.problems.error(f, e.span(), "this index reaches " + reach
                    + ", which is too large");
        return i;
    }

    private Problems.Abort notAffine(Tree.Expression e, Frame f, Span span) {
        return all.problems.error(
                f, span, Expressions.text(e) + " cannot be an index",
                "an index is a sum of index variables and classes, each times a whole number");
    }

    /** {@code e} as an affine map, or null if it is none, or one with numbers that are too large. */
    static Index exact(Expr e, Sheet sheet) {
        try {
            return affine(e, sheet);
        } catch (ArithmeticException overflow) {
            return null;
        }
    }

    private static Index affine(Expr e, Sheet sheet) {
        if (e instanceof Expr.IndexValue v) return v.index();
        if (e instanceof Expr.Const c)
            return c.value() == Math.rint(c.value()) && Math.abs(c.value()) < Expressions.LIMIT ? Index.of((int) c.value())
                    : null;
        if (e instanceof Expr.Read r) {
            Tensor t = sheet.tensor(r.tensor());
            return t != null && t.isInteger() ? Index.lookup(r.tensor(), r.indices()) : null;
        }
        if (!(e instanceof Expr.Apply a)) return null;
        Index left = affine(a.arguments().get(0), sheet);
        if (left == null) return null;
        switch (a.op()) {
            case NEG:
                return left.times(-1);
            case FLOOR:
                return left;
            case ADD, SUB, MUL:
                Index right = affine(a.arguments().get(1), sheet);
                if (right == null) return null;
                if (a.op() == org.nnl.equations.Op.ADD) return left.plus(right);
                if (a.op() == org.nnl.equations.Op.SUB) return left.plus(right.times(-1));
                if (right.isConstant()) return left.times(right.constant());
                return left.isConstant() ? right.times(left.constant()) : null;
            default:
                return null;
        }
    }

    static String count(int n, String what) {
        return n == 0 ? "no " + what + "s" : n + " " + what + (n == 1 ? "" : "s");
    }
}
