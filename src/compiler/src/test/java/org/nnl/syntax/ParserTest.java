package org.nnl.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParserTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock = """
            1 + 2 * 3 ^ 2            | (+ 1 (* 2 (^ 3 2)))
            a - b - c                | (- (- a b) c)
            a ^ b ^ c                | (^ a (^ b c))
            -x ^ 2                   | (- (^ x 2))
            2 ^ -x                   | (^ 2 (- x))
            W @ x + b                | (+ (@ W x) b)
            a / b * c @ d            | (@ (* (/ a b) c) d)
            sum[i] m[i] * x[i] + c   | (+ (sum [i] (* m[i] x[i])) c)
            a * sum[i] b * c + d     | (+ (* a (sum [i] (* b c))) d)
            a * -sum[i] -b / 2 * c   | (* a (- (sum [i] (* (/ (- b) 2) c))))
            sum[i] a * max[j] b * c  | (sum [i] (* a (max [j] (* b c))))
            sum[i] -sum[j] a^2 * b   | (sum [i] (- (sum [j] (* (^ a 2) b))))
            -a * b - -c              | (- (* (- a) b) (- c))
            -sum[i] a * b            | (- (sum [i] (* a b)))
            mean[t] f(x[t], 2)       | (mean [t] (f x[t] 2))
            max[u < k, v < 2] x[u,v] | (max [u<k v<2] x[u,v])
            max(a, 0) - mean         | (- (max a 0) mean)
            not a == b and c or d    | (or (and (not (== a b)) c) d)
            if a > 0 then 1 else b+1 | (if (> a 0) 1 (+ b 1))
            x[t-1, 2:5, :, :k, n:]   | x[(- t 1),2:5,:,:k,n:]
            f(x)[3][i]               | (f x)[3][i]
            lstm(x, m = hidden)      | (lstm x m=hidden)
            columns(1:64) / 16       | (/ (columns 1:64) 16)
            [a, b[0], -1]            | [a b[0] (- 1)]
            h.W ^ 2                  | (^ h.W 2)
            (a + b) * 1e-8           | (* (+ a b) 1.0E-8)
            """)
    void expressionsBindAsTheLanguageSays(String text, String expected) {
        assertThat(TreePrinter.print(expression(text))).isEqualTo(expected);
    }

    @Test
    void everyExampleOfTheDesignParses() throws IOException {
        Tree.Unit unit = Parser.parse("design.nnl", resource("/syntax/design.nnl"));
        assertThat(unit.definitions())
                .extracting(Tree.Definition::name)
                .containsExactly("Fruit", "dense", "lstm", "Speech", "conv2d", "crossEntropy", "adam");
        Tree.Model fruit = (Tree.Model) unit.definitions().get(0);
        assertThat(fruit.doc()).isEqualTo("fruit.nnl: apples against oranges");
        assertThat(fruit.body()).hasSize(8);
        Tree.Train train = (Tree.Train) fruit.body().get(7);
        assertThat(train.entries()).extracting(Tree.Entry::word).containsExactly("optimizer", "batch", "epochs", "seed");
        assertThat(train.entries()).extracting(e -> TreePrinter.print(e.arguments().get(0))).containsExactly("(sgd rate=0.1)", "32", "200", "1");
        Tree.Layer lstm = (Tree.Layer) unit.definitions().get(2);
        assertThat(lstm.results()).extracting(Tree.Parameter::name).containsExactly("h", "c");
        assertThat(lstm.body()).hasSize(6);
        assertThat(((Tree.Return) lstm.body().get(5)).values()).hasSize(2);
        Tree.Layer dense = (Tree.Layer) unit.definitions().get(1);
        assertThat(dense.results()).extracting(Tree.Parameter::name).containsExactly("");
        Tree.Function cross = (Tree.Function) unit.definitions().get(5);
        assertThat(TreePrinter.print(cross.parameters().get(1).classes())).isEqualTo("k");
    }

    @Test
    void wordsOfTheLanguageAreNamesElsewhere() {
        List<Tree.Statement> body = body(
                """
                input data[3], rate
                state = data[0] + rate
                loss = state
                train[i], sum = f(loss)
                output model = sum
                metric mean = max(state, loss)
                loss [loss, sum][0] * model
                """);
        assertThat(body)
                .extracting(s -> s.getClass().getSimpleName())
                .containsExactly("Declaration", "Declaration", "Assignment", "Assignment", "Assignment", "Assignment", "Metric", "Loss");
    }

    @Test
    void aLineGoesOnInsideBracketsAfterOperatorsAndBeforeElse() {
        List<Tree.Statement> body = body(
                """
                y = f(a,
                      b
                      + c)
                z = a +
                    b
                w = if a
                    then b
                    else c
                param u[2] ~
                    glorot,
                      v = 0; k = 1 // end
                """);
        assertThat(body).hasSize(6);
        assertThat(TreePrinter.print(((Tree.Assignment) body.get(1)).value())).isEqualTo("(+ a b)");
        assertThat(TreePrinter.print(((Tree.Assignment) body.get(2)).value())).isEqualTo("(if a b c)");
    }

    @Test
    void statementsOfEveryKind() {
        List<Tree.Statement> body = body(
                """
                axis t = 64, s = 2 * t
                input x[t, 3] : class(65)
                h[-1] = start
                y[i < n + 1, n + j] = x[i, j]
                output p, q
                output r[i] = x[i]
                repeat 3 { x = block(x) }
                repeat k < n { x = block(x, k) }
                freeze embed, head.W
                loss critic: mean(p) for D, E.w
                train critic { optimizer sgd(rate = 0.1), clip 5
                    stateful
                    schedule 2 * cosine 10 f(1) "a",
                }
                """);
        assertThat(((Tree.AxisDeclaration) body.get(1)).name()).isEqualTo("s");
        assertThat(TreePrinter.print(((Tree.Declaration) body.get(2)).classes())).isEqualTo("65");
        Tree.Left y = ((Tree.Assignment) body.get(4)).targets().get(0);
        assertThat(TreePrinter.print(y.indices().get(0).index())).isEqualTo("i");
        assertThat(TreePrinter.print(y.indices().get(0).below())).isEqualTo("(+ n 1)");
        assertThat(TreePrinter.print(y.indices().get(1).index())).isEqualTo("(+ n j)");
        assertThat(((Tree.Output) body.get(6)).name()).isEqualTo("q");
        assertThat(((Tree.Assignment) body.get(7)).output()).isTrue();
        assertThat(((Tree.Repeat) body.get(8)).index()).isEmpty();
        assertThat(((Tree.Repeat) body.get(9)).index()).isEqualTo("k");
        assertThat(TreePrinter.print(((Tree.Repeat) body.get(9)).count())).isEqualTo("n");
        assertThat(((Tree.Freeze) body.get(10)).names()).extracting(Tree.Name::name).containsExactly("embed", "head.W");
        Tree.Loss loss = (Tree.Loss) body.get(11);
        assertThat(loss.name()).isEqualTo("critic");
        assertThat(loss.trains()).extracting(Tree.Name::name).containsExactly("D", "E.w");
        Tree.Train train = (Tree.Train) body.get(12);
        assertThat(train.name()).isEqualTo("critic");
        assertThat(train.entries()).extracting(Tree.Entry::word).containsExactly("optimizer", "clip", "stateful", "schedule");
        assertThat(train.entries().get(3).arguments()).hasSize(4);
    }

    @Test
    void dataBlocksHoldWordsAndNamedExpressions() {
        Tree.Unit unit = Parser.parse(
                "d.nnl",
                """
                import "cells.nnl"
                data digits {
                    file "data/a \\"b\\".csv.gz"
                    x = columns(1:64) / 16
                    y = column("label")
                    validation 0.2, input x
                }
                """);
        assertThat(unit.imports()).extracting(Tree.Import::path).containsExactly("cells.nnl");
        Tree.Data data = (Tree.Data) unit.definitions().get(0);
        assertThat(data.entries()).extracting(Tree.Entry::word).containsExactly("file", "x", "y", "validation", "input");
        assertThat(((Tree.Text) data.entries().get(0).arguments().get(0)).value()).isEqualTo("data/a \"b\".csv.gz");
        Tree.Binary x = (Tree.Binary) data.entries().get(1).arguments().get(0);
        assertThat(((Tree.Call) x.left()).arguments().get(0).value()).isInstanceOf(Tree.Range.class);
    }

    @Test
    void theCommentDirectlyAboveAModelIsItsDoc() {
        String text =
                """
                // not this

                // First line,
                //   second line.
                model A { x = 1 } // nor this
                model B { x = 1 }
                /**
                 * In a block.
                 *
                 * More.
                 */
                model C { x = 1 }
                """;
        assertThat(Parser.parse("f", text).definitions())
                .extracting(d -> ((Tree.Model) d).doc())
                .containsExactly("First line,\nsecond line.", "", "In a block.\n\nMore.");
    }

    @Test
    void spansCountLinesAndUtf16Columns() {
        Tree.Unit unit = Parser.parse("f.nnl", "/* \uD83D\uDE00 */ model M {\r\n  θ = 1 +\r  2\n}");
        Tree.Assignment a = (Tree.Assignment) ((Tree.Model) unit.definitions().get(0)).body().get(0);
        assertThat(unit.definitions().get(0).span()).isEqualTo(new Span("f.nnl", 1, 16, 1));
        assertThat(a.targets().get(0).span()).isEqualTo(new Span("f.nnl", 2, 3, 1));
        assertThat(a.value().span()).isEqualTo(new Span("f.nnl", 2, 7, 3));
        assertThat(((Tree.Binary) a.value()).right().span()).isEqualTo(new Span("f.nnl", 3, 3, 1));
    }

    @Test
    void deepOrEndlessNestingIsAnError() {
        for (String open : List.of("(", "[", "-", "not ", "x[", "f(", "2^", "if a then b else ", "sum[i] ")) {
            String text = "model M { y = " + open.repeat(10_000) + "1";
            assertThatThrownBy(() -> Parser.parse("m.nnl", text)).as(open).isInstanceOf(SourceException.class);
        }
        assertThatThrownBy(() -> Parser.parse("m.nnl", "model M { y = 1" + " + 1".repeat(10_000) + "}"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("operands in a row");
        assertThatThrownBy(() -> Parser.parse("m.nnl", "model M {" + "repeat 2 {".repeat(10_000)))
                .isInstanceOf(SourceException.class);
        assertThat(TreePrinter.print(expression("(".repeat(90) + "1" + ")".repeat(90)))).isEqualTo("1");
    }

    private static Tree.Expression expression(String text) {
        return ((Tree.Assignment) body("y = " + text).get(0)).value();
    }

    private static List<Tree.Statement> body(String text) {
        return ((Tree.Model) Parser.parse("m.nnl", "model M {\n" + text + "\n}").definitions().get(0)).body();
    }

    static String resource(String name) throws IOException {
        try (InputStream in = ParserTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
