package org.nnl.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class InMemoryCompilerTest {

    @Test
    void whatIsCompiledCanBeUsed() {
        Class<?> type = InMemoryCompiler.load(Map.of(
                "a.Twice",
                """
                package a;
                public final class Twice {
                    public Twice(long seed) {}
                    public float loss(float[] x, int examples) { return new Inner().two() * x[0] * examples; }
                    public double metric(String name) { throw new IllegalArgumentException("no metric " + name); }
                    static final class Inner { float two() { return 2; } }
                }
                """));
        Instance instance = new Instance(type, 1);
        assertThat(instance.loss(new Object[] {new float[] {3}}, 5)).isEqualTo(30);
        assertThatThrownBy(() -> instance.metric("q")).hasMessage("no metric q");
        assertThatThrownBy(() -> instance.loss(new Object[] {new double[] {3}}, 5))
                .hasMessage("Twice has no loss(double[], Integer)");
    }

    @Test
    void errorsAreShownWithTheirLine() {
        assertThatThrownBy(() -> InMemoryCompiler.load(Map.of("A", "class A {\n int x = y;\n}")))
                .hasMessageContaining("line 2")
                .hasMessageContaining("cannot find symbol");
    }
}
