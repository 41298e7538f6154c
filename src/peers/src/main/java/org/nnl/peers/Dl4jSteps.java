package org.nnl.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nnl.bench.Steps;
import org.nnl.benchmarks.Workload;

/** A {@link MultiLayerNetwork}. The library has no GRU (W6) and no layer normalisation on sequences (W9). */
final class Dl4jSteps implements Steps {
    private final MultiLayerNetwork network;
    private final INDArray x;
    private final INDArray y;
    private final INDArray one;

    static Optional<Steps> of(Workload w) {
        return w == Workload.W6 || w == Workload.W9 ? Optional.empty() : Optional.of(new Dl4jSteps(w));
    }

    private Dl4jSteps(Workload w) {
        Nd4j.getEnvironment().setMaxThreads(1);
        Nd4j.getEnvironment().setMaxMasterThreads(1);
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(
                        switch (w) {
                            case W1 -> new Sgd(0.01);
                            case W7 -> new Sgd(0.01 / 50); // its loss is the sum over the steps, not their mean
                            default -> new Adam(1e-3);
                        })
                .trainingWorkspaceMode(WorkspaceMode.ENABLED)
                .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
                .list();
        layers(w).forEach(list::layer);
        list.setInputType(
                switch (w) {
                    case W1 -> InputType.feedForward(2);
                    case W2 -> InputType.feedForward(64);
                    case W3, W4 -> InputType.feedForward(784);
                    case W5 -> InputType.recurrent(65, 64, RNNFormat.NCW);
                    case W7 -> InputType.recurrent(1, 50, RNNFormat.NCW);
                    case W8 -> InputType.convolutional(28, 28, 1);
                    default -> throw new IllegalArgumentException(w.name());
                });
        MultiLayerConfiguration configuration = list.build();
        network = new MultiLayerNetwork(configuration);
        network.init();
        Minibatch data = Minibatch.of(w);
        x = input(w, data);
        one = input(w, data.first());
        y = switch (w) {
            case W1 -> Nd4j.create(data.y(), new long[] {32, 1}, 'c');
            case W5 -> sequence(Minibatch.oneHot(data.y(), 65), 32, 64, 65);
            case W7 -> sequence(data.y(), 1, 50, 1);
            default -> Nd4j.create(Minibatch.oneHot(data.y(), 10), new long[] {data.yShape()[0], 10}, 'c');
        };
    }

    private static INDArray input(Workload w, Minibatch data) {
        return switch (w) {
            case W5 -> sequence(Minibatch.oneHot(data.x(), 65), data.xShape()[0], 64, 65);
            case W7 -> sequence(data.x(), data.xShape()[0], 50, 1);
            default -> Nd4j.create(data.x(), data.xShape(), 'c');
        };
    }

    /** The library's order is examples, features, steps. */
    private static INDArray sequence(float[] v, long examples, long steps, long features) {
        return Nd4j.create(v, new long[] {examples, steps, features}, 'c').permute(0, 2, 1).dup('f');
    }

    private static List<Layer> layers(Workload w) {
        List<Layer> l = new ArrayList<>();
        switch (w) {
            case W1 -> l.add(output(1, Activation.SIGMOID, LossFunction.XENT));
            case W2 -> l.addAll(List.of(dense(32, Activation.TANH), classes()));
            case W3 -> l.addAll(List.of(dense(128, Activation.RELU), dense(64, Activation.RELU), classes()));
            case W4 -> l.addAll(List.of(dense(1024, Activation.RELU), dense(1024, Activation.RELU), classes()));
            case W5 -> l.addAll(List.of(
                    new LSTM.Builder().nOut(128).activation(Activation.TANH).build(),
                    new RnnOutputLayer.Builder(LossFunction.MCXENT).nOut(65).activation(Activation.SOFTMAX).build()));
            case W7 -> l.addAll(List.of(
                    new SimpleRnn.Builder().nOut(32).activation(Activation.TANH).build(),
                    new RnnOutputLayer.Builder(LossFunction.MSE).nOut(1).activation(Activation.IDENTITY).build()));
            case W8 -> l.addAll(List.of(
                    convolution(6), pool(), convolution(16), pool(),
                    dense(120, Activation.RELU), dense(84, Activation.RELU), classes()));
            default -> throw new IllegalArgumentException(w.name());
        }
        return l;
    }

    private static Layer dense(int n, Activation f) {
        return new DenseLayer.Builder().nOut(n).activation(f).build();
    }

    private static Layer classes() {
        return output(10, Activation.SOFTMAX, LossFunction.MCXENT);
    }

    private static Layer output(int n, Activation f, LossFunction loss) {
        return new OutputLayer.Builder(loss).nOut(n).activation(f).build();
    }

    private static Layer convolution(int channels) {
        return new ConvolutionLayer.Builder(5, 5).nOut(channels).activation(Activation.RELU).build();
    }

    private static Layer pool() {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {2, 2}, new int[] {2, 2}).build();
    }

    @Override
    public double train() {
        network.fit(x, y);
        return network.score();
    }

    @Override
    public void predictBatch() {
        network.output(x);
    }

    @Override
    public void predictOne() {
        network.output(one);
    }
}
