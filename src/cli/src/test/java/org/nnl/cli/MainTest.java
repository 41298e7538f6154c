package org.nnl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as such: help, wrong usage, errors in files, what cannot be written. */
class MainTest extends CommandTest {
    @ParameterizedTest
    @ValueSource(strings = {"train", "predict", "generate", "compile", "check", "inspect", "bench"})
    void everyCommandHasHelp(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out).contains("Usage: nnl " + command).contains("--set").contains("--threads").contains("Exit codes");
    }

    @Test
    void usageErrors() {
        assertThat(run("tarin", model)).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: there is no command 'tarin'; there are train, predict, generate, compile, check, inspect, bench\n")
                .contains("Did you mean: nnl train");
        assertThat(run("train", model, "more")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: 'more' is one argument too many\n");
        assertThat(run("train")).isEqualTo(ExitCode.USAGE);
        assertThat(run("inspect", model, "--stop", "nowhere")).isEqualTo(ExitCode.USAGE);
        assertThat(run("compile", model, "--package", "1.x")).isEqualTo(ExitCode.USAGE);
        assertThat(run("train", model, "--epochs", "many")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: Invalid value for option '--epochs': 'many' is not a whole number")
                .contains("Usage: nnl train").endsWith("nnl train --help says more\n");
        for (String wrong : List.of("check --tolerance -1", "train --save-every NaN", "generate --length -1",
                "generate --temperature -0.5", "bench --seconds 0", "train -D batch=x")) {
            String[] words = wrong.split(" ");
            assertThat(run(words[0], model, words[1], words[2])).as(wrong).isEqualTo(ExitCode.USAGE);
        }
    }

    @Test
    void aWrongWordOfTheCommandLineIsToldWithTheRightOnes() {
        assertThat(run("inspect", model, "--stop", "all")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("'all' is none of syntax, model, equations, gradient, simplified, order, schedule, java");
        assertThat(run("compile", model, "--backend", "gpu")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("'gpu' is none of vector, scalar");
        assertThat(run("inspect", model, "--stop", "Model")).isZero();
        assertThat(run("train", model, "-D", "hidden")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: option '-D' wants NAME=VALUE, not hidden\n");
        assertThat(run("train", model, "--set", "hidden")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: option '--set' wants NAME=VALUE, not hidden\n");
        assertThat(run("train", model, "-Dhidden=x")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: Invalid value for option '-D' (NAME=VALUE): 'x' is not a number\n");
        assertThat(run("train", model, "-D")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: Missing required parameter for option '-D' (NAME=VALUE)\n");
    }

    @Test
    void whatCannotBeWrittenIsSaidBeforeTheWork() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "kept");
        for (String command : List.of("train -o", "compile -o", "inspect --stages"))
            assertThat(run(command.split(" ")[0], model, command.split(" ")[1], file)).as(command).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("file: is a file, not a folder");
        for (String command : List.of("inspect --html", "bench --plot"))
            assertThat(run(command.split(" ")[0], model, command.split(" ")[1], folder)).as(command).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains(": is a folder, where a file is to be written");
        assertThat(out).isEmpty();
        assertThat(file).hasContent("kept");
        assertThat(run("compile", Files.createDirectory(folder.resolve("none")))).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("none: there is no .nnl file in this folder");
    }

    @Test
    void errorsAreTextWithoutStackTraces() throws IOException {
        assertThat(run("train", folder.resolve("none.nnl"))).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("none.nnl: error: no such file").doesNotContain("\tat ");
        Path broken = Files.writeString(folder.resolve("broken.nnl"), MODEL.replace("softmax(z)", "sotfmax(z)"));
        assertThat(run("check", broken)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("broken.nnl:6:").contains("did you mean 'softmax'?").doesNotContain("\tat ");
        Files.writeString(folder.resolve("kinds.csv"), "a,b,kind\n1,x,much\n");
        assertThat(run("train", model, "-o", folder.resolve("t"))).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("kinds.csv, line 2, column 'b': 'x' is not a number").doesNotContain("\tat ");
    }

    @Test
    void theCommandLineIsJudgedBeforeAnyFile() {
        Path nowhere = folder.resolve("nowhere");
        for (List<Object> line : List.<List<Object>>of(
                List.of("predict", model, nowhere, "--weights", nowhere, "--threads", 0),
                List.of("predict", nowhere, nowhere, "--threads", 0),
                List.of("generate", model, "--weights", nowhere, "--threads", 0),
                List.of("train", model, "--resume", "-o", nowhere, "--threads", 0))) {
            assertThat(run(line.toArray())).as("%s", line).isEqualTo(ExitCode.USAGE);
            assertThat(err).as("%s", line).startsWith("error: '--threads' is a whole number from 1 to 1024, not 0\n");
        }
        assertThat(run("train", model, "--resume", "-o", nowhere, "--batch", 0)).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: '--batch' is a whole number, at least 1, not 0\n");
        assertThat(nowhere).doesNotExist();
    }

    @Test
    void aModelWithoutALossTakesNoSteps() throws IOException {
        Path bare = folder.resolve("bare.nnl");
        Files.writeString(bare, "model Bare {\n    input x\n    param a = 1\n    output p = a * x\n}\n");
        for (String command : List.of("check", "bench")) {
            assertThat(run(command, bare)).isEqualTo(ExitCode.ERRORS);
            assertThat(err).startsWith(bare + ":1:7: error: the model has no loss").contains("  note: a line such as");
        }
    }
}
