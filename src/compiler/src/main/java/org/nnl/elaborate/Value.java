package org.nnl.elaborate;

import java.util.List;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.syntax.Tree;

/** What an expression, or a name, stands for while a model is elaborated. */
sealed interface Value {

    /** What could not be elaborated; its error has been reported. */
    Value BAD = new Bad();

    /** A number known at compile time: a size, a hyper-parameter, a constant. */
    record Number(double value) implements Value {}

    /**
     * A number for each position of a shape, given as a scalar expression in the axes of the equation that is being
     * written. The batch is not part of the shape: an expression that mentions the axis {@link Storing#BATCH} varies
     * by example.
     *
     * @param shape   null while it is unknown: a recurrence whose size is still to be found
     * @param classes as {@link org.nnl.equations.Tensor#classes()}
     * @param open    which constant positions outside the shape are meant: a recurrence reads before its beginning
     * @param element from one index per dimension to the scalar expression
     */
    record Array(List<Integer> shape, int classes, Open open, Element element) implements Value {
        static Array scalar(Expr e) {
            return new Array(List.of(), 0, Open.NOWHERE, i -> e);
        }

        static Array of(List<Integer> shape, Element element) {
            return new Array(shape, 0, Open.NOWHERE, element);
        }

        boolean isKnown() {
            return shape != null;
        }

        boolean isScalar() {
            return shape != null && shape.isEmpty();
        }

        int rank() {
            return shape.size();
        }

        Expr at(List<Index> position) {
            return element.at(position);
        }
    }

    /** Whether a position outside a dimension is meant. */
    @FunctionalInterface
    interface Open {
        Open NOWHERE = (d, position) -> false;
        Open EVERYWHERE = (d, position) -> true;

        boolean at(int d, int position);
    }

    /** From a position to the scalar expression there. */
    @FunctionalInterface
    interface Element {
        Expr at(List<Index> position);
    }

    /**
     * A function, layer or operation as a value.
     *
     * @param definition null for an operation
     * @param op         null for a definition
     */
    record Callable(String name, Tree.Definition definition, Op op) implements Value {}

    /** Several results of a layer. */
    record Tuple(List<Value> values) implements Value {}

    /**
     * A name that is a size, and an index where an equation or fold makes it one.
     *
     * @param declared whether by {@code axis t = 64}, else a size of a formal parameter
     */
    record AxisName(String name, int size, boolean declared) implements Value {}

    /** An equation not yet elaborated; running {@code force} binds its names anew. */
    record Pending(Runnable force) implements Value {}

    /**
     * A name that means something in the model and nothing here: in a train block, where there are no examples.
     *
     * @param what it is there, {@code a tensor of the model, of shape [2]}
     */
    record Away(String what) implements Value {}

    /** See {@link #BAD}. */
    record Bad() implements Value {}

    /** In words, for messages. */
    default String describe() {
        if (this instanceof Number n) return "the number " + org.nnl.equations.ExprPrinter.number(n.value());
        if (this instanceof Array a) return !a.isKnown() ? "a tensor" : a.isScalar() ? "a scalar" : "of shape "
                + a.shape();
        if (this instanceof Callable c) return "the function '" + c.name() + "'";
        if (this instanceof Tuple t) return t.values().size() + " results";
        if (this instanceof AxisName x) return "an axis of size " + x.size();
        if (this instanceof Away w) return w.what();
        return "unknown";
    }
}
