package org.nnl.cli;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import org.nnl.stepwise.Stepwise;

/** A sequence that a model reads element by element, forecasting what comes next. */
interface Continuation {
    /** Numbers in an element of the sequence: 1 for a class. */
    default int width() {
        return 1;
    }

    /** Goes on by an element: a class, or numbers. */
    void read(double... element);

    /** The forecast of the next element: probabilities of classes, or its numbers. */
    Forecast next();

    /** Numbers in an array of {@code float} or {@code double}, from a place in it on. */
    record Forecast(Object values, int from) {
        double at(int k) {
            return Array.getDouble(values, from + k);
        }
    }

    /**
     * How a model forecasts. Classes step by step if the model can be told so, else from a window of what it read last;
     * numbers step by step. Null if it has not one input x[t] of classes with an output p[t, k] for each of them, nor one
     * of numbers with an output of as many numbers at each step.
     *
     * @param array makes room for a tensor of one example
     */
    static Continuation of(Program p, Instance instance, Function<Tensor, Object> array) {
        if (p.inputs().size() != 1) return null;
        Tensor input = p.inputs().get(0);
        Graph step = p.graphs().get(Stepwise.STEP);
        if (!input.isInteger()) {
            if (step == null) return null;
            for (String o : p.outputs())
                for (String now : step.results())
                    if (Stepwise.visible(now).equals(o) && forecasts(step.tensor(now), input))
                        return new StepByStep(instance, input, step, now, array);
            return null;
        }
        if (input.rank() != 2) return null;
        for (String o : p.outputs()) {
            Tensor whole = p.graph("predict").tensor(o);
            boolean fits = whole.rank() == 3 && !whole.isInteger() && whole.shape().get(1).equals(input.shape().get(1));
            if (!fits) continue;
            if (step != null)
                for (String now : step.results())
                    if (Stepwise.visible(now).equals(o) && step.tensor(now).rank() == 2)
                        return new StepByStep(instance, input, step, now, array);
            return new Window(instance, p, o, array);
        }
        return null;
    }

    /** Whether an output of a step has the shape of an element of the input. */
    private static boolean forecasts(Tensor output, Tensor input) {
        if (input.rank() < 2 || output.isInteger()) return false;
        List<Object> element = new ArrayList<>(input.shape());
        element.remove(1);
        return output.shape().equals(element);
    }

    /** The model remembers: a step costs the same however much was read. */
    final class StepByStep implements Continuation {
        private final Instance instance;
        private final int width;
        private final Object x;
        private final Object[] inputs;
        private final Object[] outputs;
        private final Forecast forecast;

        private StepByStep(Instance instance, Tensor input, Graph step, String output, Function<Tensor, Object> array) {
            this.instance = instance;
            width = (int) (input.elements(1) / input.shape().get(1).at(1));
            outputs = step.results().stream().map(step::tensor).map(array).toArray();
            forecast = new Forecast(outputs[step.results().indexOf(output)], 0);
            x = input.isInteger() ? new int[1] : Array.newInstance(forecast.values.getClass().getComponentType(), width);
            inputs = new Object[] {x};
            instance.begin(new Object[0], 1);
        }

        @Override
        public int width() {
            return width;
        }

        @Override
        public void read(double... element) {
            for (int k = 0; k < width; k++) {
                if (x instanceof int[] classes) classes[k] = (int) element[k];
                else if (x instanceof float[] numbers) numbers[k] = (float) element[k];
                else ((double[]) x)[k] = element[k];
            }
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
        public void read(double... element) {
            window.add((int) element[0]);
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
