package org.nnl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code nnl predict}. */
class PredictCommandTest extends CommandTest {
    @Test
    void aTextIsPredictedInLetters() throws IOException {
        Path large = Files.writeString(folder.resolve("large.nnl"), """
                model Large {
                    axis   t = 4
                    input  x[t] : class(4)
                    target y[t] : class(4)
                    z[t] = dense(onehot(x[t]), 4)
                    output w[t] = argmax[k] z[t, k]
                    loss   mean[t] crossEntropy(softmax(z[t]), y[t])
                    train  { optimizer adam(rate = 0.1), batch 4, epochs 60, seed 1 }
                }

                data {
                    file "large.csv"
                    x = characters(column("small"), 4)
                    y = characters(column("large"), 4)
                }
                """);
        Files.writeString(folder.resolve("large.csv"), "small,large\nabc,ABC\nca,CA\nb,B\nbca,BCA\ncab,CAB\nacbb,ACBB\n");
        assertThat(run("train", large, "-o", folder.resolve("t"))).as(err).isZero();
        Path news = Files.writeString(folder.resolve("new.csv"), "small\nbb\nabca\nc\n");
        assertThat(run("predict", large, news, "--weights", folder.resolve("t"))).as(err).isZero();
        assertThat(out).isEqualTo("w\nBB\nABCA\nC\n");
    }

    @Test
    void predictionNeedsATraining() {
        assertThat(run("predict", model, folder.resolve("kinds.csv"), "--weights", folder)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("record.json: no such file");
        assertThat(run("predict", model, folder.resolve("kinds.csv"), "--weights", model)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("kinds.nnl: there is no record.json beside it");
    }

    @Test
    void weightsThatAreNotThere() {
        assertThat(run("predict", model, model, "--weights", folder.resolve("nowhere"))).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("nowhere: no such file or folder");
    }

    @Test
    void weightsOfAnotherModelAreRefusedAndNothingIsWritten() throws IOException {
        Path trained = folder.resolve("t"), result = folder.resolve("p.csv");
        assertThat(run("train", model, "-o", trained, "-q", "--epochs", "1")).as(err).isZero();
        Path other = Files.writeString(folder.resolve("other.nnl"), MODEL.replace("model Kinds", "model Others").replace("tanh", "relu"));
        assertThat(run("predict", other, folder.resolve("kinds.csv"), "--weights", trained, "-o", result)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("what was trained is the model Kinds of ", ", and this is Others").contains("is not for Others");
        Files.writeString(trained.resolve("record.json"), "{\"epochs\": [], \"fit\": 3}");
        assertThat(run("predict", model, folder.resolve("kinds.csv"), "--weights", trained, "-o", result)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("record.json: the training record does not hold");
        assertThat(result).doesNotExist();
    }
}
