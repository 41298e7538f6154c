package org.nnl.elaborate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Derivative;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;

/** The graphs cut out of all equations of a model: what is needed for some results, with {@code training} 0 or 1. */
final class Slices {
    /** The name that is 1 in the graph that trains, else 0. */
    static final String TRAINING = "training";

    private Slices() {}

    /** The part of a sheet that the results and commits need. */
    static Graph of(
            String name, Sheet sheet, List<String> results, Map<String, String> commits, int training) {
        List<Equation> equations = settled(sheet, training);
        Set<String> wanted = new LinkedHashSet<>(results);
        wanted.addAll(commits.values());
        Set<String> needed = reachable(wanted, equations, sheet.derivatives());
        List<Equation> kept = equations.stream().filter(e -> needed.contains(e.target())).toList();
        List<Derivative> derivatives = sheet.derivatives().stream().filter(d -> needed.contains(d.result())).toList();
        needed.addAll(commits.keySet());
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Tensor t : sheet.tensors().values()) if (needed.contains(t.name())) tensors.put(t.name(), t);
        return new Graph(name, tensors, kept, derivatives, results, commits);
    }

    /** All tensors that some depend on, themselves included. */
    static Set<String> reachable(
            Collection<String> from, List<Equation> equations, Collection<Derivative> derivatives) {
        Map<String, Set<String>> reads = reads(equations, derivatives);
        Set<String> seen = new LinkedHashSet<>(from);
        Deque<String> open = new ArrayDeque<>(seen);
        while (!open.isEmpty())
            for (String r : reads.getOrDefault(open.remove(), Set.of())) if (seen.add(r)) open.add(r);
        return seen;
    }

    /** What each tensor is computed from, directly. */
    static Map<String, Set<String>> reads(List<Equation> equations, Collection<Derivative> derivatives) {
        Map<String, Set<String>> reads = new HashMap<>();
        for (Equation e : equations) reads.computeIfAbsent(e.target(), t -> new LinkedHashSet<>()).addAll(e.reads());
        for (Derivative d : derivatives)
            reads.computeIfAbsent(d.result(), t -> new LinkedHashSet<>()).addAll(List.of(d.of(), d.by()));
        return reads;
    }

    /** The equations once the flag is known: of a choice between training and not, only the branch taken is left. */
    static List<Equation> settled(Sheet sheet, int training) {
        Expr flag = Expr.of(training);
        return sheet.equations().stream().map(e -> e.withBody(settled(e.body(), flag))).toList();
    }

    /** The expression once the flag is known. */
    private static Expr settled(Expr e, Expr flag) {
        if (!e.tensors().contains(TRAINING)) return e;
        return e.rewrite(x -> {
            if (x instanceof Expr.Read r && r.tensor().equals(TRAINING)) return flag;
            return x instanceof Expr.Apply a ? Elementwise.fold(a) : x;
        });
    }
}
