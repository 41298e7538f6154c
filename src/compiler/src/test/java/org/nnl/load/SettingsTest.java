package org.nnl.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.elaborate.Sources;

/** What settings of a generated class, and schedules, must be: each by itself, together, and step by step. */
class SettingsTest {
    @Test
    void settingsAreHeldToWhatTheirOwnOptimiserRequires() throws Exception {
        String own = """
                optimizer mine(pull = 0.1, least = 0.2, most = 3) {
                    require 0 < pull, pull <= 1 / 2, least < most
                    w = w - pull * min(most, max(least, g))
                }
                """;
        String body = """
                input x
                param a = 1
                param b = 2
                output p = a * x
                loss first : (p - 1)^2 for a
                loss second : (b * x - 2)^2 for b
                train first { optimizer mine(most = 4), clip 5 }
                train second { optimizer sgd }
                """;
        Compilation c = Compiler.compile(
                Sources.of(Map.of("m.nnl", own + "model M {\n" + body + "}\n")), "m.nnl",
                Options.DEFAULT.with(Backend.SCALAR, Precision.FLOAT));
        Instance m = new Instance(c.load(), 1);
        assertThatThrownBy(() -> m.setting("first.pull", 0)).hasMessage("the setting first.pull must be more than 0, at most 0.5, not 0.0");
        assertThatThrownBy(() -> m.setting("first.pull", 0.6)).hasMessageContaining("at most 0.5, not 0.6");
        assertThatThrownBy(() -> m.setting("first.clip", 0)).hasMessage("the setting first.clip must be more than 0, not 0.0");
        assertThatThrownBy(() -> m.setting("second.rate", -1)).hasMessage("the setting second.rate must be at least 0, not -1.0");
        m.setting("first.least", -7);
        m.setting("first.pull", 0.5);
    }

    /** Settings may contradict each other between two changes, and not when they are used. */
    @Test
    void whatSettingsMustFulfilTogetherIsCheckedBeforeAnUpdate(@TempDir Path folder) throws Exception {
        String own = """
                optimizer mine(least = 0.2, most = 3, kind = 1, ratio = 2, fast = 0.2) {
                    require least < most and most < 2 * limit
                    require kind == 1 or kind == 2
                    require (least + 1) * ratio < 9 or (least + 1) * ratio > 20, kind == floor(kind)
                    require fast >= least / 2 and fast > 0 and fast != 7 * step, sum[i < 3] fast < 5
                    w = w - fast * min(most, max(least, kind * g))
                }
                """;
        String body = """
                input x
                param a = 1
                param b = 2
                output p = a * x
                loss first : (p - 1)^2 for a
                loss second : (b * x - 2)^2 for b
                train first { optimizer mine(most = 4) }
                train second { optimizer mine, clip 5 }
                """;
        Compilation c = Compiler.compile(
                Sources.of(Map.of("m.nnl", own.replace("limit", "8") + "model M {\n" + body + "}\n")), "m.nnl",
                Options.DEFAULT.with(Backend.SCALAR, Precision.FLOAT));
        Instance m = new Instance(c.load(), 1);
        Object[] x = {new float[] {3}};
        m.setting("first.least", 7);
        assertThatThrownBy(() -> m.trainStep(x, 1)).isInstanceOf(IllegalStateException.class)
                .hasMessage("'mine' requires least < most and most < 2 * 8, and first.least is 7.0, first.most is 4.0");
        m.setting("first.most", 15);
        m.setting("first.fast", 4);
        m.setting("first.ratio", 1);
        assertThat((float[]) m.parameter("a")).containsExactly(1);
        assertThat(m.setting("step")).isEqualTo(1);
        m.trainStep(x, 1);
        assertThat(m.setting("step")).isEqualTo(2);

        m.setting("second.ratio", 10);
        assertThatThrownBy(() -> m.trainStep(x, 1)).hasMessage("'mine' requires (least + 1) * ratio < 9 or (least + 1) * ratio > 20"
                + ", and second.least is 0.2, second.ratio is 10.0");
        m.setting("second.ratio", 2);
        m.setting("second.kind", 3);
        assertThatThrownBy(() -> m.trainStep(x, 1)).hasMessage("'mine' requires kind == 1 or kind == 2, and second.kind is 3.0");
        Path file = folder.resolve("m.safetensors");
        m.save(file);
        Instance other = new Instance(c.load(), 1);
        assertThatThrownBy(() -> other.load(file))
                .hasMessageContaining("'mine' requires kind == 1 or kind == 2, and second.kind is 3.0");
        assertThat(other.setting("second.kind")).isEqualTo(1);
        m.setting("second.kind", 2);
        m.save(file);
        other.load(file);
        assertThat(other.setting("second.kind")).isEqualTo(2);
        assertThatThrownBy(() -> m.setting("first.most", 16)).hasMessage("the setting first.most must be less than 16, not 16.0");
        assertThatThrownBy(() -> m.setting("first.fast", 0)).hasMessageContaining("more than 0");
        assertThatThrownBy(() -> m.setting("second.clip", 0)).hasMessageContaining("more than 0");
    }

    @Test
    void whatAScheduleGivesIsCheckedInTheStepsThatUseIt(@TempDir Path folder) throws Exception {
        String text = """
                function falling(step, rate, slope) {
                    gone = slope * step
                    return rate - gone * (1 + 0 * gone)
                }
                optimizer mine(pull = 0.1, least = 0.5) {
                    require pull > least
                    w = w - max(pull, least) * g
                }
                model M {
                    input x
                    param a = 1, b = 2, c = 3
                    output p = a * x
                    loss first : (p - 1)^2 for a
                    loss second : (b * x - 2)^2 for b
                    loss third : (c * x - 2)^2 for c
                    train first { optimizer adam(rate = falling(step, 0.5, 0.125)) }
                    train second { optimizer mine(pull = falling(step, 5, 1)), every 3 }
                    train third { optimizer sgd(rate = 1 / (7 - step)) }
                }
                """;
        Compilation c = Compiler.compile(
                Sources.of(Map.of("m.nnl", text)), "m.nnl", Options.DEFAULT.with(Backend.SCALAR, Precision.FLOAT));
        Instance m = new Instance(c.load(), 1);
        Object[] x = {new float[] {0.5f}};
        for (int k = 1; k <= 4; k++) m.trainStep(x, 1);
        Path file = folder.resolve("m.safetensors");
        m.save(file);
        assertThatThrownBy(() -> m.trainStep(x, 1)).isInstanceOf(IllegalStateException.class)
                .hasMessage("'adam' requires rate >= 0, and at step 5 first.rate (m.nnl:16) is -0.125");
        assertThat(m.setting("step")).isEqualTo(5);
        m.setting("step", 7);
        assertThatThrownBy(() -> m.trainStep(x, 1)).hasMessage("at step 7 third.rate (m.nnl:18) is Infinity");
        m.setting("step", 3);
        m.setting("second.least", 3.5);
        m.trainStep(x, 1);
        m.setting("step", 3);
        m.setting("second.least", 4.5);
        assertThatThrownBy(() -> m.trainStep(x, 1)).hasMessage(
                "'mine' requires pull > least, and at step 3 second.pull (m.nnl:17) is 4.0, second.least is 4.5");
        m.setting("step", 2);
        m.trainStep(x, 1);
        m.load(file);
        assertThat(m.setting("step")).isEqualTo(5);
    }
}
