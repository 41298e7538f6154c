package org.nnl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Parameters and settings from the command line: {@code -D}, and options of a setting's own name. */
class SettingsTest extends CommandTest {
    @Test
    void settingsThatCannotBeAreRefused() {
        Map.of("compile -D batch=0", "'-D batch' is a whole number, at least 1, not 0",
                "inspect -D epochs=2.5", "'-D epochs' is a whole number, at least 0, not 2.5",
                "check -D unroll=-1", "'-D unroll' is a whole number, at least 1, not -1; 0 takes it back",
                "bench -D stateful=2", "'-D stateful' is 0 or 1, not 2",
                "check --threads 0", "'--threads' is a whole number from 1 to 1024, not 0",
                "train --threads 1025", "'--threads' is a whole number from 1 to 1024, not 1025",
                "train --epochs -3", "'--epochs' is a whole number, at least 0, not -3",
                "train --batch 0", "'--batch' is a whole number, at least 1, not 0",
                "train --patience -1", "'--patience' is a whole number, at least 0, not -1",
                "train --seed 9999999999", "'--seed' is a whole number from -2147483648 to 2147483647, not 9999999999")
                .forEach((line, said) -> {
                    String[] words = line.split(" ");
                    assertThat(run(words[0], model, words[1], words[2])).as(line).isEqualTo(ExitCode.USAGE);
                    assertThat(err).startsWith("error: " + said + "\n").contains("Usage: nnl " + words[0]);
                });
    }

    @Test
    void aSettingThatTheModelDoesNotHaveOrCannotHaveIsAWrongCommandLine() throws IOException {
        assertThat(run("check", model, "-D", "hiden=3", "-D", "batch=2")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("""
                error: '-D hiden=3': 'Kinds' has no parameter or setting 'hiden'; did you mean 'hidden'?
                  note: it has hidden, batch, checkpoint, epochs, every, patience, seed, stateful, threads, unroll, rate, beta1, beta2, eps
                Usage: nnl check""");
        assertThat(run("compile", model, "-D", "rate=-1", "-D", "hidden=0", "-D", "beta1=0.5")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("""
                error: '-D hidden=0': in 'dense': a size is at least 1, not 0
                  note: at std:layers.nnl:6
                  note: at %1$s:4:9
                error: '-D rate=-1': 'adam' requires rate >= 0, and rate is -1
                  note: at %1$s:9:29
                Usage: nnl compile""".formatted(model));
        assertThat(run("inspect", model, "-D", "checkpoint=3")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: '-D checkpoint=3': 'checkpoint' is not possible: there is no recurrence\nUsage");

        // what is wrong in the model itself is the model's, whatever the settings are
        Path broken = Files.writeString(folder.resolve("broken.nnl"), MODEL.replace("dense(h, 2)", "dense(h, n)"));
        assertThat(run("check", broken, "-D", "rate=-1")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("broken.nnl:5:18: error: unknown name 'n'").contains("^");

        // a parameter without a default
        Path open = Files.writeString(folder.resolve("open.nnl"), MODEL.replace("hidden = 5", "hidden"));
        assertThat(run("check", open, "-D", "hidden=-2", "--threads", "2")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: '-D hidden=-2': in 'dense': a size is at least 1, not -2\n");
        assertThat(run("check", open, "-D", "hiden=2")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("'hidden' has no value").contains("or a value from outside; 'hiden' was given one");
    }

    @Test
    void aFolderOfModelsTellsWhichCannotHaveASetting() throws IOException {
        Path models = Files.createDirectory(folder.resolve("models"));
        Files.writeString(models.resolve("a.nnl"), MODEL);
        Files.writeString(models.resolve("b.nnl"), MODEL.replace("hidden = 5", "width = 5").replace("x, hidden", "x, width"));
        assertThat(run("compile", models, "-o", folder.resolve("gen"), "-D", "hidden=3")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith(models.resolve("b.nnl") + ": error: '-D hidden=3': 'Kinds' has no parameter or setting 'hidden'");
        assertThat(out).contains("Kinds.java");
        Files.writeString(models.resolve("c.nnl"), "model C {");
        assertThat(run("compile", models, "-o", folder.resolve("gen"), "-D", "hidden=3")).isEqualTo(ExitCode.ERRORS);
    }

    @Test
    void aSettingOfTheTrainingThatTheModelNoLongerHas() throws IOException {
        Path kept = folder.resolve("kept");
        assertThat(run("train", model, "-o", kept, "-q", "--epochs", "1", "-D", "hidden=3")).as(err).isZero();
        Files.writeString(model, MODEL.replace("hidden = 5", "width = 5").replace("x, hidden", "x, width"));
        assertThat(run("predict", model, folder.resolve("kinds.csv"), "--weights", kept)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).startsWith("error: 'hidden=3' in the training's record.json: 'Kinds' has no parameter or setting 'hidden'\n");
    }

    @Test
    void threadsAreASettingWithAnOptionOfItsOwn() throws IOException {
        for (String[] option : new String[][] {{"--threads", "3"}, {"-D", "threads=3"}}) {
            assertThat(run("compile", model, "-o", folder, option[0], option[1])).as(err).isZero();
            assertThat(folder.resolve("Kinds.java")).content().contains("        threads(3);");
        }
        assertThat(run("train", model, "--threads", "2.5")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: Invalid value for option '--threads': '2.5' is not a whole number");

        Path one = folder.resolve("one"), two = folder.resolve("two");
        assertThat(run("train", model, "-o", one, "-q", "--epochs", "2")).as(err).isZero();
        assertThat(run("train", model, "-o", two, "-q", "--epochs", "2", "-D", "threads=4", "--threads", "2")).as(err).isZero();
        assertThat(two.resolve("record.json")).content().contains("\"threads\": 2,", "\"epochs\": 2\n", "\"seed\": 1,", "\"step\": 1,",
                "\"rate\": 0.05,", "\"eps\": 1.0E-8");
        assertThat(Files.readAllBytes(two.resolve("last-2.safetensors")))
                .isEqualTo(Files.readAllBytes(one.resolve("last-2.safetensors")));
        assertThat(run("predict", model, folder.resolve("kinds.csv"), "--weights", one, "--threads", "2")).as(err).isZero();
    }
}
