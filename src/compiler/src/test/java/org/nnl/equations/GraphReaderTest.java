package org.nnl.equations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GraphReaderTest {

    @Test
    void whatIsPrintedIsReadBack() {
        String text =
                """
                graph loss
                input x[B, 64]
                target y[B] : class(10)
                param W[10, 64]
                setting seed : integer
                value z[B, 10] outside -inf
                value p[B] : class(10)
                value loss

                z[b,i] += W[i,j]*x[b,j]  for b < B, i < 10, j < 64
                z[b,i] += x[b,2*i-1]*select(i == y[b], 1, 0)  for b < B, i < 10
                p[b] argmax=(i) z[b,i]  for b < B, i < 10
                loss[] += -z[b,y[b]]/size(B) + uniform(seed[], 3, 0, {10*b+2})  for b < B
                g = d(u, x)

                result loss, p
                commit W <- W'
                """;
        assertThat(GraphReader.read(text).toString()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a[]*(b[] + c[])", "a[] - (b[] - c[])", "a[] - b[] - c[]", "(a[]^b[])^c[]", "a[]^b[]^c[]", "-a[]^2",
                "(-a[])^2", "a[]*(-2)", "a[]/(b[]*c[])", "a[] + -b[]", "-(a[] + b[])", "(-2)^x[i]", "a[] < b[] and c[] > 1",
                "(a[] < b[]) == (c[] > 1)", "not(a[] == 1)", "1.0E-8*max(a[], b[])", "-(2)", "a[]*b[]/c[]", "a[]/b[]*c[]"
            })
    void treesSurvivePrinting(String text) {
        Expr e = GraphReader.readExpr(text);
        assertThat(GraphReader.readExpr(e.toString())).isEqualTo(e);
    }

    @Test
    void errorsNameLineAndExpectation() {
        assertThatThrownBy(() -> GraphReader.read("graph g\nvalue x\nx[] = 1 +"))
                .hasMessageContaining("line 3")
                .hasMessageContaining("ends too early");
        assertThatThrownBy(() -> GraphReader.read("x[) = 1")).hasMessageContaining("line 1");
    }

    @Test
    void indexMapsAreCanonical() {
        assertThat(Index.axis("i").times(2).plus(Index.axis("j")).plus(3).plus(Index.axis("i").times(-2)))
                .isEqualTo(Index.axis("j").plus(3));
        assertThat(Index.axis("t").plus(-1)).hasToString("t-1");
    }
}
