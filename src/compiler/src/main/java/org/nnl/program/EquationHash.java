package org.nnl.program;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Derivative;
import org.nnl.equations.Graph;
import org.nnl.equations.GraphPrinter;
import org.nnl.equations.Origin;

/**
 * Tells versions of a model apart by what it computes: names, shapes, numbers and equations count; comments, layout and
 * line numbers, initial values, and the values of settings do not.
 */
final class EquationHash {
    /** What a resumed training depends on. */
    private static final List<String> GRAPHS = List.of("predict", "training", "update");

    private EquationHash() {}

    static Map<String, String> of(Map<String, Graph> graphs) {
        Map<String, String> hashes = new LinkedHashMap<>();
        for (String g : GRAPHS) if (graphs.containsKey(g)) hashes.put(g, of(graphs.get(g)));
        return hashes;
    }

    private static String of(Graph g) {
        Graph bare = g.withEquations(g.equations().stream().map(e -> e.withOrigin(Origin.NONE)).toList())
                .withDerivatives(g.derivatives().stream()
                        .map(d -> new Derivative(d.result(), d.of(), d.by(), Origin.NONE)).toList());
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(GraphPrinter.print(bare).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
