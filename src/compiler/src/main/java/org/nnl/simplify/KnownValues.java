package org.nnl.simplify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;

/** Of which expressions tensors know the value at each of their elements, whatever the axes are called where one stands. */
final class KnownValues {
    private record Known(int number, Equation equation, Expr expression) {}

    private final Draft g;
    private final Map<String, Known> known = new HashMap<>();

    KnownValues(Draft g) {
        this.g = g;
    }

    /** Takes in an expression over the axes of an equation whose target tells its value, if that has one value for every element. */
    void add(int number, Expr x) {
        Equation e = g.equation(number);
        if (e.fold() != Fold.SET || g.onlyWriter(e.target()) != number || g.tensor(e.target()).isInteger()) return;
        if (Axes.coversOnce(e, g.tensor(e.target())) && Axes.of(x).size() == e.box().size())
            known.putIfAbsent(Key.of(x, renaming(x, e)), new Known(number, e, x));
    }

    /** The element that tells the value of an expression in an equation; null if there is none, or only in the equation itself. */
    Expr.Read read(Expr x, int number) {
        Known k = known.isEmpty() ? null : known.get(Key.of(x, renaming(x, g.equation(number))));
        if (k == null || k.number == number || g.equation(k.number) != k.equation) return null; // changed: in the next round
        List<String> mine = new ArrayList<>(Axes.of(x)), its = new ArrayList<>(Axes.of(k.expression));
        Map<String, Index> place = new HashMap<>();
        for (int n = 0; n < its.size(); n++) place.put(its.get(n), Index.axis(mine.get(n)));
        if (!Key.of(k.expression.substitute(place::get)).equals(Key.of(x))) return null;
        return new Expr.Read(k.equation.target(), k.equation.indices().stream().map(i -> i.substitute(place::get)).toList());
    }

    /** Axes by the order in which the expression mentions them, with their sizes. */
    static Function<String, String> renaming(Expr x, Equation e) {
        Map<String, String> names = new HashMap<>();
        for (String a : Axes.of(x)) {
            Axis axis = e.axis(a);
            names.put(a, "#" + names.size() + "<" + axis.size());
        }
        return names::get;
    }
}
