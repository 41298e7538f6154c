package org.nnl.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * An integer computed in generated code: {@code Σ coefficient · atom}, each coefficient a {@link Count} that may be
 * negative, each atom 1, a loop variable, or an element of an integer array. Addresses, loop bounds and index values
 * are all of this form. Canonical: atoms merged and sorted, no zero coefficient.
 */
public record Affine(List<Term> terms) {
    public static final Affine ZERO = new Affine(List.of());

    /** One summand. */
    public record Term(Count coefficient, Atom atom) {}

    /** What a coefficient multiplies. */
    public sealed interface Atom {}

    /** The number 1: a constant summand. */
    public record One() implements Atom {
        @Override
        public String toString() {
            return "";
        }
    }

    /** A loop variable, or an integer local. */
    public record Variable(String name) implements Atom {
        @Override
        public String toString() {
            return name;
        }
    }

    /** An element of an integer array. */
    public record Element(String array, Affine at) implements Atom {
        @Override
        public String toString() {
            return array + "[" + at + "]";
        }
    }

    private static final One UNIT = new One();

    private static int rank(Atom a) {
        return a instanceof Variable ? 0 : a instanceof Element ? 1 : 2;
    }

    private record Key(Atom atom, boolean batch) {}

    private static final Comparator<Key> ORDER = Comparator.<Key, Integer>comparing(k -> rank(k.atom))
            .thenComparing(k -> k.atom.toString())
            .thenComparing(k -> !k.batch);

    public Affine {
        Map<Key, Integer> merged = new TreeMap<>(ORDER);
        for (Term t : terms)
            merged.merge(new Key(t.atom, t.coefficient.batch()), t.coefficient.factor(), Math::addExact);
        List<Term> kept = new ArrayList<>();
        merged.forEach((k, c) -> {
            if (c != 0) kept.add(new Term(new Count(c, k.batch), k.atom));
        });
        terms = List.copyOf(kept);
    }

    public static Affine of(int constant) {
        return of(Count.of(constant));
    }

    public static Affine of(Count constant) {
        return new Affine(List.of(new Term(constant, UNIT)));
    }

    public static Affine variable(String name) {
        return new Affine(List.of(new Term(Count.ONE, new Variable(name))));
    }

    public static Affine element(String array, Affine at) {
        return new Affine(List.of(new Term(Count.ONE, new Element(array, at))));
    }

    public Affine plus(Affine other) {
        List<Term> all = new ArrayList<>(terms);
        all.addAll(other.terms);
        return new Affine(all);
    }

    public Affine plus(int constant) {
        return plus(of(constant));
    }

    public Affine times(Count factor) {
        return new Affine(terms.stream().map(t -> new Term(t.coefficient.times(factor), t.atom)).toList());
    }

    /** The coefficient of a variable outside elements; {@code 0} if it does not occur. */
    public Count coefficient(String variable) {
        Count found = null;
        for (Term t : terms)
            if (t.atom instanceof Variable v && v.name.equals(variable)) {
                if (found != null) throw new IllegalStateException(variable + " occurs with and without B in " + this);
                found = t.coefficient;
            }
        return found == null ? Count.of(0) : found;
    }

    /** The variables that occur, also within elements. */
    Set<String> variables() {
        Set<String> all = new LinkedHashSet<>();
        for (Term t : terms) {
            if (t.atom instanceof Variable v) all.add(v.name);
            if (t.atom instanceof Element e) all.addAll(e.at.variables());
        }
        return all;
    }

    /** Whether the variable occurs, also within elements. */
    public boolean mentions(String variable) {
        for (Term t : terms) {
            if (t.atom instanceof Variable v && v.name.equals(variable)) return true;
            if (t.atom instanceof Element e && e.at.mentions(variable)) return true;
        }
        return false;
    }

    /** Whether the variable occurs within an element of an integer array. */
    public boolean looksUpBy(String variable) {
        for (Term t : terms) if (t.atom instanceof Element e && e.at.mentions(variable)) return true;
        return false;
    }

    /** Whether the number of examples occurs. */
    public boolean usesBatch() {
        return terms.stream()
                .anyMatch(t -> t.coefficient.batch() || t.atom instanceof Element e && e.at.usesBatch());
    }

    public boolean isZero() {
        return terms.isEmpty();
    }

    /** The value if this is a constant without B; null otherwise. */
    public Integer constant() {
        if (terms.isEmpty()) return 0;
        Term t = terms.get(0);
        return terms.size() == 1 && t.atom instanceof One && !t.coefficient.batch() ? t.coefficient.factor() : null;
    }

    /** Integer arrays read. */
    public Set<String> arrays() {
        Set<String> names = new TreeSet<>();
        for (Term t : terms)
            if (t.atom instanceof Element e) {
                names.add(e.array);
                names.addAll(e.at.arrays());
            }
        return names;
    }

    /** This with an integer put for each variable; variables mapped to null stay. */
    public Affine substitute(Function<String, Affine> replacement) {
        Affine sum = ZERO;
        for (Term t : terms) {
            Affine part;
            if (t.atom instanceof Variable v) {
                Affine r = replacement.apply(v.name);
                part = r == null ? variable(v.name) : r;
            } else if (t.atom instanceof Element e) {
                part = element(e.array, e.at.substitute(replacement));
            } else {
                part = of(1);
            }
            sum = sum.plus(part.times(t.coefficient));
        }
        return sum;
    }

    /** As in the printed schedule: {@code 64*b + j - 1}. */
    @Override
    public String toString() {
        if (terms.isEmpty()) return "0";
        StringBuilder s = new StringBuilder();
        for (Term t : terms) {
            int c = t.coefficient.factor();
            if (s.length() == 0) s.append(c < 0 ? "-" : "");
            else s.append(c < 0 ? " - " : " + ");
            List<String> factors = new ArrayList<>();
            if (Math.abs(c) != 1) factors.add(Integer.toString(Math.abs(c)));
            if (t.coefficient.batch()) factors.add("B");
            if (!(t.atom instanceof One)) factors.add(t.atom.toString());
            s.append(factors.isEmpty() ? "1" : String.join("*", factors));
        }
        return s.toString();
    }
}
