package org.nnl.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.nnl.equations.Op;

/** A scalar expression over array elements and locals: an {@link org.nnl.equations.Expr} with its addresses resolved. */
public sealed interface Value {

    /** A number. */
    record Number(double value) implements Value {}

    /** An integer as a number. */
    record Whole(Affine value) implements Value {}

    /**
     * An element of an array, as a number; {@code boundary} where a test of {@code inside} fails, in which case the
     * array is not touched.
     */
    record Load(String array, Affine at, List<Inside> inside, double boundary) implements Value {
        public Load {
            inside = List.copyOf(inside);
        }
    }

    /** A local declared by {@link Step.Let} or {@link Step.Start}, or the product's element in an epilogue. */
    record Local(String name) implements Value {}

    /** An operation applied to its arguments. */
    record Apply(Op op, List<Value> arguments) implements Value {
        public Apply {
            arguments = List.copyOf(arguments);
        }
    }

    default List<Value> children() {
        return this instanceof Apply a ? a.arguments() : List.of();
    }

    /** Visits every node, parents first. */
    default void visit(Consumer<Value> visitor) {
        visitor.accept(this);
        for (Value c : children()) c.visit(visitor);
    }

    /** This with {@code rule} applied at every node, arguments first. */
    default Value rewrite(UnaryOperator<Value> rule) {
        if (!(this instanceof Apply a)) return rule.apply(this);
        List<Value> children = new ArrayList<>();
        for (Value c : a.arguments()) children.add(c.rewrite(rule));
        return rule.apply(new Apply(a.op(), children));
    }

    /** Whether a loop variable occurs: in an address, a test or an index value. */
    default boolean mentions(String variable) {
        boolean[] found = {false};
        visit(v -> {
            if (v instanceof Whole w) found[0] |= w.value().mentions(variable);
            if (v instanceof Load l)
                found[0] |= l.at().mentions(variable)
                        || l.inside().stream().anyMatch(i -> i.index().mentions(variable));
        });
        return found[0];
    }
}
