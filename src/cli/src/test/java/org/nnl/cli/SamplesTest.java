package org.nnl.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.data.DataBlock;
import org.nnl.data.DataSets;
import org.nnl.data.Examples;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import org.nnl.train.Figures;
import org.nnl.train.GeneratedModel;
import org.nnl.train.Listener;
import org.nnl.train.Training;
import org.nnl.train.TrainingOptions;
import org.nnl.train.TrainingRecord;

/**
 * The data of every sample fit its model, and a short training beats the trivial guess that its header states. Scalar
 * classes, because they are fast from the first step on.
 */
class SamplesTest {

    /**
     * What a sample shows before long.
     *
     * @param figure   a metric, or the loss, of the held-back examples; of the training ones if there are none
     * @param trivial  the guess that it beats, as the header writes it
     * @param above    whether more is better
     * @param examples to train on, at most
     * @param data     in the folder beside the repository, if the repository has none
     */
    private record Lesson(String figure, String trivial, boolean above, int examples, int epochs, String data) {
        static Lesson above(String trivial, String figure, int examples, int epochs) {
            return new Lesson(figure, trivial, true, examples, epochs, null);
        }

        static Lesson below(String trivial, String figure, int examples, int epochs) {
            return new Lesson(figure, trivial, false, examples, epochs, null);
        }

        Lesson from(String folder) {
            return new Lesson(figure, trivial, above, examples, epochs, folder);
        }
    }

    private static final Map<String, Lesson> LESSONS = Map.ofEntries(
            Map.entry("01-line", Lesson.below("0.64", "error", 1000, 60)),
            Map.entry("02-fruit", Lesson.above("half", "accuracy", 1000, 60)),
            Map.entry("03-digits", Lesson.above("0.1", "accuracy", 1000, 4)),
            Map.entry("04-mnist", Lesson.above("0.11", "accuracy", 3000, 1).from("mnist")),
            Map.entry("05-skip", Lesson.above("0.4", "accuracy", 1000, 10)),
            Map.entry("06-optimizer", Lesson.above("0.63", "accuracy", 1000, 10)),
            Map.entry("07-ode", Lesson.below("0.64", "error", 1000, 200)),
            Map.entry("08-forecast", Lesson.below("0.25", "error", 1000, 80)),
            Map.entry("09-names", Lesson.above("56 of 100", "accuracy", 3000, 4)),
            Map.entry("10-text", Lesson.above("0.18", "accuracy", 1500, 2)),
            Map.entry("11-lenet", Lesson.above("0.1", "accuracy", 1000, 2)),
            Map.entry("12-transformer", Lesson.above("0.18", "accuracy", 1000, 2)),
            Map.entry("13-vae", Lesson.below("0.27", "error", 1000, 15)),
            Map.entry("14-adversaries", Lesson.below("0.28", "apart", 1500, 20)),
            Map.entry("15-nationality", Lesson.above("0.47", "accuracy", 4000, 2).from("names/nationality")),
            Map.entry("16-dates", Lesson.above("0.50", "characters", 1600, 1)),
            Map.entry("17-translation", Lesson.above("0.21", "words", 2000, 3).from("translation/fra-eng.zip")),
            Map.entry("18-music", Lesson.above("0.14", "accuracy", 1600, 1).from("music/nottingham/ABC_cleaned")),
            Map.entry("19-style", Lesson.below("1", "loss", 1, 60)));

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> learn() throws IOException {
        try (Stream<Path> list = Files.list(Path.of(System.getProperty("basedir", ".")).resolve("../../samples"))) {
            List<Path> files = list.filter(f -> f.toString().endsWith(".nnl")).sorted().toList();
            assertThat(files).hasSameSizeAs(LESSONS.keySet());
            return files.stream().map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> learn(f)));
        }
    }

    private void learn(Path file) throws IOException {
        Lesson lesson = LESSONS.get(file.getFileName().toString().replace(".nnl", ""));
        assertThat(lesson).as("what %s is to beat", file).isNotNull();
        Path data = lesson.data == null ? null : shared(lesson.data);
        assumeTrue(lesson.data == null || data != null, "shared/data is not beside this repository: no data to read");
        Compilation c = Compiler.compile(file, Options.DEFAULT.with(Options.Backend.SCALAR, Options.Precision.FLOAT));
        assertThat(c.text().substring(0, c.text().indexOf("\nmodel "))).as("the header").contains(lesson.trivial);
        Program p = c.simplified();
        DataSets all = new DataBlock(c.data(), file, c.name(), c.text()).read(p.inputs(), p.targets(), false, 1, data);
        boolean heldBack = all.validation() != null;
        if (heldBack) assertThat(all.validation().count()).isGreaterThanOrEqualTo(30);
        DataSets sets = new DataSets(
                some(all.train(), lesson.examples), heldBack ? some(all.validation(), 400) : null, null, all.fit(), all.shuffle());
        TrainingOptions options = new TrainingOptions(
                lesson.epochs, p.train().batch(), 1, 0, p.train().stateful(), folder.resolve(p.name()), false, 1e9,
                p.losses().size() > 1);
        Figures reached = new Training(
                        new GeneratedModel(new Instance(c.load(), 1)), sets, ModelFile.tensors(p), options,
                        TrainingRecord.of(Map.of(), sets.fit()), Listener.SILENT)
                .run().best().get(heldBack ? "validation" : "train");
        double value = lesson.figure.equals("loss") ? reached.loss() : reached.metrics().get(lesson.figure);
        double trivial = switch (lesson.trivial) {
            case "half" -> 0.5;
            case "56 of 100" -> 0.56;
            default -> Double.parseDouble(lesson.trivial);
        };
        System.out.printf("%-16s %s %.3f, trivial %s%n", file.getFileName(), lesson.figure, value, lesson.trivial);
        if (lesson.above) assertThat(value).as(lesson.figure).isGreaterThan(trivial);
        else assertThat(value).as(lesson.figure).isLessThan(trivial);
    }

    /** So many of the examples, from all over them. */
    private static Examples some(Examples all, int most) {
        int n = Math.min(all.count(), most);
        int[] chosen = new int[n];
        for (int i = 0; i < n; i++) chosen[i] = (int) ((long) i * all.count() / n);
        Map<String, Object> values = new LinkedHashMap<>();
        all.values().forEach((name, array) -> {
            Object to = Array.newInstance(array.getClass().getComponentType(), n * all.elements(name));
            all.gather(name, chosen, 0, n, to);
            values.put(name, to);
        });
        return new Examples(all.source(), n, values);
    }

    /** A file or folder of the data beside the repository, the first file of an archive; null if it is not there. */
    private Path shared(String name) throws IOException {
        for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
            Path found = p.resolve("shared/data").resolve(name);
            if (!Files.exists(found)) continue;
            if (!name.endsWith(".zip")) return found;
            try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(found))) {
                for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry())
                    if (!e.getName().startsWith("_")) {
                        Path to = folder.resolve(Path.of(e.getName()).getFileName());
                        Files.copy(zip, to);
                        return to;
                    }
            }
        }
        return null;
    }
}
