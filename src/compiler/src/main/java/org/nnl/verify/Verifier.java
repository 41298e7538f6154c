package org.nnl.verify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Derivative;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Meeting;
import org.nnl.equations.Op;
import org.nnl.equations.Tensor;
import org.nnl.order.Access;
import org.nnl.order.CycleException;
import org.nnl.order.Order;

/**
 * What holds for every graph:
 * <ul>
 *   <li>every tensor named is declared, every read and write has its rank, every axis used is in the box, once;
 *   <li>index maps look up integer tensors only;
 *   <li>only VALUE tensors are written; several writers use one fold, which is {@code +=} or {@code =};
 *   <li>{@code =} sends at most one value to an element, as far as it writes at no looked-up place;
 *   <li>commits go between tensors of one shape; results exist;
 *   <li>there is an order of computation.
 * </ul>
 */
public final class Verifier {
    private final Graph graph;
    private final List<String> problems = new ArrayList<>();

    private Verifier(Graph graph) {
        this.graph = graph;
    }

    /**
     * Checks a graph.
     *
     * @param stage whose result it is, for the message
     * @return the graph
     * @throws IllegalStateException listing every problem: the compiler has an error
     */
    public static Graph check(Graph graph, String stage) {
        List<String> problems = problems(graph);
        if (!problems.isEmpty())
            throw new IllegalStateException("after " + stage + ", graph " + graph.name() + " is not sound:\n  "
                    + String.join("\n  ", problems));
        return graph;
    }

    /** All that is wrong with a graph, one sentence each. */
    public static List<String> problems(Graph graph) {
        Verifier v = new Verifier(graph);
        v.equations();
        v.targets();
        v.ends();
        if (v.problems.isEmpty()) v.elements();
        if (v.problems.isEmpty()) v.order();
        return v.problems;
    }

    private void equations() {
        for (Equation e : graph.equations()) {
            Set<String> axes = new HashSet<>();
            for (Axis a : e.box()) if (!axes.add(a.name())) problem(e, "the axis " + a.name() + " occurs twice");
            if (e.position() != null && !axes.contains(e.position()))
                problem(e, "the position axis " + e.position() + " is not in the box");
            access(e, new Access(e.target(), e.indices()), axes);
            for (Access r : Access.reads(e)) access(e, r, axes);
            for (Index i : e.body().indices()) axesOf(e, i, axes);
            for (Index i : e.indices()) lookupsAreIntegers(e, i);
            for (Index i : e.body().indices()) lookupsAreIntegers(e, i);
            e.body().visit(node -> {
                if (node instanceof Expr.Apply a && a.op() == Op.UNIFORM && !(a.arguments().get(1) instanceof Expr.Const))
                    problem(e, "the stream of uniform is not a constant");
            });
        }
    }

    private void access(Equation e, Access a, Set<String> axes) {
        Tensor t = graph.tensors().get(a.tensor());
        if (t == null) {
            problem(e, "there is no tensor " + a.tensor());
            return;
        }
        if (t.rank() != a.indices().size())
            problem(e, a.tensor() + " has " + t.rank() + " dimensions, not " + a.indices().size());
        for (Index i : a.indices()) axesOf(e, i, axes);
    }

    private void axesOf(Equation e, Index index, Set<String> axes) {
        for (Index.Term t : index.terms())
            if (t.atom() instanceof Index.AxisAtom a && !axes.contains(a.axis()))
                problem(e, "the axis " + a.axis() + " is not in the box");
    }

    private void lookupsAreIntegers(Equation e, Index index) {
        for (Index.Term t : index.terms())
            if (t.atom() instanceof Index.Lookup l) {
                Tensor read = graph.tensors().get(l.tensor());
                if (read != null && !read.isInteger()) problem(e, l.tensor() + " is an index and not an integer tensor");
                for (Index i : l.indices()) lookupsAreIntegers(e, i);
            }
    }

    private void targets() {
        Map<String, List<Equation>> writers = new HashMap<>();
        for (Equation e : graph.equations()) writers.computeIfAbsent(e.target(), t -> new ArrayList<>()).add(e);
        writers.forEach((name, equations) -> {
            Tensor t = graph.tensors().get(name);
            if (t != null && t.role() != Tensor.Role.VALUE) problem(equations.get(0), "it writes the " + t.role().word());
            Fold fold = equations.get(0).fold();
            for (Equation e : equations) {
                if (e.fold() != fold) problem(e, "another equation of " + name + " folds with " + fold.symbol());
                if (fold == Fold.SET)
                    for (Axis a : e.box())
                        if (e.isFolded(a.name()) && !a.size().equals(org.nnl.equations.Size.of(1)))
                            problem(e, "'=' sends every value of " + a.name() + " to one element");
                if (t != null && (fold == Fold.ARGMAX) != t.isInteger() && fold != Fold.SET)
                    problem(e, "argmax= and an integer target belong together");
            }
            if (equations.size() > 1 && fold != Fold.SUM && fold != Fold.SET)
                problem(equations.get(1), "only += and = may have several equations");
        });
    }

    /** No element is defined twice. */
    private void elements() {
        Map<String, List<Equation>> parts = new HashMap<>();
        for (Equation e : graph.equations())
            if (e.fold() == Fold.SET && e.indices().stream().allMatch(Index::isAffine))
                parts.computeIfAbsent(e.target(), t -> new ArrayList<>()).add(e);
        parts.forEach((name, equations) -> {
            List<Meeting.Left> before = new ArrayList<>();
            for (Equation e : equations) {
                Meeting.Left left = Meeting.Left.of(e);
                List<Integer> twice = Meeting.within(left);
                for (int k = 0; twice == null && k < before.size(); k++) twice = Meeting.of(before.get(k), left);
                if (twice != null && isInside(twice, graph.tensor(name)))
                    problem(e, "the element " + twice + " of " + name + " is defined twice");
                before.add(left);
            }
        });
    }

    /** What is written outside of a tensor is dropped, and defines nothing. */
    private static boolean isInside(List<Integer> position, Tensor t) {
        for (int d = 0; d < position.size(); d++)
            if (position.get(d) < 0 || position.get(d) >= t.shape().get(d).at(Meeting.EXAMPLES)) return false;
        return true;
    }

    private void ends() {
        for (String r : graph.results()) if (!graph.tensors().containsKey(r)) problems.add("no tensor " + r + " for a result");
        graph.commits().forEach((state, next) -> {
            Tensor s = graph.tensors().get(state);
            Tensor n = graph.tensors().get(next);
            if (s == null || n == null) problems.add("commit of " + next + " to " + state + ": no such tensor");
            else if (!s.shape().equals(n.shape())) problems.add("commit of " + n + " to " + s + ": the shapes differ");
        });
        for (Derivative d : graph.derivatives())
            for (String name : List.of(d.result(), d.of(), d.by()))
                if (!graph.tensors().containsKey(name)) problems.add("no tensor " + name + " for a derivative");
    }

    private void order() {
        try {
            Order.of(graph);
        } catch (CycleException e) {
            problems.add(e.getMessage());
        }
    }

    private void problem(Equation e, String what) {
        problems.add(e + ": " + what);
    }
}
