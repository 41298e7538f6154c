package com.acme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The application: trains a classifier the first time it is started, keeps its weights, and answers what species a
 * flower is.
 */
public final class Iris {
    private final IrisModel model;

    private Iris(IrisModel model) {
        this.model = model;
    }

    /** With the weights in the file, or trained and kept there if there is no such file. */
    public static Iris start(Path weights) throws IOException {
        IrisModel model = new IrisModel(7);
        if (Files.exists(weights)) {
            model.load(weights);
        } else {
            train(model, Flowers.read(1, true), 100);
            model.save(weights);
        }
        return new Iris(model);
    }

    /** Some passes over the flowers, 16 a step. */
    static float train(IrisModel model, Flowers flowers, int epochs) {
        float[] x = new float[16 * 4];
        int[] y = new int[16];
        float loss = 0;
        for (int epoch = 0; epoch < epochs; epoch++) {
            for (int from = 0; from < flowers.count(); from += 16) {
                int n = Math.min(16, flowers.count() - from);
                System.arraycopy(flowers.measures, 4 * from, x, 0, 4 * n);
                System.arraycopy(flowers.species, from, y, 0, n);
                loss = model.trainStep(x, y, n);
            }
        }
        return loss;
    }

    /** The species of a flower with these four measures. */
    public String species(float... measures) {
        float[] p = new float[3];
        model.predict(measures, 1, p);
        int best = 0;
        for (int i = 1; i < 3; i++) if (p[i] > p[best]) best = i;
        return Flowers.SPECIES[best];
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 4) {
            System.err.println("usage: Iris SEPAL-LENGTH SEPAL-WIDTH PETAL-LENGTH PETAL-WIDTH   (centimetres)");
            System.exit(2);
        }
        float[] measures = new float[4];
        for (int i = 0; i < 4; i++) measures[i] = Float.parseFloat(args[i]);
        System.out.println(start(Path.of("iris.safetensors")).species(measures));
    }
}
