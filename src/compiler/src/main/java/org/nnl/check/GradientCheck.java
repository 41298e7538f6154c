package org.nnl.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.evaluate.EvaluatedModel;
import org.nnl.program.Program;

/**
 * Compares the derived gradient with central differences {@code (L(w+h) - L(w-h)) / 2h} of the loss as trained, in double
 * precision. A loss with kinks (ReLU, max) has no derivative where a step of h crosses one; such elements are told by
 * their two one-sided differences, tried again with a smaller h, and counted when they stay undecided. What stands inside
 * {@code stop} keeps the value it has at w.
 */
public final class GradientCheck {
    private static final String UNMOVED = "unmoved";

    private final Program program;
    private final EvaluatedModel model;
    private final Map<String, double[]> data;
    private final int examples;
    private final int elements;

    /** Errors above this fail. */
    public static final double TOLERANCE = 1e-6;

    private GradientCheck(Program given, Graph loss, Map<String, double[]> data, int examples, long seed, int elements) {
        HeldStops stops = HeldStops.of(loss);
        this.program = given.withGraph(stops.graph().named(UNMOVED)).withGraph(stops.held());
        this.model = new EvaluatedModel(program, seed);
        this.examples = examples;
        this.elements = elements;
        // initial zeros, as biases have, would leave parts of the gradient untried
        SplittableRandom random = new SplittableRandom(seed);
        for (Tensor t : program.parameters()) {
            double[] w = model.value(t.name());
            for (int i = 0; i < w.length; i++) w[i] += 0.1 * (random.nextDouble() - 0.5);
        }
        this.data = new HashMap<>(data);
        if (!stops.stops().isEmpty()) {
            Map<String, double[]> unmoved = model.run(UNMOVED, data, examples);
            stops.stops().forEach(s -> this.data.put(s, unmoved.get(s)));
        }
    }

    /**
     * The result for one parameter.
     *
     * @param parameter its name
     * @param shape     its shape, printed
     * @param checked   elements compared
     * @param kinks     elements left out because the loss has a kink there
     * @param worst     the largest |derived - difference|, relative to the largest element of either (at least 1e-3)
     * @param at        the row-major position of the worst element
     * @param derived   the derived value there
     * @param numeric   the central difference there
     */
    public record Row(
            String parameter,
            String shape,
            int checked,
            int kinks,
            double worst,
            int at,
            double derived,
            double numeric) {
        public boolean passed() {
            return worst <= TOLERANCE && checked > 0;
        }
    }

    /**
     * Checks every trained parameter at random data and slightly disturbed initial values.
     *
     * @param elements at most so many elements of each parameter are tried, chosen by the seed
     */
    public static List<Row> check(Program program, int examples, long seed, int elements) {
        return check(program, program.graph("training"), examples, seed, elements);
    }

    /**
     * The same, against a form of the loss in which {@code stop} still stands; the simplified program has only the values
     * it stops at.
     */
    public static List<Row> check(Program program, Graph loss, int examples, long seed, int elements) {
        GradientCheck check =
                new GradientCheck(program, loss, RandomData.of(program, examples, seed), examples, seed, elements);
        List<Row> rows = new ArrayList<>();
        Map<String, double[]> gradient = check.model.run("gradient", check.data, examples);
        SplittableRandom random = new SplittableRandom(seed + 1);
        for (Program.Objective objective : program.losses())
            for (String p : objective.parameters())
                rows.add(check.row(p, objective.tensor(), gradient.get(Program.ADJOINT + p), random.split()));
        return rows;
    }

    private Row row(String parameter, String loss, double[] derived, SplittableRandom random) {
        double[] w = model.value(parameter);
        int[] order = IntStream.range(0, w.length).toArray();
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int o = order[i];
            order[i] = order[j];
            order[j] = o;
        }
        order = Arrays.copyOf(order, Math.min(elements, order.length));
        double middle = loss(loss);
        double scale = Arrays.stream(derived).map(Math::abs).max().orElse(0);
        double[] numeric = new double[order.length];
        boolean[] kink = new boolean[order.length];
        for (int k = 0; k < order.length; k++) {
            double best = Double.NaN;
            numeric[k] = Double.NaN;
            boolean agrees = false;
            for (double h = 1e-5; h > 1e-8 && !agrees; h /= 10) {
                double step = h * Math.max(1, Math.abs(w[order[k]]));
                double above = shifted(w, order[k], step, loss);
                double below = shifted(w, order[k], -step, loss);
                best = (above - below) / (2 * step);
                double right = (above - middle) / step;
                double left = (middle - below) / step;
                double size = Math.max(Math.max(Math.abs(best), scale), 1e-3);
                agrees = Math.abs(best - derived[order[k]]) <= TOLERANCE * size;
                kink[k] = !agrees && Math.abs(right - left) > 1e-2 * size;
                if (!(Math.abs(numeric[k] - derived[order[k]]) < Math.abs(best - derived[order[k]]))) numeric[k] = best;
            }
            scale = Math.max(scale, kink[k] ? 0 : Math.abs(numeric[k]));
        }
        scale = Math.max(scale, 1e-3);
        double worst = 0;
        int at = 0;
        double a = 0;
        double n = 0;
        int kinks = 0;
        for (int k = 0; k < order.length; k++) {
            if (kink[k]) {
                kinks++;
                continue;
            }
            double error = Math.abs(numeric[k] - derived[order[k]]) / scale;
            if (error > worst || Double.isNaN(error)) {
                worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
                at = order[k];
                a = derived[at];
                n = numeric[k];
            }
        }
        String shape = program.graph("gradient").tensor(parameter).shape().toString();
        return new Row(parameter, shape, order.length - kinks, kinks, worst, at, a, n);
    }

    private double shifted(double[] w, int at, double by, String loss) {
        double kept = w[at];
        w[at] = kept + by;
        try {
            return loss(loss);
        } finally {
            w[at] = kept;
        }
    }

    private double loss(String name) {
        return model.run("training", data, examples).get(name)[0];
    }
}
