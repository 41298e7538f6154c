package org.nnl.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder with a model and its data, and commands run within this JVM. */
abstract class CommandTest {
    static final String MODEL = """
            model Kinds(hidden = 5) {
                input  x[2]
                target y : class(2)
                h = dense(x, hidden, tanh)
                z = dense(h, 2)
                output p = softmax(z)
                loss   crossEntropy(p, y)
                metric accuracy = (argmax[k] p[k]) == y
                train  { optimizer adam(rate = 0.05), batch 8, epochs 30, seed 1 }
            }

            data {
                file "kinds.csv"
                x = standardize(columns("a", "b"))
                y = column("kind")
                validation 0.25
            }
            """;

    @TempDir
    Path folder;

    Path model;
    String out;
    String err;

    @BeforeEach
    void files() throws IOException {
        model = Files.writeString(folder.resolve("kinds.nnl"), MODEL);
        StringBuilder csv = new StringBuilder("a,b,kind\n");
        java.util.SplittableRandom random = new java.util.SplittableRandom(3);
        for (int i = 0; i < 60; i++) {
            double a = random.nextDouble() * 10, b = random.nextDouble() * 10;
            csv.append(a).append(',').append(b).append(',').append(a + b > 10 ? "much" : "little").append('\n');
        }
        Files.writeString(folder.resolve("kinds.csv"), csv);
    }

    /** The exit code; what it wrote is in {@link #out} and {@link #err}. */
    int run(Object... arguments) {
        PrintStream o = System.out, e = System.err;
        ByteArrayOutputStream ob = new ByteArrayOutputStream(), eb = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(ob, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(eb, true, StandardCharsets.UTF_8));
            List<String> texts = new ArrayList<>();
            for (Object a : arguments) texts.add(a.toString());
            return Main.run(texts.toArray(String[]::new));
        } finally {
            System.setOut(o);
            System.setErr(e);
            out = ob.toString(StandardCharsets.UTF_8);
            err = eb.toString(StandardCharsets.UTF_8);
        }
    }
}
