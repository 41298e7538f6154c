package org.nnl.simplify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Tensor;

/**
 * What becomes of the elements of a maximum's adjoint, before they are sent to where the maxima were. With
 * {@code m[i] max= x[2*i+u]}, found at {@code at[i]}, and a function f of which {@code f(0, x) = 0},
 * <pre>    d[2*i+at[i]] += g[i]                        t[i] = f(g[i], m[i])
 *     y[k] = f(d[k], x[k])          becomes       y[2*i+at[i]] += t[i]</pre>
 * since x is m there. So the derivative of a ReLU that is pooled has to do with a quarter of the elements, and so has a sum
 * over all of y, {@code z += y[k]}, which becomes {@code z += t[i]}.
 */
final class BeforeScatter implements Rule {
    @Override
    public String name() {
        return "before scatter";
    }

    @Override
    public void apply(Draft g) {
        Set<String> cycles = null;
        for (int k : g.numbers()) {
            Equation sent = g.equation(k);
            if (sent == null || sent.fold() != Fold.SUM || !Axes.sendsWithinRows(sent) || g.onlyWriter(sent.target()) != k) continue;
            Tensor d = g.tensor(sent.target());
            if (!g.isInner(d.name()) || g.readers(d.name()).size() != 1 || !meetsNobody(sent, g)) continue;
            int r = g.readers(d.name()).iterator().next();
            Equation reader = g.equation(r);
            Tensor y = g.tensor(reader.target());
            if (reader.fold() != Fold.SET || g.onlyWriter(y.name()) != r || !Axes.coversOnce(reader, y) || !y.shape().equals(d.shape())) continue;
            if (cycles == null) cycles = Cycles.members(g);
            if (cycles.contains(d.name()) || cycles.contains(y.name())) continue;
            Expr value = value(sent, reader, g);
            if (value != null) apply(g, k, r, value);
        }
    }

    private void apply(Draft g, int k, int r, Expr value) {
        Equation sent = g.equation(k), reader = g.equation(r);
        List<Index> place = sent.box().stream().map(a -> Index.axis(a.name())).toList();
        Tensor t = g.addTensor(reader.target() + ".sent", sent.box().stream().map(Axis::size).toList(), 0, 0);
        g.addBefore(r, Equation.of(t.name(), place, Fold.SET, sent.box(), value, reader.origin().rewritten(name())));
        g.replace(r, Equation.of(reader.target(), sent.indices(), Fold.SUM, sent.box(), Expr.read(t.name(), place),
                reader.origin().rewritten(name())));
        g.remove(k);
        if (Axes.inside(sent.indices(), g.tensor(reader.target()), sent.box(), g::tensor)) sums(g, g.equation(r), place);
    }

    /** What is summed over all places that elements are sent to is summed before. */
    private void sums(Draft g, Equation sent, List<Index> place) {
        Tensor y = g.tensor(sent.target());
        for (int k : List.copyOf(g.readers(y.name()))) {
            Equation e = g.equation(k);
            if (e.fold() != Fold.SUM || !(e.body() instanceof Expr.Read r)) continue;
            Map<String, Index> axes = new HashMap<>();
            boolean all = true;
            for (int d = 0; d < y.rank(); d++) {
                String axis = r.indices().get(d).bareAxis(), same = sent.indices().get(d).bareAxis();
                all &= axis != null && e.axis(axis).size().equals(y.shape().get(d)) && (same != null || e.isFolded(axis))
                        && axes.put(axis, Index.axis(same == null ? axis : same)) == null;
            }
            if (!all || axes.size() != e.box().size()) continue;
            List<Index> target = e.indices().stream().map(i -> i.substitute(axes::get)).toList();
            Expr before = Expr.read(((Expr.Read) sent.body()).tensor(), place);
            g.replace(k, Equation.of(e.target(), target, Fold.SUM, sent.box(), before, e.origin().rewritten(name())));
        }
    }

    /** What arrives in the reader's element for a point of what is sent; null if that asks for more than the maximum there. */
    private static Expr value(Equation sent, Equation reader, Draft g) {
        boolean[] here = {true};
        reader.body().visit(x -> {
            if (x instanceof Expr.IndexValue) here[0] = false;
            if (x instanceof Expr.Read r && !r.indices().isEmpty()) here[0] &= r.indices().equals(reader.indices());
        });
        if (!here[0]) return null;
        Expr nothing = reader.body().rewrite(x -> x instanceof Expr.Read r && r.tensor().equals(sent.target()) ? Expr.ZERO : x);
        if (!Algebra.simplify(nothing).isConst(0)) return null;
        Map<String, Expr> known = new HashMap<>();
        known.put(sent.target(), sent.body());
        for (Expr.Read r : reader.body().reads()) {
            if (r.indices().isEmpty() || known.containsKey(r.tensor())) continue;
            Expr maximum = maximum(r.tensor(), sent.indices(), g);
            if (maximum == null) return null;
            known.put(r.tensor(), maximum);
        }
        return Algebra.simplify(reader.body().rewrite(x -> x instanceof Expr.Read r ? known.getOrDefault(r.tensor(), r) : x));
    }

    /** The maximum that a tensor holds at a place looked up; null if it is not known to be one. */
    private static Expr maximum(String x, List<Index> place, Draft g) {
        for (Index i : place)
            for (Index.Term t : i.terms()) {
                if (!(t.atom() instanceof Index.Lookup l) || g.onlyWriter(l.tensor()) < 0) continue;
                Equation search = g.equation(g.onlyWriter(l.tensor()));
                if (search.fold() != Fold.ARGMAX || !(search.body() instanceof Expr.Read r) || !r.tensor().equals(x)) continue;
                for (int k : g.numbers()) {
                    Equation m = g.equation(k);
                    if (m == null || m.fold() != Fold.MAX || g.onlyWriter(m.target()) != k || !isSame(m, search)) continue;
                    Map<String, Index> at = at(m, l.indices(), g);
                    if (at != null && r.indices().stream().map(j -> j.substitute(at::get)).toList().equals(place))
                        return Expr.read(m.target(), l.indices());
                }
            }
        return null;
    }

    private static boolean isSame(Equation m, Equation search) {
        return m.box().equals(search.box()) && m.body().equals(search.body()) && m.indices().equals(search.indices());
    }

    /** For each axis of a maximum its value where the element at a place was found; null if that is not looked up. */
    private static Map<String, Index> at(Equation m, List<Index> place, Draft g) {
        Map<String, Index> at = new HashMap<>();
        for (int d = 0; d < place.size(); d++) {
            String axis = m.indices().get(d).bareAxis();
            if (axis == null) return null;
            at.put(axis, place.get(d));
        }
        for (Axis a : Axes.folded(m)) {
            for (int k : g.numbers()) {
                Equation e = g.equation(k);
                if (e != null && e.fold() == Fold.ARGMAX && e.position().equals(a.name()) && isSame(m, e) && g.onlyWriter(e.target()) == k)
                    at.put(a.name(), Index.lookup(e.target(), place));
            }
            if (!at.containsKey(a.name())) return null;
        }
        return at;
    }

    /** Whether no two points are sent to one element: each axis moves a window of its own, in which the place is looked up. */
    private static boolean meetsNobody(Equation e, Draft g) {
        Set<String> axes = new HashSet<>();
        for (Index i : e.indices()) {
            String axis = null;
            int step = 0, farthest = 0;
            for (Index.Term t : i.terms()) {
                if (t.atom() instanceof Index.Lookup l) {
                    int classes = g.tensor(l.tensor()).classes();
                    if (classes <= 0 || t.coefficient() < 0) return false;
                    farthest += t.coefficient() * (classes - 1);
                } else if (axis != null) {
                    return false;
                } else {
                    axis = ((Index.AxisAtom) t.atom()).axis();
                    step = t.coefficient();
                }
            }
            if (axis != null && (farthest >= step || !axes.add(axis))) return false;
        }
        return axes.size() == e.box().size();
    }
}
