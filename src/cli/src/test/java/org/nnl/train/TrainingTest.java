package org.nnl.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnl.data.DataException;
import org.nnl.data.DataSets;
import org.nnl.data.Examples;
import org.nnl.data.Fit;

class TrainingTest {
    @TempDir
    Path folder;

    /** y = w·x by gradient descent on the mean square. */
    private static final class Line implements Trainable {
        double w;
        double rate = 0.1;
        double error;
        final List<double[]> seen = new ArrayList<>();

        private record Value(double w) implements Snapshot {}

        @Override
        public double trainStep(Object[] data, int n) {
            double loss = loss(data, n), g = 0;
            double[] x = (double[]) data[0], y = (double[]) data[1];
            seen.add(Arrays.copyOf(x, n));
            for (int i = 0; i < n; i++) g += 2 * (w * x[i] - y[i]) * x[i] / n;
            w -= rate * g;
            return loss;
        }

        @Override
        public double loss(Object[] data, int n) {
            double loss = 0;
            error = 0;
            double[] x = (double[]) data[0], y = (double[]) data[1];
            for (int i = 0; i < n; i++) {
                loss += (w * x[i] - y[i]) * (w * x[i] - y[i]) / n;
                error += Math.abs(w * x[i] - y[i]) / n;
            }
            return loss;
        }

        @Override
        public double metric(String name) {
            return error;
        }

        @Override
        public List<String> metricNames() {
            return List.of("error");
        }

        @Override
        public Snapshot snapshot() {
            return new Value(w);
        }

        @Override
        public void restore(Snapshot s) {
            w = ((Value) s).w;
        }

        @Override
        public void save(Path file) throws IOException {
            Files.writeString(file, Double.toString(w));
        }

        @Override
        public void load(Path file) throws IOException {
            w = Double.parseDouble(Files.readString(file));
        }
    }

    private static Examples examples(int n, double slope) {
        double[] x = new double[n], y = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = (i + 1.0) / n;
            y[i] = slope * x[i];
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("x", x);
        values.put("y", y);
        return new Examples("", n, values);
    }

    private Training.Result train(Line line, int epochs, int patience, boolean resume, Listener listener) throws IOException {
        DataSets data = new DataSets(examples(10, 3), examples(4, 3), null, new Fit(), true);
        return train(line, data, epochs, patience, resume, listener);
    }

    private Training.Result train(Line line, DataSets data, int epochs, int patience, boolean resume, Listener listener)
            throws IOException {
        TrainingOptions options = new TrainingOptions(epochs, 4, 7, patience, false, folder, resume);
        TrainingRecord record = resume ? TrainingRecord.read(folder) : TrainingRecord.of(Map.of("model", "Line"), data.fit());
        return new Training(line, data, List.of("x", "y"), options, record, listener).run();
    }

    @Test
    void trainsOnEveryExampleOnceAnEpochTheLastPartialBatchIncluded() throws IOException {
        Line line = new Line();
        Training.Result r = train(line, 40, 0, false, Listener.SILENT);
        assertThat(line.w).isCloseTo(3, org.assertj.core.data.Offset.offset(0.01));
        assertThat(line.seen.subList(0, 3).stream().map(s -> s.length)).containsExactly(4, 4, 2);
        double[] epoch = line.seen.subList(0, 3).stream().flatMapToDouble(Arrays::stream).sorted().toArray();
        assertThat(epoch).containsExactly((double[]) examples(10, 3).values().get("x"));
        double[] first = line.seen.get(0);
        assertThat(line.seen.get(3)).isNotEqualTo(first);
        assertThat(r.best()).containsOnlyKeys("train", "validation");
        TrainingRecord record = TrainingRecord.read(folder);
        assertThat(record.epochs()).isEqualTo(40);
        assertThat(record.get("last")).isEqualTo("last-40.safetensors");
        try (var files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("best.safetensors", "last-40.safetensors", "record.json");
        }
    }

    @Test
    void resumedTrainingEndsWhereAnUninterruptedOneDoes() throws IOException {
        Line whole = new Line();
        train(whole, 9, 0, false, Listener.SILENT);
        train(new Line(), 4, 0, false, Listener.SILENT);
        Line rest = new Line();
        train(rest, 9, 0, true, Listener.SILENT);
        assertThat(rest.w).isEqualTo(whole.w);
    }

    @Test
    void anInterruptionKeepsTheLastWholeEpoch() throws IOException {
        Line whole = new Line();
        train(whole, 9, 0, false, Listener.SILENT);
        Line line = new Line();
        DataSets data = new DataSets(examples(10, 3), examples(4, 3), null, new Fit(), true);
        TrainingOptions options = new TrainingOptions(9, 4, 7, 0, false, folder, false);
        Training[] training = new Training[1];
        Listener stopper = new Listener() {
            private int epoch;

            @Override
            public void epoch(int e, int epochs, int steps) {
                epoch = e;
            }

            @Override
            public void step(int step) {
                if (epoch == 6 && step == 2) training[0].stop();
            }
        };
        training[0] = new Training(
                line, data, List.of("x", "y"), options, TrainingRecord.of(Map.of(), data.fit()), stopper);
        Training.Result r = training[0].run();
        assertThat(r.interrupted()).isTrue();
        assertThat(r.epochs()).isEqualTo(5);
        Line rest = new Line();
        train(rest, 9, 0, true, Listener.SILENT);
        assertThat(rest.w).isEqualTo(whole.w);
    }

    /** What is in the folder, by file name. */
    private Map<String, String> files() throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        try (var list = Files.list(folder)) {
            for (Path f : list.sorted().toList()) all.put(f.getFileName().toString(), Files.readString(f));
        }
        return all;
    }

    @Test
    void aTrainingWithoutAWholeEpochLeavesAnEarlierOneAsItWas() throws IOException {
        train(new Line(), 3, 0, false, Listener.SILENT);
        Map<String, String> before = files();
        DataSets data = new DataSets(examples(10, 3), examples(4, 3), null, new Fit(), true);
        TrainingOptions options = new TrainingOptions(9, 4, 7, 0, false, folder, false);
        Training[] training = new Training[1];
        List<Integer> told = new ArrayList<>();
        training[0] = new Training(
                new Line(), data, List.of("x", "y"), options, TrainingRecord.of(Map.of(), data.fit()), new Listener() {
                    @Override
                    public void step(int step) {
                        training[0].stop();
                    }

                    @Override
                    public void interrupted(int epochs, Path in) {
                        told.add(epochs);
                    }
                });
        assertThat(training[0].run().interrupted()).isTrue();
        assertThat(told).containsExactly(0);
        assertThat(files()).isEqualTo(before);

        Line diverging = new Line();
        diverging.rate = 1e200;
        assertThatThrownBy(() -> train(diverging, 9, 0, false, Listener.SILENT)).isInstanceOf(DataException.class);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void noEpochAtAllKeepsTheValuesItBeganWith() throws IOException {
        train(new Line(), 3, 0, false, Listener.SILENT);
        Line line = new Line();
        line.w = 0.25;
        train(line, 0, 0, false, Listener.SILENT);
        assertThat(files()).containsOnlyKeys("best.safetensors", "last-0.safetensors", "record.json")
                .containsEntry("best.safetensors", "0.25");
        Line whole = new Line();
        whole.w = 0.25;
        train(whole, 4, 0, false, Listener.SILENT);
        train(line, 0, 0, false, Listener.SILENT);
        Line rest = new Line();
        train(rest, 4, 0, true, Listener.SILENT);
        assertThat(rest.w).isEqualTo(whole.w);
    }

    @Test
    void anInfiniteLossOfHeldBackExamplesStillLeavesBestWeights() throws IOException {
        Line line = new Line();
        DataSets data = new DataSets(examples(10, 3), examples(4, 1e200), null, new Fit(), true);
        Training.Result r = train(line, data, 3, 0, false, Listener.SILENT);
        assertThat(r.best().get("validation").loss()).isInfinite();
        assertThat(files()).containsKey("best.safetensors");
        assertThat(line.w).as("trained").isGreaterThan(0);
    }

    @Test
    void stopsWhenNothingImproves() throws IOException {
        Line line = new Line();
        DataSets data = new DataSets(examples(10, 3), examples(4, 0.5), null, new Fit(), true);
        Training.Result r = train(line, data, 100, 5, false, Listener.SILENT);
        assertThat(r.epochs()).isLessThan(20);
        assertThat(line.w).as("the best weights, not the last").isLessThan(1);
    }

    @Test
    void aLossThatIsNotANumberIsAnError() {
        Line line = new Line();
        line.rate = 1e200;
        assertThatThrownBy(() -> train(line, 9, 0, false, Listener.SILENT))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("not finite any more");
    }

    @Test
    void streamsGoOnFromBatchToBatch() {
        assertThat(Batches.streams(7, 3)).containsExactly(0, 2, 4, 1, 3, 5);
    }
}
