package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Expr;
import org.nnl.equations.ExprPrinter;
import org.nnl.equations.Op;
import org.nnl.program.Condition;
import org.nnl.program.Limit;
import org.nnl.program.Rules;
import org.nnl.program.Scheduled;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;

/**
 * What {@code require} says of arguments. It is about numbers known at compile time; of anything else, a learning rate
 * that depends on the step for example, nothing can be said here and nothing is. What it says of settings, which are
 * numbers known at compile time and can be others later, and of hyper-parameters that depend on the step is kept for the
 * running class.
 */
final class Requirements {
    /** Comparisons, with those that say the same with their sides exchanged. */
    private static final Map<Op, Op> TURNED =
            Map.of(Op.LT, Op.GT, Op.LE, Op.GE, Op.GT, Op.LT, Op.GE, Op.LE, Op.EQ, Op.EQ, Op.NE, Op.NE);

    private final Elaboration all;
    private final Map<String, List<Limit>> limits = new LinkedHashMap<>();
    private final List<Condition> conditions = new ArrayList<>();
    private final Map<String, Scheduled> scheduled = new LinkedHashMap<>();

    Requirements(Elaboration all) {
        this.all = all;
    }

    /** Whether all that a requirement mentions is known already, so that it comes before what could go wrong without it. */
    boolean isReady(Tree.Require r, Frame f) {
        return r.conditions().stream().flatMap(c -> names(c).stream()).allMatch(n -> f.scope().peek(n) != null);
    }

    /**
     * An error at each argument that is not as it must be, or at the call if it has none. Of a number that is wrong already
     * nothing more is said.
     */
    void check(Tree.Require r, Frame f) {
        Set<String> wrong = new LinkedHashSet<>();
        Problems.Abort failure = null;
        for (Tree.Condition c : r.conditions()) {
            if (names(c).stream().anyMatch(wrong::contains)) continue;
            try {
                check(c, f);
            } catch (Problems.Abort e) {
                failure = e;
                wrong.addAll(names(c));
            }
        }
        if (failure != null) throw failure;
    }

    private void check(Tree.Condition c, Frame f) {
        if (!(all.expressions.evaluate(c.value(), f) instanceof Value.Number n) || n.value() != 0) return;
        List<String> known = new ArrayList<>();
        Span at = f.site() == null ? c.span() : f.site().span();
        boolean given = false;
        for (String name : names(c)) {
            Scope.Entry e = f.scope().peek(name);
            String value = e.value() instanceof Value.Number x ? ExprPrinter.number(x.value())
                    : e.value() instanceof Value.AxisName a ? String.valueOf(a.size()) : null;
            if (value == null) continue;
            known.add(name + " is " + value);
            if (given || !isArgument(name, e, f)) continue;
            given = true;
            at = e.declared();
        }
        String who = f.site() == null ? "this model" : "'" + f.site().callee() + "'";
        throw all.problems.error(f.site() == null ? f : outside(f), at, who + " requires " + c.text()
                + (known.isEmpty() ? "" : ", and " + String.join(", ", known)));
    }

    /**
     * Keeps for the running class what a requirement says about hyper-parameters that are settings or scheduled: as far as it
     * can be said, which it cannot where something else is meant that is computed anew in each step.
     *
     * @param known those hyper-parameters by their full names, which is how the frame's names read them
     */
    void keep(Tree.Require r, Set<String> known, Frame f) {
        for (Tree.Condition c : r.conditions()) {
            int before = all.problems.count();
            try {
                Value.Array holds = all.expressions.array(c.value(), f);
                if (holds.isScalar()) keep(holds.at(List.of()), c, known, f);
            } catch (Problems.Abort e) {
                all.problems.rewind(before); // a setting in a place where only a number known now can stand
            }
        }
    }

    private void keep(Expr holds, Tree.Condition c, Set<String> known, Frame f) {
        if (holds instanceof Expr.Apply a && a.op() == Op.AND) {
            for (Expr part : a.arguments()) keep(part, c, known, f);
            return;
        }
        Set<String> read = holds.tensors();
        if (read.isEmpty() || !known.containsAll(read)) return;
        if (read.stream().noneMatch(scheduled::containsKey) && holds instanceof Expr.Apply a && TURNED.containsKey(a.op())) {
            Expr left = a.arguments().get(0), right = a.arguments().get(1);
            boolean turned = left instanceof Expr.Const;
            if ((turned ? right : left) instanceof Expr.Read setting && (turned ? left : right) instanceof Expr.Const bound) {
                Op operator = turned ? TURNED.get(a.op()) : a.op();
                limit(setting.tensor(), new Limit(operator.symbol(), bound.value()));
                return;
            }
        }
        conditions.add(new Condition(f.site().callee(), c.text(), holds));
    }

    /** Holds a setting to limits. */
    void limit(String setting, Limit... all) {
        limits.computeIfAbsent(setting, s -> new ArrayList<>()).addAll(List.of(all));
    }

    /** Has a hyper-parameter looked at in each step that uses it. */
    void schedule(String name, Scheduled value) {
        scheduled.put(name, value);
    }

    /** What settings are held to while a class runs. */
    Rules rules() {
        return new Rules(limits, conditions, scheduled);
    }

    /** Where the call stands, in whose arguments the error is. */
    private static Frame outside(Frame f) {
        return new Frame(f.ground(), f.scope(), f.path(), f.sole(), f.live(), f.depth() - 1, f.site().outer());
    }

    private static Set<String> names(Tree.Condition c) {
        Set<String> names = new LinkedHashSet<>();
        Names.free(c.value(), names);
        return names;
    }

    /** Whether a name stands for what the call gave, and not for a default or for something of the body. */
    private boolean isArgument(String name, Scope.Entry e, Frame f) {
        if (f.site() == null) return false;
        Tree.Definition d = all.definitions.find(f.site().callee());
        List<Tree.Parameter> formals = d instanceof Tree.Layer x ? x.parameters()
                : d instanceof Tree.Function x ? x.parameters()
                : d instanceof Tree.Optimizer x ? x.parameters()
                : d instanceof Tree.Distribution x ? x.parameters() : List.of();
        return formals.stream().anyMatch(p -> p.name().equals(name) && !p.span().equals(e.declared()));
    }
}
