package org.nnl.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Op;
import org.nnl.equations.Tensor;

/**
 * A graph in which every {@code stop(e)} is a tensor, so that its values can be held while a parameter is moved: no
 * derivative passes through them, and a difference must not see them change either.
 *
 * @param graph with an equation for each of the tensors
 * @param stops their names
 */
record HeldStops(Graph graph, Set<String> stops) {
    static HeldStops of(Graph graph) {
        Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
        List<Equation> equations = new ArrayList<>();
        Set<String> stops = new LinkedHashSet<>();
        for (Equation e : graph.equations()) {
            Expr body = e.body().rewrite(x -> {
                if (!(x instanceof Expr.Apply a) || a.op() != Op.STOP) return x;
                List<Axis> box = e.box().stream()
                        .filter(axis -> x.mentions(axis.name()))
                        .sorted(Comparator.comparing(axis -> axis.size().isBatch() ? 0 : 1))
                        .toList();
                List<Index> indices = box.stream().map(axis -> Index.axis(axis.name())).toList();
                int k = stops.size();
                while (tensors.containsKey("stop." + k)) k++;
                String name = "stop." + k;
                stops.add(name);
                tensors.put(name, Tensor.real(name, Tensor.Role.VALUE, box.stream().map(Axis::size).toList()));
                equations.add(Equation.of(name, indices, Fold.SET, box, a.arguments().get(0), e.origin()));
                return Expr.read(name, indices);
            });
            equations.add(e.withBody(body));
        }
        return new HeldStops(graph.withTensors(tensors).withEquations(equations), stops);
    }

    /** The graph that is given the values instead of computing them. */
    Graph held() {
        return graph.withEquations(graph.equations().stream().filter(e -> !stops.contains(e.target())).toList());
    }
}
