package com.acme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The application: a classifier of flowers that is trained the first time it is needed, keeps its weights in a file,
 * can be trained further from there, and answers on the command line or over HTTP.
 *
 * <p>Predictions may be asked for by several threads at once.
 */
public final class Iris {
    private static final long SEED = 7;
    private static final int EPOCHS = 100;
    private static final int BATCH = 16;

    /** One for each thread: they share the weights of the model and compute in arrays of their own. */
    private final ThreadLocal<IrisModel.Predictor> predictors;

    private Iris(IrisModel model) {
        predictors = ThreadLocal.withInitial(model::predictor);
    }

    /** With the weights in the file, or trained and kept there if there is no such file. */
    public static Iris start(Path weights) throws IOException {
        if (!Files.exists(weights)) train(weights, EPOCHS);
        IrisModel model = new IrisModel(SEED);
        model.load(weights);
        return new Iris(model);
    }

    /**
     * Trains for some epochs, from where the file left off if there is one: it holds the optimiser's state beside the
     * weights, so that twice fifty epochs give the bits that a hundred would have given.
     *
     * @return the accuracy on flowers that were not trained on
     */
    public static double train(Path weights, int epochs) throws IOException {
        IrisModel model = new IrisModel(SEED);
        if (Files.exists(weights)) model.load(weights);
        train(model, Flowers.read(SEED, true), epochs);
        model.save(weights);
        Flowers unseen = Flowers.read(SEED, false);
        model.loss(unseen.measures, unseen.species, unseen.count());
        return model.metric("accuracy");
    }

    /** Some passes over the flowers, a batch a step. */
    static void train(IrisModel model, Flowers flowers, int epochs) {
        float[] x = new float[BATCH * Flowers.MEASURES];
        int[] y = new int[BATCH];
        for (int epoch = 0; epoch < epochs; epoch++) {
            for (int from = 0; from < flowers.count(); from += BATCH) {
                int n = Math.min(BATCH, flowers.count() - from);
                System.arraycopy(flowers.measures, Flowers.MEASURES * from, x, 0, Flowers.MEASURES * n);
                System.arraycopy(flowers.species, from, y, 0, n);
                model.trainStep(x, y, n);
            }
        }
    }

    /** What a flower with these measures is, and how sure that is. */
    public Answer species(float... measures) {
        if (measures.length != Flowers.MEASURES)
            throw new IllegalArgumentException("a flower has four measures, not " + measures.length);
        float[] probabilities = new float[Flowers.SPECIES.length];
        predictors.get().predict(measures, 1, probabilities);
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) if (probabilities[i] > probabilities[best]) best = i;
        return new Answer(Flowers.SPECIES[best], probabilities[best]);
    }

    /** A species and its probability. */
    public record Answer(String species, float probability) {}

    /** {@code Iris train [EPOCHS]}, {@code Iris serve [PORT]} or {@code Iris species SL SW PL PW}. */
    public static void main(String[] args) throws IOException {
        Path weights = Path.of(System.getProperty("iris.weights", "iris.safetensors"));
        String command = args.length == 0 ? "" : args[0];
        if (command.equals("train") && args.length <= 2) {
            System.out.printf("accuracy %.3f%n", train(weights, args.length == 2 ? Integer.parseInt(args[1]) : EPOCHS));
        } else if (command.equals("serve") && args.length <= 2) {
            IrisServer server = new IrisServer(start(weights), args.length == 2 ? Integer.parseInt(args[1]) : 8080);
            System.out.println("http://localhost:" + server.port() + "/species?measures=5.1,3.5,1.4,0.2");
        } else if (command.equals("species") && args.length == 5) {
            float[] measures = new float[Flowers.MEASURES];
            for (int i = 0; i < measures.length; i++) measures[i] = Float.parseFloat(args[i + 1]);
            System.out.println(start(weights).species(measures).species());
        } else {
            System.err.println("usage: Iris train [EPOCHS]");
            System.err.println("       Iris serve [PORT]");
            System.err.println("       Iris species SEPAL-LENGTH SEPAL-WIDTH PETAL-LENGTH PETAL-WIDTH   (centimetres)");
            System.exit(2);
        }
    }
}
