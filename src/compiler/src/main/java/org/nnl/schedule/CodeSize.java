package org.nnl.schedule;

import java.util.List;
import org.nnl.equations.Op;

/**
 * Bytes of bytecode that steps become, about: a load or store with its address, an operation of scalars 1, of vectors a
 * call; a loop in lanes is written twice. Good to a factor of two, which is what limits are set for.
 */
final class CodeSize {
    private CodeSize() {}

    static int of(List<Step> steps) {
        return of(steps, false);
    }

    private static int of(List<Step> steps, boolean lanes) {
        int n = 0;
        for (Step s : steps) n += of(s, lanes);
        return n;
    }

    private static int of(Step s, boolean lanes) {
        if (s instanceof Step.Loop l) {
            int bounds = 12 + of(l.from()) + of(l.to());
            return l.kind() == Step.Kind.VECTOR
                    ? 2 * bounds + of(l.body(), true) + of(l.body(), false)
                    : bounds + of(l.body(), lanes);
        }
        if (s instanceof Step.When w) return tests(w.inside()) + of(w.body(), lanes);
        if (s instanceof Step.Let l) return 2 + of(l.value(), lanes);
        if (s instanceof Step.Start) return lanes ? 8 : 3;
        if (s instanceof Step.Accumulate a) return 5 + of(a.value(), lanes);
        if (s instanceof Step.Best b) return 14 + of(b.value(), lanes) + b.positions().values().stream().mapToInt(CodeSize::of).sum();
        if (s instanceof Step.Store w) return 6 + tests(w.inside()) + of(w.at()) + of(w.value(), lanes);
        if (s instanceof Step.Call c) return 8 + c.arguments().values().stream().mapToInt(CodeSize::of).sum();
        return 20;
    }

    private static int of(Affine a) {
        return 1 + 5 * a.terms().size();
    }

    private static int tests(List<Inside> tests) {
        return tests.stream().mapToInt(i -> of(i.index()) + (i.low() ? 3 : 0) + (i.high() ? 7 : 0)).sum();
    }

    private static int of(Value v, boolean lanes) {
        int n = 0;
        if (v instanceof Value.Number) n = 3;
        if (v instanceof Value.Local) n = 2;
        if (v instanceof Value.Whole w) n = 1 + of(w.value());
        if (v instanceof Value.Load l) n = 4 + of(l.at()) + tests(l.inside());
        if (v instanceof Value.Apply a) n = of(a.op(), lanes);
        if (lanes && !(v instanceof Value.Apply)) n += 4;
        for (Value c : v.children()) n += of(c, lanes);
        return n;
    }

    private static int of(Op op, boolean lanes) {
        if (SplitLoops.isTranscendental(op)) return lanes ? 150 : 40;
        return lanes ? 6 : op.isInfix() ? 1 : 8;
    }
}
