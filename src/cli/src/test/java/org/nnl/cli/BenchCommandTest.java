package org.nnl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

/** {@code nnl bench}. */
class BenchCommandTest extends CommandTest {
    /** The lock is that of JMH, one for all benchmarks of a machine. */
    @Test
    void benchDoesNotRunBesideAnother() throws IOException {
        try (FileChannel file = FileChannel.open(
                        Path.of(System.getProperty("java.io.tmpdir"), "jmh.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.tryLock()) {
            assertThat(lock.isValid()).isTrue();
            assertThat(run("bench", model, "--seconds", "0.01", "--plot", folder.resolve("plot.png"))).isEqualTo(ExitCode.ERRORS);
            assertThat(err).isEqualToIgnoringNewLines(
                    "error: another benchmark runs on this machine, and each would measure the other; start this one when that has ended");
        }
        assertThat(folder.resolve("plot.png")).doesNotExist();
    }

    @Test
    void benchMeasuresAndDraws() throws IOException {
        Path plot = folder.resolve("out/plot.png");
        assertThat(run("bench", model, "--vary", "batch=3,5", "--seconds", "0.01", "--plot", plot)).isZero();
        assertThat(out.lines().filter(l -> l.matches(" +[35] +[0-9].*[0-9] s")).toList()).hasSize(2);
        assertThat(javax.imageio.ImageIO.read(plot.toFile()).getWidth()).isEqualTo(900);
        assertThat(run("bench", model, "--vary", "batch")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("--vary hidden=32,64,128");
        assertThat(run("bench", model, "--vary", "bacth=3")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: '--vary bacth=3': 'Kinds' has no parameter or setting 'bacth'; did you mean 'batch'?");
        assertThat(run("bench", model, "--vary", "batch=3,2.5")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: '--vary batch' is a whole number, at least 1, not 2.5");
        assertThat(out).isEmpty();
    }

    @Test
    void benchShowsWhereTheTimeGoes() {
        assertThat(run("bench", model, "--nests", "--seconds", "0.02")).isZero();
        assertThat(out).containsPattern("compute_d_h_W +1 +[0-9]").containsPattern("compute_h_W_next +1 ").contains("FLOP, ");
        assertThat(out.lines().filter(l -> l.startsWith("compute_")).count()).isGreaterThan(5);
    }
}
