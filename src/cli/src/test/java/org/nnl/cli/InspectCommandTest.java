package org.nnl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code nnl inspect}. */
class InspectCommandTest extends CommandTest {
    @Test
    void everyStageCanBeShown() {
        for (String stage : List.of("syntax", "model", "equations", "gradient", "simplified", "schedule", "java")) {
            assertThat(run("inspect", model, "--stop", stage)).as(stage + err).isZero();
            assertThat(out).as(stage).isNotBlank();
        }
        assertThat(run("inspect", model, "--stages", folder.resolve("stages"))).isZero();
        assertThat(folder.resolve("stages/8-java.java")).exists();
        assertThat(run("inspect", model, "--graph", "none")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("no graph 'none'");
        assertThat(run("inspect", model, "--graph", "loss", "--stop", "schedule")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("'--graph' chooses from equations, gradient, simplified, order; the stage schedule is not made of graphs");
        assertThat(run("inspect", model, "--graph", "loss", "--html", folder.resolve("page.html"))).isEqualTo(ExitCode.USAGE);
        assertThat(run("inspect", model, "--graph", "loss", "--stop", "order")).isZero();
    }
}
