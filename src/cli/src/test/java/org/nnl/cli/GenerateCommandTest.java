package org.nnl.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code nnl generate}. */
class GenerateCommandTest extends CommandTest {
    /** A text in which every letter has one successor. */
    private static final String CIRCLE = """
            model Circle {
                axis   t = 8
                input  x[t] : class(6)
                target y[t] : class(6)
                %s
                output p[t] = softmax(dense(h[t], 6))
                loss   mean[t] crossEntropy(p[t], y[t])
                train  { optimizer adam(rate = 0.01), batch 8, epochs 150, seed 1 }
            }

            data {
                file "circle.txt"
                x = window(characters(), 8)
                y = window(next(characters()), 8)
                every 3
            }
            """;

    @ParameterizedTest
    @ValueSource(strings = {
        "h[t] = gru(onehot(x[t]), h[t-1], m = 12)",
        "e[t] = onehot(x[t]); h = transformerBlock(e, 1, 12, causal = 1)"
    })
    void aModelWithMemoryAndOneWithAWindowGoOnWithAText(String recurrence) throws IOException {
        Path circle = Files.writeString(folder.resolve("circle.nnl"), CIRCLE.formatted(recurrence));
        Files.writeString(folder.resolve("circle.txt"), "abcde\n".repeat(60));
        assertThat(run("train", circle, "-o", folder.resolve("t"))).isZero();
        assertThat(run("generate", circle, "--weights", folder.resolve("t"), "--prompt", "cde", "--length", "40",
                "--temperature", "0")).isZero();
        assertThat(out).isEqualTo("cde" + "\nabcde".repeat(6) + "\nabc\n");
        assertThat(run("generate", circle, "--weights", folder.resolve("t"), "--prompt", "cdx")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("the prompt's 'x' does not occur in the training text");
    }

    @Test
    void aSeriesGoesOnAsForecast() throws IOException {
        Path saw = Files.writeString(folder.resolve("saw.nnl"), """
                model Saw {
                    axis   t = 6
                    input  x[t]
                    target y
                    h[t] = gru([x[t]], h[t-1], m = 8)
                    output p = dense(h[5], 1)[0]
                    loss   (p - y)^2
                    train  { optimizer adam(rate = 0.02), batch 8, epochs 120, seed 1 }
                }

                data {
                    file "saw.csv"
                    x = window(column("a"), 6)
                    y = next(column("a"))
                }
                """);
        Files.writeString(folder.resolve("saw.csv"), "a\n" + "0.1\n0.4\n0.7\n".repeat(30));
        assertThat(run("train", saw, "-o", folder.resolve("t"))).as(err).isZero();
        assertThat(run("generate", saw, "--weights", folder.resolve("t"), "--prompt", "0.1 0.4 0.7 0.1 0.4 0.7", "--length", "3"))
                .as(err).isZero();
        List<String> lines = out.lines().toList();
        assertThat(lines).hasSize(9).startsWith("0.1", "0.4", "0.7", "0.1", "0.4", "0.7");
        assertThat(Double.parseDouble(lines.get(6))).isCloseTo(0.1, within(0.1));
        assertThat(run("generate", saw, "--weights", folder.resolve("t"))).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("--prompt wants the numbers that the series begins with");
        assertThat(run("generate", saw, "--weights", folder.resolve("t"), "--prompt", "0.1,x")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("the prompt's 'x' is not a number");
        assertThat(out).isEmpty();
        assertThat(run("generate", saw, "--weights", folder.resolve("t"), "--prompt", "0", "--temperature", "0.5"))
                .isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("--temperature is for texts");
    }

    @Test
    void whatIsNoSequenceDoesNotGoOn() {
        assertThat(run("train", model, "-o", folder.resolve("t"), "--epochs", "1")).isZero();
        assertThat(run("generate", model, "--weights", folder.resolve("t"), "--prompt", "1 2")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("kinds.nnl: is no model of a series: generate wants").doesNotContain("\tat ");
    }
}
