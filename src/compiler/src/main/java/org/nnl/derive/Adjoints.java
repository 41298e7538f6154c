package org.nnl.derive;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;

/**
 * The one differentiation rule. For every read x[φ] in an equation {@code y[ψ] fold= body for box}
 * <pre>    x̄[φ]  +=  ȳ[ψ] · ∂body/∂x[φ]      for the same box</pre>
 * where x̄ is the derivative of one scalar, or of a sum of elements, by x. A write that was dropped because ψ lay outside
 * y reads ȳ outside, which is 0; a read of x outside gave a constant, and its adjoint is written outside and dropped.
 *
 * <p>{@code max=} passes its adjoint to the first maximum alone. For each folded axis u
 * <pre>    y.at.u[ψ]  argmax=(u)  body      for the same box</pre>
 * keeps where that is, and the rule above is taken with y.at.u[ψ] put for u, in a box without u.
 *
 * <p>Equations are made only along paths that lead from the tensors wanted to the one differentiated.
 */
final class Adjoints {
    private final Graph graph;
    private final String of;
    private final Map<String, String> wanted;
    private final String prefix;
    private final Partials partials;

    private final Map<String, Tensor> tensors;
    private final List<Equation> equations;
    private final Map<String, String> names = new LinkedHashMap<>();

    private Adjoints(Graph graph, String of, Map<String, String> wanted, String prefix, Partials partials) {
        this.graph = graph;
        this.of = of;
        this.wanted = wanted;
        this.prefix = prefix;
        this.partials = partials;
        this.tensors = new LinkedHashMap<>(graph.tensors());
        this.equations = new ArrayList<>(graph.equations());
    }

    /** A read that carries the derivative further: ∂body/∂read of an equation is not 0. */
    private record Edge(Equation equation, Expr.Read read, Expr partial) {}

    /**
     * The graph with the equations of ∂ Σ of / ∂x for every tensor wanted.
     *
     * @param of     the tensor differentiated: each of its elements counts with weight 1
     * @param wanted names of the adjoints wanted, by the tensor they belong to; one that {@code of} does not depend on
     *               is declared and written by nothing: zero
     * @param prefix of the names of all other adjoints
     */
    static Graph extend(Graph graph, String of, Map<String, String> wanted, String prefix, Partials partials) {
        return new Adjoints(graph, of, wanted, prefix, partials).extend();
    }

    private Graph extend() {
        List<Edge> edges = activeEdges();
        for (Map.Entry<String, String> w : wanted.entrySet()) declare(w.getKey(), w.getValue());
        int first = equations.size();
        equations.add(seed());
        for (Edge e : edges) rule(e);
        settle(first);
        return graph.withTensors(tensors).withEquations(equations);
    }

    /** The edges on paths from a tensor wanted to the one differentiated, last equation of the graph first. */
    private List<Edge> activeEdges() {
        List<Equation> reversed = new ArrayList<>(graph.equations());
        Collections.reverse(reversed);
        List<Edge> possible = new ArrayList<>();
        for (Equation e : reversed)
            if (isReal(e.target()))
                for (Expr.Read r : e.body().reads()) if (isReal(r.tensor())) possible.add(new Edge(e, r, null));
        List<Edge> edges = new ArrayList<>();
        for (Edge e : connected(possible)) {
            Expr result = e.equation.fold() == Fold.SUM
                    ? null
                    : Expr.read(e.equation.target(), e.equation.indices());
            Expr partial = partials.of(e.equation.body(), e.read, result);
            if (!partial.isConst(0)) edges.add(new Edge(e.equation, e.read, partial));
        }
        return connected(edges);
    }

    private List<Edge> connected(List<Edge> edges) {
        Map<String, List<String>> up = new LinkedHashMap<>();
        Map<String, List<String>> down = new LinkedHashMap<>();
        for (Edge e : edges) {
            up.computeIfAbsent(e.read.tensor(), x -> new ArrayList<>()).add(e.equation.target());
            down.computeIfAbsent(e.equation.target(), x -> new ArrayList<>()).add(e.read.tensor());
        }
        Set<String> dependent = reachable(wanted.keySet(), up);
        Set<String> contributing = reachable(Set.of(of), down);
        return edges.stream()
                .filter(e -> dependent.contains(e.read.tensor()) && contributing.contains(e.equation.target()))
                .toList();
    }

    private static Set<String> reachable(Set<String> from, Map<String, List<String>> next) {
        Set<String> seen = new HashSet<>(from);
        List<String> open = new ArrayList<>(from);
        while (!open.isEmpty())
            for (String n : next.getOrDefault(open.remove(open.size() - 1), List.of())) if (seen.add(n)) open.add(n);
        return seen;
    }

    private boolean isReal(String tensor) {
        return !graph.tensor(tensor).isInteger();
    }

    private Equation seed() {
        Tensor t = graph.tensor(of);
        List<Axis> box = new ArrayList<>();
        List<Index> indices = new ArrayList<>();
        List<Equation> writers = graph.writers(of);
        for (int d = 0; d < t.rank(); d++) {
            String axis = writers.isEmpty() ? null : writers.get(0).indices().get(d).bareAxis();
            if (axis == null || indices.contains(Index.axis(axis))) axis = t.shape().get(d).isBatch() ? "b" : "i" + d;
            box.add(new Axis(axis, t.shape().get(d)));
            indices.add(Index.axis(axis));
        }
        Origin origin = (writers.isEmpty() ? Origin.NONE : writers.get(0).origin()).because(ratio(of), "1");
        return Equation.of(adjoint(of), indices, Fold.SUM, box, Expr.ONE, origin);
    }

    private void rule(Edge edge) {
        Equation e = edge.equation;
        List<Index> position = edge.read.indices();
        Expr partial = edge.partial;
        List<Axis> box = e.box();
        if (e.fold() == Fold.MAX) {
            Map<String, Index> at = positions(e);
            position = position.stream().map(i -> i.substitute(at::get)).toList();
            partial = partial.substitute(at::get);
            box = box.stream().filter(a -> !at.containsKey(a.name())).toList();
        }
        Expr incoming = Expr.read(adjoint(e.target()), e.indices());
        Origin origin = e.origin().because(
                ratio(edge.read.tensor()) + " through " + e.target() + Index.print(e.indices()),
                edge.partial.toString());
        equations.add(Equation.of(
                adjoint(edge.read.tensor()), position, Fold.SUM, box, Tidy.product(incoming, partial), origin));
    }

    /** For each folded axis the index at which the maximum was first found; makes the equations that find it. */
    private Map<String, Index> positions(Equation e) {
        Map<String, Index> at = new LinkedHashMap<>();
        for (Axis a : e.box()) {
            if (!e.isFolded(a.name())) {
                if (!isAlone(a.name(), e.indices()))
                    throw new IllegalArgumentException("the maximum " + e
                            + " has no derivative: several values of its axes meet in one element");
                continue;
            }
            String name = e.target() + ".at." + a.name();
            if (!tensors.containsKey(name)) {
                int classes = a.size() instanceof Size.Fixed f ? f.count() : Tensor.ANY_INTEGER;
                tensors.put(name, new Tensor(
                        name, Tensor.Role.VALUE, graph.tensor(e.target()).shape(), classes, 0));
                equations.add(new Equation(name, e.indices(), Fold.ARGMAX, a.name(), e.box(), e.body(),
                        e.origin().because("where the maximum " + e.target() + " is", "")));
            }
            at.put(a.name(), Index.lookup(name, e.indices()));
        }
        return at;
    }

    /** Whether some coordinate depends on this axis alone, so that its value can be told from the position. */
    private static boolean isAlone(String axis, List<Index> indices) {
        return indices.stream().anyMatch(i -> i.isAffine() && i.terms().size() == 1 && i.mentions(axis));
    }

    /** A sum with one summand that reaches each element exactly once is an assignment. */
    private void settle(int first) {
        Map<String, Integer> writers = new HashMap<>();
        for (Equation e : equations) writers.merge(e.target(), 1, Integer::sum);
        for (int k = first; k < equations.size(); k++) {
            Equation e = equations.get(k);
            if (e.fold() == Fold.SUM && writers.get(e.target()) == 1 && coversOnce(e))
                equations.set(k, Equation.of(e.target(), e.indices(), Fold.SET, e.box(), e.body(), e.origin()));
        }
    }

    private boolean coversOnce(Equation e) {
        List<Size> shape = tensors.get(e.target()).shape();
        Set<String> seen = new HashSet<>();
        for (int d = 0; d < shape.size(); d++) {
            String axis = e.indices().get(d).bareAxis();
            if (axis == null || !seen.add(axis) || !e.axis(axis).size().equals(shape.get(d))) return false;
        }
        return seen.size() == e.box().size();
    }

    private String ratio(String by) {
        return "∂" + of + "/∂" + by;
    }

    private String adjoint(String tensor) {
        String name = names.get(tensor);
        return name != null ? name : declare(tensor, fresh(prefix + tensor));
    }

    private String fresh(String name) {
        String candidate = name;
        for (int n = 2; tensors.containsKey(candidate); n++) candidate = name + "_" + n;
        return candidate;
    }

    private String declare(String tensor, String name) {
        names.put(tensor, name);
        tensors.putIfAbsent(name, Tensor.real(name, Tensor.Role.VALUE, graph.tensor(tensor).shape()));
        return name;
    }
}
