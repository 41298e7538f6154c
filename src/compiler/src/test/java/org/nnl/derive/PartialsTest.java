package org.nnl.derive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnl.equations.Expr;
import org.nnl.equations.GraphReader;

class PartialsTest {
    private static final Partials PARTIALS = Partials.fresh();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            u[]*v[] | v[]
            tanh(u[] + v[]) | 1 - y[]*y[]
            sigmoid(u[]) | y[]*(1 - y[])
            exp(u[] - v[]) | y[]
            exp(u[])*v[] | y[]
            u[]/v[] | 1/v[]
            v[]/u[] | -(y[]/u[])
            (u[] - v[])^2 | 2*(u[] - v[])
            (u[] - v[])*(u[] - v[]) | 2*(u[] - v[])
            0.5*u[]^2 | u[]
            max(u[], 0) | select(u[] > 0, 1, 0)
            max(0, u[]) | select(u[] > 0, 1, 0)
            max(u[], v[]) | select(u[] > v[], 1, 0)
            select(u[] > 0, u[], 0.01*u[]) | select(u[] > 0, 1, 0.01)
            select(v[] > 0, log(u[]), 0) | select(v[] > 0, 1/u[], 0)
            v[]*softplus(-u[]) + (1 - v[])*softplus(u[]) | sigmoid(u[]) - v[]
            abs(u[]) | sign(u[])
            sqrt(u[]) | select(y[] > 0, 0.5/y[], 0)
            u[]*sigmoid(u[]) | x
            u[]^1.5 | x
            u[]^v[] | x
            v[]^u[] | x
            (u[] - v[])/sqrt(w[] + 1e-5) | x
            (v[] - w[])/sqrt(u[] + 1e-5) | x
            select(u[] > 0, u[], 1.7*expm1(u[])) | x
            0.5*u[]*(1 + tanh(0.7978845608*(u[] + 0.044715*u[]^3))) | x
            0.5*u[]*(1 + erf(u[]/1.4142135623730951)) | x
            sigmoid(v[])*w[] + sigmoid(u[])*tanh(q[]) | x
            (1 - u[])*v[] + u[]*w[] | w[] - v[]
            select(abs(u[] - v[]) < 1, 0.5*(u[] - v[])^2, abs(u[] - v[]) - 0.5) | x
            stop(u[])*u[] | stop(u[])
            u[]*log(u[]/v[]) | x
            -log(u[])/size(B) | x
            log1p(u[]*u[]) | x
            sin(u[])*cos(u[]) | x
            min(max(u[], -3), 7) | x
            1/(1 + exp(-u[])) | x
            log(1 + exp(u[])) | x
            u[]/(1 + abs(u[])) | x
            sqrt(u[]*u[] + v[]*v[]) | x
            u[]*u[]*u[] | x
            """)
    void partials(String body, String expected) {
        Expr b = GraphReader.readExpr(body.strip());
        Expr d = PARTIALS.of(b, GraphReader.readExpr("u[]"), GraphReader.readExpr("y[]"));
        System.out.println(body + "   ->   " + d);
        if (!expected.equals("x")) assertThat(d.toString()).isEqualTo(expected);
    }
}
