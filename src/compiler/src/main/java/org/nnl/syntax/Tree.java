package org.nnl.syntax;

import java.util.List;

/**
 * The syntax tree of an {@code .nnl} file: immutable, one record per construct, each with its place. Lists are never
 * null; what may be absent is marked so.
 */
public sealed interface Tree {

    Span span();

    /** A file: imports, then definitions in any order. */
    record Unit(Span span, List<Import> imports, List<Definition> definitions) implements Tree {}

    /** {@code import "cells.nnl"}, relative to the importing file. */
    record Import(Span span, String path) implements Tree {}

    /** What a file may define. */
    sealed interface Definition extends Tree {
        String name();
    }

    /**
     * {@code model Digits(hidden = 128) { … }}.
     *
     * @param doc the comment directly above it, without its marks; empty if there is none
     */
    record Model(Span span, String name, List<Parameter> parameters, List<Statement> body, String doc)
            implements Definition {}

    /**
     * {@code layer dense(x[n], units, f = identity) { … return y }} and {@code layer lstm(x[n], h[m], c[m]) -> (h[m], c[m])}.
     *
     * @param results the declared results, empty if none are declared
     */
    record Layer(Span span, String name, List<Parameter> parameters, List<Parameter> results, List<Statement> body)
            implements Definition {}

    /** {@code function f(x[n], a = 1) = expr}, or with a block {@code { y[i] = … return y }}. */
    record Function(Span span, String name, List<Parameter> parameters, List<Statement> body) implements Definition {}

    /** {@code optimizer adam(rate = 0.001) { state m = 0 … w = … }}; a body that assigns only g is a gradient transform. */
    record Optimizer(Span span, String name, List<Parameter> parameters, List<Statement> body) implements Definition {}

    /** {@code distribution glorot(fanIn, fanOut) = expr} over {@code uniform()}: how a parameter starts. */
    record Distribution(Span span, String name, List<Parameter> parameters, List<Statement> body)
            implements Definition {}

    /**
     * {@code data { … }}: where training data come from; for the command line only, the generated class knows nothing
     * of it. Read by the data package.
     *
     * @param name    empty if none is given
     * @param entries its lines
     */
    record Data(Span span, String name, List<Entry> entries) implements Definition {}

    /**
     * A formal parameter (or declared result, whose name may be empty) of a definition: a tensor with named sizes {@code x[n, m]}, a class {@code y : class(k)}, a
     * number or a function {@code f = identity}. {@code x} with no sizes takes a scalar, a size or a function,
     * according to its use.
     *
     * @param sizes        names or expressions, empty for a scalar
     * @param classes      the k of {@code : class(k)}, else null
     * @param defaultValue null if the argument must be given
     */
    record Parameter(Span span, String name, List<Expression> sizes, Expression classes, Expression defaultValue)
            implements Tree {}

    /** A statement of a body. */
    sealed interface Statement extends Tree {}

    /** Which declaration word it is. */
    enum Word { INPUT, TARGET, PARAM, STATE, CONST }

    /**
     * {@code input x[t, 3] : class(65)}, {@code param W[m, n] ~ glorot}, {@code param b[m] = 0}, {@code state m = 0},
     * {@code const k = 3}. {@code param W[2], b = 0} gives two of these.
     *
     * @param classes      the k of {@code : class(k)}, else null
     * @param distribution what stands after {@code ~}, a name or a call; null if none
     * @param value        what stands after {@code =}; null if none
     */
    record Declaration(
            Span span,
            Word word,
            String name,
            List<Expression> sizes,
            Expression classes,
            Expression distribution,
            Expression value)
            implements Statement {}

    /** {@code axis t = 64}. */
    record AxisDeclaration(Span span, String name, Expression size) implements Statement {}

    /**
     * {@code y[i] = e}, {@code h[t], c[t] = lstm(…)}, {@code output p = …} (marked), {@code h[-1] = start}.
     *
     * @param output whether {@code output} stands before it
     */
    record Assignment(Span span, boolean output, List<Left> targets, Expression value) implements Statement {}

    /**
     * A left-hand side: a name with an index for each bracketed position; trailing dimensions may be left out. An index
     * is a name (an index variable or a declared axis), a name with a range {@code i < n}, an affine expression of
     * such ({@code n + j}), or a constant.
     */
    record Left(Span span, String name, List<IndexVariable> indices) implements Tree {}

    /**
     * An index on a left-hand side or of a fold.
     *
     * @param index what stands there, often just a name
     * @param below the n of {@code i < n}, else null
     */
    record IndexVariable(Span span, Expression index, Expression below) implements Tree {}

    /** {@code output p}: an already defined name is a result of predict. */
    record Output(Span span, String name) implements Statement {}

    /**
     * {@code loss e}; {@code loss critic: e for D} with a name and the parameters (prefixes) it trains.
     *
     * @param span   of the name, of the word if there is none
     * @param name   empty if none
     * @param trains names after {@code for}, empty for all
     */
    record Loss(Span span, String name, Expression value, List<Name> trains) implements Statement {}

    /** {@code metric accuracy = e}: its mean over the examples is reported. */
    record Metric(Span span, String name, Expression value) implements Statement {}

    /** {@code return e} or {@code return (a, b)}. */
    record Return(Span span, List<Expression> values) implements Statement {}

    /** {@code repeat 3 { x = block(x) }}, {@code repeat k < 3 { … }}: the body three times; names may be set anew. */
    record Repeat(Span span, String index, Expression count, List<Statement> body) implements Statement {}

    /** {@code require rate >= 0, mu < 1}: what must hold of numbers that are known at compile time. */
    record Require(Span span, List<Condition> conditions) implements Statement {}

    /** @param text as it stands in the file */
    record Condition(Span span, Expression value, String text) implements Tree {}

    /** {@code freeze embed, head.W} inside a model: parameters (by name or prefix) that are not trained. */
    record Freeze(Span span, List<Name> names) implements Statement {}

    /**
     * {@code train { optimizer adam(rate = 0.002), batch 32, clip 5, seed 1, stateful }}.
     *
     * @param span of the name, of the word if there is none
     * @param name empty, or the loss it belongs to
     */
    record Train(Span span, String name, List<Entry> entries) implements Statement {}

    /**
     * A setting: a word and its values, {@code batch 32}, {@code stateful}; in data blocks also
     * {@code x = columns(1:64) / 16}. Of {@code clip(limit = 5)} the one value is the whole as a call.
     *
     * @param arguments what follows the word, in order; may be empty
     */
    record Entry(Span span, String word, List<Expression> arguments) implements Tree {}

    /** An expression. */
    sealed interface Expression extends Tree {}

    record Number(Span span, double value) implements Expression {}

    /** {@code "text"}, in imports and data blocks only. */
    record Text(Span span, String value) implements Expression {}

    record Name(Span span, String name) implements Expression {}

    /** {@code x[t-1, 2:5, :]}: fewer indices than dimensions leave the rest. */
    record Indexed(Span span, Expression base, List<Selector> selectors) implements Expression {}

    /** One position between brackets. */
    sealed interface Selector extends Tree {}

    /** A single index. */
    record At(Span span, Expression index) implements Selector {}

    /** {@code from:to}, half open; null where left out. */
    record Slice(Span span, Expression from, Expression to) implements Selector {}

    /** {@code lstm(x, h, m = hidden)}. */
    record Call(Span span, String name, List<Argument> arguments) implements Expression {
        /** Of the name alone. */
        public Span nameSpan() {
            return new Span(span.file(), span.line(), span.column(), name.length());
        }
    }

    /** @param name null for a positional argument */
    record Argument(Span span, String name, Expression value) implements Tree {
        /** Of the name alone; of the whole if there is none. */
        public Span nameSpan() {
            return name == null ? span : new Span(span.file(), span.line(), span.column(), name.length());
        }
    }

    /** {@code 1:64} as an argument of a call, in data blocks only; both ends given. */
    record Range(Span span, Expression from, Expression to) implements Expression {}

    /** {@code -x} or {@code not x}. */
    record Unary(Span span, String operator, Expression operand) implements Expression {}

    /** {@code + - * / ^ @ == != < <= > >= and or}. */
    record Binary(Span span, String operator, Expression left, Expression right) implements Expression {}

    /** {@code sum[i, j < 3] e}; kind is sum, mean, max, min, argmax, product. */
    record Fold(Span span, String kind, List<IndexVariable> indices, Expression body) implements Expression {}

    /** {@code if c then a else b}. */
    record Conditional(Span span, Expression condition, Expression yes, Expression no) implements Expression {}

    /** {@code [a, b, c]}: a vector of its elements, or of their rows. */
    record Vector(Span span, List<Expression> elements) implements Expression {}
}
