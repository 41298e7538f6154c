package org.nnl.simplify;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.equations.Tensor;

/**
 * {@code y[i…] = f(i…)}, {@code z = …y[φ]…} becomes {@code z = …f(φ)…}, where φ stays within y, or where y is a copy
 * that looks the same outside.
 * <ul>
 *   <li>A copy ({@code x[φ]}), a constant or a mask of index values ({@code select(i == x[b], 1, 0)}) goes into every
 *       reader.
 *   <li>A multiple of one element ({@code 2*x[i]}) goes into every reader that does not read an element repeatedly.
 *   <li>What makes the reader shorter goes there: {@code s/n} into {@code n*y}.
 *   <li>Anything else goes into its only reader, if that has the one read and no more points than y has elements: no
 *       work is done twice, and what two equations share (such as a forward value that the gradient uses) is kept. Into
 *       a maximum, or what is sent to places that are looked up, only sums and multiples: these often take elements one
 *       by one, as pooling does, and a choice or a function is better computed before, in lanes.
 * </ul>
 * Never a fold, never a result or commit with other than the first kind. Of a recurrence only what can leave it
 * entirely: a tensor that does not read itself and that every reader gives up at once, so that delays add up and
 * nothing is unrolled.
 */
final class Inline implements Rule {
    private static final int LONGEST = 80;

    @Override
    public String name() {
        return "inlined";
    }

    @Override
    public void apply(Draft g) {
        Set<String> cycles = Cycles.members(g);
        for (int k : g.numbers()) {
            Equation e = g.equation(k);
            if (e == null || e.fold() != Fold.SET || g.onlyWriter(e.target()) != k || g.readers(e.target()).isEmpty()) continue;
            Tensor t = g.tensor(e.target());
            if (!Axes.coversOnce(e, t) || g.readers(e.target()).contains(k) || !keepsKind(e, t, g)) continue;
            List<Integer> ready = new ArrayList<>();
            for (int r : g.readers(e.target())) if (mayInline(e, k, t, r, g)) ready.add(r);
            boolean all = ready.size() == g.readers(e.target()).size();
            if (!all && cycles.contains(e.target())) continue;
            for (int r : ready) {
                Equation reader = g.equation(r);
                Expr body = Algebra.simplify(Substitution.inline(reader.body(), e));
                g.replace(r, reader.withBody(body).withOrigin(reader.origin().rewritten(name())));
            }
            // gone at once, or ShareCostly would find it and undo this
            if (all && g.isInner(e.target())) g.remove(k);
        }
    }

    /** An integer tensor holds integers: what is put in its place must surely be one. */
    private static boolean keepsKind(Equation e, Tensor t, Draft g) {
        if (!t.isInteger()) return true;
        return e.body() instanceof Expr.Read r && g.tensor(r.tensor()).isInteger()
                || e.body() instanceof Expr.IndexValue
                || e.body() instanceof Expr.Const c && c.value() == Math.rint(c.value());
    }

    private static boolean mayInline(Equation e, int number, Tensor t, int readerNumber, Draft g) {
        Equation reader = g.equation(readerNumber);
        for (Index i : reader.indices()) if (Substitution.looksUp(i, t.name())) return false;
        for (Index i : reader.body().indices()) if (Substitution.looksUp(i, t.name())) return false;
        List<Expr.Read> reads = new ArrayList<>();
        reader.body().visit(x -> {
            if (x instanceof Expr.Read r && r.tensor().equals(t.name())) reads.add(r);
        });
        for (Expr.Read r : reads)
            if (!Axes.inside(r.indices(), t, reader.box(), g::tensor) && !sameOutside(e, t, g)) return false;
        if (isFree(e.body())) return true;
        double points = Axes.points(reader.box());
        boolean once = points <= Axes.elements(t);
        if (once && isMultiple(e.body(), g)) return true;
        if (g.isNew(number, readerNumber) && shortens(e, reader, g)) return true;
        return once
                && (reader.fold() != Fold.MAX && reader.fold() != Fold.ARGMAX && !Axes.sendsWithinRows(reader) || isArithmetic(e.body()))
                && reads.size() == 1
                && g.readers(t.name()).size() == 1
                && !g.isNeeded(t.name())
                && reader.body().nodes() + e.body().nodes() <= LONGEST;
    }

    /** Whether there is nothing in it but sums and multiples. */
    static boolean isArithmetic(Expr body) {
        boolean[] all = {true};
        body.visit(x -> {
            if (x instanceof Expr.Apply a)
                all[0] &= a.op() == Op.ADD || a.op() == Op.SUB || a.op() == Op.MUL || a.op() == Op.NEG;
        });
        return all[0];
    }

    /** Whether something meets when the definition is put into the reader, so that it is simpler than before. */
    private static boolean shortens(Equation e, Equation reader, Draft g) {
        if (e.body().nodes() > 16 || HoistInvariant.isTranscendental(e.body())) return false;
        Set<String> its = e.body().tensors();
        boolean meets = reader.body().tensors().stream()
                .anyMatch(n -> its.contains(n) && g.tensor(n).role() != Tensor.Role.SETTING);
        if (!its.isEmpty() && !meets) return false;
        Expr body = Algebra.simplify(Substitution.inline(reader.body(), e));
        return Algebra.weight(body) < Algebra.weight(reader.body());
    }

    /** A copy of a tensor of the same shape, axis by axis, with the same boundary; or a constant equal to the boundary. */
    private static boolean sameOutside(Equation e, Tensor t, Draft g) {
        if (e.body().isConst(t.boundary())) return true;
        if (!(e.body() instanceof Expr.Read r)) return false;
        Tensor s = g.tensor(r.tensor());
        return s.shape().equals(t.shape()) && s.boundary() == t.boundary() && r.indices().equals(e.indices());
    }

    static boolean isFree(Expr body) {
        if (body instanceof Expr.Read r) return r.indices().stream().allMatch(Index::isAffine);
        if (!(body instanceof Expr.Apply a)) return true;
        if (a.op() == Op.SELECT && a.nodes() <= 6) {
            Expr c = a.arguments().get(0);
            return c instanceof Expr.Apply eq
                    && eq.op() == Op.EQ
                    && eq.arguments().stream().anyMatch(x -> x instanceof Expr.IndexValue)
                    && a.arguments().get(1) instanceof Expr.Const
                    && a.arguments().get(2) instanceof Expr.Const;
        }
        return false;
    }

    /** One operation on one element and constants or scalars. */
    private static boolean isMultiple(Expr body, Draft g) {
        if (!(body instanceof Expr.Apply a)) return false;
        if (a.op() != Op.MUL && a.op() != Op.NEG) return false;
        int elements = 0;
        for (Expr c : a.arguments()) {
            if (c instanceof Expr.Apply) return false;
            if (c instanceof Expr.Read r && !r.indices().isEmpty()) elements++;
        }
        return elements <= 1;
    }
}
