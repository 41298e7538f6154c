package org.nnl.peers;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.Optional;
import org.nnl.bench.Steps;
import org.nnl.benchmarks.Workload;

/** Blocks, a trainer and a gradient collector of DJL, on LibTorch. */
final class DjlSteps implements Steps {
    private final Trainer trainer;
    private final Loss loss;
    private final NDArray x;
    private final NDArray y;
    private final NDArray one;
    private final ParameterStore parameters;

    static Optional<Steps> of(Workload w) {
        System.setProperty("ai.djl.pytorch.num_threads", "1");
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.setProperty("OPT_OUT_TRACKING", "true");
        return Optional.of(new DjlSteps(w));
    }

    private DjlSteps(Workload w) {
        Model model = Model.newInstance(w.name(), Device.cpu(), "PyTorch");
        model.setBlock(block(w));
        loss = switch (w) {
            case W1 -> Loss.sigmoidBinaryCrossEntropyLoss();
            case W2, W3, W4, W5, W8 -> Loss.softmaxCrossEntropyLoss();
            case W6, W7, W9 -> Loss.l2Loss();
        };
        Optimizer optimizer = switch (w) {
            case W1, W7 -> Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.01f)).build();
            default -> Optimizer.adam().build();
        };
        trainer = model.newTrainer(
                new DefaultTrainingConfig(loss).optOptimizer(optimizer).optDevices(new Device[] {Device.cpu()}));
        Minibatch data = Minibatch.of(w);
        NDManager manager = trainer.getManager();
        x = manager.create(data.x(), new Shape(data.xShape()));
        one = manager.create(data.first().x(), new Shape(data.first().xShape()));
        Shape targets = new Shape(data.yShape());
        if (w == Workload.W1 || w == Workload.W6) targets = targets.add(1);
        if (w == Workload.W7) targets = new Shape(1, 50, 1);
        y = manager.create(data.y(), targets);
        trainer.initialize(new Shape(data.xShape()));
        parameters = new ParameterStore(manager, false);
    }

    private static SequentialBlock block(Workload w) {
        SequentialBlock b = new SequentialBlock();
        switch (w) {
            case W1 -> b.add(linear(1));
            case W2 -> b.add(linear(32)).add(Activation.tanhBlock()).add(linear(10));
            case W3 -> b.add(linear(128)).add(Activation.reluBlock()).add(linear(64)).add(Activation.reluBlock()).add(linear(10));
            case W4 -> b.add(linear(1024)).add(Activation.reluBlock()).add(linear(1024)).add(Activation.reluBlock()).add(linear(10));
            case W5 -> b.add(LambdaBlock.singleton(v -> v.toType(DataType.INT64, false).oneHot(65)))
                    .add(LSTM.builder().setStateSize(128).setNumLayers(1).optBatchFirst(true).build())
                    .add(linear(65));
            case W6 -> b.add(GRU.builder().setStateSize(64).setNumLayers(1).optBatchFirst(true).build())
                    .add(LambdaBlock.singleton(v -> v.get(":, -1")))
                    .add(linear(1));
            case W7 -> b.add(RNN.builder().setStateSize(32).setNumLayers(1).optBatchFirst(true)
                            .setActivation(RNN.Activation.TANH).build())
                    .add(linear(1));
            case W8 -> b.add(Conv2d.builder().setKernelShape(new Shape(5, 5)).setFilters(6).build())
                    .add(Activation.reluBlock())
                    .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                    .add(Conv2d.builder().setKernelShape(new Shape(5, 5)).setFilters(16).build())
                    .add(Activation.reluBlock())
                    .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                    .add(Blocks.batchFlattenBlock())
                    .add(linear(120)).add(Activation.reluBlock())
                    .add(linear(84)).add(Activation.reluBlock())
                    .add(linear(10));
            case W9 -> b.add(new TransformerEncoderBlock(64, 4, 256, 0f, Activation::relu));
        }
        return b;
    }

    private static Linear linear(int units) {
        return Linear.builder().setUnits(units).build();
    }

    @Override
    public double train() {
        double value;
        try (NDManager step = trainer.getManager().newSubManager()) {
            step.tempAttachAll(x, y);
            NDArray l;
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDArray p = trainer.forward(new NDList(x)).singletonOrThrow();
                if (p.getShape().dimension() == 3 && loss instanceof ai.djl.training.loss.SoftmaxCrossEntropyLoss)
                    p = p.reshape(-1, p.getShape().get(2));
                NDArray target = loss instanceof ai.djl.training.loss.SoftmaxCrossEntropyLoss ? y.reshape(-1) : y;
                l = loss.evaluate(new NDList(target), new NDList(p));
                collector.backward(l);
            }
            value = l.getFloat();
        }
        trainer.step();
        return value;
    }

    @Override
    public void predictBatch() {
        predict(x);
    }

    @Override
    public void predictOne() {
        predict(one);
    }

    private void predict(NDArray input) {
        try (NDManager step = trainer.getManager().newSubManager()) {
            step.tempAttachAll(input);
            trainer.getModel().getBlock().forward(parameters, new NDList(input), false).singletonOrThrow();
        }
    }
}
