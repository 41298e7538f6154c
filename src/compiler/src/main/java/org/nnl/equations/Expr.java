package org.nnl.equations;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A scalar expression: the body of an equation, at one point of its box. */
public sealed interface Expr {

    Expr ZERO = new Const(0);
    Expr ONE = new Const(1);

    /** A number. */
    record Const(double value) implements Expr {
        public Const {
            if (value == 0) value = 0.0; // -0.0 would make equal bodies unequal
        }

        @Override
        public String toString() {
            return ExprPrinter.print(this);
        }
    }

    /** The value of an index, as a number. */
    record IndexValue(Index index) implements Expr {
        @Override
        public String toString() {
            return ExprPrinter.print(this);
        }
    }

    /** The number of examples, as a number. */
    record Extent(Size size) implements Expr {
        @Override
        public String toString() {
            return ExprPrinter.print(this);
        }
    }

    /** An element of a tensor; the tensor's boundary value where the position lies outside it. */
    record Read(String tensor, List<Index> indices) implements Expr {
        public Read {
            indices = List.copyOf(indices);
        }

        @Override
        public String toString() {
            return ExprPrinter.print(this);
        }
    }

    /** An operation applied to its arguments. */
    record Apply(Op op, List<Expr> arguments) implements Expr {
        public Apply {
            arguments = List.copyOf(arguments);
            if (arguments.size() != op.arity())
                throw new IllegalArgumentException(
                        op + " takes " + op.arity() + " arguments, not " + arguments.size());
        }

        @Override
        public String toString() {
            return ExprPrinter.print(this);
        }
    }

    static Expr of(double value) {
        return new Const(value);
    }

    static Expr index(Index index) {
        return index.isConstant() ? new Const(index.constant()) : new IndexValue(index);
    }

    static Expr extent(Size size) {
        return size instanceof Size.Fixed f ? new Const(f.count()) : new Extent(size);
    }

    static Read read(String tensor, List<Index> indices) {
        return new Read(tensor, indices);
    }

    static Expr apply(Op op, Expr... arguments) {
        return new Apply(op, List.of(arguments));
    }

    default Expr plus(Expr other) {
        return apply(Op.ADD, this, other);
    }

    default Expr minus(Expr other) {
        return apply(Op.SUB, this, other);
    }

    default Expr times(Expr other) {
        return apply(Op.MUL, this, other);
    }

    default Expr over(Expr other) {
        return apply(Op.DIV, this, other);
    }

    default Expr negate() {
        return apply(Op.NEG, this);
    }

    default boolean isConst(double value) {
        return this instanceof Const c && c.value() == value;
    }

    /** The arguments; none for a leaf. */
    default List<Expr> children() {
        return this instanceof Apply a ? a.arguments() : List.of();
    }

    /** The same node over other arguments; itself when they are the same. */
    default Expr withChildren(List<Expr> children) {
        return this instanceof Apply a && !a.arguments().equals(children) ? new Apply(a.op(), children) : this;
    }

    /** This expression with {@code rule} applied at every node, arguments first. */
    default Expr rewrite(UnaryOperator<Expr> rule) {
        if (!(this instanceof Apply a)) return rule.apply(this);
        List<Expr> children = new ArrayList<>(a.arguments().size());
        for (Expr c : a.arguments()) children.add(c.rewrite(rule));
        return rule.apply(withChildren(children));
    }

    /** Visits every node, parents first. */
    default void visit(Consumer<Expr> visitor) {
        visitor.accept(this);
        for (Expr c : children()) c.visit(visitor);
    }

    /** The distinct reads in the body, in order of appearance; those inside index maps are not among them. */
    default Set<Read> reads() {
        Set<Read> reads = new LinkedHashSet<>();
        visit(e -> {
            if (e instanceof Read r) reads.add(r);
        });
        return reads;
    }

    /** Every index map that occurs: of reads and of index values. */
    default List<Index> indices() {
        List<Index> all = new ArrayList<>();
        visit(e -> {
            if (e instanceof Read r) all.addAll(r.indices());
            if (e instanceof IndexValue v) all.add(v.index());
        });
        return all;
    }

    /** All tensors read, those read by index maps included. */
    default Set<String> tensors() {
        Set<String> names = new LinkedHashSet<>();
        visit(e -> {
            if (e instanceof Read r) names.add(r.tensor());
        });
        for (Index i : indices()) i.tensors(names);
        return names;
    }

    default boolean mentions(String axis) {
        return indices().stream().anyMatch(i -> i.mentions(axis));
    }

    /** This expression with an index put for each axis; axes mapped to null stay. */
    default Expr substitute(Function<String, Index> replacement) {
        return rewrite(e -> {
            if (e instanceof Read r)
                return new Read(r.tensor(), r.indices().stream().map(i -> i.substitute(replacement)).toList());
            if (e instanceof IndexValue v) return index(v.index().substitute(replacement));
            return e;
        });
    }

    /** Number of nodes. */
    default int nodes() {
        int n = 1;
        for (Expr c : children()) n += c.nodes();
        return n;
    }
}
