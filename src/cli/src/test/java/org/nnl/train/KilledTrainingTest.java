package org.nnl.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.cli.Main;
import org.nnl.load.Instance;

/**
 * Processes that are killed without warning, at random moments, while they write: what they leave can be loaded and gone
 * on from. {@code -Dnnl.kills=200} does it more often than a build should.
 */
class KilledTrainingTest {
    private static final int KILLS = Integer.getInteger("nnl.kills", 5);
    private static final Options SCALAR =
            Options.DEFAULT.with(Options.Backend.SCALAR, Options.Precision.FLOAT);

    /** Wide enough for its file, of about a megabyte, to be caught half written. */
    private static final String MODEL =
            """
            model Wide {
                input  x[2]
                target y
                h = dense(x, 20000, tanh)
                output p = dense(h, 1)[0]
                loss   (p - y)^2
                train  { optimizer adam(rate = 0.001), batch 4, epochs 1, seed 3 }
            }

            data {
                file "points.csv"
                x = columns(1:2)
                y = column(3)
            }
            """;

    private static final int STEPS_AN_EPOCH = 2;

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(System.nanoTime());

    @Test
    void aKilledTrainingHasACheckpointAndGoesOnToTheBitsOfOneThatLived() throws Exception {
        Path model = Files.writeString(folder.resolve("wide.nnl"), MODEL);
        Files.writeString(folder.resolve("points.csv"), "a,b,y\n1,2,3\n2,1,0\n0,1,1\n1,1,1\n3,1,2\n1,0,1\n");
        Path out = folder.resolve("out");
        Path record = out.resolve(TrainingRecord.FILE);
        Instance instance = new Instance(Compiler.compile(model, SCALAR).load(), 1);

        int epochs = 0;
        int written = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            boolean resume = Files.exists(record);
            List<String> arguments = new ArrayList<>(List.of("train", model.toString(), "-o", out.toString(), "-q",
                    "--backend", "scalar", "--epochs", "1000000", "--save-every", "0"));
            if (resume) arguments.add("--resume");
            // the first dies at any time from its start, perhaps before it has written anything; the others while writing
            killWhileWriting(Main.class, arguments, kill == 0 ? null : record, kill == 0 ? 3000 : 400);
            if (!Files.exists(record)) continue;
            int now = loadable(out, instance);
            assertThat(now).isGreaterThanOrEqualTo(epochs);
            if (now > epochs) written++;
            epochs = now;
        }
        assertThat(written).as("kills that came after a checkpoint").isGreaterThanOrEqualTo(KILLS / 2);

        int end = epochs + 2;
        assertThat(train(model, out, end, "--resume")).isZero();
        assertThat(loadable(out, instance)).isEqualTo(end);
        Path whole = folder.resolve("whole");
        assertThat(train(model, whole, end)).isZero();
        String last = "last-" + end + ".safetensors";
        assertThat(Files.readAllBytes(out.resolve(last))).isEqualTo(Files.readAllBytes(whole.resolve(last)));
    }

    /** Checks that what the record says is there, and gives the number of epochs. */
    private static int loadable(Path out, Instance instance) throws IOException {
        TrainingRecord record = TrainingRecord.read(out);
        assertThat(record.get("last")).isEqualTo("last-" + record.epochs() + ".safetensors");
        instance.load(out.resolve((String) record.get("last")));
        assertThat(instance.setting("step")).as("the number of the next step").isEqualTo(STEPS_AN_EPOCH * record.epochs() + 1);
        instance.load(out.resolve((String) ((Map<?, ?>) record.get("best")).get("file")));
        return record.epochs();
    }

    private static int train(Path model, Path out, int epochs, String... more) {
        List<String> arguments = new ArrayList<>(List.of("train", model.toString(), "-o", out.toString(), "-q",
                "--backend", "scalar", "--epochs", Integer.toString(epochs), "--save-every", "1000"));
        arguments.addAll(List.of(more));
        return Main.run(arguments.toArray(String[]::new));
    }

    @Test
    void aProgramThatSavesOverItsFileLeavesAWholeOne() throws Exception {
        Path model = Files.writeString(folder.resolve("wide.nnl"), MODEL);
        Path weights = folder.resolve("weights.safetensors");
        Instance instance = new Instance(Compiler.compile(model, SCALAR).load(), 1);
        double step = 0;
        for (int kill = 0; kill < (KILLS + 1) / 2; kill++) {
            killWhileWriting(Saving.class, List.of(model.toString(), weights.toString()), weights, 300);
            instance.load(weights);
            assertThat(instance.setting("step")).isGreaterThan(step);
            step = instance.setting("step");
        }
    }

    /** A user's program: trains, and saves after every step. */
    static final class Saving {
        public static void main(String[] arguments) throws IOException {
            Path weights = Path.of(arguments[1]);
            Instance model = new Instance(Compiler.compile(Path.of(arguments[0]), SCALAR).load(), 1);
            if (Files.exists(weights)) model.load(weights);
            Object[] data = {new float[] {1, 2}, new float[] {3}};
            while (true) {
                model.trainStep(data, 1);
                model.save(weights);
            }
        }
    }

    /**
     * Runs a program and kills it.
     *
     * @param file    a file that it writes; null to count from its start
     * @param further the most milliseconds that it lives on after it has written the file
     */
    private void killWhileWriting(Class<?> program, List<String> arguments, Path file, int further) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto", "-Xss16m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(arguments);
        Path log = folder.resolve("log.txt");
        Object before = file == null ? null : stamp(file);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
            while (file != null && before.equals(stamp(file))) {
                assertThat(process.isAlive()).as(() -> text(log)).isTrue();
                assertThat(System.nanoTime()).as(() -> text(log)).isLessThan(limit);
                Thread.sleep(2);
            }
            Thread.sleep(random.nextInt(further));
            assertThat(process.isAlive()).as(() -> text(log)).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** Something that changes when the file is replaced. */
    private static Object stamp(Path file) throws IOException {
        return Files.exists(file) ? Files.getLastModifiedTime(file) : "none";
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
