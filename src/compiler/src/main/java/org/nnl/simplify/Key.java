package org.nnl.simplify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.nnl.equations.Expr;
import org.nnl.equations.ExprPrinter;
import org.nnl.equations.Index;
import org.nnl.equations.Op;

/**
 * A text by which expressions are compared: the same for expressions that differ in the order and association of sums,
 * products and other commutative operations only.
 */
final class Key {
    private Key() {}

    static String of(Expr e) {
        return of(e, UnaryOperator.identity());
    }

    /** The key of {@code e} with its axes renamed. */
    static String of(Expr e, Function<String, String> axisNames) {
        if (e instanceof Expr.Const c) return ExprPrinter.number(c.value());
        if (e instanceof Expr.Extent x) return "size(" + x.size() + ")";
        if (e instanceof Expr.IndexValue v) return "{" + rename(v.index(), axisNames) + "}";
        if (e instanceof Expr.Read r) return r.tensor() + of(r.indices(), axisNames);
        Expr.Apply a = (Expr.Apply) e;
        List<String> parts = new ArrayList<>();
        if (Sum.isSum(a)) {
            for (Sum.Addend t : Sum.addends(a))
                parts.add(ExprPrinter.number(t.coefficient()) + "·" + of(t.term(), axisNames));
            Collections.sort(parts);
            return "Σ" + parts;
        }
        if (Product.isProduct(a)) {
            Product p = Product.of(a);
            for (Product.Factor f : p.collected().factors()) {
                String s = of(f.base(), axisNames);
                parts.add(f.exponent() == 1 ? s : s + "^" + f.exponent());
            }
            Collections.sort(parts);
            return "Π" + ExprPrinter.number(p.over()) + "/" + ExprPrinter.number(p.under()) + parts;
        }
        for (Expr c : a.arguments()) parts.add(of(c, axisNames));
        if (isCommutative(a.op())) Collections.sort(parts);
        return a.op().symbol() + parts;
    }

    static String of(List<Index> indices, Function<String, String> axisNames) {
        return Index.print(indices.stream().map(i -> rename(i, axisNames)).toList());
    }

    private static Index rename(Index i, Function<String, String> axisNames) {
        return i.substitute(axis -> Index.axis(axisNames.apply(axis)));
    }

    private static boolean isCommutative(Op op) {
        return switch (op) {
            case EQ, NE, AND, OR, MAX, MIN -> true;
            default -> false;
        };
    }
}
