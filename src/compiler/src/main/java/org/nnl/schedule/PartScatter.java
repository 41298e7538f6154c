package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nnl.equations.Fold;

/**
 * Sums that are products, sent to elements that are not in a row: the product fills an array of its own, from which its
 * elements are then sent.
 * <pre>for i, j { y[φ(i,j)] += Σ_k a[i,k]·b[k,j] }   becomes   parts[i,j] = Σ_k a[i,k]·b[k,j]
 *                                                          for i, j { y[φ(i,j)] += parts[i,j] }</pre>
 * So the adjoint of a convolution is one product a picture, and as many additions as the picture has windows times their
 * size, whatever the number of channels that are summed over; fewer where windows move by one ({@link PartShifts}).
 */
final class PartScatter {
    /** What is in the array of its own. */
    static final String HOLDS = "the summands of ";

    private PartScatter() {}

    /**
     * @param tensor  that is written
     * @param lanes   whether there are lanes to compute in
     * @param declare adds an array to the class, or finds the one there with that tensor
     */
    static List<Step> of(List<Step> steps, String tensor, boolean lanes, Function<Array, Array> declare) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            List<Step> parted = s instanceof Step.Loop l ? parted(l, tensor, lanes, declare) : null;
            if (parted == null) out.add(s);
            else out.addAll(parted);
        }
        return out;
    }

    private static List<Step> parted(Step.Loop nest, String tensor, boolean lanes, Function<Array, Array> declare) {
        List<Step.Loop> loops = Steps.perfect(nest);
        List<Step> body = loops.get(loops.size() - 1).body();
        if (body.size() != 3 || !(body.get(0) instanceof Step.Start start) || !(body.get(1) instanceof Step.Loop)
                || !(body.get(2) instanceof Step.Store store)) return null;
        if (store.fold() != Fold.SUM || !store.value().equals(new Value.Local(start.local()))) return null;
        List<Count> shape = new ArrayList<>();
        for (Step.Loop l : loops) {
            if (!l.from().isZero() || l.to().terms().size() != 1 || l.to().terms().get(0).atom() instanceof Affine.Variable)
                return null;
            shape.add(l.to().terms().get(0).coefficient());
        }
        if (shape.stream().filter(Count::batch).count() > 1) return null;
        List<Step> shifted = PartShifts.of(loops, body, tensor, lanes, declare);
        if (shifted != null) return shifted;
        boolean direct = Steps.any(FindProduct.of(List.of(nest)), PartScatter::isProduct);
        if (direct && !Steps.any(FindProduct.of(List.of(nest)), PartScatter::isNarrow)) return null;
        List<Count> strides = Array.rowMajor(shape);
        Affine at = Affine.ZERO;
        for (int d = 0; d < loops.size(); d++) at = at.plus(Affine.variable(loops.get(d).variable()).times(strides.get(d)));
        Array parts = Array.helper(tensor + ".parts", shape, HOLDS + tensor);
        Step sums = Steps.nest(loops, List.of(start, body.get(1),
                new Step.Store(parts.name(), at, List.of(), Fold.SET, new Value.Local(start.local()))));
        List<Step> found = FindProduct.of(List.of(sums));
        if (!Steps.any(found, PartScatter::isProduct) || direct && Steps.any(found, PartScatter::isNarrow)) return null;
        String own = declare.apply(parts).name();
        return List.of(
                Steps.nest(loops, List.of(start, body.get(1),
                        new Step.Store(own, at, List.of(), Fold.SET, new Value.Local(start.local())))),
                Steps.nest(loops, List.of(new Step.Store(
                        store.array(), store.at(), store.inside(), Fold.SUM, new Value.Load(own, at, List.of(), 0)))));
    }

    /** Whether a product leaves lanes empty: sending its elements one by one then costs less than many small products. */
    private static boolean isNarrow(Step s) {
        return s instanceof Product p && !p.columns().batch() && p.columns().factor() < TurnNarrow.LANES;
    }

    private static boolean isProduct(Step s) {
        return s instanceof Product;
    }
}
