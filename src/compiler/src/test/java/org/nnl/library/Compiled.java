package org.nnl.library;

import org.nnl.Options;
import org.nnl.derive.Derive;
import org.nnl.elaborate.Elaborator;
import org.nnl.equations.Graph;
import org.nnl.program.Program;
import org.nnl.verify.Verifier;

/** Models of tests, from their text to their gradient, every graph verified. */
public final class Compiled {
    private Compiled() {}

    /** A model of which only the statements are given. */
    public static Program model(String body) {
        return source("tiny.nnl", "model Tiny {\n" + body + "\n}\n");
    }

    /** The model of a text. */
    public static Program source(String fileName, String text) {
        Program program = Elaborator.elaborate(name -> text, fileName, Options.DEFAULT);
        for (Graph g : program.graphs().values()) Verifier.check(g, "elaborate");
        Program derived = Derive.derive(program);
        for (Graph g : derived.graphs().values()) Verifier.check(g, "derive");
        return derived;
    }
}
