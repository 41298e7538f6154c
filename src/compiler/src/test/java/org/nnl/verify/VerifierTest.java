package org.nnl.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnl.equations.GraphReader;

class VerifierTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "value y[3];y[i] = z[i]  for i < 3|no tensor z",
                "value y[3];y[i,i] = 1  for i < 3|1 dimensions, not 2",
                "value y[3];y[i] = k  for i < 3|axis k is not in the box",
                "value y[3];y[i] = 1  for i < 3, i < 3|occurs twice",
                "input x[3];x[i] = 1  for i < 3|writes the input",
                "value y;y[] = i  for i < 3|sends every value of i",
                "value y;input x;y[] = 1;y[] += 2|folds with",
                "input x[3];value y[3];y[i] = x[x[i]]  for i < 3|not an integer tensor",
                "state s[3];value n[4];n[i] = 1  for i < 4;commit s <- n|shapes differ",
                "value y;y[] = y[] + 1|without a delay",
                "value y[3];y[i] = 1  for i < 3;y[2] = 2|element [2] of y is defined twice",
                "value y[B,3];y[b,i] = 1  for b < B, i < 2;y[b,2 - i] = 2  for b < B, i < 2|element [0, 1] of y",
                "value y[5];y[i + j] = 1  for i < 3, j < 3|of y is defined twice",
                "result q|no tensor q"
            })
    void unsoundGraphsAreNamed(String text, String problem) {
        assertThat(Verifier.problems(GraphReader.read(text.replace(';', '\n'))))
                .anySatisfy(p -> assertThat(p).contains(problem));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "value y[5];y[i] = 1  for i < 3;y[i + 3] = 1  for i < 2", "value y[6];y[3*i + j] = 1  for i < 2, j < 3",
        "value y[4];y[2*i] = 1  for i < 2;y[2*i + 1] = 1  for i < 2",
        "value y[2];y[i - 1] = 1  for i < 3;y[2*i - 1] = 1  for i < 1", // meets at -1, which is no element
        "value y[B,2];y[b,0] = 1  for b < B;y[b,1] = 1  for b < B"
    })
    void partsThatDoNotMeetAreSound(String text) {
        assertThat(Verifier.problems(GraphReader.read(text.replace(';', '\n')))).isEmpty();
    }

    @Test
    void aSoundGraphHasNoProblem() {
        assertThat(Verifier.problems(
                        GraphReader.read("input x[B]\nvalue y[B]\ny[b] = 2*x[b]  for b < B\nresult y")))
                .isEmpty();
    }
}
