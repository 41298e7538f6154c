package org.nnl.derive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnl.equations.Expr;
import org.nnl.equations.GraphReader;

class PartialsCacheTest {
    private static final Expr BODY = GraphReader.readExpr("sin(u[i]*u[i])*cos(v[i,3] - 7)^2");
    private static final Expr U = GraphReader.readExpr("u[i]");
    private static final Expr V = GraphReader.readExpr("v[i,3]");

    @Test
    void whatIsShippedNeedsNoComputerAlgebra() {
        Partials partials = Partials.shipped();
        assertThat(partials.of(GraphReader.readExpr("tanh(z[b,k])"), GraphReader.readExpr("z[b,k]"), GraphReader.readExpr("h[b,k]")))
                .hasToString("1 - h[b,k]*h[b,k]");
        assertThat(partials.isSymjaStarted()).isFalse();
    }

    /** A pool of threads, as the libraries below Symja have, would keep a program alive that has compiled a model. */
    @Test
    void noThreadKeepsTheJvmAlive() {
        Partials partials = Partials.fresh();
        partials.of(BODY, U, null);
        assertThat(partials.isSymjaStarted()).isTrue();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(t -> !t.isDaemon())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("pool-"));
    }

    @Test
    void theFileKeepsWhatWasDerived(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("cache/partials.txt");
        Partials first = Partials.cachedIn(file);
        Expr derived = first.of(BODY, U, null);
        assertThat(first.isSymjaStarted()).isTrue();
        first.save();
        Partials other = Partials.cachedIn(file.resolveSibling("other.txt"));
        other.of(BODY, V, null);

        Partials second = Partials.cachedIn(file);
        assertThat(second.of(BODY, U, null)).isEqualTo(derived);
        assertThat(second.isSymjaStarted()).isFalse();
        second.of(BODY, V, null);
        second.save();
        assertThat(Files.readString(file)).isEqualTo("""
                d/dr0 of sin(r0*r0)*cos(r1 - k0)^2 = 2*(r0*cos(r0*r0)*cos(r1 - k0)^2)
                d/dr1 of sin(r0*r0)*cos(r1 - k0)^2 = -(2*(cos(r1 - k0)*sin(r0*r0)*sin(r1 - k0)))
                """);
        try (var files = Files.list(file.getParent())) {
            assertThat(files).as("no temporary file is left").containsExactly(file);
        }
    }

    @Test
    void whatTheFileSaysIsCheckedBeforeItIsBelieved(@TempDir Path folder) throws IOException {
        Expr body = GraphReader.readExpr("sin(sin(u[i]))");
        String good = Partials.fresh().of(body, U, null).toString();
        for (String line : new String[] {"cos(r0)", "cos(cos(", "q*q", "", "cos(sin(r0))*cos(r0)"}) {
            Path file = folder.resolve("partials.txt");
            Files.writeString(file, "d/dr0 of sin(sin(r0)) = " + line + "\nnonsense\n");
            assertThat(Partials.cachedIn(file).of(body, U, null).toString()).isIn(good, "cos(sin(u[i]))*cos(u[i])");
        }
    }

    @Test
    void namesAndNumbersDoNotMatter() {
        Partials partials = Partials.fresh();
        partials.of(GraphReader.readExpr("u[i]/10"), U, null);
        partials.of(GraphReader.readExpr("w[t+1]/12"), GraphReader.readExpr("w[t+1]"), null);
        assertThat(partials.used()).containsOnlyKeys("d/dr0 of r0/k0");
    }

    @Test
    void differentPlacesOfOneTensorAreDifferentReads() {
        Partials partials = Partials.shipped();
        Expr body = GraphReader.readExpr("h[t-1]*h[t]");
        assertThat(partials.of(body, GraphReader.readExpr("h[t]"), null)).hasToString("h[t-1]");
        assertThat(partials.of(body, GraphReader.readExpr("h[t+1]"), null)).isEqualTo(Expr.ZERO);
    }

    /** A wrong derivative is found by its check, whoever gave it. */
    @Test
    void aWrongDerivativeIsObjectedTo() {
        Expr tanh = GraphReader.readExpr("tanh(r0)");
        assertThat(new Soundness(tanh, "r0").objection(GraphReader.readExpr("1 - y*y"))).isNull();
        for (String wrong : new String[] {"1 + y*y", "1 - y", "2*(1 - y*y)", "y", "1 - r0*r0"})
            assertThat(new Soundness(tanh, "r0").objection(GraphReader.readExpr(wrong))).as(wrong).isNotNull();
    }

    /** Right, but of use only near 0. */
    @Test
    void aFormThatOverflowsIsObjectedTo() {
        Expr sigmoid = GraphReader.readExpr("sigmoid(r0)");
        assertThat(new Soundness(sigmoid, "r0").objection(GraphReader.readExpr("exp(-r0)/(1 + exp(-r0))^2"))).isNotNull();
        assertThat(new Soundness(sigmoid, "r0").objection(GraphReader.readExpr("y*(1 - y)"))).isNull();
    }

    @Test
    void aDerivativeOfSomethingUnknownIsRefused() {
        assertThatThrownBy(() -> Partials.fresh().derive("d/dr0 of tanh(q[])")).isInstanceOf(RuntimeException.class);
    }
}
