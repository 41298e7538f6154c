package org.nnl.library;

import java.util.Map;
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
        return source(fileName, text, Map.of());
    }

    /** The model of a text, with other values for some of its parameters. */
    static Program source(String fileName, String text, Map<String, Double> overrides) {
        Options d = Options.DEFAULT;
        Options options = new Options(d.packageName(), d.className(), d.backend(), d.precision(), overrides);
        Program program = Elaborator.elaborate(name -> text, fileName, options);
        for (Graph g : program.graphs().values()) Verifier.check(g, "elaborate");
        Program derived = Derive.derive(program);
        for (Graph g : derived.graphs().values()) Verifier.check(g, "derive");
        return derived;
    }
}
