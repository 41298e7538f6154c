package org.nnl.emit.formula;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nnl.equations.Op;
import org.nnl.schedule.Value;

/**
 * What a loop body costs, by which a schedule splits loops: HotSpot compiles long bodies badly (above some 900 bytes of
 * bytecode) and wants one or two transcendentals a loop.
 *
 * @param bytes          bytecode, about; leaves excluded
 * @param transcendental how many different exponentials, logarithms, trigonometric functions and general powers
 */
public record Cost(int bytes, int transcendental) {
    private static final Set<Op> TRANSCENDENTAL =
            EnumSet.of(Op.POW, Op.EXP, Op.EXPM1, Op.LOG, Op.LOG1P, Op.SIN, Op.COS, Op.TANH, Op.ERF);
    private static final Pattern CALL = Pattern.compile("\\.\\w+\\("), WORD = Pattern.compile("[\\w.]+");

    /** The cost of computing all of {@code values} in one body. */
    public static Cost of(Dialect dialect, List<Value> values) {
        Map<String, Integer> used = new HashMap<>();
        FormulaWriter w = new FormulaWriter(
                dialect,
                leaf -> leaf instanceof Value.Whole ? Operand.whole("k", false) : Operand.lanes("x" + Math.floorMod(leaf.hashCode(), 1 << 20)),
                hint -> hint + used.merge(hint, 1, Integer::sum));
        Set<Value> all = new java.util.HashSet<>();
        StringBuilder text = new StringBuilder();
        for (Value v : values) {
            dialect.expand(v).visit(all::add);
            text.append(w.value(v).java()).append('\n');
        }
        w.statements().forEach(l -> text.append(l).append('\n'));
        int bytes = 3 * count(CALL, text) + 2 * count(WORD, text);
        int hard = (int) all.stream().filter(v -> v instanceof Value.Apply a && TRANSCENDENTAL.contains(a.op())).count();
        return new Cost(bytes, hard);
    }

    private static int count(Pattern p, CharSequence s) {
        int n = 0;
        for (Matcher m = p.matcher(s); m.find(); ) n++;
        return n;
    }
}
