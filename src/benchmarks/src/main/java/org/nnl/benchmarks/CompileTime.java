package org.nnl.benchmarks;

import java.util.Locale;
import java.util.Map;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;
import org.nnl.elaborate.Sources;
import org.nnl.equations.Graph;

/**
 * How long compilation takes, stage by stage, against depth and number of time steps. The first row is the first
 * compilation of a fresh JVM, which is what a user waits for; run without arguments.
 */
public final class CompileTime {
    private CompileTime() {}

    public static void main(String[] args) {
        System.out.println(
                "| model | equations | front end, s | derive | simplify | schedule | write | javac | all, s | lines |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        row("W2, fresh JVM", Workload.W2.text());
        row("W2 again", Workload.W2.text());
        for (int layers : new int[] {5, 10, 20, 50, 100}) row(layers + " dense layers", deep(layers));
        for (int steps : new int[] {8, 64, 512, 4096}) row("LSTM, " + steps + " steps", recurrent(steps));
    }

    private static void row(String what, String text) {
        long[] at = new long[7];
        at[0] = System.nanoTime();
        Compilation c = Compiler.compile(Sources.of(Map.of("model.nnl", text)), "model.nnl", Options.DEFAULT);
        c.model();
        at[1] = System.nanoTime();
        c.derived();
        at[2] = System.nanoTime();
        c.simplified();
        at[3] = System.nanoTime();
        c.schedule();
        at[4] = System.nanoTime();
        String java = c.java();
        at[5] = System.nanoTime();
        c.load();
        at[6] = System.nanoTime();
        int equations = 0;
        for (Graph g : c.simplified().graphs().values()) equations += g.equations().size();
        StringBuilder row = new StringBuilder("| " + what + " | " + equations);
        for (int k = 1; k < at.length; k++) row.append(seconds(at[k] - at[k - 1]));
        row.append(seconds(at[6] - at[0])).append(" | ").append(java.lines().count()).append(" |");
        System.out.println(row);
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, " | %.2f", nanos / 1e9);
    }

    private static String deep(int layers) {
        StringBuilder s = new StringBuilder("model Deep {\n    input x[32]\n    target y : class(10)\n    h0 = dense(x, 32, relu)\n");
        for (int k = 1; k < layers; k++) s.append("    h").append(k).append(" = dense(h").append(k - 1).append(", 32, relu)\n");
        return s.append("    output p = softmax(dense(h").append(layers - 1)
                .append(", 10))\n    loss crossEntropy(p, y)\n    train { optimizer adam, batch 32 }\n}\n").toString();
    }

    private static String recurrent(int steps) {
        return Workload.W5.text().replace("t = 64", "t = " + steps);
    }
}
