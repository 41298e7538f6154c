package org.nnl.equations;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A set of index equations over named tensors. The equations define values, not an order of execution: any order
 * that respects what reads what is right (the order stage finds one), and the list keeps the order of the model only
 * for people.
 *
 * @param name        what it computes: {@code predict}, {@code gradient}, …
 * @param tensors     by name, in order of declaration
 * @param equations   the equations
 * @param derivatives derivatives still to be replaced by equations, in the order they must be taken
 * @param results     the tensors that are wanted; what contributes to none of them, nor to a commit, may be removed
 * @param commits     state changes: when everything is computed, the tensor named by the key takes the values of the
 *                    tensor named by the value, all at once
 */
public record Graph(
        String name,
        Map<String, Tensor> tensors,
        List<Equation> equations,
        List<Derivative> derivatives,
        List<String> results,
        Map<String, String> commits) {

    public Graph {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        equations = List.copyOf(equations);
        derivatives = List.copyOf(derivatives);
        results = List.copyOf(results);
        commits = Collections.unmodifiableMap(new LinkedHashMap<>(commits));
    }

    public static Graph of(String name, Collection<Tensor> tensors, List<Equation> equations, List<String> results) {
        Map<String, Tensor> byName = new LinkedHashMap<>();
        for (Tensor t : tensors) byName.put(t.name(), t);
        return new Graph(name, byName, equations, List.of(), results, Map.of());
    }

    /** The tensor of that name. */
    public Tensor tensor(String tensorName) {
        Tensor t = tensors.get(tensorName);
        if (t == null) throw new IllegalArgumentException("no tensor '" + tensorName + "' in graph " + name);
        return t;
    }

    /** The equations that write a tensor. */
    public List<Equation> writers(String tensorName) {
        List<Equation> found = new ArrayList<>();
        for (Equation e : equations) if (e.target().equals(tensorName)) found.add(e);
        return found;
    }

    /** All tensors that the values of some depend on, these included. */
    public Set<String> sources(Collection<String> of) {
        Set<String> found = new LinkedHashSet<>(of);
        boolean more = true;
        while (more) {
            more = false;
            for (int k = equations.size() - 1; k >= 0; k--) // what is read mostly stands before
                if (found.contains(equations.get(k).target())) more |= found.addAll(equations.get(k).reads());
        }
        return found;
    }

    /** The part that contributes to a result or to a commit. */
    public Graph live() {
        Set<String> wanted = new LinkedHashSet<>(results);
        wanted.addAll(commits.values());
        Set<String> live = sources(wanted);
        Map<String, Tensor> kept = new LinkedHashMap<>(tensors);
        kept.keySet().removeIf(t -> !live.contains(t) && !commits.containsKey(t));
        return withTensors(kept).withEquations(equations.stream().filter(e -> live.contains(e.target())).toList());
    }

    public Graph withEquations(List<Equation> newEquations) {
        return new Graph(name, tensors, newEquations, derivatives, results, commits);
    }

    public Graph withTensors(Map<String, Tensor> newTensors) {
        return new Graph(name, newTensors, equations, derivatives, results, commits);
    }

    public Graph withResults(List<String> newResults) {
        return new Graph(name, tensors, equations, derivatives, newResults, commits);
    }

    public Graph withCommits(Map<String, String> newCommits) {
        return new Graph(name, tensors, equations, derivatives, results, newCommits);
    }

    public Graph withDerivatives(List<Derivative> newDerivatives) {
        return new Graph(name, tensors, equations, newDerivatives, results, commits);
    }

    public Graph named(String newName) {
        return new Graph(newName, tensors, equations, derivatives, results, commits);
    }

    /** The graph as text, which {@link GraphReader} reads back. */
    @Override
    public String toString() {
        return GraphPrinter.print(this);
    }
}
