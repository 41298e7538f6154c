package org.nnl.evaluate;

import java.util.List;
import java.util.Map;
import org.nnl.equations.Expr;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;

/** Bodies and index maps as functions of a point of the box. */
final class Closures {
    private final Graph graph;
    private final Map<String, double[]> values;
    private final Map<String, Integer> slots;
    private final int batch;

    /** @param slots the position of each axis in a point */
    Closures(Graph graph, Map<String, double[]> values, Map<String, Integer> slots, int batch) {
        this.graph = graph;
        this.values = values;
        this.slots = slots;
        this.batch = batch;
    }

    /** A number at a point. */
    interface Scalar {
        double of(int[] point);
    }

    /** An integer at a point; for tensors the offset of an element, -1 if outside. */
    interface Position {
        int of(int[] point);
    }

    Scalar scalar(Expr e) {
        if (e instanceof Expr.Const c) {
            double v = c.value();
            return p -> v;
        }
        if (e instanceof Expr.Extent x) {
            double v = x.size().at(batch);
            return p -> v;
        }
        if (e instanceof Expr.IndexValue v) {
            Position i = index(v.index());
            return i::of;
        }
        if (e instanceof Expr.Read r) {
            Tensor t = graph.tensor(r.tensor());
            Position at = position(t, r.indices());
            double[] data = values.get(r.tensor());
            double outside = t.boundary();
            return p -> {
                int i = at.of(p);
                return i < 0 ? outside : data[i];
            };
        }
        Expr.Apply a = (Expr.Apply) e;
        Op op = a.op();
        Scalar[] arguments = a.arguments().stream().map(this::scalar).toArray(Scalar[]::new);
        if (op == Op.SELECT) return p -> arguments[arguments[0].of(p) != 0 ? 1 : 2].of(p);
        if (op == Op.ADD) return p -> arguments[0].of(p) + arguments[1].of(p);
        if (op == Op.MUL) return p -> arguments[0].of(p) * arguments[1].of(p);
        return p -> {
            double[] x = new double[arguments.length];
            for (int k = 0; k < x.length; k++) x[k] = arguments[k].of(p);
            return op.apply(x);
        };
    }

    /** The row-major offset of an element, -1 outside. */
    Position position(Tensor t, List<Index> indices) {
        int rank = indices.size();
        Position[] each = indices.stream().map(this::index).toArray(Position[]::new);
        int[] sizes = t.shape().stream().mapToInt((Size s) -> s.at(batch)).toArray();
        return p -> {
            int offset = 0;
            for (int d = 0; d < rank; d++) {
                int i = each[d].of(p);
                if (i < 0 || i >= sizes[d]) return -1;
                offset = offset * sizes[d] + i;
            }
            return offset;
        };
    }

    private Position index(Index index) {
        int constant = index.constant();
        int n = index.terms().size();
        int[] coefficients = index.terms().stream().mapToInt(Index.Term::coefficient).toArray();
        Position[] atoms = index.terms().stream().map(t -> atom(t.atom())).toArray(Position[]::new);
        if (n == 1 && coefficients[0] == 1) return p -> constant + atoms[0].of(p);
        return p -> {
            int sum = constant;
            for (int k = 0; k < n; k++) sum += coefficients[k] * atoms[k].of(p);
            return sum;
        };
    }

    private Position atom(Index.Atom atom) {
        if (atom instanceof Index.AxisAtom a) {
            int slot = slots.get(a.axis());
            return p -> p[slot];
        }
        Index.Lookup l = (Index.Lookup) atom;
        Scalar read = scalar(Expr.read(l.tensor(), l.indices()));
        return p -> (int) read.of(p);
    }
}
