package org.nnl.simplify;

import java.util.List;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;
import org.nnl.equations.Op;

/**
 * Truth values and selects: decided conditions are taken, equal branches need no condition
 * ({@code select(c,x,x) = x}), a condition is known within its own branches
 * ({@code select(c, select(c,x,y), z) = select(c,x,z)}), nested masks become one
 * ({@code select(c, select(d,x,y), y) = select(c and d, x, y)}), a look-up that equals an axis is
 * the axis, negations are pushed into comparisons
 * ({@code not(x<y) = x>=y}) and cancel.
 */
final class Condition {
    private Condition() {}

    static Expr simplify(Expr.Apply e) {
        List<Expr> a = e.arguments();
        return switch (e.op()) {
            case SELECT -> select(e);
            case NOT -> not(e);
            case AND, OR -> logic(e);
            default -> compare(e.op(), a.get(0), a.get(1), e);
        };
    }

    private static Expr select(Expr.Apply e) {
        Expr c = e.arguments().get(0), x = e.arguments().get(1), y = e.arguments().get(2);
        if (c instanceof Expr.Const k) return k.value() != 0 ? x : y;
        if (x.equals(y) || Key.of(x).equals(Key.of(y))) return x;
        if (c instanceof Expr.Apply n) {
            if (n.op() == Op.NOT) return Expr.apply(Op.SELECT, n.arguments().get(0), y, x);
            if (n.op() == Op.SELECT
                    && n.arguments().get(1) instanceof Expr.Const p
                    && n.arguments().get(2) instanceof Expr.Const q) {
                if (p.value() != 0 && q.value() == 0) return Expr.apply(Op.SELECT, n.arguments().get(0), x, y);
                if (p.value() == 0 && q.value() != 0) return Expr.apply(Op.SELECT, n.arguments().get(0), y, x);
            }
            if (n.op().isTruth()) {
                Expr known = x.rewrite(s -> s.equals(c) ? Expr.ONE : s);
                Expr denied = y.rewrite(s -> s.equals(c) ? Expr.ZERO : s);
                if (n.op() == Op.EQ) known = equal(n.arguments(), known);
                if (!known.equals(x) || !denied.equals(y)) return Expr.apply(Op.SELECT, c, known, denied);
            }
        }
        if (x instanceof Expr.Apply s && s.op() == Op.SELECT && s.arguments().get(2).equals(y))
            return Expr.apply(Op.SELECT, Expr.apply(Op.AND, c, s.arguments().get(0)), s.arguments().get(1), y);
        return e;
    }

    /** Within {@code select(i == y[b], …, …)} the look-up y[b] is the axis i, which needs no memory: p[b,y[b]] is p[b,i]. */
    private static Expr equal(List<Expr> sides, Expr branch) {
        for (int k = 0; k < 2; k++) {
            if (!(sides.get(k) instanceof Expr.IndexValue v) || v.index().bareAxis() == null) continue;
            Index.Lookup there;
            if (sides.get(1 - k) instanceof Expr.Read r) there = new Index.Lookup(r.tensor(), r.indices());
            else continue;
            if (there.indices().stream().anyMatch(i -> i.mentions(v.index().bareAxis()))) continue;
            return Substitution.lookups(branch, l -> l.equals(there) ? v.index() : null);
        }
        return branch;
    }

    private static Expr not(Expr.Apply e) {
        if (!(e.arguments().get(0) instanceof Expr.Apply c)) return e;
        if (c.op() == Op.NOT && Algebra.isTruth(c.arguments().get(0))) return c.arguments().get(0);
        Op inverse =
                switch (c.op()) {
                    case LT -> Op.GE;
                    case GE -> Op.LT;
                    case GT -> Op.LE;
                    case LE -> Op.GT;
                    case EQ -> Op.NE;
                    case NE -> Op.EQ;
                    default -> null;
                };
        return inverse == null ? e : new Expr.Apply(inverse, c.arguments());
    }

    private static Expr logic(Expr.Apply e) {
        for (int k = 0; k < 2; k++) {
            Expr c = e.arguments().get(k), other = e.arguments().get(1 - k);
            if (!(c instanceof Expr.Const v)) continue;
            boolean absorbing = (e.op() == Op.AND) == (v.value() == 0);
            if (absorbing) return e.op() == Op.AND ? Expr.ZERO : Expr.ONE;
            if (Algebra.isTruth(other)) return other;
        }
        return Algebra.same(e.arguments()) && Algebra.isTruth(e.arguments().get(0)) ? e.arguments().get(0) : e;
    }

    private static Expr compare(Op op, Expr x, Expr y, Expr.Apply e) {
        if (Algebra.same(e.arguments())) return Expr.of(op.apply(0, 0));
        Index i = index(x), j = index(y);
        if (i != null && j != null) {
            Index d = i.plus(j.times(-1));
            if (d.isConstant()) return Expr.of(op.apply(d.constant(), 0));
        }
        if (y instanceof Expr.Const v && Algebra.isTruth(x)) {
            boolean one = v.value() == 1, zero = v.value() == 0;
            if (op == Op.EQ && one || op == Op.NE && zero) return x;
            if (op == Op.EQ && zero || op == Op.NE && one) return Expr.apply(Op.NOT, x);
        }
        return e;
    }

    /** The index map whose value the expression is, if it surely is one; an integer tensor's element is not seen as one. */
    private static Index index(Expr e) {
        if (e instanceof Expr.IndexValue v) return v.index();
        if (e instanceof Expr.Const c && c.value() == Math.rint(c.value()) && Math.abs(c.value()) < 1e9)
            return Index.of((int) c.value());
        return null;
    }
}
