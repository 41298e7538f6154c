package org.nnl.equations;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * One coordinate of a read or a write: {@code constant + Σ coefficient · atom}, where an atom is an axis of the box
 * or the value of an integer tensor. Kept canonical (atoms merged and sorted, no zero coefficient), so that equal
 * maps are equal records.
 */
public record Index(int constant, List<Term> terms) {

    /** One summand, {@code coefficient · atom}. */
    public record Term(int coefficient, Atom atom) {}

    /** What an index may depend on. */
    public sealed interface Atom {}

    /** The value of an axis of the box. */
    public record AxisAtom(String axis) implements Atom {
        @Override
        public String toString() {
            return axis;
        }
    }

    /** The value of an integer tensor at a position, as in {@code E[word[b,t], k]}. */
    public record Lookup(String tensor, List<Index> indices) implements Atom {
        public Lookup {
            indices = List.copyOf(indices);
        }

        @Override
        public String toString() {
            return tensor + Index.print(indices);
        }
    }

    private static final Comparator<Atom> ORDER =
            Comparator.<Atom, Boolean>comparing(a -> a instanceof Lookup).thenComparing(Atom::toString);

    public Index {
        Map<Atom, Integer> merged = new TreeMap<>(ORDER);
        for (Term t : terms) merged.merge(t.atom, t.coefficient, Math::addExact);
        List<Term> kept = new ArrayList<>();
        merged.forEach((atom, c) -> {
            if (c != 0) kept.add(new Term(c, atom));
        });
        terms = List.copyOf(kept);
    }

    public static Index of(int constant) {
        return new Index(constant, List.of());
    }

    public static Index axis(String name) {
        return new Index(0, List.of(new Term(1, new AxisAtom(name))));
    }

    public static Index lookup(String tensor, List<Index> indices) {
        return new Index(0, List.of(new Term(1, new Lookup(tensor, indices))));
    }

    public Index plus(Index other) {
        List<Term> all = new ArrayList<>(terms);
        all.addAll(other.terms);
        return new Index(Math.addExact(constant, other.constant), all);
    }

    public Index plus(int offset) {
        return new Index(Math.addExact(constant, offset), terms);
    }

    public Index times(int factor) {
        return new Index(
                Math.multiplyExact(constant, factor),
                terms.stream().map(t -> new Term(Math.multiplyExact(t.coefficient, factor), t.atom)).toList());
    }

    public boolean isConstant() {
        return terms.isEmpty();
    }

    /** Whether this is the bare axis {@code name}. */
    public boolean isAxis(String name) {
        return constant == 0 && terms.size() == 1 && terms.get(0).equals(new Term(1, new AxisAtom(name)));
    }

    /** The axis this index is, bare, or null. */
    public String bareAxis() {
        return constant == 0 && terms.size() == 1 && terms.get(0).coefficient == 1
                        && terms.get(0).atom instanceof AxisAtom a
                ? a.axis
                : null;
    }

    /** The coefficient of an axis outside look-ups, 0 if it does not occur. */
    public int coefficient(String axis) {
        for (Term t : terms) if (t.atom instanceof AxisAtom a && a.axis.equals(axis)) return t.coefficient;
        return 0;
    }

    /** Whether no integer tensor is read. */
    public boolean isAffine() {
        return terms.stream().allMatch(t -> t.atom instanceof AxisAtom);
    }

    /** Whether the axis occurs, also inside a look-up. */
    public boolean mentions(String axis) {
        for (Term t : terms) {
            if (t.atom instanceof AxisAtom a && a.axis.equals(axis)) return true;
            if (t.atom instanceof Lookup l && l.indices.stream().anyMatch(i -> i.mentions(axis))) return true;
        }
        return false;
    }

    /** This index with an index put for each axis, also inside look-ups; axes mapped to null stay. */
    public Index substitute(Function<String, Index> replacement) {
        return substitute(replacement, l -> Index.lookup(
                l.tensor, l.indices.stream().map(i -> i.substitute(replacement)).toList()));
    }

    /** This index with an index put for each axis outside look-ups, those mapped to null stay, and one for each look-up. */
    public Index substitute(Function<String, Index> axes, Function<Lookup, Index> lookups) {
        Index sum = Index.of(constant);
        for (Term t : terms) {
            Index part;
            if (t.atom instanceof AxisAtom a) {
                Index r = axes.apply(a.axis);
                part = r == null ? Index.axis(a.axis) : r;
            } else {
                part = lookups.apply((Lookup) t.atom);
            }
            sum = sum.plus(part.times(t.coefficient));
        }
        return sum;
    }

    /** Adds the integer tensors read, also inside look-ups. */
    void tensors(java.util.Set<String> names) {
        for (Term t : terms)
            if (t.atom instanceof Lookup l) {
                names.add(l.tensor);
                l.indices.forEach(i -> i.tensors(names));
            }
    }

    /** {@code [i,2*j+1]}, as in the text form of a graph. */
    public static String print(List<Index> indices) {
        StringBuilder s = new StringBuilder("[");
        for (int k = 0; k < indices.size(); k++) s.append(k == 0 ? "" : ",").append(indices.get(k));
        return s.append(']').toString();
    }

    @Override
    public String toString() {
        if (terms.isEmpty()) return Integer.toString(constant);
        StringBuilder s = new StringBuilder();
        for (Term t : terms) {
            int c = t.coefficient;
            if (c < 0) s.append('-');
            else if (s.length() > 0) s.append('+');
            if (Math.abs(c) != 1) s.append(Math.abs(c)).append('*');
            s.append(t.atom);
        }
        if (constant != 0) s.append(constant < 0 ? "" : "+").append(constant);
        return s.toString();
    }
}
