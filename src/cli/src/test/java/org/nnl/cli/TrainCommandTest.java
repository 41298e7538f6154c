package org.nnl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nnl.data.Safetensors;

/** {@code nnl train}. */
class TrainCommandTest extends CommandTest {
    @Test
    void trainPredictAndResume() throws IOException {
        Path whole = folder.resolve("whole"), parts = folder.resolve("parts");
        assertThat(run("train", model, "-o", whole)).as(err).isZero();
        assertThat(out).contains("45 examples, 15 for validation").contains("epoch 30/30").contains("validation loss");
        assertThat(run("train", model, "-o", parts, "--epochs", "12", "-q")).isZero();
        assertThat(run("train", model, "-o", parts, "--epochs", "30", "--resume", "-q")).as(err).isZero();
        assertThat(Files.readAllBytes(parts.resolve("last-30.safetensors")))
                .isEqualTo(Files.readAllBytes(whole.resolve("last-30.safetensors")));
        assertThat(Safetensors.read(whole.resolve("best.safetensors")).tensors()).containsKey("h.W");

        Path news = Files.writeString(folder.resolve("new.csv"), "a,b\n9,9\n1,1\n");
        assertThat(run("predict", model, news, "--weights", whole)).as(err).isZero();
        List<String> lines = out.lines().toList();
        assertThat(lines.get(0)).isEqualTo("p[little],p[much],y");
        assertThat(lines.get(1)).endsWith(",much");
        assertThat(lines.get(2)).endsWith(",little");
        assertThat(err).isEmpty();
        assertThat(run("predict", model, news, "--weights", whole, "-D", "hidden=4", "--precision", "double"))
                .isEqualTo(ExitCode.ERRORS);
        assertThat(err)
                .contains("warning: hidden is set to 4 here, and was not set when it was trained")
                .contains("warning: what was trained has numbers of float, and this of double")
                .contains("best.safetensors: is not for Kinds");
    }

    /** With a rate of 0 nothing is learned: the parameters at the end are those that training began with. */
    @Test
    void trainingBeginsWithGivenParameters() throws IOException {
        Path first = folder.resolve("first"), second = folder.resolve("second");
        assertThat(run("train", model, "-o", first, "-q")).as(err).isZero();
        Path fixed = Files.writeString(folder.resolve("fixed.nnl"), MODEL.replace("adam(rate = 0.05)", "sgd(rate = 0)"));
        assertThat(run("train", fixed, "-o", second, "-q", "--epochs", "1", "--weights", first)).as(err).isZero();
        assertThat(Safetensors.read(second.resolve("best.safetensors")).tensors().get("h.W"))
                .usingRecursiveComparison()
                .isEqualTo(Safetensors.read(first.resolve("best.safetensors")).tensors().get("h.W"));

        assertThat(run("train", model, "-o", second, "-D", "hidden=4", "--weights", first)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("best.safetensors: is not for Kinds").contains("'h.W' is [5,2], which does not fit h.W[4,2]");
        assertThat(run("train", model, "-o", second, "--resume", "--weights", first)).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("--resume goes on with its own weights");
        assertThat(run("train", fixed, "-o", first, "--resume", "--epochs", "40")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("parameters alone are read by nnl train --weights PATH", "the equations of update are others");
    }

    @Test
    void aTrainingThatCannotLearnIsRefusedAndWhatIsNotUsedIsSaid() throws IOException {
        Path other = Files.writeString(folder.resolve("other.nnl"), MODEL.replace("optimizer adam(rate = 0.05), ", ""));
        assertThat(run("train", other, "-q")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("other.nnl: nothing would be learnt, the train block has no optimizer");
        Files.writeString(other, MODEL.replaceAll("    (loss|metric|train) .*\n", ""));
        assertThat(run("train", other, "-q")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("the model has no loss");
        Files.writeString(other, MODEL.replace("    h = dense", "    param spare[3] = 0\n    h = dense"));
        assertThat(run("compile", other, "-o", folder)).isEqualTo(ExitCode.OK);
        assertThat(err).isEqualTo(other + """
                :4:11: warning: nothing uses 'spare'
                        param spare[3] = 0
                              ^~~~~
                """);
        assertThat(run("compile", model, "-o", folder)).isEqualTo(ExitCode.OK);
        assertThat(err).isEmpty();
    }

    @Test
    void aRateThatFallsBelowZeroEndsATraining() throws IOException {
        Path falling = Files.writeString(folder.resolve("falling.nnl"), MODEL.replace("0.05", "0.05 - 0.001 * step"));
        assertThat(run("train", falling, "-o", folder.resolve("f"), "-q")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).matches("error: 'adam' requires rate >= 0, and at step 51 rate \\(falling.nnl:9\\) is -0.001\n");
    }
}
