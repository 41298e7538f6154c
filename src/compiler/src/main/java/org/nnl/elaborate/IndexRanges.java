package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;

/**
 * How far index variables run. In order of strength:
 * <ol>
 *   <li>{@code i < n} says it;
 *   <li>an axis or size of that name: {@code axis t = 64};
 *   <li>where {@code i} stands bare in {@code x[i]}, the dimension it indexes; two that differ are an error; with an
 *       offset, {@code h[i-1]}, the same if h is the recurrence being defined;
 *   <li>where it stands in an affine index of a dimension of size r, {@code x[s*i + u - p]} with the range of all
 *       others known: the largest range for which the index reaches beyond the end by no more than it reaches before
 *       the beginning. With u below k that is (r + 2p - k)/s + 1, the size of a convolution.
 * </ol>
 * Variables of folds inside the expressions take part, as {@code u} above may stand in one.
 */
final class IndexRanges {
    private final Elaboration all;

    IndexRanges(Elaboration all) {
        this.all = all;
    }

    /** An index variable as a value. */
    static Value.Array variable(String axis) {
        Expr e = Expr.index(Index.axis(axis));
        return new Value.Array(List.of(), org.nnl.equations.Tensor.ANY_INTEGER, Value.Open.NOWHERE, i -> e);
    }

    /** A variable whose range is looked for, under a name that no other axis has. */
    private static final class Variable {
        final String name;
        final Span span;
        Integer size;
        String reason = "";
        boolean explicit;

        /** Whether the size is that of a declared axis, or of a formal parameter. */
        boolean isAxis;

        Variable(String name, Span span) {
            this.name = name;
            this.span = span;
        }
    }

    /** That {@code index} runs within a dimension; loosely, if that is one of a recurrence, which is read beside its ends. */
    private record Use(Index index, int size, boolean loose, String where) {}

    /** One search. */
    private final class Search {
        final Map<String, Variable> variables = new LinkedHashMap<>();
        final List<Use> uses = new ArrayList<>();
        final Frame frame;

        /** Whether something that would have told a range has an error, which has been reported. */
        boolean broken;

        Search(Frame frame) {
            this.frame = frame;
        }

        /** Binds a variable in a scope under a name that only this search uses. */
        Variable bind(Tree.IndexVariable v, Tree.Name n, Scope scope, Frame f) {
            Variable x = new Variable(n.name(), n.span());
            String axis = n.name() + "?" + variables.size();
            variables.put(axis, x);
            if (v.below() != null) {
                x.size = all.expressions.size(v.below(), f);
                x.explicit = true;
            } else {
                Scope.Entry e = f.scope().peek(n.name());
                if (e != null && e.value() instanceof Value.AxisName a) {
                    x.size = a.size();
                    x.isAxis = true;
                    x.reason = (a.declared() ? "the axis '" : "the size '") + n.name() + "' is " + a.size();
                }
            }
            scope.bind(n.name(), variable(axis), n.span());
            return x;
        }

        void walk(Tree.Expression e, Frame f) {
            if (e instanceof Tree.Indexed i) {
                walk(i.base(), f);
                indexed(i, f);
            } else if (e instanceof Tree.Call c) {
                for (Tree.Argument a : c.arguments()) walk(a.value(), f);
            } else if (e instanceof Tree.Unary u) {
                walk(u.operand(), f);
            } else if (e instanceof Tree.Binary b) {
                walk(b.left(), f);
                walk(b.right(), f);
            } else if (e instanceof Tree.Conditional c) {
                walk(c.condition(), f);
                walk(c.yes(), f);
                walk(c.no(), f);
            } else if (e instanceof Tree.Vector v) {
                for (Tree.Expression x : v.elements()) walk(x, f);
            } else if (e instanceof Tree.Fold x) {
                Scope inner = new Scope(f.scope());
                for (Tree.IndexVariable v : x.indices())
                    if (v.index() instanceof Tree.Name n && !n.name().equals(Folds.OVER_EXAMPLES)) bind(v, n, inner, f);
                walk(x.body(), f.in(inner));
            }
        }

        private void indexed(Tree.Indexed e, Frame f) {
            List<List<Tree.Expression>> positions = new ArrayList<>();
            boolean relevant = false;
            for (Tree.Selector s : e.selectors()) {
                List<Tree.Expression> here = new ArrayList<>();
                if (s instanceof Tree.At at) here.add(at.index());
                if (s instanceof Tree.Slice slice) {
                    if (slice.from() != null) here.add(slice.from());
                    if (slice.to() != null) here.add(slice.to());
                }
                for (Tree.Expression x : here) {
                    walk(x, f);
                    relevant |= mentionsVariable(x, f);
                }
                positions.add(here);
            }
            if (!relevant) return;
            Value.Array base = base(e.base(), f);
            if (base == null || !base.isKnown()) return;
            List<Integer> shape = base.shape();
            for (int d = 0; d < positions.size() && d < shape.size(); d++) {
                for (Tree.Expression x : positions.get(d)) {
                    if (!mentionsVariable(x, f)) continue;
                    Index i = affine(x, f);
                    if (i == null) continue;
                    if (e.selectors().get(d) instanceof Tree.Slice slice && x == slice.to()) i = i.plus(-1);
                    uses.add(new Use(
                            i, shape.get(d), base.open() == Value.Open.EVERYWHERE, "dimension " + (d + 1) + " of "
                                    + Expressions.text(e.base()) + (shape.size() > 1 ? ", of shape " + shape + "," : "")));
                }
            }
        }

        private boolean mentionsVariable(Tree.Expression e, Frame f) {
            Set<String> names = new LinkedHashSet<>();
            Names.of(e, names);
            for (String n : names) {
                Scope.Entry entry = f.scope().peek(n);
                if (entry != null && entry.value() instanceof Value.Array a && a.isScalar()
                        && a.at(List.of()) instanceof Expr.IndexValue v
                        && v.index().bareAxis() != null && variables.containsKey(v.index().bareAxis())) return true;
            }
            return false;
        }

        /** What is indexed; null if it is no tensor or has an error, which will be reported elsewhere. */
        private Value.Array base(Tree.Expression base, Frame f) {
            return trial(base, f, () -> {
                Value v = base instanceof Tree.Name n
                        ? all.expressions.name(n.name(), n.span(), f)
                        : all.expressions.evaluate(base, provisional(f));
                return v instanceof Value.Array a ? a : null;
            }, !(base instanceof Tree.Name));
        }

        /** Lets expressions be evaluated whose variables have no range yet. */
        private Frame provisional(Frame f) {
            List<Axis> axes = new ArrayList<>();
            variables.forEach((axis, v) ->
                    axes.add(new Axis(axis, org.nnl.equations.Size.of(v.size == null ? 1 : v.size))));
            return f.over(axes);
        }

        private Index affine(Tree.Expression x, Frame f) {
            if (Names.folds(x)) return null;
            return trial(x, f, () -> {
                Value v = all.expressions.evaluate(x, f);
                return v instanceof Value.Array a && a.isScalar() ? Indexing.exact(a.at(List.of()), f.sheet()) : null;
            }, true);
        }

        private <T> T trial(Tree.Expression of, Frame f, java.util.function.Supplier<T> what, boolean rewind) {
            if (rewind) all.equations.force(of, f);
            int errors = all.problems.count();
            Sheet.Mark mark = rewind ? f.sheet().mark() : null;
            try {
                return what.get();
            } catch (Problems.Abort a) {
                if (rewind) all.problems.rewind(errors);
                else broken = true;
                return null;
            } finally {
                if (rewind) f.sheet().rewind(mark);
            }
        }

        void solve() {
            for (Use u : uses) {
                String axis = u.index.bareAxis();
                Variable v = axis == null ? null : variables.get(axis);
                if (v == null || v.explicit) continue;
                String reason = u.where + " has size " + u.size;
                if (v.size == null) {
                    v.size = u.size;
                    v.reason = reason;
                } else if (v.size != u.size)
                    throw all.problems.error(
                            frame, v.span, "the index '" + v.name + "' has two ranges: " + v.size + " and " + u.size,
                            v.reason, reason, "indices stand in the order of dimensions"
                                    + (v.isAxis ? "" : "; if these do, say which range is meant, as in "
                                            + v.name + " < " + Math.min(v.size, u.size)));
            }
            for (Use u : uses) {
                if (!u.loose || u.index.terms().size() != 1 || u.index.terms().get(0).coefficient() != 1) continue;
                Variable v = variables.get(u.index.plus(-u.index.constant()).bareAxis());
                if (v != null && v.size == null) v.size = u.size;
            }
            boolean progress = true;
            while (progress) {
                progress = false;
                for (Map.Entry<String, Variable> e : variables.entrySet()) {
                    if (e.getValue().size != null) continue;
                    Integer least = null;
                    for (Use u : uses) {
                        Integer n = u.index.coefficient(e.getKey()) == 0 ? null : range(u, e.getKey());
                        if (n != null) least = least == null ? n : Math.min(n, least);
                    }
                    if (least == null) continue;
                    if (least < 1)
                        throw all.problems.error(
                                frame, e.getValue().span, "the index '" + e.getValue().name
                                        + "' has no value for which it lies inside",
                                uses.stream().filter(u -> u.index.coefficient(e.getKey()) != 0).map(u -> u.where
                                        + " has size " + u.size).distinct().toArray(String[]::new));
                    e.getValue().size = least;
                    progress = true;
                }
            }
        }

        /** Rule 4 for one use; null if another variable's range is unknown. */
        private Integer range(Use u, String axis) {
            long low = u.index.constant(), high = low;
            int stride = 0;
            for (Index.Term t : u.index.terms()) {
                if (!(t.atom() instanceof Index.AxisAtom a)) return null;
                if (a.axis().equals(axis)) {
                    stride = t.coefficient();
                    continue;
                }
                Integer size = sizeOf(a.axis());
                if (size == null) return null;
                long reach = (long) t.coefficient() * (size - 1);
                if (reach < 0) low += reach;
                else high += reach;
            }
            long last = u.size - 1;
            // The index runs from [low, high] on; with a negative stride it is looked at from the other end.
            long near = stride > 0 ? Math.max(0, -low) : Math.max(0, high - last);
            long room = stride > 0 ? last + near - high : low + near;
            return (int) Math.max(0, Math.min(Expressions.LIMIT, Math.floorDiv(room, Math.abs((long) stride)) + 1));
        }

        private Integer sizeOf(String axis) {
            Variable v = variables.get(axis);
            if (v != null) return v.size;
            for (Axis a : frame.live()) if (a.name().equals(axis)) return a.size().at(0);
            return null;
        }
    }

    /**
     * The ranges of variables.
     *
     * @param variables to be found; each is a name
     * @param bodies    where they are used, folds included
     */
    Map<Tree.IndexVariable, Integer> find(
            List<Tree.IndexVariable> variables, List<Tree.Expression> bodies, Frame f) {
        Search search = new Search(f);
        Map<Tree.IndexVariable, Variable> wanted = new IdentityHashMap<>();
        Scope scope = new Scope(f.scope());
        for (Tree.IndexVariable v : variables) wanted.put(v, search.bind(v, (Tree.Name) v.index(), scope, f));
        for (Tree.Expression e : bodies) search.walk(e, f.in(scope));
        search.solve();
        Map<Tree.IndexVariable, Integer> found = new IdentityHashMap<>();
        for (Tree.IndexVariable v : variables) {
            Variable x = wanted.get(v);
            if (x.size == null && search.broken) throw new Problems.Abort();
            if (x.size == null)
                throw all.problems.error(
                        f, x.span, "the range of the index '" + x.name + "' cannot be inferred",
                        "say it with '" + x.name + " < n', or index something of known size with it");
            found.put(v, x.size);
        }
        return found;
    }
}
