package org.nnl.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.elaborate.Sources;

/** The nine workloads; each is a model in the resources of this package, which says what it is. */
public enum Workload {
    W1, W2, W3, W4, W5, W6, W7, W8, W9;

    /** The file of the model, as errors name it. */
    public String file() {
        return name().toLowerCase(Locale.ROOT) + ".nnl";
    }

    /** The text of the model. */
    public String text() {
        try (InputStream in = Workload.class.getResourceAsStream(file())) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The model, to be compiled as the options say. */
    public Compilation compile(Options options) {
        return Compiler.compile(Sources.of(Map.of(file(), text())), file(), options);
    }
}
