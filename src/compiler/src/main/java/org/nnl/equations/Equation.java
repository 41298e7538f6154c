package org.nnl.equations;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The one kind of computed node: {@code target[ψ] fold= body} for every point of a box.
 *
 * <p>Every element of the target starts at {@link Fold#start()}. For each point of the box the body's value is sent to
 * the element at ψ, where the fold combines it; a position outside the target is dropped. Several equations may write
 * one tensor: all with {@link Fold#SUM}, or with {@link Fold#SET} to disjoint parts.
 *
 * @param target   the tensor written
 * @param indices  ψ, an index per dimension of the target
 * @param fold     how the values that meet in one element combine
 * @param position the axis whose value {@link Fold#ARGMAX} keeps; null for every other fold
 * @param box      the axes, names distinct; in the order in which a person would nest the loops
 * @param body     the scalar expression
 * @param origin   where it came from
 */
public record Equation(
        String target, List<Index> indices, Fold fold, String position, List<Axis> box, Expr body, Origin origin) {

    public Equation {
        Objects.requireNonNull(target);
        Objects.requireNonNull(fold);
        Objects.requireNonNull(body);
        Objects.requireNonNull(origin);
        indices = List.copyOf(indices);
        box = List.copyOf(box);
        if ((fold == Fold.ARGMAX) != (position != null))
            throw new IllegalArgumentException(target + ": a position axis belongs to argmax= and to it alone");
    }

    public static Equation of(String target, List<Index> indices, Fold fold, List<Axis> box, Expr body, Origin origin) {
        return new Equation(target, indices, fold, null, box, body, origin);
    }

    public Equation withBody(Expr newBody) {
        return new Equation(target, indices, fold, position, box, newBody, origin);
    }

    public Equation withOrigin(Origin newOrigin) {
        return new Equation(target, indices, fold, position, box, body, newOrigin);
    }

    public Equation with(List<Index> newIndices, List<Axis> newBox, Expr newBody) {
        return new Equation(target, newIndices, fold, position, newBox, newBody, origin);
    }

    public Equation withTarget(String newTarget) {
        return new Equation(newTarget, indices, fold, position, box, body, origin);
    }

    /** The axis of that name; null if the box has none. */
    public Axis axis(String name) {
        for (Axis a : box) if (a.name().equals(name)) return a;
        return null;
    }

    /** Whether the axis takes part in no target index, so that the fold runs over it. */
    public boolean isFolded(String axis) {
        return indices.stream().noneMatch(i -> i.mentions(axis));
    }

    /** All tensors read: in the body and by the index maps on either side. */
    public Set<String> reads() {
        Set<String> names = new TreeSet<>(body.tensors());
        for (Index i : indices) i.tensors(names);
        return names;
    }

    /** The equation as text, without its origin. */
    @Override
    public String toString() {
        return GraphPrinter.print(this);
    }
}
