package org.nnl.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nnl.bench.Steps;
import org.nnl.benchmarks.Workload;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gradients;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * A static graph with the gradients TensorFlow adds to it and its fused optimiser operations; recurrences are unrolled
 * in the graph.
 */
final class TensorFlowSteps implements Steps {
    private final Graph graph = new Graph();
    private final Ops tf = Ops.create(graph);
    private final List<Variable<TFloat32>> weights = new ArrayList<>();
    private final List<Op> starts = new ArrayList<>();
    private final Session session;
    private final Placeholder<? extends TType> x;
    private final Placeholder<? extends TType> y;
    private final Operand<TFloat32> output;
    private final Operand<TFloat32> loss;
    private final List<Op> updates = new ArrayList<>();
    private final Tensor xs;
    private final Tensor ys;
    private final Tensor one;

    static Optional<Steps> of(Workload w) {
        return Optional.of(new TensorFlowSteps(w));
    }

    private TensorFlowSteps(Workload w) {
        Minibatch data = Minibatch.of(w);
        xs = tensor(data.x(), data.xShape(), w == Workload.W5);
        ys = tensor(data.y(), data.yShape(), data.classes() > 2);
        one = tensor(data.first().x(), data.first().xShape(), w == Workload.W5);
        x = placeholder(data.xShape(), w == Workload.W5);
        y = placeholder(data.yShape(), data.classes() > 2);
        Operand<TFloat32> z = forward(w);
        loss = loss(w, z);
        output = switch (w) {
            case W1 -> tf.math.sigmoid(z);
            case W2, W3, W4, W5, W8 -> tf.nn.softmax(z);
            default -> z;
        };
        boolean adam = w != Workload.W1 && w != Workload.W7;
        update(adam);
        ConfigProto one = ConfigProto.newBuilder()
                .setIntraOpParallelismThreads(1)
                .setInterOpParallelismThreads(1)
                .build();
        session = new Session(graph, one);
        Session.Runner start = session.runner();
        starts.forEach(start::addTarget);
        start.run().close();
    }

    private static Tensor tensor(float[] v, long[] shape, boolean integer) {
        return integer
                ? TInt32.tensorOf(Shape.of(shape), DataBuffers.of(Minibatch.integers(v)))
                : TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(v));
    }

    /** Of any number of examples. */
    private Placeholder<? extends TType> placeholder(long[] shape, boolean integer) {
        long[] s = shape.clone();
        s[0] = -1;
        return integer
                ? tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(s)))
                : tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(s)));
    }

    @SuppressWarnings("unchecked")
    private Operand<TFloat32> real(Placeholder<? extends TType> p) {
        return (Operand<TFloat32>) (Operand<?>) p;
    }

    @SuppressWarnings("unchecked")
    private Operand<TInt32> integer(Placeholder<? extends TType> p) {
        return (Operand<TInt32>) (Operand<?>) p;
    }

    private Operand<TFloat32> forward(Workload w) {
        return switch (w) {
            case W1 -> tf.reshape(dense(real(x), 2, 1), tf.array(-1));
            case W2 -> dense(tf.math.tanh(dense(real(x), 64, 32)), 32, 10);
            case W3 -> dense(tf.nn.relu(dense(tf.nn.relu(dense(real(x), 784, 128)), 128, 64)), 64, 10);
            case W4 -> dense(tf.nn.relu(dense(tf.nn.relu(dense(real(x), 784, 1024)), 1024, 1024)), 1024, 10);
            case W5 -> lstm();
            case W6 -> gru();
            case W7 -> rnn();
            case W8 -> lenet();
            case W9 -> transformer();
        };
    }

    private Operand<TFloat32> dense(Operand<TFloat32> in, int n, int m) {
        return tf.math.add(tf.linalg.matMul(in, weight(n, m)), zeros(m));
    }

    private Variable<TFloat32> weight(long... shape) {
        Variable<TFloat32> v = tf.variable(Shape.of(shape), TFloat32.class);
        starts.add(tf.assign(v, tf.math.mul(
                tf.random.truncatedNormal(tf.constant(shape), TFloat32.class), tf.constant(0.1f))));
        weights.add(v);
        return v;
    }

    private Variable<TFloat32> zeros(long... shape) {
        Variable<TFloat32> v = constantVariable(0, shape);
        weights.add(v);
        return v;
    }

    private Variable<TFloat32> constantVariable(float value, long... shape) {
        Variable<TFloat32> v = tf.variable(Shape.of(shape), TFloat32.class);
        starts.add(tf.assign(v, tf.fill(tf.constant(shape), tf.constant(value))));
        return v;
    }

    /** The steps of a sequence [examples, steps, features], each [examples, features]. */
    private List<Operand<TFloat32>> steps(Operand<TFloat32> in, int steps) {
        List<Operand<TFloat32>> all = new ArrayList<>();
        tf.unstack(in, (long) steps, org.tensorflow.op.core.Unstack.axis(1L)).output().forEach(all::add);
        return all;
    }

    private Operand<TFloat32> start(int m) {
        return tf.fill(
                tf.concat(List.of(tf.slice(tf.shape(x), tf.array(0), tf.array(1)), tf.array(m)), tf.constant(0)),
                tf.constant(0f));
    }

    private Operand<TFloat32> lstm() {
        Operand<TFloat32> hot = tf.oneHot(integer(x), tf.constant(65), tf.constant(1f), tf.constant(0f));
        Variable<TFloat32> w = weight(65 + 128, 4 * 128);
        Variable<TFloat32> b = zeros(4 * 128);
        Operand<TFloat32> h = start(128);
        Operand<TFloat32> c = start(128);
        List<Operand<TFloat32>> outputs = new ArrayList<>();
        for (Operand<TFloat32> in : steps(hot, 64)) {
            Operand<TFloat32> a = tf.math.add(tf.linalg.matMul(tf.concat(List.of(in, h), tf.constant(1)), w), b);
            List<Output<TFloat32>> g = tf.split(tf.constant(1), a, 4L).output();
            c = tf.math.add(
                    tf.math.mul(tf.math.sigmoid(g.get(1)), c),
                    tf.math.mul(tf.math.sigmoid(g.get(0)), tf.math.tanh(g.get(2))));
            h = tf.math.mul(tf.math.sigmoid(g.get(3)), tf.math.tanh(c));
            outputs.add(h);
        }
        Operand<TFloat32> all = tf.stack(outputs, org.tensorflow.op.core.Stack.axis(1L));
        return dense(tf.reshape(all, tf.array(-1, 128)), 128, 65);
    }

    private Operand<TFloat32> gru() {
        Variable<TFloat32> gates = weight(8 + 64, 2 * 64);
        Variable<TFloat32> b = zeros(2 * 64);
        Variable<TFloat32> wx = weight(8, 64);
        Variable<TFloat32> wh = weight(64, 64);
        Variable<TFloat32> bn = zeros(64);
        Operand<TFloat32> h = start(64);
        for (Operand<TFloat32> in : steps(real(x), 32)) {
            Operand<TFloat32> a = tf.math.sigmoid(
                    tf.math.add(tf.linalg.matMul(tf.concat(List.of(in, h), tf.constant(1)), gates), b));
            List<Output<TFloat32>> g = tf.split(tf.constant(1), a, 2L).output();
            Operand<TFloat32> n = tf.math.tanh(tf.math.add(
                    tf.math.add(tf.linalg.matMul(in, wx), bn),
                    tf.linalg.matMul(tf.math.mul(g.get(0), h), wh)));
            h = tf.math.add(n, tf.math.mul(g.get(1), tf.math.sub(h, n)));
        }
        return tf.reshape(dense(h, 64, 1), tf.array(-1));
    }

    private Operand<TFloat32> rnn() {
        Variable<TFloat32> w = weight(1 + 32, 32);
        Variable<TFloat32> b = zeros(32);
        Operand<TFloat32> h = start(32);
        List<Operand<TFloat32>> outputs = new ArrayList<>();
        for (Operand<TFloat32> in : steps(real(x), 50)) {
            h = tf.math.tanh(tf.math.add(tf.linalg.matMul(tf.concat(List.of(in, h), tf.constant(1)), w), b));
            outputs.add(h);
        }
        Operand<TFloat32> all = tf.stack(outputs, org.tensorflow.op.core.Stack.axis(1L));
        return tf.reshape(dense(tf.reshape(all, tf.array(-1, 32)), 32, 1), tf.array(-1, 50));
    }

    private Operand<TFloat32> lenet() {
        Operand<TFloat32> image = tf.reshape(real(x), tf.array(-1, 28, 28, 1));
        Operand<TFloat32> a = pool(tf.nn.relu(convolution(image, 1, 6)));
        Operand<TFloat32> b = pool(tf.nn.relu(convolution(a, 6, 16)));
        Operand<TFloat32> flat = tf.reshape(b, tf.array(-1, 256));
        return dense(tf.nn.relu(dense(tf.nn.relu(dense(flat, 256, 120)), 120, 84)), 84, 10);
    }

    private Operand<TFloat32> convolution(Operand<TFloat32> in, int from, int to) {
        Conv2d<TFloat32> c = tf.nn.conv2d(in, weight(5, 5, from, to), List.of(1L, 1L, 1L, 1L), "VALID");
        return tf.nn.biasAdd(c, zeros(to));
    }

    private Operand<TFloat32> pool(Operand<TFloat32> in) {
        return tf.nn.maxPool(in, tf.array(1, 2, 2, 1), tf.array(1, 2, 2, 1), "VALID");
    }

    private Operand<TFloat32> transformer() {
        Operand<TFloat32> flat = tf.reshape(real(x), tf.array(-1, 64));
        Operand<TFloat32> q = heads(dense(flat, 64, 64));
        Operand<TFloat32> k = heads(dense(flat, 64, 64));
        Operand<TFloat32> v = heads(dense(flat, 64, 64));
        Operand<TFloat32> scores = tf.math.mul(
                tf.train.batchMatMul(q, tf.linalg.transpose(k, tf.array(0, 1, 3, 2)), TFloat32.class), tf.constant(0.25f));
        Operand<TFloat32> mixed = tf.train.batchMatMul(tf.nn.softmax(scores), v, TFloat32.class);
        Operand<TFloat32> joined = tf.reshape(tf.linalg.transpose(mixed, tf.array(0, 2, 1, 3)), tf.array(-1, 64));
        Operand<TFloat32> a = normalised(tf.math.add(flat, dense(joined, 64, 64)));
        Operand<TFloat32> g = dense(tf.nn.relu(dense(a, 64, 256)), 256, 64);
        return tf.reshape(normalised(tf.math.add(a, g)), tf.array(-1, 32, 64));
    }

    private Operand<TFloat32> heads(Operand<TFloat32> in) {
        return tf.linalg.transpose(tf.reshape(in, tf.array(-1, 32, 4, 16)), tf.array(0, 2, 1, 3));
    }

    private Operand<TFloat32> normalised(Operand<TFloat32> in) {
        Operand<TFloat32> mean = rowMean(in);
        Operand<TFloat32> centred = tf.math.sub(in, mean);
        Operand<TFloat32> variance = rowMean(tf.math.square(centred));
        Operand<TFloat32> scale = constantAsWeight(1, 64);
        return tf.math.add(
                tf.math.mul(tf.math.mul(centred, tf.math.rsqrt(tf.math.add(variance, tf.constant(1e-5f)))), scale),
                zeros(64));
    }

    private Variable<TFloat32> constantAsWeight(float value, long... shape) {
        Variable<TFloat32> v = constantVariable(value, shape);
        weights.add(v);
        return v;
    }

    private Operand<TFloat32> rowMean(Operand<TFloat32> in) {
        return tf.math.mean(in, tf.array(1), org.tensorflow.op.math.Mean.keepDims(true));
    }

    private Operand<TFloat32> loss(Workload w, Operand<TFloat32> z) {
        Operand<TFloat32> each = switch (w) {
            // max(z, 0) - z y + log(1 + exp(-|z|)), as tf.nn.sigmoid_cross_entropy_with_logits
            case W1 -> tf.math.add(
                    tf.math.sub(tf.nn.relu(z), tf.math.mul(z, real(y))),
                    tf.math.log1p(tf.math.exp(tf.math.neg(tf.math.abs(z)))));
            case W2, W3, W4, W5, W8 -> tf.nn.softmaxCrossEntropyWithLogits(
                            z,
                            tf.oneHot(
                                    tf.reshape(integer(y), tf.array(-1)),
                                    tf.constant(w == Workload.W5 ? 65 : 10), tf.constant(1f), tf.constant(0f)))
                    .loss();
            default -> tf.math.squaredDifference(z, real(y));
        };
        Operand<TFloat32> flat = tf.reshape(each, tf.array(-1));
        return tf.math.mean(flat, tf.constant(0));
    }

    private void update(boolean adam) {
        Gradients gradients = tf.gradients(loss, weights);
        if (!adam) {
            for (int k = 0; k < weights.size(); k++)
                updates.add(tf.train.applyGradientDescent(weights.get(k), tf.constant(0.01f), gradients.dy(k)));
            return;
        }
        Variable<TFloat32> power1 = constantVariable(0.9f);
        Variable<TFloat32> power2 = constantVariable(0.999f);
        for (int k = 0; k < weights.size(); k++) {
            long[] shape = weights.get(k).asOutput().shape().asArray();
            updates.add(tf.train.applyAdam(
                    weights.get(k), constantVariable(0, shape), constantVariable(0, shape), power1, power2,
                    tf.constant(0.001f), tf.constant(0.9f), tf.constant(0.999f), tf.constant(1e-8f), gradients.dy(k)));
        }
        Ops after = tf.withControlDependencies(updates);
        updates.add(after.assign(power1, after.math.mul(power1, tf.constant(0.9f))));
        updates.add(after.assign(power2, after.math.mul(power2, tf.constant(0.999f))));
    }

    @Override
    public double train() {
        Session.Runner r = session.runner().feed(x, xs).feed(y, ys).fetch(loss);
        updates.forEach(r::addTarget);
        try (Result result = r.run()) {
            return ((TFloat32) result.get(0)).getFloat();
        }
    }

    @Override
    public void predictBatch() {
        session.runner().feed(x, xs).fetch(output).run().close();
    }

    @Override
    public void predictOne() {
        session.runner().feed(x, one).fetch(output).run().close();
    }
}
