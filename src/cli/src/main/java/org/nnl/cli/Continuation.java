package org.nnl.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import org.nnl.stepwise.Stepwise;

/** A sequence of classes that a model reads one after the other, forecasting what comes next. */
interface Continuation {
    /** Goes on by a class. */
    void read(int code);

    /** The probabilities of the next class: an array, and from where in it. */
    Forecast next();

    /** Numbers in an array of {@code float} or {@code double}. */
    record Forecast(Object values, int from) {}

    /**
     * How a model forecasts: step by step if it can be told so, else from a window of what it read last. Null if it has not
     * one input x[t] of classes and an output p[t, k] for each of them.
     *
     * @param array makes room for a tensor of one example
     */
    static Continuation of(Program p, Instance instance, Function<Tensor, Object> array) {
        if (p.inputs().size() != 1) return null;
        Tensor input = p.inputs().get(0);
        if (!input.isInteger() || input.rank() != 2) return null;
        Graph step = p.graphs().get(Stepwise.STEP);
        for (String o : p.outputs()) {
            Tensor whole = p.graph("predict").tensor(o);
            boolean fits = whole.rank() == 3 && !whole.isInteger() && whole.shape().get(1).equals(input.shape().get(1));
            if (!fits) continue;
            if (step != null)
                for (String now : step.results())
                    if (Stepwise.visible(now).equals(o) && step.tensor(now).rank() == 2)
                        return new StepByStep(instance, step, now, array);
            return new Window(instance, p, o, array);
        }
        return null;
    }

    /** The model remembers: a step costs the same however much was read. */
    final class StepByStep implements Continuation {
        private final Instance instance;
        private final int[] x = {0};
        private final Object[] inputs = {x};
        private final Object[] outputs;
        private final Forecast forecast;

        private StepByStep(Instance instance, Graph step, String output, Function<Tensor, Object> array) {
            this.instance = instance;
            outputs = step.results().stream().map(step::tensor).map(array).toArray();
            forecast = new Forecast(outputs[step.results().indexOf(output)], 0);
            instance.begin(new Object[0], 1);
        }

        @Override
        public void read(int code) {
            x[0] = code;
            instance.step(inputs, outputs);
        }

        @Override
        public Forecast next() {
            return forecast;
        }
    }

    /**
     * The window is filled from its front, so that the model starts as it did in training; when it is full, the older
     * half is forgotten.
     */
    final class Window implements Continuation {
        private final Instance instance;
        private final List<Integer> window = new ArrayList<>();
        private final int[] x;
        private final Object[] outputs;
        private final Object probabilities;
        private final int classes;

        private Window(Instance instance, Program p, String output, Function<Tensor, Object> array) {
            this.instance = instance;
            Graph predict = p.graph("predict");
            x = new int[(int) p.inputs().get(0).elements(1)];
            outputs = p.outputs().stream().map(predict::tensor).map(array).toArray();
            probabilities = outputs[p.outputs().indexOf(output)];
            classes = predict.tensor(output).shape().get(2).at(1);
        }

        @Override
        public void read(int code) {
            window.add(code);
            if (window.size() > x.length) window.subList(0, window.size() - Math.max(1, x.length / 2)).clear();
        }

        @Override
        public Forecast next() {
            for (int t = 0; t < x.length; t++) x[t] = t < window.size() ? window.get(t) : 0;
            instance.predict(new Object[] {x}, 1, outputs);
            return new Forecast(probabilities, (window.size() - 1) * classes);
        }
    }
}
