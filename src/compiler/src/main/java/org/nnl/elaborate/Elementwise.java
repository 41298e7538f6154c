package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.nnl.equations.Expr;
import org.nnl.equations.ExprPrinter;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.syntax.Span;

/** An operation applied to values position by position: equal shapes, or scalars with anything. */
final class Elementwise {
    /** What a vector of expressions is called in messages. */
    static final String VECTOR = "[ ]";

    private final Problems problems;

    Elementwise(Problems problems) {
        this.problems = problems;
    }

    /** A value with the words that name it in messages. */
    record Operand(Value value, String text, Span declared) {
        String note() {
            boolean literal = value instanceof Value.Number n
                    && text.equals(ExprPrinter.number(n.value()));
            return text + " is " + (literal ? "a number" : value.describe())
                    + (declared == null ? "" : ", from " + declared.place());
        }
    }

    Value apply(Op op, List<Operand> operands, Frame f, Span span) {
        List<Value.Array> arrays = new ArrayList<>();
        boolean numbers = true;
        for (Operand o : operands) {
            numbers &= o.value() instanceof Value.Number;
            arrays.add(array(o.value(), o.text(), f, span));
        }
        if (numbers) {
            double[] x = operands.stream().mapToDouble(o -> ((Value.Number) o.value()).value()).toArray();
            double result = op.apply(x);
            if (Double.isNaN(result))
                throw problems.error(f, span, "'" + op.symbol() + "' of " + Arrays.stream(x)
                        .mapToObj(ExprPrinter::number).collect(Collectors.joining(" and ")) + " is not a number");
            return new Value.Number(result);
        }
        List<Integer> shape = common(operands, arrays, op.symbol(), f, span);
        int classes = op == Op.SELECT ? selected(arrays.get(1), arrays.get(2)) : 0;
        return new Value.Array(shape, classes, Value.Open.NOWHERE, position -> {
            List<Expr> arguments = new ArrayList<>();
            for (Value.Array a : arrays) arguments.add(a.isScalar() ? a.at(List.of()) : a.at(position));
            return fold(new Expr.Apply(op, arguments));
        });
    }

    /** What is known of both branches is known of the choice. */
    private static int selected(Value.Array yes, Value.Array no) {
        return yes.classes() == no.classes() ? yes.classes() : 0;
    }

    /** What is most likely meant by combining shapes that do not fit. */
    private static String otherwise(String what, List<Integer> left, List<Integer> right) {
        if (what.equals(Op.MUL.symbol()) && left.get(left.size() - 1).equals(right.get(0)))
            return "'*' goes element by element; the product of matrices and vectors is '@'";
        if (what.equals(VECTOR))
            return "what stands in [ ] becomes its rows; one vector behind the other is y[i < 2] = a[i] and y[2 + j] = b[j]";
        return "to combine them otherwise, say how with indices, as in y[i,j] = a[i,j] + c[i]";
    }

    /** The one shape of all operands that are not scalars; null if it is not known yet. */
    List<Integer> common(List<Operand> operands, List<Value.Array> arrays, String what, Frame f, Span span) {
        int known = -1;
        boolean unknown = false;
        for (int k = 0; k < arrays.size(); k++) {
            Value.Array a = arrays.get(k);
            if (!a.isKnown()) unknown = true;
            else if (!a.isScalar()) {
                if (known >= 0 && !arrays.get(known).shape().equals(a.shape()))
                    throw problems.error(
                            f, span,
                            "shapes " + arrays.get(known).shape() + " and " + a.shape() + " do not fit under '" + what
                                    + "'",
                            operands.get(known).note(), operands.get(k).note(),
                            otherwise(what, arrays.get(known).shape(), a.shape()));
                if (known < 0) known = k;
            }
        }
        if (known >= 0) return arrays.get(known).shape();
        return unknown ? null : List.of();
    }

    /** A value as an array; an error if it cannot be one. */
    Value.Array array(Value v, String text, Frame f, Span span) {
        if (v instanceof Value.Array a) return a;
        if (v instanceof Value.Number n) return Value.Array.scalar(Expr.of(n.value()));
        if (v instanceof Value.AxisName x) return Value.Array.scalar(Expr.of(x.size()));
        if (v instanceof Value.Bad) throw new Problems.Abort();
        String what = v instanceof Value.Callable c && text.equals("'" + c.name() + "'") ? "a function" : v.describe();
        throw problems.error(f, span, text + " is " + what + ", where a number or tensor is needed");
    }

    /** Operations on constants done now; index arithmetic kept as an index. */
    static Expr fold(Expr.Apply a) {
        List<Expr> x = a.arguments();
        if (x.stream().allMatch(e -> e instanceof Expr.Const))
            return Expr.of(a.op().apply(x.stream().mapToDouble(e -> ((Expr.Const) e).value()).toArray()));
        switch (a.op()) {
            case SELECT:
                if (x.get(0) instanceof Expr.Const c) return c.value() != 0 ? x.get(1) : x.get(2);
                return a;
            case ADD:
                if (x.get(0).isConst(0)) return x.get(1);
                if (x.get(1).isConst(0)) return x.get(0);
                return indexSum(a, x.get(0), x.get(1), 1);
            case SUB:
                if (x.get(1).isConst(0)) return x.get(0);
                return indexSum(a, x.get(0), x.get(1), -1);
            case MUL:
                if (x.get(0).isConst(1)) return x.get(1);
                if (x.get(1).isConst(1)) return x.get(0);
                if (x.get(0).isConst(0) || x.get(1).isConst(0)) return Expr.ZERO;
                return a;
            case DIV:
                return x.get(1).isConst(1) ? x.get(0) : a;
            default:
                return a;
        }
    }

    private static Expr indexSum(Expr otherwise, Expr left, Expr right, int sign) {
        Index a = plain(left), b = plain(right);
        return a == null || b == null ? otherwise : Expr.index(a.plus(b.times(sign)));
    }

    private static Index plain(Expr e) {
        if (e instanceof Expr.IndexValue v) return v.index();
        return e instanceof Expr.Const c && c.value() == Math.rint(c.value()) && Math.abs(c.value()) < Expressions.LIMIT
                ? Index.of((int) c.value())
                : null;
    }
}
