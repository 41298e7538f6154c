package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;

/**
 * Index maps as addresses, where the axes in scope are known: their ranges tell which bounds must be tested at run
 * time.
 *
 * @param sizes     of every axis in scope
 * @param arrays    the array of a tensor
 * @param variables the loop variable of an axis
 */
record Scope(Graph graph, Map<String, Size> sizes, Function<String, Array> arrays, Function<String, String> variables) {

    /** The index as an integer in generated code. */
    Affine affine(Index index) {
        Affine sum = Affine.of(index.constant());
        for (Index.Term t : index.terms()) {
            Affine atom;
            if (t.atom() instanceof Index.AxisAtom a) {
                atom = Affine.variable(variables.apply(a.axis()));
            } else {
                Index.Lookup l = (Index.Lookup) t.atom();
                Array array = arrays.apply(l.tensor());
                atom = Affine.element(array.name(), address(array, l.indices()));
            }
            sum = sum.plus(atom.times(Count.of(t.coefficient())));
        }
        return sum;
    }

    Affine address(Array array, List<Index> indices) {
        Affine sum = Affine.ZERO;
        for (int d = 0; d < indices.size(); d++) 
            sum = sum.plus(affine(indices.get(d)).plus(array.before().get(d)).times(array.strides().get(d)));
        return sum;
    }

    /** What must be tested before the element may be touched; tests on look-ups come first. */
    List<Inside> tests(Tensor tensor, List<Index> indices) {
        Array array = arrays.apply(tensor.name());
        List<Inside> tests = new ArrayList<>();
        for (Index i : indices)
            for (Index.Term t : i.terms())
                if (t.atom() instanceof Index.Lookup l) tests.addAll(tests(graph.tensor(l.tensor()), l.indices()));
        for (int d = 0; d < indices.size(); d++) {
            Index i = indices.get(d);
            Size size = tensor.shape().get(d);
            long[] range = range(i);
            boolean low = range == null || range[0] < -array.before().get(d);
            boolean high = range == null || size.isBatch() || range[1] >= size.at(0) + array.after().get(d);
            String bare = i.bareAxis();
            if (bare != null && sizes.get(bare).equals(size)) low = high = false;
            if (low || high) tests.add(new Inside(affine(i), Count.of(size), low, high));
        }
        return tests;
    }

    /** Least and greatest value; null if unknown. */
    long[] range(Index index) {
        long low = index.constant();
        long high = low;
        for (Index.Term t : index.terms()) {
            long most;
            if (t.atom() instanceof Index.AxisAtom a) {
                Size s = sizes.get(a.axis());
                if (s.isBatch()) return null;
                most = s.at(0) - 1L;
            } else {
                Tensor read = graph.tensor(((Index.Lookup) t.atom()).tensor());
                if (read.classes() <= 0) return null;
                most = read.classes() - 1L;
            }
            if (t.coefficient() > 0) high += t.coefficient() * most;
            else low += t.coefficient() * most;
        }
        return new long[] {low, high};
    }
}
