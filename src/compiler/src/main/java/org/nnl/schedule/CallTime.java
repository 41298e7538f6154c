package org.nnl.schedule;

import java.util.List;
import org.nnl.Options;
import org.nnl.equations.Op;

/**
 * How long steps take, about, in nanoseconds on one core, calls of small loops included, for any number of examples: good
 * enough to tell what a second thread gains from what starting it costs. {@link Estimate} tells what the machine needs at
 * least, once there is a schedule. The numbers are measured averages of generated code: of loads and stores in the first cache, of
 * arithmetic, of transcendental functions, which are polynomials in lanes and calls of {@code Math} elsewhere, and of
 * products, which come in register tiles, as sums along the lanes, and in plain loops.
 */
final class CallTime {
    private final int examples;
    private final boolean vector;

    /** Elements a vector operation does at once, as against a scalar one. */
    private final double lanes;

    /** @param examples of the call whose time is wanted */
    CallTime(Options options, int examples) {
        this.examples = examples;
        this.vector = options.backend() == Options.Backend.VECTOR;
        this.lanes = options.precision() == Options.Precision.FLOAT ? 8 : 4;
    }

    double nanos(List<Step> steps) {
        return nanos(steps, false);
    }

    private double nanos(List<Step> steps, boolean inLanes) {
        double sum = 0;
        for (Step s : steps) sum += nanos(s, inLanes);
        return sum;
    }

    private double nanos(Step s, boolean inLanes) {
        if (s instanceof Step.Loop l) {
            double times = iterations(l);
            if (l.kind() != Step.Kind.VECTOR) return 1 + times * (0.5 + nanos(l.body(), inLanes));
            return 3 + Math.ceil(times / lanes) * (0.5 + nanos(l.body(), true));
        }
        if (s instanceof Step.When w) return 1 + nanos(w.body(), inLanes);
        if (s instanceof Step.Fill f) return 5 + 0.05 * f.count().at(examples);
        if (s instanceof Step.Copy c) return 5 + 0.1 * c.count().at(examples);
        if (s instanceof Product p) return nanos(p);
        Value v = Steps.value(s);
        return v == null ? 0 : (s instanceof Step.Store ? 0.5 : 0.3) + nanos(v, inLanes);
    }

    private double iterations(Step.Loop l) {
        Affine n = l.to().plus(l.from().times(Count.of(-1)));
        if (SumOfPart.factor(l) > 0) return 0.5 * SumOfPart.factor(l) * examples; // a half
        if (n.terms().stream().anyMatch(t -> !(t.atom() instanceof Affine.One))) return 8; // moves with a loop around
        return n.terms().stream().mapToLong(t -> t.coefficient().at(examples)).sum();
    }

    private double nanos(Product p) {
        double m = p.rows().at(examples), n = p.columns().at(examples), k = (p.isOfPart() ? 0.5 : 1) * p.depth().at(examples);
        double flops = 2 * m * n * k; // and how many of them a nanosecond
        double speed = !vector ? 6 : n >= 2 * lanes && p.c().columnStride().isOne() ? 3.5 * lanes : lanes;
        return 20 + flops / speed + m * n * (0.1 + nanos(p.epilogue(), vector) / (vector ? lanes : 1));
    }

    private double nanos(Value v, boolean inLanes) {
        double sum = 0;
        for (Value c : v.children()) sum += nanos(c, inLanes);
        if (v instanceof Value.Load) return 0.4;
        if (v instanceof Value.Apply a) return sum + nanos(a.op(), inLanes);
        return sum;
    }

    private static double nanos(Op op, boolean inLanes) {
        if (SplitLoops.isTranscendental(op) || op == Op.POW) return inLanes ? 10 : 15;
        if (op == Op.UNIFORM) return inLanes ? 12 : 4;
        if (op == Op.DIV || op == Op.SQRT) return 2;
        return 0.35;
    }
}
