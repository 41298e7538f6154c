package org.nnl.bench;

import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.program.Program;

/** The arithmetic that the equations of a model ask for. */
public final class Work {
    private Work() {}

    /**
     * Arithmetic operations of a training step: for every equation, the points of its box times the operations of its
     * body and fold. A transcendental function counts as one.
     */
    public static double operations(Program p) {
        double sum = 0;
        for (String name : new String[] {"gradient", "update"}) {
            Graph g = p.graph(name);
            for (Equation e : g.equations()) {
                double box = 1;
                for (Axis a : e.box()) box *= a.size().at(p.train().batch());
                sum += box * (operations(e.body()) + (e.fold() == Fold.SET ? 0 : 1));
            }
        }
        return sum;
    }

    private static int operations(Expr e) {
        int n = e instanceof Expr.Apply ? 1 : 0;
        for (Expr c : e.children()) n += operations(c);
        return n;
    }
}
