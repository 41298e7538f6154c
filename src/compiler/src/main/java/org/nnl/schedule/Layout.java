package org.nnl.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * How a computed tensor lies in its array.
 *
 * @param before elements kept free before each dimension: reads at -1 find the boundary value there, and writes that
 *               would be dropped go there
 * @param after  elements kept free after each dimension
 * @param order  the dimensions, from the one that varies slowest to the one that is contiguous
 * @param reused dimensions whose elements all lie in the same place, each gone when the next is computed: their stride is 0
 */
record Layout(List<Integer> before, List<Integer> after, List<Integer> order, Set<Integer> reused) {
    static Layout plain(int rank) {
        List<Integer> none = Collections.nCopies(rank, 0);
        return new Layout(none, none, outermost(rank, 0), Set.of());
    }

    /** The order in which a tensor is written, but for one dimension that goes first. */
    static List<Integer> outermost(int rank, int first) {
        List<Integer> order = new ArrayList<>();
        for (int d = 0; d < rank; d++) order.add(d == first ? 0 : order.size(), d);
        return order;
    }

    boolean isPlain() {
        return !isPadded() && reused.isEmpty() && order.equals(outermost(order.size(), 0));
    }

    boolean isPadded() {
        return before.stream().anyMatch(n -> n > 0) || after.stream().anyMatch(n -> n > 0);
    }

    /** Elements by dimension, free ones included. */
    List<Count> extents(List<Count> shape) {
        List<Count> extents = new ArrayList<>();
        for (int d = 0; d < shape.size(); d++) {
            Count s = shape.get(d);
            if (reused.contains(d)) extents.add(Count.ONE);
            else extents.add(s.batch() ? s : Count.of(s.factor() + before.get(d) + after.get(d)));
        }
        return extents;
    }

    List<Count> strides(List<Count> shape) {
        List<Count> extents = extents(shape);
        Count[] strides = new Count[shape.size()];
        Count s = Count.ONE;
        for (int k = order.size() - 1; k >= 0; k--) {
            strides[order.get(k)] = reused.contains(order.get(k)) ? Count.of(0) : s;
            if (k > 0) s = s.times(extents.get(order.get(k)));
        }
        return List.of(strides);
    }
}
