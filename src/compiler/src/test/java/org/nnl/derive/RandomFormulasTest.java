package org.nnl.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nnl.equations.Expr;
import org.nnl.equations.GraphReader;
import org.nnl.equations.Op;

/** Whatever a user writes has a derivative. {@code -Dnnl.formulas=1000} tries more. */
class RandomFormulasTest {

    @Test
    void everyRandomFormulaIsDifferentiated() {
        Partials partials = Partials.fresh();
        int count = Integer.getInteger("nnl.formulas", 40);
        List<String> failures = new ArrayList<>();
        for (int seed = 0; seed < count; seed++) {
            Expr body = random(new Random(seed), 4);
            for (String read : List.of("u[]", "v[]"))
                try {
                    partials.of(body, GraphReader.readExpr(read), null);
                } catch (RuntimeException e) {
                    failures.add(body + " by " + read + ": " + e);
                }
        }
        assertThat(failures).isEmpty();
    }

    private static Expr random(Random r, int depth) {
        if (depth == 0 || r.nextInt(8) == 0) {
            String[] leaves = {"u[]", "v[]", "w[]", "0.3", "1", "2", "7", "i", "u[]"};
            return GraphReader.readExpr(leaves[r.nextInt(leaves.length)]);
        }
        Op op = Op.values()[r.nextInt(Op.values().length)];
        if (r.nextInt(2) == 0) op = new Op[] {Op.ADD, Op.SUB, Op.MUL, Op.DIV}[r.nextInt(4)];
        if (op == Op.UNIFORM) op = Op.TANH;
        List<Expr> arguments = new ArrayList<>();
        for (int k = 0; k < op.arity(); k++) arguments.add(random(r, depth - 1));
        if (op == Op.POW && r.nextBoolean()) arguments.set(1, Expr.of(r.nextInt(5) - 1));
        return new Expr.Apply(op, arguments);
    }
}
